"""Sentences from below the desk, errors and the press's findings, said in its language: the English one is the key.

Rules
- strings/below/<language>.json holds patterns: an English sentence with {gaps} → the same in that language. `sentences`
  are said alone; `phrases` stand in the gaps {what}, {why} and {todo} of others. Those are looked up in their turn, and
  where one of them is not known, neither is the whole. `system` is what an operating system says: it is looked up in
  the gap {strerror}, and stays as it is where it is not known.
- Of the patterns that fit, the one with the most letters of its own counts, those of what is said inside it with them.
  Looking takes time that grows with the text's length alone, whatever stands in it.
- What stands in a gap may be anybody's: it is inert, and its direction stays its own. A name is never looked up.
- What no pattern fits is shown in English, and marked as English: an English desk shows everything so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from holub.errors import HolubError
from holub.faces.desk.words import Sentence, Words, inert
from holub.outbound.press.finding import Finding

FOLDER: Final = Path(__file__).parent / "strings" / "below"
INNER: Final = frozenset({"what", "why", "todo"})  # gaps that hold a sentence or a phrase of ours
SYSTEM: Final = "strerror"  # the gap that holds what the operating system says
GAP: Final = re.compile(r"\{(\w+)\}")
_PIECE: Final = re.compile(r"(`[^`]*`|\{\w+\})")
_DEEPEST: Final = 3  # sentences inside one another
_MOST_SPLIT: Final = 8  # places at which "what; what to do" is tried
_NUMBER: Final = re.compile(r"\d{1,3}(?:,\d{3}){0,3}|\d{1,12}", re.ASCII)  # as English sentences write it: 3,824


@dataclass(frozen=True)
class Pattern:
    """An English sentence with gaps, and what it is in a language."""

    english: str
    said: Sentence

    @cached_property
    def gaps(self) -> list[str]:
        return GAP.findall(self.english)

    @cached_property
    def parts(self) -> list[str]:
        """What stands before, between and after the gaps."""
        return GAP.split(self.english)[::2]

    @cached_property
    def letters(self) -> int:
        return sum(sign.isalpha() for part in self.parts for sign in part)

    def values(self, text: str) -> dict[str, str] | None:
        """What stands in the gaps of a text; None where the pattern does not fit. Each gap ends as early as it can."""
        if not self.gaps:
            return {} if text == self.english else None
        first, *middle, last = self.parts
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        found = []
        for part in middle:
            place = text.find(part, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(part)
        return dict(zip(self.gaps, [*found, text[at:end]], strict=True))


@dataclass(frozen=True)
class Table:
    """A part of a language's file. exact: without gaps; patterns: the others, those with most letters first."""

    exact: dict[str, Pattern]
    patterns: tuple[Pattern, ...]

    @classmethod
    def of(cls, rows: Mapping[str, Sentence]) -> Table:
        every = [Pattern(english, said) for english, said in rows.items()]
        gapped = sorted((one for one in every if one.gaps), key=lambda one: (-one.letters, one.english))
        return cls({one.english: one for one in every if not one.gaps}, tuple(gapped))


def read_rows(language: str) -> dict[str, dict[str, Sentence]]:
    """The three parts of a language's file, all empty where there is none."""
    path = FOLDER / f"{language}.json"
    if not path.is_file():
        return {"sentences": {}, "phrases": {}, "system": {}}
    rows: dict[str, dict[str, Sentence]] = json.loads(path.read_bytes())
    return rows


@cache
def tables(language: str) -> tuple[Table, Table, dict[str, Sentence]]:
    """What is said alone, what may stand in a gap, what an operating system says; empty where there is no file."""
    rows = read_rows(language)
    return Table.of(rows["sentences"]), Table.of({**rows["sentences"], **rows["phrases"]}), rows["system"]


