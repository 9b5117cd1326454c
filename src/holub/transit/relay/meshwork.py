"""One mesh radio of a relay: editions and letters go out within its share of airtime, and what comes is kept.

Rules
- a radio that sends can be found: nothing goes out that the keeper did not allow, and unasked nothing twice a day.
- what somebody else has sent meanwhile is not sent again: of many relays that hear each other, one speaks.
- letters go out in batches that the rounds open (bag.py), narrow ones first; nothing tells that they arrived, and they
  stay.
- what was sent is in memory alone, under a key that ends with the process.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256

from holub.errors import HolubError, Refused, Unavailable
from holub.formats.letterbag import read_letters, write_letters
from holub.formats.parcel import Kind, parcel_id, parse_parcel
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.carriers.mesh.airtime import Airtime
from holub.transit.carriers.mesh.duplex import Duplex
from holub.transit.carriers.mesh.message import LIMITS, MOST_PARCEL, NARROW_BAG
from holub.transit.carriers.mesh.radio import open_radio
from holub.transit.carriers.mesh.station import Receiver, Sender
from holub.transit.catalogue import Listing
from holub.transit.giving import edition_of
from holub.transit.names import PARCELS, parcel_file
from holub.transit.placing import world
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.datafolder import RelayFolder
from holub.transit.relay.heard import Heard
from holub.transit.relay.settings import Air

MOST_EDITION = 65_536  # bytes of one edition in all
SIZES = LETTER_SIZES[:2]
DAY = 86_400.0
_MOST_NOTED = 16_384
_RETRY = 60.0  # seconds after which a radio that is gone is looked for again


@dataclass(frozen=True)
class _Bag:
    """A parcel of so many letters."""

    parcel: bytes
    letters: int


class MeshWork:
    """See above. place: the radio's address · carrier: what the bag calls it · clock: seconds of one that goes on.

    `plan` is for the thread that makes the rounds, everything else for the radio's own.
    """

    def __init__(
        self,
        place: str,
        carrier: str,
        folder: RelayFolder,
        bag: RelayBag,
        air: Air,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place, self._carrier, self._air, self._clock = place, carrier, air, clock
        self._www, self._bag = folder.www, bag
        self.heard = Heard(folder.heard)
        airtime = Airtime(air.modem, air.share)
        # It answers asks for as long as it listens.
        sender = Sender((), airtime, clock(), patience=math.inf)
        self.station = Duplex(sender, Receiver(airtime if air.asks else None, LIMITS))
        self._turn = threading.Lock()
        self._next: tuple[list[bytes], list[_Bag]] | None = None
        self._key = secrets.token_bytes(32)
        self._sent: dict[bytes, float] = {}  # by parcel
        self._bags: list[tuple[float, _Bag]] = []
        self._given: dict[bytes, float] = {}  # by letter
        self._came: dict[bytes, float] = {}
        self.taken = 0
        self.alive = False

    @property
    def given(self) -> int:
        """How many letters were on the air, of those that are answered for."""
        sending = self.station.sender.sending
        return sum(bag.letters for _, bag in self._bags if sending.sent(parcel_id(bag.parcel)))

    def plan(self) -> None:
        """What goes out from now on; once at the beginning of each round. Raises Refused, Unavailable."""
        edition = list(self._edition()) if self._air.sends else []
        with self._turn:
            # Where the radio is not there, what was planned before still waits.
            bags = self._next[1] if self._next else list(self._letters())
            self._next = edition, bags

    def listen(self, seconds: float, stopping: threading.Event) -> None:
        """Sends and hears for so long. Raises Misused, Unavailable (the radio), DiskFailed."""
        with open_radio(self._place, sends=self._air.speaks) as radio:
            end = self._clock() + seconds

            def goes_on() -> bool:
                self.begin()
                return self._clock() < end and not stopping.is_set()

            self.alive = True
            for parcel in self.station.run(radio, goes_on):
                self.take(parcel)
            if goes_on():
                raise Unavailable("the radio's program ended", "start it again; the next round goes on")

    def serve(self, stopping: threading.Event) -> None:
        """Listens until it is told to stop, and again where the radio was not there. Raises DiskFailed."""
        while not stopping.is_set():
            try:
                self.listen(math.inf, stopping)
            except (HolubError, OSError):
                self.alive = False
            stopping.wait(_RETRY)

    def begin(self) -> None:
        """Takes up what was planned last."""
        with self._turn:
            planned, self._next = self._next, None
        if planned is None:
            return
        edition, bags = planned
        now, sending = self._clock(), self.station.sender.sending
        # Bags of the day before are answered for no longer, and of an edition that is not the newest nothing is.
        self._bags = [one for one in self._bags if one[0] > now - DAY] + [(now, bag) for bag in bags]
        sending.keep([*edition, *(bag.parcel for _, bag in self._bags)])
        names = {parcel_id(parcel): parcel for parcel in edition}
        self._sent = {name: at for name, at in self._sent.items() if name in names and at > now - DAY}
        for name, parcel in names.items():
            if name not in self._sent:
                self._sent[name] = now
                sending.add(parcel)
        for bag in bags:
            sending.add(bag.parcel)

    def take(self, parcel: bytes) -> None:
        """One parcel that came. Raises Unavailable (the folder), DiskFailed (the bag)."""
        try:
            read = parse_parcel(parcel)
            letters = read_letters(read.body) if read.kind is Kind.LETTERS else []
        except Refused:
            return
        if read.kind is not Kind.LETTERS:
            if self.heard.keep(parcel):
                self.station.sender.sending.watch(parcel_id(parcel))
            return
        before = len(self._bag)
        pairs = [(sha256(one).digest(), one) for one in letters if len(one) in SIZES]
        self._bag.store(pairs, carrier=self._carrier)
        self.taken += max(len(self._bag) - before, 0)
        now = self._clock()
        self._came = _newest({**self._came, **{self._mark(digest): now for digest, _ in pairs}})

    def _edition(self) -> Iterator[bytes]:
        """What leads from the editions before to the newest, the most useful first, as much as a mesh can carry."""
        try:
            rows = FolderCarrier(self._www).catalogue()
        except Unavailable:
            return
        newest = edition_of(rows)
        here = [row for row in rows.listings if row.to_edition == newest and row.size <= MOST_PARCEL]
        space = MOST_EDITION
        for row in _leading_on(here):
            space -= row.size
            if space < 0:
                return
            file = self._www / PARCELS / parcel_file(row.name)
            with world(file):
                data = file.read_bytes()
            yield data

    def _letters(self) -> Iterator[_Bag]:
        """Bags of letters that were not sent yet, within what the keeper allows a day."""
        now = self._clock()
        room = self._air.letters - sum(at > now - DAY for at in self._given.values())
        for size in SIZES:
            fresh = [digest for digest in self._bag.offered(size) if self._mark(digest) not in self._given]
            # Those that came over a mesh were on the air here already.
            fresh.sort(key=lambda digest: self._mark(digest) in self._came)
            chosen, room = fresh[: max(room, 0)], room - len(fresh)
            self._given = _newest({**self._given, **{self._mark(digest): now for digest in chosen}})
            found = list(self._bag.letters(chosen))
            step = NARROW_BAG if size == SIZES[0] else 1
            for at in range(0, len(found), step):
                some = found[at : at + step]
                yield _Bag(write_letters(some).encode(), len(some))

    def _mark(self, digest: bytes) -> bytes:
        return blake2b(digest, key=self._key, digest_size=8).digest()


def _leading_on(rows: list[Listing]) -> list[Listing]:
    """The sweeps from the latest editions on, and the stamps that belong to them; else the packs' own updates."""
    updates = [row for row in rows if row.kind in ("update", "sweep")]
    sweeps = [row for row in updates if row.language is None]
    if sweeps:
        stamps = [row for row in rows if row.kind == "packstamps"]
        return [*stamps, *sorted(sweeps, key=lambda row: -(row.from_edition or 0))]
    sheets = [row for row in rows if row.kind == "sheet"] if updates else []
    return [*sheets, *sorted(updates, key=lambda row: (-(row.from_edition or 0), row.size))]


def _newest(noted: Mapping[bytes, float]) -> dict[bytes, float]:
    """The last of what was noted: it must not grow for ever."""
    return dict(list(noted.items())[-_MOST_NOTED:])
