"""A postbox's data folder: one version, one postbox at a time.

version            the number of this layout
lock               held by the running postbox
office.sha256      hashes of the office's tokens
letters.sqlite3    sealed letters
burnt              hashes of the stamps that were used here
salvage            there when the letters were found damaged: the next start saves what is sound
www/               the public tree: latest, parcels/, pages
"""

from __future__ import annotations

from pathlib import Path

from holub.errors import Refused
from holub.transit.folderlock import FolderLock, sweep_unfinished
from holub.transit.placing import place_file, world

VERSION = 1


class DataFolder:
    """An open data folder; `close` lets the next postbox in."""

    def __init__(self, path: Path) -> None:
        """Open or make the folder. Refused: a newer version, or no version in a folder that is not empty."""
        self.path = path
        with world(path):
            path.mkdir(parents=True, exist_ok=True)
        self._lock = FolderLock(path, "postbox")
        try:
            self._check_version()
            with world(path):
                self.www.mkdir(exist_ok=True)
                (self.www / "parcels").mkdir(exist_ok=True)
                sweep_unfinished(path)
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
        self._lock.close()

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