class Sentences:
    """What comes from below, for the pages of one language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._alone, self._inside, self._system = tables(words.language)

    def __call__(self, text: str) -> Markup:
        """An error as somebody kept it: one sentence, or "what; what to do" (`str` of a HolubError)."""
        at = -1
        for _ in range(_MOST_SPLIT):
            at = text.find("; ", at + 1)
            if at < 0:
                break
            what, todo = self._said(text[:at]), self._said(text[at + 2 :])
            if what is not None and todo is not None:
                return Markup("{}. {}.").format(what, todo)
        whole = self._said(text)
        return _english(text) if whole is None else whole + "."

    def error(self, error: HolubError) -> Markup:
        """An error: what happened, and what to do."""
        return self._both(error.what, error.todo)

    def finding(self, finding: Finding) -> Markup:
        """A finding of the press: where, what is wrong, and what to do."""
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        where = Markup('<bdi dir="ltr">{}</bdi>: ').format(inert(place)) if place else Markup()
        return where + self._both(finding.what, finding.todo)

    def _both(self, what: str, todo: str) -> Markup:
        said = [self._said(text) for text in (what, todo)]
        shown = [
            _english(f"{text[:1].upper()}{text[1:]}.") if one is None else one + "."
            for text, one in zip((what, todo), said, strict=True)
            if text
        ]
        return Markup(" ").join(shown)

    def _said(self, text: str) -> Markup | None:
        """A whole sentence, which begins with a capital and lacks its full stop; None where no pattern fits."""
        fitted = self._fitted(self._alone, text, deep=0, capital=True)
        return None if fitted is None else fitted[0]

    def _fitted(self, table: Table, text: str, *, deep: int, capital: bool) -> tuple[Markup, int] | None:
        """What a text is, and how many of its letters the patterns have, those of what stands inside with them."""
        best: tuple[Markup, int] | None = None
        exact = table.exact.get(text)
        for pattern in (exact,) if exact is not None else table.patterns:
            if best is not None and pattern.letters <= best[1] and not INNER.intersection(pattern.gaps):
                continue
            values = pattern.values(text)
            if values is None:
                continue
            form = self._form(pattern.said, values)
            found = self._inner(values, deep, GAP.match(form) if capital else None)
            if found is None:
                continue
            inner, letters = found
            if best is None or pattern.letters + letters > best[1]:
                shown = f"{form[:1].upper()}{form[1:]}" if capital else form
                best = self._filled(shown, values, inner), pattern.letters + letters
        return best

    def _filled(self, form: str, values: dict[str, str], inner: dict[str, Markup]) -> Markup:
        """A sentence with what stands in its gaps; what is in `backticks` runs from left to right, as it is typed."""
        shown = []
        for piece in _PIECE.split(form):
            name = piece[1:-1]
            if piece.startswith("`"):
                typed = (
                    inert(values[part]) if place % 2 else escape(part) for place, part in enumerate(GAP.split(name))
                )
                shown.append(Markup('<code dir="ltr">{}</code>').format(Markup().join(typed)))
            elif GAP.fullmatch(piece):
                shown.append(inner[name] if name in inner else self._value(values[name]))
            else:
                shown.append(escape(piece))
        return Markup().join(shown)

    def _value(self, value: str) -> Markup:
        """What stands in a gap; a number is written as the language writes it where English parts its thousands."""
        count = _count(value)
        written = value if count is None or "," not in value else self._words.number(count)
        return Markup("<bdi>{}</bdi>").format(inert(written))

    def _form(self, said: Sentence, values: dict[str, str]) -> str:
        return said if isinstance(said, str) else self._words.form(said, _count(values["n"]) or 0)

    def _inner(
        self, values: dict[str, str], deep: int, begins: re.Match[str] | None
    ) -> tuple[dict[str, Markup], int] | None:
        """What stands in gaps and is said, and its letters; None where one of ours is not known. begins: the gap that
        is said first."""
        inner, letters = {}, 0
        if values.get(SYSTEM) in self._system:
            inner[SYSTEM] = escape(str(self._system[values[SYSTEM]]))
        for name in sorted(values.keys() & INNER):
            capital = begins is not None and begins[1] == name
            found = None
            if deep < _DEEPEST:
                found = self._fitted(self._inside, values[name], deep=deep + 1, capital=capital)
            if found is None:
                return None
            inner[name] = found[0]
            letters += found[1]
        return inner, letters


def _english(text: str) -> Markup:
    return Markup('<span lang="en" dir="ltr">{}</span>').format(inert(text))


def _count(value: str) -> int | None:
    """A number as English sentences write it, to twelve digits; None for what is none."""
    return int(value.replace(",", "")) if _NUMBER.fullmatch(value) else None
