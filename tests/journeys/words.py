"""What the reading page says, taken from its own strings: a journey names a string, a person reads its words."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

READER = Path(__file__).resolve().parents[2] / "reader"


@functools.cache
def strings(language: str) -> dict[str, str | dict[str, str]]:
    """The page's strings in one language, by name."""
    found: dict[str, str | dict[str, str]] = json.loads((READER / "strings" / f"{language}.json").read_bytes())
    return found


def said(language: str, name: str) -> re.Pattern[str]:
    """What the page says where it says `name`: whole, in any plural form, whatever stands in its {places}."""
    string = strings(language)[name]
    forms = [string] if isinstance(string, str) else list(string.values())
    parts = [
        "".join(".+?" if at % 2 else re.escape(part) for at, part in enumerate(re.split(r"\{(\w+)\}", form)))
        for form in forms
    ]
    return re.compile(rf"^\s*(?:{'|'.join(parts)})\s*$", re.DOTALL)


def word_list(language: str) -> list[str]:
    """The 7,776 words that codenames are made of."""
    return (READER / "src" / "words" / f"{language}.txt").read_text("utf-8").split()
