"""The desk's four languages: sentences with plural forms, days, numbers and sizes as Babel writes them.

Rules
- strings/<language>.json holds every sentence; a value is a text, or an object of plural forms chosen by {n}.
- A key that a language lacks is a mistake, never a gap on the screen: tests hold all files to the same keys.
- What comes from outside is shown inert: signs that steer or hide are shown by their number (`inert`).
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup, escape

NAMES: Final = {"uk": "Українська", "en": "English", "ru": "Русский", "ar": "العربية"}
FIRST: Final = "uk"
_RIGHT_TO_LEFT: Final = frozenset({"ar"})
_FOLDER: Final = Path(__file__).parent / "strings"
_GAP: Final = re.compile(r"\{(\w+)\}")
# Controls without line ends and tabs; overrides, embeddings and isolates; tags; the invisible ones of old scripts.
_STEERING: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]"
)

Sentence = str | dict[str, str]


@cache
def sentences(language: str) -> dict[str, Sentence]:
    """All sentences of a language."""
    loaded: dict[str, Sentence] = json.loads((_FOLDER / f"{language}.json").read_bytes())
    return loaded


def choose(asked: str, accepts: str) -> str:
    """The language for somebody who asked for one, or whose browser accepts some; Ukrainian first."""
    if asked in NAMES:
        return asked
    for part in accepts.split(",")[:10]:
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in NAMES:
            return tag
    return FIRST


def inert(text: str) -> Markup:
    """Text from outside, escaped, with the signs that would steer or hide shown by their numbers."""
    shown: list[Markup] = []
    at = 0
    for found in _STEERING.finditer(text):
        number = f"U+{ord(found.group()):04X}"
        shown += [escape(text[at : found.start()]), Markup('<span class="sign">{}</span>').format(number)]
        at = found.end()
    return Markup().join([*shown, escape(text[at:])])


class Words:
    """One language; call it with a key and the values of its gaps."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.direction = "rtl" if language in _RIGHT_TO_LEFT else "ltr"
        self._locale = Locale.parse(language)
        self._sentences = sentences(language)

    def __call__(self, key: str, **values: object) -> str:
        """A sentence. Raises KeyError for a key or a value that is not there. `n` chooses the plural form."""
        sentence = self._sentences[key]
        if isinstance(sentence, dict):
            count = values["n"]
            if not isinstance(count, int):
                raise KeyError(key)
            sentence = self.form(sentence, count)
        return _GAP.sub(lambda gap: self._shown(values[gap.group(1)]), sentence)

    def form(self, forms: dict[str, str], count: int) -> str:
        """The plural form for a number."""
        return forms[str(self._locale.plural_form(count))]

    def _shown(self, value: object) -> str:
        return self.number(value) if isinstance(value, int) else str(value)

    def number(self, value: int) -> str:
        """1234 as this language writes it."""
        return str(format_decimal(value, locale=self._locale))

    def day(self, iso: str, today: str) -> str:
        """A date in words, its year only where it is not this one; what is no date stays as it is."""
        try:
            day = date.fromisoformat(iso)
        except ValueError:
            return iso
        skeleton = "d MMMM" if iso[:4] == today[:4] else "d MMMM y"
        return str(format_date(day, skeleton, locale=self._locale))

    def moment(self, seconds: int) -> str:
        """A moment in this machine's time, to the minute."""
        here = datetime.fromtimestamp(seconds).astimezone()
        return str(format_datetime(here, "d MMM y, HH:mm", locale=self._locale))

    def size(self, count: int) -> str:
        """A number of bytes, to three figures."""
        for unit, step in (("size.mb", 1_000_000), ("size.kb", 1_000)):
            if count >= step:
                figure = count / step
                digits = "#,##0" if figure >= 100 else "#,##0.#"
                return self(unit, size=str(format_decimal(figure, digits, locale=self._locale)))
        return self("size.b", size=self.number(count))

    def language_name(self, tag: str) -> str:
        """What a language is called in this one; the tag where that is not known."""
        try:
            return Locale.parse(tag.replace("-", "_")).get_display_name(self.language) or tag
        except (ValueError, LookupError):
            return tag
