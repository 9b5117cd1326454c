"""Stamps: one-time codes from leaflets, and the signed list of their hashes (spec/stamp.md).

A stamp is 80 random bits. Whoever holds the list can tell that a stamp is the centre's and cannot make one. The list
has no batches, places or dates: it is one sorted row.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from holub.errors import Misused, Refused
from holub.formats.root import RootDocument
from holub.formats.signature import SIGNATURE_BYTES, message, verify_any
from holub.formats.wire import Reader, u32

STAMP_BYTES = 10
HASH_BYTES = 10
MAX_STAMPS = 65_536
MAX_LIST_BYTES = 4 + 4 + 4 + MAX_STAMPS * HASH_BYTES + SIGNATURE_BYTES
CODE_LETTERS = 18
_MAGIC = b"HST\x01"
# Crockford's base 32: no I, L, O, U.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OILoil", "011011", " -\t\r\n\u00a0\u2011\u2013")


def stamp_hash(stamp: bytes) -> bytes:
    """What a list holds of a stamp: 10 bytes."""
    return sha256(b"holub/stamp/v1" + stamp).digest()[:HASH_BYTES]


def write_code(stamp: bytes) -> str:
    """A stamp as a leaflet shows it: three groups of six; the last two letters are a check."""
    if len(stamp) != STAMP_BYTES:
        raise Misused(f"a stamp has {STAMP_BYTES} bytes, not {len(stamp)}")
    number = int.from_bytes(stamp, "big") << 10 | _check(stamp)
    text = "".join(_LETTERS[number >> shift & 31] for shift in range(5 * (CODE_LETTERS - 1), -1, -5))
    return "-".join(text[at : at + 6] for at in range(0, CODE_LETTERS, 6))


def read_code(text: str) -> bytes:
    """The stamp of a code as somebody typed it: any case, spaces and dashes, O for 0, I and L for 1. Raises Refused."""
    typed = text.translate(_READ_AS).upper()
    if len(typed) != CODE_LETTERS or any(letter not in _LETTERS for letter in typed):
        raise Refused(f"a code has {CODE_LETTERS} letters and digits", "compare it with the leaflet")
    number = 0
    for letter in typed:
        number = number << 5 | _LETTERS.index(letter)
    stamp = (number >> 10).to_bytes(STAMP_BYTES, "big")
    if number & 1023 != _check(stamp):
        raise Refused("there is a slip in the code", "compare it with the leaflet")
    return stamp


def _check(stamp: bytes) -> int:
    return int.from_bytes(sha256(b"holub/stamp/check" + stamp).digest()[:2], "big") >> 6


@dataclass(frozen=True)
class StampList:
    """The list that postboxes and relays hold. serial: a later list replaces an earlier one · hashes: ascending."""

    serial: int
    hashes: tuple[bytes, ...]
    signature: bytes = bytes(SIGNATURE_BYTES)

    def __post_init__(self) -> None:
        if len(self.hashes) > MAX_STAMPS:
            raise Refused(f"the list holds more than {MAX_STAMPS:,} stamps", "ask the centre for a newer list")
        if any(left >= right for left, right in pairwise(self.hashes)):
            raise Refused("the stamps are not in order, each once", "ask the centre for a newer list")

    def to_sign(self) -> bytes:
        """What the edition key signs."""
        return message("holub/stamps/v1", self._body())

    def _body(self) -> bytes:
        return u32(self.serial) + u32(len(self.hashes)) + b"".join(self.hashes)

    def encode(self) -> bytes:
        """The bytes of the file `stamps`."""
        return _MAGIC + self._body() + self.signature

    def check(self, publisher: RootDocument) -> StampList:
        """The list itself when one of the publisher's edition keys signed it. Raises Refused."""
        verify_any(publisher.edition_keys, self.signature, self.to_sign(), "the list of stamps")
        return self


def read_stamps(data: bytes) -> StampList:
    """A list; its signature is not looked at. Raises Refused."""
    reader = Reader(data, "the list of stamps")
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise reader.refuse("it does not begin as one")
    serial, count = reader.u32(), reader.u32()
    if count > MAX_STAMPS:
        raise reader.refuse("it is too long")
    row = reader.take(count * HASH_BYTES)
    signature = reader.take(SIGNATURE_BYTES)
    reader.end()
    hashes = tuple(row[at : at + HASH_BYTES] for at in range(0, len(row), HASH_BYTES))
    return StampList(serial, hashes, signature)
