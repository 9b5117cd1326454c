"""The folder of `holub up`: what lies where in it, and how it is thrown away whole.

    DIR/office       keys, letters, what was bound          DIR/parcels   the parcels as they go out
    DIR/postbox      what the postbox holds                 DIR/token     the office's token for it
    DIR/passphrase   the office's passphrase, made on the first run where none was given
    DIR/version      that `holub up` made this              DIR/lock      held while it runs

Rules of throwing away
- Keys go first, overwritten where they lie: whatever is left of the rest after a power cut is ciphertext.
- The mark of the version goes last: a cut one is thrown away by the same command once more.
- Only what `holub up` makes goes. What else lies in the folder stays, and no link is followed.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from holub.errors import Misused, Refused
from holub.office.office import ROOT_FILE, Office
from holub.store import files
from holub.store.vault import FILE as VAULT_FILE

VERSION: Final = 1
_FOLDERS: Final = ("office", "postbox", "parcels")
_SECRETS: Final = ("office/slots", f"office/{VAULT_FILE}", f"office/{VAULT_FILE}.new", "passphrase", "token")


@dataclass(frozen=True)
class Holds:
    """What is in a folder. letters: None where nobody can tell without the passphrase; bytes: of all files that go."""

    editions: int
    letters: int | None
    files: int
    bytes: int


class DataFolder:
    """The folder of one `holub up`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office, self.postbox, self.parcels = (folder / name for name in _FOLDERS)
        self.passphrase = folder / "passphrase"
        self.token = folder / "token"
        self._mark = folder / "version"

    @property
    def has_office(self) -> bool:
        """Whether an office was made here; one whose making was cut short does not count."""
        return any((self.office / made).exists() for made in (ROOT_FILE, "press", "office.db"))

    def begin(self) -> None:
        """Makes the folder where it is missing. Raises Misused (something else lies there), Refused (a newer holub)."""
        files.make_private_folder(self.folder)
        if not self._mark.exists():
            # A first run that was killed here leaves the mark half-written, and nothing else.
            if any(entry.name != "version.new" for entry in self.folder.iterdir()):
                raise Misused(
                    f"{self.folder} is not empty and was not made by `holub up`", "choose another folder with --data"
                )
            files.replace(self._mark, f"{VERSION}\n".encode())
        text = self._mark.read_text(encoding="ascii", errors="replace").strip()
        if not text.isdigit() or int(text) > VERSION:
            raise Refused(
                f"{self.folder} was written by a newer holub", "install the newer holub, or choose another --data"
            )

    def holds(self, secret: str | None) -> Holds:
        """What would go. secret: the office's passphrase, to count letters. Raises Misused (a wrong one, not made by
        `holub up`), Refused (a link in the place of a folder)."""
        self._check()
        letters = None
        if not (self.office / "office.db").exists():
            letters = 0
        elif secret is not None and (self.office / VAULT_FILE).exists():
            # Keys that are overwritten already, by a throwing away that was cut: then nobody can tell.
            with contextlib.suppress(Refused), Office.open(self.office, secret) as opened:
                letters = sum(opened.mailroom.counts().values())
        there = [path for path in self._ours() if path.is_file() and not path.is_symlink()]
        editions = self.office / "press" / "editions"
        count = sum(path.suffix == ".json" for path in editions.iterdir()) if editions.is_dir() else 0
        return Holds(count, letters, len(there), sum(path.stat().st_size for path in there))

    def throw_away(self) -> list[str]:
        """Overwrites the keys, deletes what `holub up` made; the names of what stays. Raises as `holds`, Unavailable.

        The caller holds the folder's lock; the office is held here, so that nobody works in it meanwhile.
        """
        self._check()
        lock = files.FolderLock(self.office) if self.office.is_dir() else None
        try:
            for name in _SECRETS:
                files.overwrite(self.folder / name)
            for folder in (self.office, self.postbox, self.parcels):
                if folder.is_dir():
                    shutil.rmtree(folder)
            for file in (self.passphrase, self.token, self._mark):
                file.unlink(missing_ok=True)
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

    def _check(self) -> None:
        if not self._mark.is_file():
            raise Misused(f"{self.folder} was not made by `holub up`", "name the folder that it was started with")
        for path in (self.office, self.postbox, self.parcels, self.passphrase, self.token):
            if path.is_symlink():
                raise Refused(f"{path} is a link to another place", "delete that place by hand, then the link")

    def _ours(self) -> list[Path]:
        found = [self.passphrase, self.token, self._mark]
        for folder in (self.office, self.postbox, self.parcels):
            found += folder.rglob("*")
        return found
