"""The guides as the desk looks at them: a list with titles, one of them whole, and which of them fit a letter.

Rules
- Nothing is written. The folder is read again when it is older than a few minutes, or when it is asked for.
- A suggestion is a guide that shares rare words with a letter (alike.py): nothing of a letter is kept.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from holub.errors import HolubError, Misused
from holub.office.alike import alike
from holub.outbound.press.facts import FactsCache
from holub.outbound.press.guide import Guide
from holub.outbound.press.plain_body import Surroundings, body_html
from holub.outbound.press.tree import read_tree

FRESH: Final = 300  # seconds
# Tags that the press made: in a guide's own text every < is escaped.
_HEADING: Final = re.compile(r"<h([2-6])[ >]")
_HEADING_TAG: Final = re.compile(r"(</?h)([2-6])(?=[ >])")
_NEEDED: Final = 1.0  # the weight that a suggestion has at least
_MOST: Final = 4  # suggestions


@dataclass(frozen=True)
class GuideRow:
    """One guide in a list. topic: the title of its folder, "" at the top; reviewed: ISO date or ""."""

    language: str
    path: str
    title: str
    topic: str
    kind: str
    reviewed: str
    summary: str


def suggest(rows: Iterable[GuideRow], text: str) -> list[GuideRow]:
    """The guides whose titles and summaries share the rarest words with a text, best first."""
    found = alike(((row, f"{row.title} {row.topic}", row.summary) for row in rows), text)
    return [row for weight, row in found if weight >= _NEEDED][:_MOST]


class GuideShelf:
    """A folder of guides, read into memory."""

    def __init__(self, folder: Path, facts: Path) -> None:
        """facts: the press's cache of what it learnt; only read here."""
        self._folder = folder
        self._facts = facts
        self._turn = threading.Lock()
        self._read_at: float = -math.inf
        self._guides: dict[tuple[str, str], tuple[Guide, bytes]] = {}
        self._rows: dict[str, list[GuideRow]] = {}

    def load(self, now: int, *, again: bool = False) -> None:
        """Reads the folder unless that was done lately. now: Unix seconds.

        Raises Misused (no folder), Refused, Unavailable.
        """
        with self._turn:
            if not again and 0 <= now - self._read_at < FRESH:
                return
            tree, cache = read_tree(self._folder), FactsCache.load(self._facts)
            guides: dict[tuple[str, str], tuple[Guide, bytes]] = {}
            rows: dict[str, list[GuideRow]] = {}
            for pack in tree.packs:
                found = [(cache.guide(path, data), data) for path, data in pack.guides]
                topics = {guide.path.rpartition("/")[0]: guide.title for guide, _ in found if guide.is_topic}
                guides.update({(pack.language, guide.path): (guide, data) for guide, data in found})
                rows[pack.language] = [
                    GuideRow(
                        pack.language,
                        guide.path,
                        guide.title,
                        topics.get(guide.path.rpartition("/")[0], guide.path.rpartition("/")[0]),
                        guide.kind,
                        guide.reviewed,
                        guide.summary,
                    )
                    for guide, _ in found
                    if not guide.is_topic
                ]
            self._guides, self._rows, self._read_at = guides, rows, now

    def languages(self) -> list[str]:
        return sorted(self._rows)

    def rows(self, language: str) -> Sequence[GuideRow]:
        """The guides of a language as far as they are read; none where there is no such language."""
        return self._rows.get(language, [])

    def fitting(self, language: str, text: str, now: int) -> list[GuideRow]:
        """Guides that may answer a letter. Where the folder cannot be read there are none: it is a courtesy."""
        try:
            self.load(now)
        except HolubError:
            return []
        return suggest(self.rows(language), text)

    def html(self, language: str, path: str, no_picture: str, now: int) -> tuple[GuideRow, str]:
        """A guide and its body as HTML in which nothing runs. no_picture: with {words} in it. Raises Misused."""
        self.load(now)
        found = self._guides.get((language, path))
        row = next((row for row in self.rows(language) if row.path == path), None)
        if found is None or row is None:
            raise Misused("there is no such guide", "look at the list of guides")

        def link(target: str) -> str | None:
            here = (language, target) in self._guides and not target.endswith("index.md")
            return f"/guides/{language}/{target}" if here else None

        return row, _raised(body_html(*found, Surroundings(link, lambda _path: None, no_picture)))


def _raised(html: str) -> str:
    """The body with its largest headings at level 2, however small they were written: the title is level 1."""
    levels = [int(level) for level in _HEADING.findall(html)]
    rise = min(levels, default=2) - 2
    return _HEADING_TAG.sub(lambda tag: f"{tag[1]}{int(tag[2]) - rise}", html)
