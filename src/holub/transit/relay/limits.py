"""Every limit of a relay in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from holub.errors import Misused
from holub.transit.carrier import LETTER_SIZES, MAX_BAG_LETTERS
from holub.transit.postbox.limits import Limits

# Of every 128 places for letters, how many are of each size. Each size has places of its own, so that
# large letters push out no small ones. Narrow ones come by sound and mesh alone; the three rooms of the others take
# about as much of the disk.
_SHARES = (16, 97, 14, 1)
LEAST_LETTERS, MOST_LETTERS = 128, 65_536


def rooms(letters: int) -> dict[int, int]:
    """How many places there are for each size of letter, in a bag of `letters` in all. Raises Misused."""
    if not LEAST_LETTERS <= letters <= MOST_LETTERS:
        raise Misused(f"a relay's bag holds {LEAST_LETTERS} to {MOST_LETTERS:,} letters", "choose another --letters")
    places = [letters * share // 128 for share in _SHARES]
    places[1] += letters - sum(places)
    return dict(zip(LETTER_SIZES, places, strict=True))


@dataclass(frozen=True)
class RelayLimits:
    """What a relay holds. The defaults suit a Raspberry Pi.

    rooms: places for letters by size · editions: an update is kept while it leads to one of the newest so many ·
    edition_bytes: of all parcels together · exchanges: with other relays at the same time ·
    web: what the web server puts up with, as in a postbox.
    """

    rooms: dict[int, int] = field(default_factory=lambda: rooms(MAX_BAG_LETTERS))
    editions: int = 3
    edition_bytes: int = 256 << 20
    exchanges: int = 2
    web: Limits = field(default_factory=lambda: Limits(connections=128, pending_bytes=8 << 20, batch_bytes=4 << 20))

    def __post_init__(self) -> None:
        if not 1 <= self.editions <= 64:
            raise Misused("a relay keeps updates to the newest 1 to 64 editions", "choose another --editions")
