"""One process at a time on a data folder, and what a killed one left unfinished there."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path

from holub.errors import Unavailable
from holub.transit.placing import TEMPORARY, world

_UNFINISHED = re.compile(rf"[0-9a-f]{{16}}{re.escape(TEMPORARY)}")


class FolderLock:
    """The lock file of a folder, held until `close`. whose: what runs on a folder like this, "postbox" or "relay"."""

    def __init__(self, path: Path, whose: str) -> None:
        """Raises Unavailable: one is running, or the folder cannot be written to."""
        with world(path):
            self._descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise Unavailable(
                f"another {whose} is running on {path.name}", "stop it first, or choose another folder with --data"
            ) from error

    def close(self) -> None:
        """Let the next one in."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def sweep_unfinished(path: Path) -> None:
    """Take away files that a process which was killed had not finished. Only while the lock is held."""
    for file in path.rglob(f"*{TEMPORARY}"):
        if _UNFINISHED.fullmatch(file.name):
            file.unlink()
