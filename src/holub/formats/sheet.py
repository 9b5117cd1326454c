"""Kind 8, sheet: an edition's table of contents, all its leaves under the signed header (spec/parcel.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from holub.errors import Refused
from holub.formats import tree
from holub.formats.header import HEADER_BYTES, Header, Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import SERVICES, PackLeaf, Services
from holub.formats.parcel import Kind, Parcel
from holub.formats.root import MAX_SECTIONS, RootDocument
from holub.formats.signature import SIGNATURE_BYTES
from holub.formats.update import MAX_LEAF
from holub.formats.wire import Reader, sized, varint

MAX_PACKS = MAX_SECTIONS * 64


@dataclass(frozen=True)
class Sheet:
    """One edition whole: the moment, the services, one leaf a pack (by section, language), the header's signature."""

    moment: Moment
    services: Services
    packs: tuple[PackLeaf, ...]
    signature: bytes = b""

    @classmethod
    def of(cls, moment: Moment, services: Services, packs: Sequence[PackLeaf]) -> Sheet:
        """Sorts the packs. Raises Refused when one comes twice, or there is none."""
        ordered = tuple(sorted(packs, key=lambda leaf: (leaf.section, leaf.language)))
        twice = any((a.section, a.language) == (b.section, b.language) for a, b in pairwise(ordered))
        if twice or not 1 <= len(ordered) <= MAX_PACKS:
            raise Refused(f"an edition has 1 to {MAX_PACKS} packs, each once", "look at the folders of the guides")
        return cls(moment, services, ordered)

    def header(self) -> Header:
        """The header that these leaves give."""
        leaves = [*self.services.leaves, *(leaf.encode() for leaf in self.packs)]
        return Header(self.moment, len(leaves), tree.root([tree.leaf_hash(leaf) for leaf in leaves]))

    def signed(self) -> bytes:
        """Header and signature, 118 bytes: what a site serves as `latest`."""
        return self.header().encode() + self.signature

    def parcel(self) -> Parcel:
        leaves = [*self.services.leaves, *(leaf.encode() for leaf in self.packs)]
        return Parcel(Kind.SHEET, self.signed() + varint(len(leaves)) + b"".join(map(sized, leaves)))

    def check(self, publisher: RootDocument) -> Sheet:
        """The sheet itself when the publisher signed it, and the editors their sections. Raises Refused."""
        self.header().verify(self.signature, publisher)
        for leaf in self.packs:
            leaf.check_editors(publisher)
        return self

    def check_pack(self, held: HeldPack) -> None:
        """Raises Refused unless this pack is the sheet's own."""
        if held.moment != self.moment or held.leaf not in self.packs:
            raise Refused(
                f"{held.title} is not in edition {self.moment.edition}", "use parcels of one edition together"
            )


def read_sheet(body: bytes) -> Sheet:
    """The sheet; not trusted until its `check`. Raises Refused."""
    reader = Reader(body, "the edition's sheet")
    header = Header.parse(reader.take(HEADER_BYTES))
    signature = reader.take(SIGNATURE_BYTES)
    leaves = [reader.sized(MAX_LEAF) for _ in range(reader.varint(len(SERVICES) + MAX_PACKS))]
    reader.end()
    services = Services.of(leaves[: len(SERVICES)])
    packs = tuple(PackLeaf.parse(leaf) for leaf in leaves[len(SERVICES) :])
    sheet = Sheet(header.moment, services, packs, signature)
    if Sheet.of(header.moment, services, packs).packs != packs:
        raise reader.refuse("its packs are not in order")
    if sheet.header() != header:
        raise reader.refuse("its leaves do not lead to its root")
    return sheet
