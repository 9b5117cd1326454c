"""A centre for a journey: an office, its guides, a postbox on loopback, and a stick; everything on a test's disk."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from holub import sample
from holub.formats.letter import Kind, Letter, seal
from holub.formats.letterbody import Body, Topic
from holub.inbound.mailroom.letters import State, Whole
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.post import Parcels, Sent, fetch_letters
from holub.office.views import Fetched
from holub.outbound.press.archive import Record
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.postbox import PostboxServer, new_token, read_token

DAY = 86_400
NAME = "Центр «Міст»"
READER_HOST = "reader.test"  # a name that is no secure context; the browser maps it to 127.0.0.1
TOWN_GUIDE = "safety/polls.md"  # the guide that journeys look for, and change


class Centre:
    """An office with its folder of guides; `box` is its postbox, `stick` a folder that somebody carries."""

    def __init__(self, folder: Path, code: bytes, guides: Path | None = None) -> None:
        self.folder = folder
        self.code = code
        self.guides = Path(shutil.copytree(guides or sample.guides(), folder / "guides"))
        self.parcels = folder / "parcels"
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.office = Office.create(folder / "office", "six words nobody has guessed", Publisher(NAME), days_ago(75))
        self.box = PostboxServer(folder / "postbox", office_hashes=(new_token(folder / "token"),))
        self.box.start()
        self.bound: dict[int, dict[tuple[str, str], bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.box.stop()
        self.office.close()

    @property
    def root(self) -> Path:
        return self.office.root_file

    @property
    def address(self) -> str:
        """The postbox as readers know it: plain http on a name."""
        return f"http://{READER_HOST}:{urlsplit(self.box.url).port}"

    def write(self, path: str, text: str, language: str = "uk") -> None:
        """An editor writes a guide, or writes it anew."""
        file = self.guides / language / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def add_to(self, path: str, sentence: str, language: str = "uk") -> None:
        """An editor adds a sentence at the end of a guide."""
        self.write(path, (self.guides / language / path).read_text("utf-8") + f"\n{sentence}\n", language)

    def remove(self, path: str, language: str = "uk") -> None:
        (self.guides / language / path).unlink()

    def bind(self, days: float = 0, life: int | None = None) -> Record:
        """The next edition, bound so many days ago; life in seconds."""
        published = Editions(self.office).bind(self.guides, self.parcels, days_ago(days), code=self.code, life=life)
        self.bound[published.record.edition] = tree(self.guides)
        return published.record

    def send_to_postbox(self) -> Sent:
        with HttpCarrier([self.box.url], token=read_token(self.folder / "token")) as carrier:
            return self._sendable().send(carrier, code=self.code, postboxes=(self.address,))

    def send_to_stick(self, folder: Path | None = None) -> Sent:
        folder = folder or self.stick
        folder.mkdir(exist_ok=True)
        return self._sendable().send(FolderCarrier(folder), code=self.code, postboxes=(self.address,))

    def reading_page(self, language: str) -> bytes:
        """The newest edition's page in a language, as a site gets it."""
        pages = self._sendable().site(self.code, (self.address,)).pages()
        return next(page for path, page in pages if path == f"{language}.html")

    def publish(self, days: float = 0) -> Record:
        """The next edition, bound and sent everywhere."""
        record = self.bind(days)
        self.send_to_postbox()
        self.send_to_stick()
        return record

    def fetch_from_postbox(self) -> Fetched:
        with HttpCarrier([self.box.url], token=read_token(self.folder / "token")) as carrier:
            return fetch_letters(self.office.mailroom, carrier, int(time.time()))

    def fetch_from_stick(self, folder: Path | None = None) -> Fetched:
        return fetch_letters(self.office.mailroom, FolderCarrier(folder or self.stick), int(time.time()))

    def letters(self, state: State | None = None) -> list[Whole]:
        """The opened letters, whole."""
        room = self.office.mailroom
        return [room.view(line.number) for line in room.rows(state)]

    def _sendable(self) -> Parcels:
        return Parcels(self.parcels, self.root.read_bytes())


def strangers_letters(centre: Centre, count: int) -> list[bytes]:
    """Sealed letters of people whom nobody here follows further."""
    now = int(time.time())
    key = centre.office.mailroom.letter_key(now)
    body = Body(topic=Topic.QUESTION, language="uk", section="main", town="", text="?")
    return [seal(Letter(Kind.LETTER, os.urandom(32), body), key, now) for _ in range(count)]


def days_ago(days: float) -> int:
    """Unix seconds."""
    return int(time.time() - days * DAY)


def tree(guides: Path) -> dict[tuple[str, str], bytes]:
    """A folder of guides as (language, path) to bytes."""
    found = {}
    for file in sorted(guides.rglob("*.md")):
        language, _, path = file.relative_to(guides).as_posix().partition("/")
        found[language, path] = file.read_bytes()
    return found


def in_language(bound: Mapping[tuple[str, str], bytes], language: str) -> dict[str, bytes]:
    """One language of a tree."""
    return {path: text for (tongue, path), text in bound.items() if tongue == language}
