"""Small relays on loopback, and three real editions of the sample guides on three sticks."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from holub import sample
from holub.faces.cli.relay import pages
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.post import Parcels
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier
from holub.transit.relay import RelayLimits, RelayServer, Settings

NOW = 1_795_000_000
DAY = 86_400
SMALL = dict(zip(LETTER_SIZES, (8, 32, 4, 2), strict=True))

StartRelay = Callable[..., RelayServer]


def letter(size: int = LETTER_SIZES[1]) -> bytes:
    return secrets.token_bytes(size)


def pair(one: bytes) -> tuple[bytes, bytes]:
    return sha256(one).digest(), one


def held(server: RelayServer) -> set[bytes]:
    return set(server.bag.collect().letters)


def give(server: RelayServer, *letters: bytes) -> None:
    """Letters that came in before the last round."""
    server.bag.store([pair(one) for one in letters])
    server.bag.turn()


def small(
    *places: object,
    rooms: dict[int, int] | None = None,
    root: Path | None = None,
    hotspot: bool = False,
    editions: int = 3,
    edition_bytes: int = 256 << 20,
) -> Settings:
    """Settings for a small relay whose rounds, after the first, are made by the test."""
    limits = RelayLimits(rooms or SMALL, editions, edition_bytes)
    return Settings(tuple(map(str, places)), root, hotspot, minutes=10_000, pages=pages, limits=limits)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[StartRelay]:
    """Start a relay by the name of its folder; the places are those that it syncs with."""
    with ExitStack() as stack:

        def go(name: str = "relay", *places: object, **others: Any) -> RelayServer:
            return stack.enter_context(RelayServer(tmp_path / name, settings=small(*places, **others)))

        yield go


@dataclass(frozen=True)
class Published:
    """Three editions: a stick with each, and the centre's root document."""

    sticks: tuple[Path, Path, Path]
    root: Path


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    home = tmp_path_factory.mktemp("centre")
    guides = Path(shutil.copytree(sample.guides(), home / "guides"))
    guide = sorted(guides.rglob("*.md"))[0]
    sticks = []
    with Office.create(
        home / "office", "six words that nobody has guessed", Publisher("Зразковий центр"), NOW
    ) as office:
        for number in range(3):
            guide.write_text(guide.read_text() + f"\n\nLine {number}.\n")
            Editions(office).bind(guides, home / "out", NOW + number * DAY)
            stick = home / f"stick{number + 1}"
            stick.mkdir()
            Parcels(home / "out", office.root_file.read_bytes()).send(FolderCarrier(stick), code=None)
            sticks.append(stick)
        root = Path(shutil.copy(office.root_file, home / "root.txt"))
    return Published((sticks[0], sticks[1], sticks[2]), root)
