"""The edition's header, 54 bytes, and the pack stamp: what the edition key signs (spec/edition.md)."""

from __future__ import annotations

from dataclasses import dataclass

from holub.errors import Refused
from holub.formats.root import RootDocument
from holub.formats.signature import SIGNATURE_BYTES, message, verify_any
from holub.formats.tree import HASH_BYTES
from holub.formats.wire import Reader, u32

MAGIC = b"holub1"
HEADER_BYTES = 54
SIGNED_BYTES = HEADER_BYTES + SIGNATURE_BYTES


@dataclass(frozen=True)
class Moment:
    """Which edition, from when, until when (Unix seconds)."""

    edition: int
    time: int
    expiry: int

    def encode(self) -> bytes:
        return u32(self.edition) + u32(self.time) + u32(self.expiry)

    @classmethod
    def read(cls, reader: Reader) -> Moment:
        moment = cls(reader.u32(), reader.u32(), reader.u32())
        if moment.edition < 1 or moment.expiry <= moment.time:
            raise reader.refuse("its number or its dates are impossible")
        return moment

    def check_fresh(self, now: int) -> None:
        """Raises Refused after the expiry: stale safety advice is a hazard. now: Unix seconds."""
        if now >= self.expiry:
            raise Refused(
                f"edition {self.edition} has expired",
                "do not act on it without care; get a newer one, check this clock",
            )


@dataclass(frozen=True)
class Header:
    """The signed header: the moment, the number of leaves, the root (32 B) of the edition's tree."""

    moment: Moment
    leaves: int
    root: bytes

    def encode(self) -> bytes:
        """54 bytes."""
        return MAGIC + self.moment.encode() + u32(self.leaves) + self.root

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """Raises Refused."""
        reader = Reader(data, "the edition's header")
        if reader.take(len(MAGIC)) != MAGIC:
            raise reader.refuse("it does not begin as one")
        header = cls(Moment.read(reader), reader.u32(), reader.take(HASH_BYTES))
        reader.end()
        return header

    def to_sign(self) -> bytes:
        """What the edition key signs."""
        return message("holub/edition/v1", self.encode())

    def verify(self, signature: bytes, publisher: RootDocument) -> Header:
        """The header itself when one of the publisher's edition keys signed it. Raises Refused."""
        verify_any(publisher.edition_keys, signature, self.to_sign(), f"edition {self.moment.edition}")
        return self


def stamp_message(moment: Moment, services_node: bytes, pack_hash: bytes) -> bytes:
    """What the edition key signs to tie one pack to an edition (spec/edition.md, Pack stamp)."""
    return message("holub/pack/v1", moment.encode() + services_node + pack_hash)


def verify_stamp(
    stamp: bytes, moment: Moment, services_node: bytes, pack_hash: bytes, publisher: RootDocument, what: str
) -> None:
    """Raises Refused unless one of the publisher's edition keys stamped this pack for this edition."""
    verify_any(publisher.edition_keys, stamp, stamp_message(moment, services_node, pack_hash), what)
