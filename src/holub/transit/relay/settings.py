"""How a relay is run: what its keeper decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holub.errors import Misused
from holub.formats.shelf import Shelf
from holub.transit.relay.limits import RelayLimits

# Makes the pages that go beside an edition: (what is held, all parcels, root documents) to (path, bytes).
# Runs in a process of its own, so it must be a function at the top of a module.
PageMaker = Callable[[Shelf, Sequence[bytes], Sequence[bytes]], Iterable[tuple[str, bytes]]]


@dataclass(frozen=True)
class Settings:
    """places: folders and addresses to sync with · root: a file with the centre's root document, None where the
    data folder has one already · hotspot: answer as the gate of a network that leads nowhere else ·
    minutes: between two rounds · proxy: for addresses · pages: how pages are made, None for none ·
    gives: folders are given the edition that is held; not where whoever asks does that itself.
    """

    places: tuple[str, ...] = ()
    root: Path | None = None
    hotspot: bool = False
    minutes: float = 60.0
    proxy: str | None = None
    pages: PageMaker | None = None
    limits: RelayLimits = field(default_factory=RelayLimits)
    gives: bool = True

    def __post_init__(self) -> None:
        if not 1 / 60 <= self.minutes <= 10_080:
            raise Misused("a relay syncs every minute to every week", "choose another --every")


def is_address(place: str) -> bool:
    """Whether a place is an address and not a folder. Raises Misused for what is neither."""
    scheme, colon, rest = place.partition(":")
    if scheme in ("http", "https") and rest.startswith("//"):
        return True
    if colon and scheme not in ("folder", "") and rest.startswith("//"):
        raise Misused(f"a relay cannot sync with this place: {place}", "give a folder, or an http address")
    return False


def folder_of(place: str) -> Path:
    """The folder that a place names."""
    return Path(place.removeprefix("folder:"))
