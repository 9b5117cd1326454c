"""A postbox's data folder: one version, one postbox at a time.

version            the number of this layout
lock               held by the running postbox
office.sha256      hashes of the office's tokens
letters.sqlite3    sealed letters
salvage            there when the letters were found damaged: the next start saves what is sound
www/               the public tree: latest, parcels/, pages
"""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path

from holub.errors import Refused, Unavailable
from holub.transit.placing import TEMPORARY, place_file, world

VERSION = 1
_UNFINISHED = re.compile(rf"[0-9a-f]{{16}}{re.escape(TEMPORARY)}")


class DataFolder:
    """An open data folder; `close` lets the next postbox in."""

    def __init__(self, path: Path) -> None:
        """Open or make the folder. Refused: a newer version, or no version in a folder that is not empty."""
        self.path = path
        with world(path):
            path.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        try:
            self._check_version()
            with world(path):
                self.www.mkdir(exist_ok=True)
                (self.www / "parcels").mkdir(exist_ok=True)
                self._sweep()
        except BaseException:
            self.close()
            raise

    @property
    def letters(self) -> Path:
        return self.path / "letters.sqlite3"

    @property
    def salvage(self) -> Path:
        return self.path / "salvage"

    @property
    def www(self) -> Path:
        return self.path / "www"

    def close(self) -> None:
        """Give the lock back."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _sweep(self) -> None:
        # What a postbox that was killed had not finished; nobody else writes here while the lock is held.
        for file in self.path.rglob(f"*{TEMPORARY}"):
            if _UNFINISHED.fullmatch(file.name):
                file.unlink()

    def _take_lock(self) -> int:
        with world(self.path):
            descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise Unavailable(
                f"another postbox is running on {self.path.name}", "stop it first, or choose another folder with --data"
            ) from error
        return descriptor

    def _check_version(self) -> None:
        file = self.path / "version"
        if not file.exists():
            place_file(file, f"{VERSION}\n".encode())
            return
        with world(file):
            text = file.read_bytes()[:32].decode("ascii", "replace").strip()
        if not text.isdecimal():
            raise Refused(f"{self.path.name} is not the data folder of a postbox", "choose another folder with --data")
        if int(text) > VERSION:
            raise Refused(
                f"{self.path.name} was written by a newer holub (version {int(text)}; this one knows {VERSION})",
                "install the newer holub, or choose another folder with --data",
            )
