"""A mailroom over a temporary office, and letters as pages seal them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import EPOCH, WEEK, LetterKey
from holub.inbound.mailroom.room import Mailroom
from holub.store.database import Database
from holub.store.slots import Slots

NOW = EPOCH + 50 * WEEK + 3600
DAY = 86_400


class Office:
    """A mailroom that can be closed and opened again on the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open()

    def open(self) -> None:
        self.database = Database.at(self.folder / "database")
        self.slots = Slots(self.folder / "slots", bytes(range(32)))
        self.room = Mailroom(self.database, self.slots)

    def close(self) -> None:
        self.slots.close()
        self.database.close()

    def restart(self) -> None:
        self.close()
        self.open()

    @property
    def key(self) -> LetterKey:
        return self.room.letter_key(NOW)

    def move_to(self, now: int) -> None:
        """Time passes until `now`, and nobody doubts it; nothing is done yet."""
        self.room.clock.accept(now)

    def write(self, text: str = "How do I get a document back?", *, secret: bytes | None = None, **parts: str) -> bytes:
        """A sealed letter that waits for a reply."""
        body = Body(Topic.QUESTION, parts.get("language", "en"), parts.get("section", "main"), text, "")
        return wire.seal(Letter(Kind.LETTER, secret or os.urandom(32), body), self.key, NOW)

    def receive(self, *texts: str) -> list[int]:
        """Letters with these texts, opened; their numbers in the order of the texts."""
        self.room.open_batch([self.write(text) for text in texts], NOW)
        found = {line.first_words: line.number for line in self.room.rows(limit=10_000)}
        return [found[text] for text in texts]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "office")
    yield opened
    opened.close()
