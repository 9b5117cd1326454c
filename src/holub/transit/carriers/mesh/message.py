"""The two messages of a mesh: a frame, and an ask for more of a parcel (spec/mesh.md)."""

from __future__ import annotations

from dataclasses import dataclass

from holub.errors import Misused, Refused
from holub.formats.frame import ID_BYTES
from holub.formats.framecollector import Limits

MOST_MESSAGE = 200
MOST_PARCEL = 32_768  # bytes: an hour at LongFast and 10 %
# What a receiver holds of parcels that are not whole: nobody who keeps to the rules sends larger ones.
LIMITS = Limits(parcels=64, length=MOST_PARCEL, memory=8 << 20)
MOST_MORE = 255
NARROW_BAG = 16  # narrow letters in one parcel: one lost bag costs little
_ASK = 0x41


@dataclass(frozen=True)
class Ask:
    """Somebody has some of a parcel (8 bytes of id) and needs 1 to 255 more of its symbols."""

    parcel: bytes
    more: int

    def encode(self) -> bytes:
        if len(self.parcel) != ID_BYTES or not 0 < self.more <= MOST_MORE:
            raise Misused(f"nobody can ask for {self.more} symbols")
        return bytes([_ASK]) + self.parcel + bytes([self.more])


def parse_ask(message: bytes) -> Ask | None:
    """None where the message is no ask, and so a frame or nonsense. Raises Refused for an ask of another shape."""
    if message[:1] != bytes([_ASK]):
        return None
    if len(message) != 1 + ID_BYTES + 1 or not message[-1]:
        raise Refused("the message is no ask", "it is passed over")
    return Ask(message[1:-1], message[-1])
