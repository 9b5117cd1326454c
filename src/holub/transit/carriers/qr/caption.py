"""The few lines above the codes: what this is, which sheet, how to read it. Bland; in two languages and English."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ENGLISH = "en"
MOST_LANGUAGES = 2  # beside English: there is room for no more
_WORDS = Path(__file__).with_name("words")


@dataclass(frozen=True)
class Caption:
    """languages: of what is on the sheets; name: the publisher's; day: (month, day); post: letters, not guides.

    words: the reading page's fingerprint, for whoever wants to compare it; empty where it is not given.
    """

    languages: tuple[str, ...] = ()
    name: str = ""
    day: tuple[int, int] | None = None
    post: bool = False
    words: str = ""

    def lines(self, sheet: int, sheets: int, enough: int) -> list[Line]:
        """The lines of one sheet (from 1), the readers' languages first, English last."""
        known = [one for one in dict.fromkeys(self.languages) if one in languages() and one != ENGLISH]
        return [self._line(one, sheet, sheets, enough) for one in (*known[:MOST_LANGUAGES], ENGLISH)]

    def _line(self, language: str, sheet: int, sheets: int, enough: int) -> Line:
        said = _words(language)
        what = (
            said["post"]
            if self.post
            else said["named" if self.name else "piece"].replace("{name}", f"\u2068{self.name}\u2069")
        )
        if self.day is not None:
            month, day = self.day
            what += " " + said["day"].format(day=day, month=said["months"][month - 1])
        which = said["sheet"].format(sheet=sheet, sheets=sheets)
        if sheets == 1:
            which = said["only"]
        elif enough == sheets:
            which += f"{said['comma']} {said['all']}"
        else:
            which += f"{said['comma']} {said['enough'].format(enough=enough)}"
        return Line(language, f"{what} · {which}", said["how"])


@dataclass(frozen=True)
class Line:
    """What a sheet says in one language."""

    language: str
    title: str
    how: str

    @property
    def leftward(self) -> bool:
        return self.language == "ar"


@cache
def languages() -> frozenset[str]:
    """The languages that sheets have words in."""
    return frozenset(file.stem for file in _WORDS.glob("*.json"))


@cache
def _words(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_WORDS / f"{language}.json").read_text(encoding="utf-8"))
    return found
