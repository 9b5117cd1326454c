"""How a relay is run: what its keeper decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holub.errors import Misused
from holub.formats.shelf import Shelf
from holub.transit.carriers.mesh.airtime import LONG_FAST, Airtime, Modem
from holub.transit.carriers.mesh.message import MOST_MESSAGE
from holub.transit.carriers.mesh.radio import is_radio
from holub.transit.relay.limits import RelayLimits

# Makes the pages that go beside an edition: (what is held, all parcels, root documents) to (path, bytes).
# Runs in a process of its own, so it must be a function at the top of a module.
PageMaker = Callable[[Shelf, Sequence[bytes], Sequence[bytes]], Iterable[tuple[str, bytes]]]

# A narrow letter is about ten seconds on the air.
MOST_MESH_LETTERS = 1_000


@dataclass(frozen=True)
class Air:
    """What a relay does with its mesh radios. A radio that sends can be found: without a word it only listens.

    modem: how they are set · share: of each hour that it may send, 0.1 for 10 % · sends: what leads on to the edition
    that is held goes out · letters: how many letters a day go out · asks: it may ask for what is missing ·
    minutes: how long `relay sync` listens.
    """

    modem: Modem = LONG_FAST
    share: float = 0.1
    sends: bool = False
    letters: int = 0
    asks: bool = False
    minutes: float = 60.0

    def __post_init__(self) -> None:
        if not 0 <= self.letters <= MOST_MESH_LETTERS:
            raise Misused(
                f"a relay sends at most {MOST_MESH_LETTERS} letters a day by mesh", "choose another --mesh-letters"
            )
        if not 0 <= self.minutes <= 10_080:
            raise Misused("a relay listens for at most a week", "choose another --listen")
        if self.speaks:
            # A radio of a relay has nobody to tell it later.
            Airtime(self.modem, self.share).wait(MOST_MESSAGE, 0.0)

    @property
    def speaks(self) -> bool:
        """Whether it ever sends anything."""
        return self.sends or self.letters > 0 or self.asks


@dataclass(frozen=True)
class Settings:
    """places: folders, addresses and radios to sync with · root: a file with the centre's root document, None where the
    data folder has one already · hotspot: answer as the gate of a network that leads nowhere else ·
    minutes: between two rounds · proxy: for addresses · pages: how pages are made, None for none ·
    gives: folders are given the edition that is held; not where whoever asks does that itself · air: for radios.
    """

    places: tuple[str, ...] = ()
    root: Path | None = None
    hotspot: bool = False
    minutes: float = 60.0
    proxy: str | None = None
    pages: PageMaker | None = None
    limits: RelayLimits = field(default_factory=RelayLimits)
    gives: bool = True
    air: Air = field(default_factory=Air)

    def __post_init__(self) -> None:
        if not 1 / 60 <= self.minutes <= 10_080:
            raise Misused("a relay syncs every minute to every week", "choose another --every")
        if self.air.speaks and not self.radios:
            raise Misused(
                "a radio is allowed to send, and none of the places is one",
                "add the radio's address, such as serial:/dev/ttyACM0, or leave that word out",
            )

    @property
    def radios(self) -> tuple[str, ...]:
        """The places that are mesh radios."""
        return tuple(place for place in self.places if is_radio(place))


def is_address(place: str) -> bool:
    """Whether a place is an address and not a folder. Raises Misused for what is neither."""
    scheme, colon, rest = place.partition(":")
    if scheme in ("http", "https") and rest.startswith("//"):
        return True
    if colon and scheme not in ("folder", "") and rest.startswith("//"):
        raise Misused(f"a relay cannot sync with this place: {place}", "give a folder, an http address or a radio")
    return False


def folder_of(place: str) -> Path:
    """The folder that a place names."""
    return Path(place.removeprefix("folder:"))
