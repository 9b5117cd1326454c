"""What the office shows to its faces: plain values, no rows and no keys."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from holub.outbound.press.finding import Finding


@dataclass(frozen=True)
class Fetched:
    """What one fetch brought. left: how many of the refused and the too late stayed on a shared carrier."""

    opened: int
    decoys: int
    replays: int
    refused: int
    too_late: int
    left: int = 0

    def __add__(self, other: Fetched) -> Fetched:
        return Fetched(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True)
class PackChange:
    """How many guides of one pack will be added, changed or removed by the next edition.

    update, full: about how many bytes its parcels will have; None for what is new, or changes too much to tell.
    """

    section: str
    language: str
    guides: int
    added: int
    changed: int
    removed: int
    update: int | None = None
    full: int | None = None


@dataclass(frozen=True)
class NextEdition:
    """What publishing now would do. problems: the findings that block it."""

    number: int
    packs: tuple[PackChange, ...]
    replies: int
    new_letter_key: bool
    problems: tuple[Finding, ...] = field(default=())
