"""Kind 10, packstamps: the stamps of all packs of one edition, for whoever came to it without (spec/parcel.md).

A sweep and a whole carry one signature, over the whole edition. With the stamps beside them a relay can make each
pack's own parcels out of the text that it holds, and phones need nothing but those.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holub.errors import Misused
from holub.formats.held import HeldPack
from holub.formats.parcel import Kind, Parcel
from holub.formats.sheet import MAX_PACKS
from holub.formats.signature import SIGNATURE_BYTES
from holub.formats.update import MAX_NUMBER
from holub.formats.wire import Reader, varint


@dataclass(frozen=True)
class PackStamps:
    """stamps: 64 bytes for each pack of the edition, by section and language; not trusted until a shelf took them."""

    edition: int
    stamps: tuple[bytes, ...]

    @classmethod
    def of(cls, packs: Iterable[HeldPack]) -> PackStamps:
        """packs: all of one edition, stamped. Raises Misused where a stamp is missing or the editions differ."""
        ordered = sorted(packs, key=lambda held: held.pack.name)
        editions = {held.moment.edition for held in ordered}
        if len(editions) != 1 or not all(held.stamp for held in ordered):
            raise Misused("the stamps of all packs of one edition go together")
        return cls(editions.pop(), tuple(held.stamp for held in ordered))

    def parcel(self) -> Parcel:
        return Parcel(Kind.PACKSTAMPS, varint(self.edition) + varint(len(self.stamps)) + b"".join(self.stamps))

    @classmethod
    def read(cls, body: bytes) -> PackStamps:
        """Raises Refused."""
        reader = Reader(body, "the parcel of stamps")
        edition = reader.varint(MAX_NUMBER)
        stamps = tuple(reader.take(SIGNATURE_BYTES) for _ in range(reader.varint(MAX_PACKS)))
        reader.end()
        if not edition or not stamps:
            raise reader.refuse("it is of no edition, or of no pack")
        return cls(edition, stamps)
