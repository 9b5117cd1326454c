"""The few words around the plain pages, in the languages that the press speaks; other languages get English."""

from __future__ import annotations

from dataclasses import dataclass

_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))
_RIGHT_TO_LEFT_SCRIPTS = frozenset(("Arab", "Hebr", "Syrc", "Thaa", "Nkoo"))


@dataclass(frozen=True, slots=True)
class PlainWords:
    """tag: the language of these words. Braces are filled in."""

    tag: str
    topics: str
    guides: str
    languages: str
    alerts: str
    reviewed: str
    never_reviewed: str
    edition: str
    until: str
    dated: str
    no_picture: str
    skip: str


WORDS = {
    "en": PlainWords(
        "en",
        topics="Topics",
        guides="Guides: {count}",
        languages="Languages",
        alerts="Urgent",
        reviewed="Read through and confirmed on {date}",
        never_reviewed="Nobody has written down when this was last confirmed",
        edition="Edition {number} · {date} · {publisher}",
        until="Good until {date}; after that day look for a newer edition: old advice can be dangerous.",
        dated="Edition and date: on the first page",
        no_picture="Picture: {words}",
        skip="To the text",
    ),
    "uk": PlainWords(
        "uk",
        topics="Теми",
        guides="Порад: {count}",
        languages="Мови",
        alerts="Терміново",
        reviewed="Перечитано й підтверджено {date}",
        never_reviewed="Не записано, коли це востаннє підтвердили",
        edition="Випуск {number} · {date} · {publisher}",
        until="Дійсний до {date}; після цього дня шукайте новіший випуск: старі поради бувають небезпечні.",
        dated="Випуск і дата: на першій сторінці",
        no_picture="Зображення: {words}",
        skip="До тексту",
    ),
    "ru": PlainWords(
        "ru",
        topics="Темы",
        guides="Советов: {count}",
        languages="Языки",
        alerts="Срочно",
        reviewed="Перечитано и подтверждено {date}",
        never_reviewed="Не записано, когда это подтвердили в последний раз",
        edition="Выпуск {number} · {date} · {publisher}",
        until="Действителен до {date}; после этого дня ищите более новый выпуск: старые советы бывают опасны.",
        dated="Выпуск и дата: на первой странице",
        no_picture="Изображение: {words}",
        skip="К тексту",
    ),
    "ar": PlainWords(
        "ar",
        topics="المواضيع",
        guides="عدد الإرشادات: {count}",
        languages="اللغات",
        alerts="عاجل",
        reviewed="روجع وتأكدت صحته في {date}",
        never_reviewed="لم يُسجَّل متى روجع هذا آخر مرة",
        edition="الإصدار {number} · {date} · {publisher}",
        until="صالح حتى {date}؛ بعد ذلك اليوم ابحثوا عن إصدار أحدث: النصائح القديمة قد تكون خطرة.",
        dated="الإصدار والتاريخ: في الصفحة الأولى",
        no_picture="صورة: {words}",
        skip="إلى النص",
    ),
}


def words_for(language: str) -> PlainWords:
    """The words for a language tag; English where there are none."""
    return WORDS.get(language.split("-")[0], WORDS["en"])


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left; a script in the tag decides before the language does."""
    first, *rest = language.split("-")
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    return script in _RIGHT_TO_LEFT_SCRIPTS if script else first in _RIGHT_TO_LEFT
