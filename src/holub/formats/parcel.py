"""The parcel's envelope: kind, check, body (spec/parcel.md). A postbox, a relay and a carrier look no deeper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from holub.errors import Damaged, Refused

MAGIC = b"HLP"
CHECK_BYTES = 4
ENVELOPE_BYTES = len(MAGIC) + 1 + CHECK_BYTES
MAX_PARCEL = 2**32 - 2  # FAT32


class Kind(IntEnum):
    """What a parcel holds."""

    FULL = 1
    SELECTION = 2
    UPDATE = 3
    SWEEP = 4
    PICTURES = 5
    MAILBAG = 6
    LETTERS = 7
    SHEET = 8
    WHOLE = 9
    PACKSTAMPS = 10


@dataclass(frozen=True)
class Parcel:
    """A kind and a body that arrived undamaged; who made it is for what reads the body."""

    kind: Kind
    body: bytes

    def encode(self) -> bytes:
        head = MAGIC + bytes([self.kind])
        return head + sha256(head + self.body).digest()[:CHECK_BYTES] + self.body


def parse_parcel(data: bytes) -> Parcel:
    """Compares the check, then names the kind. Raises Refused."""
    if len(data) < ENVELOPE_BYTES or data[: len(MAGIC)] != MAGIC:
        raise Refused("this is not a parcel", "choose a file whose name ends in .hlp")
    head, check, body = data[:4], data[4:ENVELOPE_BYTES], data[ENVELOPE_BYTES:]
    if sha256(head + body).digest()[:CHECK_BYTES] != check:
        raise Damaged("the parcel was damaged on the way", "ask for it again")
    try:
        return Parcel(Kind(head[3]), body)
    except ValueError:
        raise Refused(f"this holub does not know parcels of kind {head[3]}", "get a newer holub") from None


def parcel_id(data: bytes) -> bytes:
    """8 bytes that name a whole parcel: in frames and in its file name."""
    return sha256(data).digest()[:8]


def parcel_name(data: bytes) -> str:
    """The file name that a parcel travels under."""
    return parcel_id(data).hex() + ".hlp"
