"""What becomes of parcels that came one way: some are kept at a place, the others are not, and each only once.

With a root document nothing is kept that its publisher did not sign; without one, anybody who can send on the medium
can have parcels kept here, up to a number of bytes. Letters are never taken from a broadcast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from holub.errors import Gap, HolubError, Older, Refused, Unavailable
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import Kind, parcel_id, parse_parcel
from holub.formats.proof import read_selection
from holub.formats.root import RootDocument
from holub.formats.shelf import Shelf

MOST_BYTES = 1 << 30
# Parcels that build on one which has not come yet.
MOST_WAITING, MOST_WAITING_BYTES = 256, 64 << 20

Put = Callable[[bytes], object]


@dataclass
class Received:
    """parcels and bytes that were kept · refused: parcels that are not this publisher's, or of no edition.

    edition: the newest of which something is held; 0 without a root document, for then nobody knows.
    """

    parcels: int = 0
    bytes: int = 0
    refused: int = 0
    edition: int = 0

    def __add__(self, other: Received) -> Received:
        return Received(
            self.parcels + other.parcels,
            self.bytes + other.bytes,
            self.refused + other.refused,
            max(self.edition, other.edition),
        )


@dataclass
class Reception:
    """put: keeps a parcel. publisher: None keeps everybody's. most: bytes that are kept in all."""

    put: Put
    publisher: RootDocument | None = None
    most: int = MOST_BYTES
    received: Received = field(default_factory=Received)

    def __post_init__(self) -> None:
        # The edition before, beside what is held now: an update leads on from the first, and people behind this place
        # need it also after the whole edition has come.
        self._before = self._now = None if self.publisher is None else Shelf(self.publisher)
        self._waiting: dict[bytes, bytes] = {}

    def know(self, parcels: Iterable[bytes]) -> None:
        """What the place holds already, so that updates fit on it. What does not verify is passed over."""
        if self._now is None:
            return
        self._waiting = {parcel_id(parcel): parcel for parcel in parcels}
        self._settle(lambda _parcel: None)
        self._before, self._waiting = self._now, {}
        self.received.refused = 0

    def take(self, parcel: bytes) -> None:
        """One whole parcel. Raises Unavailable when `most` is reached, and what `put` raises."""
        try:
            read = parse_parcel(parcel)
            if read.kind is Kind.LETTERS:
                raise Refused("letters do not come by broadcast", "carry them another way")
            if self.publisher is None:
                self._keep(parcel)
            elif read.kind is Kind.SELECTION:
                read_selection(read.body, self.publisher)
                self._keep(parcel)
            else:
                self._waiting[parcel_id(parcel)] = parcel
                self._settle(self._keep)
        except Refused:
            self.received.refused += 1

    def _settle(self, keep: Put) -> None:
        """Applies what waits, in whatever order fits."""
        moved = True
        while moved:
            moved = False
            for name, parcel in list(self._waiting.items()):
                try:
                    self._apply(parcel)
                except Gap:
                    continue
                except HolubError as error:
                    del self._waiting[name]
                    self.received.refused += not isinstance(error, Older)
                    continue
                del self._waiting[name]
                keep(parcel)
                moved = True
        while len(self._waiting) > MOST_WAITING or sum(map(len, self._waiting.values())) > MOST_WAITING_BYTES:
            del self._waiting[next(iter(self._waiting))]
        if self._now is not None:
            self.received.edition = self._now.edition

    def _apply(self, parcel: bytes) -> None:
        """Raises Gap where something must come first, and other errors of the parcel."""
        if self._now is None or self._before is None:
            return
        read = parse_parcel(parcel)
        kind = read.kind
        if kind is Kind.MAILBAG:
            self._check_mailbag(MailbagParcel.read(read.body))
            return
        try:
            newer = self._now.receive(parcel)
        except Older as older:
            if kind not in (Kind.UPDATE, Kind.SWEEP):
                raise
            try:
                self._before.receive(parcel)
            except Gap:
                raise older from None
        except Gap:
            # A pack of the new edition may have come first; the sweep leads on from all of the one before.
            if kind is not Kind.SWEEP:
                raise
            newer = self._before.receive(parcel)
            if newer.edition >= self._now.edition:
                self._now = newer
        except Refused as error:
            # Its pack may still come.
            if kind is Kind.PICTURES:
                raise Gap(error.what, error.todo) from None
            raise
        else:
            if newer.edition > self._now.edition:
                self._before = self._now
            self._now = newer

    def _check_mailbag(self, bag: MailbagParcel) -> None:
        """Against the edition that is held, or the one before: its own, for the tags in it follow from its number."""
        if self._now is None or self._before is None:
            return
        try:
            self._now.check_mailbag(bag)
        except Older as older:
            try:
                self._before.check_mailbag(bag)
            except Gap:
                raise older from None

    def _keep(self, parcel: bytes) -> None:
        if self.received.bytes + len(parcel) > self.most:
            raise Unavailable(
                f"{self.received.bytes:,} bytes were kept, and no more are allowed",
                "name the publisher's root document (--root), or allow more (--most)",
            )
        self.put(parcel)
        self.received.parcels += 1
        self.received.bytes += len(parcel)
