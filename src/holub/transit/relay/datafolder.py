"""A relay's data folder: one version, one relay at a time.

version                      the number of this layout
lock                         held by the running relay
root.txt                     the centre's root documents, oldest first; without it no editions are taken
letters.narrow .small …      sealed letters of one size each, in fixed places
stamps, burnt                the list of stamps, and those that were used here
syncs                        kinds of carriers and the day of the last sync with each
incoming/                    parcels on their way in
heard/                       parcels that came over a mesh and lead to no edition yet
www/                         the public tree: latest, parcels/, pages
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from holub.errors import Misused, Refused
from holub.formats.root import RootDocument, parse_root, split_chain, trust
from holub.transit.folderlock import FolderLock, sweep_unfinished
from holub.transit.names import ROOT_PAGE
from holub.transit.placing import FIXED_TIME, place_file, world

VERSION = 1
MAX_ROOTS = 1 << 20
_HEAD = "holub relay "


class RelayFolder:
    """An open data folder; `close` lets the next relay in."""

    def __init__(self, path: Path) -> None:
        """Open or make the folder. Raises Refused (newer, not a relay's), Unavailable (in use, no space)."""
        self.path = path
        with world(path):
            path.mkdir(parents=True, exist_ok=True)
            empty = not any(path.iterdir())
        if not empty:
            check_version(path)
        self._lock = FolderLock(path, "relay")
        try:
            if empty:
                place_file(path / "version", f"{_HEAD}{VERSION}\n".encode())
            with world(path):
                for folder in (self.www, self.www / "parcels"):
                    if folder.is_symlink():
                        raise Refused(f"{folder.name} is a link, not a folder", "delete the link and start again")
                    folder.mkdir(exist_ok=True)
                shutil.rmtree(self.incoming, ignore_errors=True)
                sweep_unfinished(path)
                still(path)
        except BaseException:
            self.close()
            raise

    @property
    def www(self) -> Path:
        return self.path / "www"

    @property
    def incoming(self) -> Path:
        return self.path / "incoming"

    @property
    def heard(self) -> Path:
        return self.path / "heard"

    @property
    def root(self) -> Path:
        return self.path / ROOT_PAGE

    def close(self) -> None:
        """Give the lock back."""
        self._lock.close()

    def admit_root(self, file: Path | None) -> None:
        """Keep the root document that the keeper gave; one of the same centre that leads further replaces it.

        Raises Refused (not valid, another centre's), Unavailable.
        """
        if file is None:
            return
        given = read_roots(file)
        newer = trust(split_chain(given))
        if self.root.exists():
            held = trust(split_chain(read_roots(self.root)))
            if held.identity != newer.identity:
                raise Misused("this relay holds editions of another centre", "choose another folder with --data")
            if newer.serial <= held.serial:
                return
        place_file(self.root, given)


def still(path: Path) -> None:
    """Take the time of last change away from a data folder and all folders in it: the files have lost it already."""
    for folder, _, _ in os.walk(path):
        with contextlib.suppress(OSError):
            os.utime(folder, (FIXED_TIME, FIXED_TIME))
    with contextlib.suppress(OSError):
        os.utime(path / "lock", (FIXED_TIME, FIXED_TIME))


def check_version(path: Path) -> None:
    """Raises Refused unless this is a relay's data folder that this holub knows."""
    file = path / "version"
    text = ""
    if file.is_file():
        with world(file):
            text = file.read_bytes()[:64].decode("ascii", "replace").strip()
    number = text.removeprefix(_HEAD)
    if not text.startswith(_HEAD) or not number.isdecimal():
        raise Refused(f"{path.name} is not the data folder of a relay", "choose another folder with --data")
    if int(number) > VERSION:
        raise Refused(
            f"{path.name} was written by a newer holub (version {int(number)}; this one knows {VERSION})",
            "install the newer holub, or choose another folder with --data",
        )


def read_roots(file: Path) -> bytes:
    """The root documents in a file. Raises Refused (too long), Unavailable."""
    with world(file), file.open("rb") as stream:
        data = stream.read(MAX_ROOTS + 1)
    if len(data) > MAX_ROOTS:
        raise Refused(f"{file.name} is too long for root documents", "ask the centre for its root document")
    return data


def grown(held: list[bytes], offered: list[bytes]) -> tuple[list[bytes], RootDocument]:
    """The root documents with those that somebody offers and the newest held one vouches for. Raises Refused."""
    newest = trust(held)
    chain = list(held)
    for data in offered:
        try:
            newer = newest.accept(parse_root(data))
        except Refused:
            continue
        if newer is not newest:
            newest = newer
            chain.append(data)
    return chain, newest
