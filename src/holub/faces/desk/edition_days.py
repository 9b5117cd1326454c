"""How people name an edition when they look for it: by its number, or by the day on which it was made."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from holub.faces.desk.sought import Sought, fold
from holub.faces.desk.words import Words
from holub.outbound.press.archive import Record

_DIGIT: Final = re.compile("[0-9]")


def is_named(record: Record, sought: Sought, words: Words) -> bool:
    """Whether every word names this edition: a figure whole ("12", "21.11.2026"), a word by its beginning ("novem").

    Words without any figure name none: "may" is a month of many editions, and a word of many letters.
    """
    if not any(_DIGIT.search(word) for word in sought.words):
        return False
    names = _names(record, words)
    return all(
        word.replace("/", ".") in names if _DIGIT.search(word) else any(name.startswith(word) for name in names)
        for word in sought.words
    )


def _names(record: Record, words: Words) -> set[str]:
    made = datetime.fromtimestamp(record.time).astimezone()
    day, month, year = made.day, made.month, made.year
    said = f"{words('edition.number', edition=record.edition)} {words.day(made.date().isoformat(), '')}"
    figures = {f"{day}.{month}", f"{day:02}.{month:02}", f"{day}.{month}.{year}", f"{day:02}.{month:02}.{year}"}
    return {*fold(said).split(), str(record.edition), made.date().isoformat(), f"{year}-{month:02}", *figures}
