"""The office: its folder, opened with a passphrase, and the halls that work on it.

    vault       keys, under the passphrase          slots       keys of records, overwritten in place
    office.db   the halls' tables                   root.txt    the root document (public)
    press/      what has been bound (public)

One process at a time holds an office. Everything here takes the time as an argument.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from holub.errors import Misused, Refused, Unavailable
from holub.formats.root import RootDocument, split_chain, trust
from holub.inbound.mailroom.room import Mailroom
from holub.outbound.press.archive import Archive
from holub.outbound.press.signing import SEED_BYTES, Pen, new_root
from holub.store import files
from holub.store.database import Database
from holub.store.slots import Slots
from holub.store.vault import Vault

ROOT_FILE = "root.txt"
ROOT_LIFE = 3 * 365 * 86_400  # seconds
EDITION_SEED = "edition/1"


@dataclass(frozen=True)
class Publisher:
    """How a new office signs: its public name, and how many root keys there are and are needed."""

    name: str
    root_keys: int = 1
    threshold: int = 1


def read_root(path: Path) -> RootDocument:
    """The newest root document of a file that holds a chain of them. Raises Refused, Unavailable."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"the root document {path} can not be read ({error.strerror})", "give its file") from error
    return trust(split_chain(data))


class Office:
    """An opened office; a context manager that closes it."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self.folder = folder
        self.vault = vault
        self._database: Database | None = None
        self._slots: Slots | None = None
        self._mailroom: Mailroom | None = None
        self._archive: Archive | None = None

    @classmethod
    def create(cls, folder: Path, passphrase: str, publisher: Publisher, now: int) -> Office:
        """Makes keys and the root document in a folder without an office. Raises Misused, Unavailable."""
        vault = Vault.create(folder, passphrase)
        try:
            pens = []
            for number in range(1, publisher.root_keys + 1):
                vault.put(f"root/{number}", os.urandom(SEED_BYTES))
                pens.append(Pen(vault.get(f"root/{number}")))
            vault.put(EDITION_SEED, os.urandom(SEED_BYTES))
            root = new_root(
                publisher.name,
                now + ROOT_LIFE,
                pens,
                [Pen(vault.get(EDITION_SEED))],
                threshold=publisher.threshold,
            )
            files.replace(folder / ROOT_FILE, root.verify().encode())
        except BaseException:
            vault.close()
            raise
        return cls(folder, vault)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Office:
        """Opens an office that `create` made. Raises Misused, Refused, Unavailable."""
        return cls(folder, Vault.open(folder, passphrase))

    @property
    def root_file(self) -> Path:
        return self.folder / ROOT_FILE

    @property
    def root(self) -> RootDocument:
        """The root document that this office signs under."""
        return read_root(self.root_file)

    def pen(self) -> Pen:
        """The edition key. Raises Refused when the root document does not name it."""
        pen = Pen(self.vault.get(EDITION_SEED))
        if pen.public not in self.root.edition_keys:
            raise Refused(
                "the root document does not name this office's edition key", "restore the office from a backup"
            )
        return pen

    @property
    def archive(self) -> Archive:
        """What the press has bound."""
        if self._archive is None:
            self._archive = Archive(self.folder / "press")
        return self._archive

    @property
    def mailroom(self) -> Mailroom:
        """Letters and replies."""
        if self._mailroom is None:
            if self.vault.locked:
                raise Misused("the office is locked", "unlock it with the passphrase")
            self._database = Database.at(self.folder / "office.db")
            self._slots = Slots(self.folder / "slots", self.vault.key("slots"))
            self._mailroom = Mailroom(self._database, self._slots)
        return self._mailroom

    def lock(self) -> None:
        """Forgets all keys; `unlock` of the vault, and the office goes on."""
        self._release()
        self.vault.lock()

    def _release(self) -> None:
        self._mailroom = None
        if self._slots is not None:
            self._slots.close()
            self._slots = None
        if self._database is not None:
            self._database.close()
            self._database = None

    def close(self) -> None:
        """Locks, and gives the folder back; may be called twice."""
        self._release()
        self.vault.close()

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
