"""The folder of `holub up`: what lies where in it, and how it is thrown away whole.

    DIR/office       keys, letters, what was bound          DIR/parcels   the parcels as they go out
    DIR/postbox      what the postbox holds                 DIR/token     the office's token for it
    DIR/passphrase   the office's passphrase, made on the first run where none was given
    DIR/version      that `holub up` made this              DIR/lock      held while it runs

Rules of throwing away
- Keys go first, overwritten where they lie: whatever is left of the rest after a power cut is ciphertext.
- The mark of the version goes last: a cut one is thrown away by the same command once more.
- What is named above goes, with all that lies in those folders. Anything else stays, and no link is followed.
- Nothing is opened for it, so neither the passphrase nor keys that still open anything are needed.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from holub.errors import HolubError, Misused, Refused
from holub.inbound.mailroom.letters import count_letters
from holub.office.office import ROOT_FILE
from holub.store import files
from holub.store.database import Database
from holub.store.vault import FILE as VAULT_FILE

VERSION: Final = 1
_FOLDERS: Final = ("office", "postbox", "parcels")
_FILES: Final = ("passphrase", "token")
_MARK: Final = "version"
# Those with .new: a process that was killed had not finished them.
_SECRETS: Final = (
    *("office/slots", f"office/{VAULT_FILE}", f"office/{VAULT_FILE}.new"),
    *(name + end for name in _FILES for end in ("", ".new")),
)


@dataclass(frozen=True)
class Holds:
    """What is in a folder. letters: None where nobody can tell; bytes: of all files that go."""

    editions: int
    letters: int | None
    files: int
    bytes: int


class DataFolder:
    """The folder of one `holub up`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office, self.postbox, self.parcels = (folder / name for name in _FOLDERS)
        self.passphrase, self.token = (folder / name for name in _FILES)
        self._mark = folder / _MARK

    @property
    def has_office(self) -> bool:
        """Whether an office was made here; one whose making was cut short does not count."""
        return any((self.office / made).exists() for made in (ROOT_FILE, "press", "office.db"))

    def begin(self) -> None:
        """Makes the folder where it is missing. Raises Misused (something else lies there), Refused (a newer holub)."""
        files.make_private_folder(self.folder)
        if not self._mark.exists():
            # A first run that was killed here leaves the mark half-written, the end of throwing away a lock; no more.
            if any(entry.name not in (f"{_MARK}.new", "lock") for entry in self.folder.iterdir()):
                raise Misused(
                    f"{self.folder} is not empty and was not made by `holub up`", "choose another folder with --data"
                )
            files.replace(self._mark, f"{VERSION}\n".encode())
        self._check_version()

    def _check_version(self) -> None:
        text = self._mark.read_text(encoding="ascii", errors="replace").strip()
        if not text.isdigit() or int(text) > VERSION:
            raise Refused(
                f"{self.folder} was written by a newer holub", "install the newer holub, or choose another --data"
            )

    def check(self) -> None:
        """Raises Misused (`holub up` did not make it), Refused (a newer holub did; a link lies in a folder's place)."""
        if not self._mark.is_file():
            raise Misused(f"{self.folder} was not made by `holub up`", "name the folder that it was started with")
        self._check_version()
        for name in (*_FOLDERS, *_FILES):
            if (self.folder / name).is_symlink():
                raise Refused(
                    f"{self.folder / name} is a link to another place", "delete that place by hand, then the link"
                )

    def holds(self) -> Holds:
        """What would go; nothing is changed. The caller holds the folder's lock. Raises as `check`, Unavailable."""
        self.check()
        try:
            sizes = [path.stat().st_size for path in self._ours() if path.is_file() and not path.is_symlink()]
            editions = self.office / "press" / "editions"
            count = sum(path.suffix == ".json" for path in editions.iterdir()) if editions.is_dir() else 0
        except OSError as error:
            raise files.disk_trouble(error, self.folder) from error
        return Holds(count, self._letters(), len(sizes), sum(sizes))

    def _letters(self) -> int | None:
        place = self.office / "office.db"
        if not place.exists():
            return 0
        database = Database.looked_at(place)
        with contextlib.suppress(HolubError), contextlib.closing(database):
            return count_letters(database)
        return None

    def throw_away(self) -> list[str]:
        """Overwrites the keys, deletes what `holub up` made; the names of what stays. Raises as `check`, Unavailable.

        The caller holds the folder's lock; the office is held here, so that nobody works in it meanwhile.
        """
        self.check()
        lock = files.FolderLock(self.office) if self.office.is_dir() else None
        try:
            for name in _SECRETS:
                files.overwrite(self.folder / name)
            for name in _FOLDERS:
                if (self.folder / name).is_dir():
                    shutil.rmtree(self.folder / name)
            for name in (*_FILES, _MARK):
                (self.folder / f"{name}.new").unlink(missing_ok=True)
                (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise files.disk_trouble(error, self.folder) from error
        finally:
            if lock is not None:
                lock.release()
        left = sorted(entry.name for entry in self.folder.iterdir() if entry.name != "lock")
        if not left:
            (self.folder / "lock").unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # a mount point, or a link to the folder
                self.folder.rmdir()
        return left

    def _ours(self) -> list[Path]:
        found = [self.passphrase, self.token, self._mark]
        for name in _FOLDERS:
            found += (self.folder / name).rglob("*")
        return found
