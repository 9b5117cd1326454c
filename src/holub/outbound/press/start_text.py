"""The read-me of a stick, start.txt on a site: what to open, how to check it, in every language of the edition.

Plain text, one section a language, for people who find a stick and know nothing. It lies beside the page that it tells
how to check, so it says that it proves nothing by itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

PATH = "start.txt"


@dataclass(frozen=True, slots=True)
class StartWords:
    """One language's sentences. Braces are filled in: file, words, short, number, day."""

    open: str
    plain: str
    more: str
    check: str
    nothing: str
    until: str
    hand_on: str


WORDS = {
    "en": StartWords(
        open="Open the file {file} with any browser. Nothing needs to be installed; no internet is needed.",
        plain="If that does not open: plain/index.html has the same guides without any scripts.",
        more="Other languages: the folder more.",
        check=(
            "How to check it: the page shows six words under “Pass it on”. They must be: {words} (in digits: {short})."
        ),
        nothing=(
            "This file proves nothing by itself: whoever swaps the page can swap these words. Compare them with a"
            " printed leaflet or with somebody whom you trust."
        ),
        until="Edition {number}. Good until {day}; after that day look for a newer one: old advice can be dangerous.",
        hand_on="You may hand all this on. Leave the other folders as they are: sealed letters may lie there.",
    ),
    "uk": StartWords(
        open="Відкрийте файл {file} у будь-якому браузері. Нічого встановлювати не треба, інтернет не потрібен.",
        plain="Якщо він не відкривається: plain/index.html має ті самі поради без жодних скриптів.",
        more="Інші мови: тека more.",
        check=(
            "Як перевірити: сторінка показує шість слів у розділі «Передати далі». Мають бути: {words} (цифрами: "
            "{short})."
        ),
        nothing=(
            "Сам цей файл нічого не доводить: хто підмінить сторінку, той підмінить і ці слова. Порівняйте їх з "
            "друкованою листівкою або з людиною, якій довіряєте."
        ),
        until="Випуск {number}. Дійсний до {day}; після цього дня шукайте новіший: старі поради бувають небезпечні.",
        hand_on="Усе це можна передавати далі. Інших тек не чіпайте: там можуть лежати запечатані листи.",
    ),
    "ru": StartWords(
        open="Откройте файл {file} в любом браузере. Ничего устанавливать не нужно, интернет не нужен.",
        plain="Если он не открывается: plain/index.html содержит те же советы без всяких скриптов.",
        more="Другие языки: папка more.",
        check=(
            "Как проверить: страница показывает шесть слов в разделе «Передать дальше». Должны быть: {words} "
            "(цифрами: {short})."
        ),
        nothing=(
            "Сам этот файл ничего не доказывает: кто подменит страницу, тот подменит и эти слова. Сравните их с "
            "печатной листовкой или с человеком, которому доверяете."
        ),
        until=(
            "Выпуск {number}. Действителен до {day}; после этого дня ищите более новый: старые советы бывают опасны."
        ),
        hand_on="Всё это можно передавать дальше. Другие папки не трогайте: там могут лежать запечатанные письма.",
    ),
    "ar": StartWords(
        open="افتحوا الملف {file} في أي متصفح. لا حاجة إلى تثبيت أي شيء ولا إلى الإنترنت.",
        plain="إن لم يُفتح: في plain/index.html الإرشادات نفسها بلا أي برامج نصية.",
        more="لغات أخرى: المجلد more.",
        check="كيف تتحققون منه: تعرض الصفحة ست كلمات تحت «مرّرها». يجب أن تكون: {words} (بالأرقام: {short}).",
        nothing=(
            "هذا الملف وحده لا يثبت شيئا: من يبدّل الصفحة يستطيع تبديل هذه الكلمات. قارنوها بمنشور مطبوع أو مع "
            "شخص تثقون به."
        ),
        until="الإصدار {number}. صالح حتى {day}؛ بعد ذلك اليوم ابحثوا عن إصدار أحدث: النصائح القديمة قد تكون خطرة.",
        hand_on="يمكن تسليم هذا كله لآخرين. اتركوا المجلدات الأخرى كما هي: قد تكون فيها رسائل مختومة.",
    ),
}


class Mark(Protocol):
    """What a page's fingerprint gives in digits and in words (press.page.Fingerprint)."""

    @property
    def short(self) -> str: ...

    def in_words(self, words: Sequence[str]) -> str: ...


def start_text(
    languages: Sequence[str], number: int, expiry: int, mark: Mark | None, lists: Mapping[str, Sequence[str]]
) -> bytes:
    """The read-me as UTF-8 with Windows' line ends, the same for the same input.

    languages: the edition's, the first one first · expiry: Unix seconds · mark: the reading page's, None where it is
    not built · lists: sorted words by language, for the fingerprint; a language without a list gets English ones.
    """
    spoken = list(dict.fromkeys(tag if tag in WORDS else "en" for tag in (one.split("-")[0] for one in languages)))
    day = datetime.datetime.fromtimestamp(expiry, datetime.UTC).date().isoformat()
    parts = []
    for language in spoken or ["en"]:
        words, known = WORDS[language], lists.get(language) or lists.get("en")
        lines = [words.open.format(file="notes.html" if mark else "plain/index.html")]
        if mark:
            lines.append(words.plain)
        if mark and len(languages) > 1:
            lines.append(words.more)
        if mark and known:
            lines += [words.check.format(words=mark.in_words(known), short=mark.short), words.nothing]
        lines += [words.until.format(number=number, day=day), words.hand_on]
        parts.append("\r\n".join(lines))
    return ("\r\n\r\n".join(parts) + "\r\n").encode()
