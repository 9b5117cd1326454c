"""The blockade: a hostile world, seeded, that every carrier's tests share.

`Blockade` stands before a carrier and makes its troubles; `Channel` (tests/fakes/channel.py) does the same to frames.
A trouble strikes before the call (nothing happened), or after it (it happened, and nobody heard the answer).
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from holub.errors import HolubError, Unavailable
from holub.transit.carrier import MAX_BAG_LETTERS, Bag, Carrier
from holub.transit.catalogue import SEAL_BYTES, Catalogue, Listing
from holub.transit.names import PARCEL_SUFFIX, parcel_name
from holub.transit.placing import PARTIAL
from tests.fakes.channel import turned

T = TypeVar("T")


@dataclass(frozen=True)
class Siege:
    """How likely each trouble is at one call, 0 to 1; in bags and lists, for one letter or one parcel.

    down: fails before anything happened · unheard: it happened, and the answer is lost · cut: a fetch ends half-way ·
    poisoned: a fetch ends half-way, and what came is altered · swapped: an altered parcel lies there under the name ·
    rolled_back: an older catalogue is shown · frozen: the first one that was ever shown, always · nonsense: a catalogue
    of parcels that are nowhere · hidden: a parcel is not listed · twice: a letter is given again in the same bag ·
    altered: a letter has a turned bit · junk: a letter that nobody wrote comes with it · keeps: letters that were to be
    forgotten are given again, and the answer says that they are gone.
    """

    down: float = 0.0
    unheard: float = 0.0
    cut: float = 0.0
    poisoned: float = 0.0
    swapped: float = 0.0
    rolled_back: float = 0.0
    frozen: bool = False
    nonsense: float = 0.0
    hidden: float = 0.0
    twice: float = 0.0
    altered: float = 0.0
    junk: float = 0.0
    keeps: bool = False


# What passes: whoever tries again gets through.
SIEGES: dict[str, Siege] = {
    "every third call fails": Siege(down=0.34),
    "every third answer is lost": Siege(unheard=0.34),
    "most fetches are cut half-way": Siege(cut=0.7),
    "most fetches are cut and altered": Siege(poisoned=0.6),
    "altered parcels lie there under true names": Siege(swapped=0.6),
    "an older catalogue comes and goes": Siege(rolled_back=0.5),
    "a catalogue of nonsense comes and goes": Siege(nonsense=0.5),
    "parcels are hidden now and then": Siege(hidden=0.4),
    "letters come twice and in another order": Siege(twice=0.6),
    "letters are altered on the way": Siege(altered=0.3),
    "letters come with junk": Siege(junk=0.5),
    "all of it at once": Siege(0.1, 0.1, 0.2, 0.1, 0.1, 0.2, False, 0.2, 0.1, 0.3, 0.1, 0.2),
}


class Blockade:
    """See `holub.transit.carrier.Carrier`: another carrier, behind a siege. The same seed gives the same troubles."""

    def __init__(self, carrier: Carrier, seed: int, siege: Siege) -> None:
        self._carrier = carrier
        self._random = random.Random(seed)
        self._siege = siege
        self._past: list[Catalogue] = []
        self._kept: dict[bytes, bytes] = {}
        self.troubles = 0

    def remember(self, catalogue: Catalogue) -> None:
        """A catalogue that was the newest once, to roll back to."""
        self._past.append(catalogue)

    def _strikes(self, chance: float) -> bool:
        struck = self._random.random() < chance
        self.troubles += struck
        return struck

    def _call(self, call: Callable[[], T]) -> T:
        if self._strikes(self._siege.down):
            raise Unavailable("the blockade is closed", "try again")
        result = call()
        if self._strikes(self._siege.unheard):
            raise Unavailable("the blockade swallowed the answer", "try again")
        return result

    # Outward.

    def catalogue(self) -> Catalogue:
        newest = self._call(self._carrier.catalogue)
        if self._siege.frozen and self._past:
            return self._past[0]
        if self._past and self._strikes(self._siege.rolled_back):
            return self._random.choice(self._past)
        if self._strikes(self._siege.nonsense):
            return Catalogue.of(self._random.randbytes(SEAL_BYTES), self._nonsense())
        self.remember(newest)
        return newest

    def _nonsense(self) -> list[Listing]:
        digests = [self._random.randbytes(32) for _ in range(5)]
        return [Listing(parcel_name(one), self._random.randrange(1, 1 << 32) - 1 or 1, one, "full") for one in digests]

    def parcels(self) -> tuple[Listing, ...]:
        rows = [row for row in self._call(self._carrier.parcels) if not self._strikes(self._siege.hidden)]
        if self._strikes(self._siege.nonsense):
            rows += self._nonsense()
        return tuple(sorted(rows, key=lambda row: row.name))

    def fetch(self, wanted: Listing, into: Path) -> Path:
        if self._strikes(self._siege.swapped):
            self._lay(wanted, into, PARCEL_SUFFIX, whole=True, altered=True)
        for chance, altered in ((self._siege.cut, False), (self._siege.poisoned, True)):
            if self._strikes(chance):
                self._lay(wanted, into, PARTIAL, whole=False, altered=altered)
                raise Unavailable("the blockade cut it", "try again")
        return self._call(lambda: self._carrier.fetch(wanted, into))

    def _lay(self, wanted: Listing, into: Path, suffix: str, *, whole: bool, altered: bool) -> None:
        """What a hostile or a broken transfer leaves in the folder: a part or a whole, altered or not."""
        with tempfile.TemporaryDirectory() as aside:
            data = self._carrier.fetch(wanted, Path(aside)).read_bytes()
        file = into / f"{wanted.name}{suffix}"
        held = file.stat().st_size if file.is_file() and not whole else 0
        data = data if whole else data[: self._random.randrange(min(held, len(data) - 1), len(data))]
        into.mkdir(parents=True, exist_ok=True)
        file.write_bytes(turned(data, self._random) if altered and data else data)

    def put(self, parcel: bytes | Path) -> str:
        return self._call(lambda: self._carrier.put(parcel))

    def put_catalogue(self, catalogue: Catalogue) -> None:
        self._call(lambda: self._carrier.put_catalogue(catalogue))

    def pages(self) -> dict[str, bytes]:
        return self._call(self._carrier.pages)

    def put_page(self, path: str, page: bytes) -> None:
        self._call(lambda: self._carrier.put_page(path, page))

    def remove_page(self, path: str) -> None:
        self._call(lambda: self._carrier.remove_page(path))

    # Inward.

    def leave_letter(self, letter: bytes) -> None:
        self._call(lambda: self._carrier.leave_letter(letter))

    def collect_letters(self, limit: int = MAX_BAG_LETTERS) -> Bag:
        bag = self._call(lambda: self._carrier.collect_letters(limit))
        given: list[bytes] = []
        for letter in (*bag.letters, *self._kept.values()):
            given.append(turned(letter, self._random) if self._strikes(self._siege.altered) else letter)
            if self._strikes(self._siege.twice):
                given.append(letter)
            if self._strikes(self._siege.junk):
                given.append(self._random.randbytes(len(letter)))
        self._random.shuffle(given)
        return Bag(tuple(given[:limit]), bag.damaged, max(bag.waiting, len(given)))

    def forget_letters(self, digests: Iterable[bytes]) -> int:
        unwanted = list(digests)
        if self._siege.keeps:
            known = {hashlib.sha256(one).digest(): one for one in self._carrier.collect_letters().letters}
            self._kept.update({digest: known[digest] for digest in unwanted if digest in known})
            self._carrier.forget_letters(unwanted)
            return len(unwanted)
        return self._call(lambda: self._carrier.forget_letters(unwanted))


def persist(action: Callable[[], T], tries: int = 100) -> T:
    """What a person does: tries again, whatever holub said, until it is done. The last error when it never is."""
    for _ in range(tries - 1):
        try:
            return action()
        except HolubError:
            continue
    return action()
