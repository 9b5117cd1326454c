"""What the office shows to its faces: plain values, no rows and no keys."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum


class LetterState(StrEnum):
    """Where a letter stands on the desk."""

    WAITING = "waiting"
    ANSWERED = "answered"  # a reply is written; it travels in the next edition
    DONE = "done"  # closed without an answer, or answered and published


class Topic(StrEnum):
    """What the writer said that the letter is about."""

    QUESTION = "question"
    FEEDBACK = "feedback"
    HELP = "help"
    HAPPENED = "happened"


@dataclass(frozen=True)
class LetterRow:
    """One line of the letters list. `day` is a date (ISO 8601), never a time of day."""

    number: int
    state: LetterState
    topic: Topic
    language: str
    town: str
    first_words: str
    day: str
    pictures: int
    wants_reply: bool
    sensitive: bool


@dataclass(frozen=True)
class LetterView:
    """One letter, whole. `pictures` are JPEG files that the sandbox wrote anew."""

    row: LetterRow
    text: str
    reply: str
    section: str
    pictures: tuple[bytes, ...] = ()


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
    """What publishing now would do."""

    number: int
    packs: tuple[PackChange, ...]
    replies: int
    new_letter_key: bool
    problems: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class ParcelRow:
    """One parcel of a published edition; section and language are None where it covers all."""

    kind: str
    from_edition: int
    to_edition: int
    section: str | None
    language: str | None
    path: str
    size: int


@dataclass(frozen=True)
class EditionRow:
    """One published edition. `time` and `expiry` in Unix seconds."""

    number: int
    time: int
    expiry: int
    guides: int
    parcels: tuple[ParcelRow, ...]
