"""A morning's letters at the desk."""

from __future__ import annotations

from holub.formats.letterbody import Topic
from holub.office.templates import Template
from tests.faces.desk.conftest import NOW, Somebody, jpeg

DAY = 86_400

LETTERS = {
    Topic.QUESTION: (
        "Добрий день. Мені сказали, що без нового паспорта дитину не візьмуть до школи. Чи це правда? Що сказати "
        "директорці, щоб не розсердити, і які документи краще не показувати?\n\nМи нікуди не поспішаємо, але до "
        "вересня треба вирішити.",
        "uk",
    ),
    Topic.HAPPENED: ("Приходили двоє, казали, що з опитування. Питали, за кого ми. Я зачинила двері.", "uk"),
    Topic.HELP: ("Маме нужно лекарство от давления, в аптеке его нет уже месяц. Чем можно заменить на время?", "ru"),
    Topic.FEEDBACK: ("Your guide about phones is clear, thank you. The part about photos could be shorter.", "en"),
}


def fill(somebody: Somebody) -> list[int]:
    """A morning's letters, of several ages."""
    numbers = []
    for age, (topic, (text, language)) in zip((9, 4, 1, 0), LETTERS.items(), strict=True):
        numbers.append(
            somebody.receive(
                text,
                topic,
                language,
                now=NOW - age * DAY,
                town="Бердянськ" if topic is Topic.QUESTION else "",
                pictures=(jpeg("teal"), jpeg("sienna")) if topic is Topic.HAPPENED else (),
                wants=topic is not Topic.FEEDBACK,
            )
        )
    return numbers


TEMPLATES = (
    Template(
        "uk",
        "Школа і документи дитини",
        "Добрий день. Школа не може відмовити дитині через папери батьків. Попросіть відповідь письмово і не "
        "сперечайтеся.\n\nДокладніше — у пораді «Паспорт».",
    ),
    Template(
        "uk", "Лист прийшов, шукаємо відповідь", "Дякуємо за лист. Ми шукаємо відповідь; вона буде за два випуски."
    ),
    Template(
        "ru",
        "Лекарства: к врачу или в аптеку",
        "Добрый день. Замену лекарству называет врач. Спросите, есть ли то же вещество под другим именем.",
    ),
    Template(
        "en",
        "Thanks for a word about a guide",
        "Thank you. We read each letter, and the next edition will have a shorter guide.",
    ),
)


def write_templates(somebody: Somebody) -> list[int]:
    """The centre's templates, in three languages."""
    return [somebody.desk.work.templates.add(one).number for one in TEMPLATES]
