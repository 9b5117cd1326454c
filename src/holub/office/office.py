"""The office: its folder, opened with a passphrase, and the halls that work on it.

    vault       keys, under the passphrase          slots       keys of records, overwritten in place
    office.db   the halls' tables                   root.txt    the root documents, oldest first (public)
    press/      what has been bound (public)

One process at a time holds an office. Everything here takes the time as an argument. What opening does not need is
imported where it is needed: stretching the passphrase begins the sooner, and the rest can be loaded meanwhile.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from holub.errors import Misused, Refused, Unavailable
from holub.store import files
from holub.store.vault import FILE as VAULT_FILE
from holub.store.vault import Vault

if TYPE_CHECKING:
    from holub.formats.root import RootDocument
    from holub.inbound.mailroom.room import Mailroom
    from holub.outbound.press.archive import Archive
    from holub.outbound.press.signing import Pen
    from holub.store.database import Database
    from holub.store.slots import Slots

ROOT_FILE = "root.txt"
ROOT_LIFE = 3 * 365 * 86_400  # seconds
WARN = 60 * 86_400  # seconds before the expiry from which on a centre is told
EDITION_SEED = "edition/1"
LAST_TIME = 2**32 - 1  # of root documents and editions


@dataclass(frozen=True)
class Publisher:
    """How a new office signs: its public name, and how many root keys there are and are needed."""

    name: str
    root_keys: int = 1
    threshold: int = 1


def read_root(path: Path) -> RootDocument:
    """The newest root document of a file that holds a chain of them. Raises Refused, Unavailable."""
    from holub.formats.root import split_chain, trust

    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise Unavailable(f"the root document {path} is no ordinary file", "give its file")
        data = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"the root document {path} cannot be read ({error.strerror})", "give its file") from error
    return trust(split_chain(data))


def expires_soon(root: RootDocument, now: int) -> bool:
    """Whether it is time for a rotation. now: Unix seconds."""
    return root.expiry - now < WARN


def _age(name: str) -> tuple[int, ...]:
    """Sorts the names of keys by the serial that they were made for: "edition/2", "root/2-1"."""
    return tuple(int(part) if part.isdigit() else 0 for part in name.partition("/")[2].split("-"))


def _check_clock(now: int) -> None:
    """Raises Unavailable where a root document made now would be out of date at once, or could not be written."""
    from holub.formats.letterkey import week_of

    try:
        week_of(now)
    except Misused:
        raise Unavailable("the clock of this machine is wrong", "set the clock, then try again") from None
    if now + ROOT_LIFE > LAST_TIME:
        raise Unavailable("the clock of this machine is wrong", "set the clock, then try again")


def _is_begun(folder: Path) -> bool:
    """Whether making this office was cut short: a vault, and nothing yet that was made with its keys."""
    if not (folder / VAULT_FILE).is_file():
        return False
    known = {VAULT_FILE, "lock", f"{VAULT_FILE}.new", f"{ROOT_FILE}.new"}
    return all(entry.name in known for entry in folder.iterdir())


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
        """Makes keys and the root document in a folder without an office. Raises Misused, Unavailable.

        The root document is written last. Where a crash left a vault and nothing else, the same passphrase goes on
        from there, with the keys that it holds already.
        """
        from holub.outbound.press.signing import SEED_BYTES, Pen, new_root

        _check_clock(now)
        names = [f"root/{number}" for number in range(1, publisher.root_keys + 1)]
        seeds = {name: os.urandom(SEED_BYTES) for name in names}
        pens = [Pen(seed) for seed in seeds.values()]
        seeds[EDITION_SEED] = os.urandom(SEED_BYTES)
        # Before anything is written: a name or a threshold that cannot be is refused here.
        root = new_root(
            publisher.name, now + ROOT_LIFE, pens, [Pen(seeds[EDITION_SEED])], threshold=publisher.threshold
        )
        vault = Vault.open(folder, passphrase) if _is_begun(folder) else Vault.create(folder, passphrase)
        try:
            held = {name: vault.get(name) for name in vault.names() if name in seeds}
            if held:
                seeds |= held
                pens = [Pen(seeds[name]) for name in names]
                edition = Pen(seeds[EDITION_SEED])
                root = new_root(publisher.name, now + ROOT_LIFE, pens, [edition], threshold=publisher.threshold)
            for name in seeds.keys() - held.keys():
                vault.put(name, seeds[name])
            files.replace(folder / ROOT_FILE, root.verify().encode())
        except BaseException:
            vault.close()
            raise
        return cls(folder, vault)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Office:
        """Opens an office that `create` made. Raises Misused, Refused, Unavailable."""
        if _is_begun(folder):
            raise Misused(f"the office in {folder} was never finished", "make it again with `holub keys new`")
        return cls(folder, Vault.open(folder, passphrase))

    @property
    def root_file(self) -> Path:
        return self.folder / ROOT_FILE

    @property
    def root(self) -> RootDocument:
        """The newest root document: the one that this office signs under."""
        return read_root(self.root_file)

    def pen(self) -> Pen:
        """The newest edition key that the root document names. Raises Refused when the vault has none of them."""
        named = self.root.edition_keys
        for _, pen in reversed(self.pens("edition")):
            if pen.public in named:
                return pen
        raise Refused("the root document does not name this office's edition key", "restore the office from a backup")

    def pens(self, kind: str) -> list[tuple[str, Pen]]:
        """The vault's keys of a kind ("root", "edition") with their names there, the newest last."""
        from holub.outbound.press.signing import Pen

        names = [name for name in self.vault.names() if name.startswith(f"{kind}/")]
        return [(name, Pen(self.vault.get(name))) for name in sorted(names, key=_age)]

    @property
    def archive(self) -> Archive:
        """What the press has bound."""
        if self._archive is None:
            from holub.outbound.press.archive import Archive

            self._archive = Archive(self.folder / "press")
        return self._archive

    @property
    def mailroom(self) -> Mailroom:
        """Letters and replies."""
        if self._mailroom is None:
            if self.vault.locked:
                raise Misused("the office is locked", "unlock it with the passphrase")
            # The database's library takes longer to load than most commands that never enter the mailroom take to run.
            from holub.inbound.mailroom.room import Mailroom
            from holub.store.database import Database
            from holub.store.slots import Slots

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
