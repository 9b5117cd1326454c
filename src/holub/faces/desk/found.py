"""The search at the top of every page: what each room holds of some words, one room after the other.

Rules
- A line shows what its room's own list shows, and no more of a letter.
- The words stand in the address and in the field, as with the lists' own searches, and nowhere else: not in the
  title, which a browser's history keeps, in no log and in no file.
- A room that cannot be read keeps nobody from what the others hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from starlette.responses import Response

from holub.errors import HolubError
from holub.faces.desk import guides, letter_rows
from holub.faces.desk.edition_days import is_named
from holub.faces.desk.letter_rows import Row, row_of
from holub.faces.desk.sought import Sought
from holub.faces.desk.visit import Visit
from holub.inbound.mailroom.letters import State
from holub.office.guides import GuideRow
from holub.outbound.press.archive import Record

MOST: Final = 20  # lines of one room
Shown = Row | GuideRow | Record


@dataclass(frozen=True)
class Part:
    """What was found in a part of a room. name: a state, a language, "" for all of it; count: of them all."""

    name: str
    rows: Sequence[Shown]
    count: int


@dataclass(frozen=True)
class Found:
    """What was found in a room. trouble: why it cannot be read."""

    parts: Sequence[Part] = ()
    trouble: HolubError | None = None

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)


def found(visit: Visit) -> Response:
    """What the rooms hold of the words; without words, what can be searched for."""
    typed = visit.asked("q").strip()
    sought = Sought.of(typed)
    if not sought:
        return visit.page("found", seek="", found=None)
    # Not under the net below: where the vault is locked meanwhile, the whole page leads to the way in.
    in_letters = Found(_parts(_letters(visit, sought)))
    rooms = {
        "letters": in_letters,
        "guides": _unless_trouble(lambda: _guides(visit, sought)),
        "editions": _unless_trouble(lambda: _editions(visit, sought)),
    }
    return visit.page(
        "found",
        seek=typed,
        found=rooms,
        count=sum(room.count for room in rooms.values()),
        searched=letter_rows.SEARCHED,
        partly=any(count > letter_rows.SEARCHED for count in visit.work.room.counts().values()),
    )


def _letters(visit: Visit, sought: Sought) -> Iterable[tuple[str, Iterable[Row]]]:
    for state in State:
        lines = letter_rows.holding(visit.work.room, state, sought)
        yield state.value, (row_of(line, visit.today) for line in lines)


def _guides(visit: Visit, sought: Sought) -> Iterable[tuple[str, Iterable[GuideRow]]]:
    """The guides of the keeper's own language first."""
    shelf = visit.desk.shelf
    shelf.load(visit.now)
    languages = sorted(shelf.languages(), key=lambda language: (language != visit.words.language, language))
    return [(language, guides.holding(shelf.rows(language), sought)) for language in languages]


def _editions(visit: Visit, sought: Sought) -> Iterable[tuple[str, Iterable[Record]]]:
    records = visit.work.editions.archive.records()
    return [("", (record for record in records if is_named(record, sought, visit.words)))]


def _unless_trouble(look: Callable[[], Iterable[tuple[str, Iterable[Shown]]]]) -> Found:
    try:
        return Found(_parts(look()))
    except HolubError as error:
        return Found(trouble=error)


def _parts(found: Iterable[tuple[str, Iterable[Shown]]]) -> list[Part]:
    """The parts that hold something, with `MOST` lines in all."""
    parts, left = list[Part](), MOST
    for name, rows in found:
        coming = iter(rows)
        shown = list(islice(coming, left))
        count = len(shown) + sum(1 for _ in coming)
        if count:
            parts.append(Part(name, shown, count))
            left -= len(shown)
    return parts
