"""The place that a stick is synced with: a relay's or a postbox's data, a tree as web servers hand it out, an address.

A home is recognised by what lies in it. Where none is named, one is looked for in the folder at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from holub.errors import Misused, Unavailable
from holub.transit.names import CATALOGUE, LETTERS, PARCELS
from holub.transit.relay.settings import is_address

# What is looked for where no home is named, with the folder at hand itself.
USUAL = ("holub-relay", "holub-postbox", "holub-data", "holub-outbox")
_NAME_IT = "name it with --home: a relay's or a postbox's folder, one that holub mirror wrote, or an address"


class What(Enum):
    """What a home is, in the words that are shown."""

    RELAY = "relay"
    POSTBOX = "postbox"
    TREE = "folder"
    ADDRESS = "address"


@dataclass(frozen=True)
class Home:
    """A home. place: a folder, or an address; found: it was looked for, nobody named it."""

    what: What
    place: str
    found: bool = False

    @property
    def folder(self) -> Path:
        """The folder, where it is one."""
        return Path(self.place)


def find_home(named: str | None, here: Path) -> Home:
    """The home that was named, or the one in `here`. Raises Misused (none, several), Unavailable (not there)."""
    if named is not None:
        if is_address(named):
            return Home(What.ADDRESS, named)
        folder = Path(named.removeprefix("folder:"))
        if not folder.is_dir():
            raise Unavailable(f"there is no folder {folder}", "check its name, or name another with --home")
        home = recognise(folder)
        if home is None and any(folder.iterdir()):
            raise Misused(f"{folder} is neither a relay's, nor a postbox's, nor one that holub mirror wrote", _NAME_IT)
        return home or Home(What.TREE, str(folder))
    homes = [home for folder in (here, *(here / name for name in USUAL)) if (home := recognise(folder)) is not None]
    if not homes:
        raise Misused("there is nothing here that a stick can be synced with", _NAME_IT)
    if len(homes) > 1:
        names = " and ".join(home.place for home in homes)
        raise Misused(f"a stick can be synced with {names} here", "say which with --home")
    return Home(homes[0].what, homes[0].place, found=True)


def recognise(folder: Path) -> Home | None:
    """What a folder is; None for something else. A folder of `holub up` means the postbox in it."""
    if not folder.is_dir():
        return None
    mark = _version(folder)
    if mark.startswith("holub relay "):
        return Home(What.RELAY, str(folder))
    if (folder / "www").is_dir() and mark.isdecimal():
        return Home(What.POSTBOX, str(folder))
    if mark.isdecimal() and _version(folder / "postbox").isdecimal():
        return Home(What.POSTBOX, str(folder / "postbox"))
    if (folder / CATALOGUE).is_file() or ((folder / LETTERS).is_dir() and (folder / PARCELS).is_dir()):
        return Home(What.TREE, str(folder))
    return None


def _version(folder: Path) -> str:
    file = folder / "version"
    try:
        with file.open("rb") as stream:
            return stream.read(64).decode("ascii", "replace").strip()
    except OSError:
        return ""
