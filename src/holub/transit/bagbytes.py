"""A bag of letters as one answer of a postbox to its office (spec/postbox.md, "Bag").

bag    = "HLS" 01 count damaged waiting *letter     ; three u32, big-endian
letter = size-class sealed                          ; 01: 256  02: 4,096  03: 65,536  04: 1,048,576 bytes
"""

from __future__ import annotations

import struct

from holub.errors import Refused
from holub.transit.carrier import LETTER_SIZES, MAX_BAG_BYTES, MAX_BAG_LETTERS, Bag

_HEAD = struct.Struct(">4sIII")
_MAGIC = b"HLS\x01"
_TODO = "check that the office and the postbox are of the same version, then fetch again"

MAX_BAG_ANSWER = _HEAD.size + MAX_BAG_BYTES + MAX_BAG_LETTERS


def encode_bag(bag: Bag) -> bytes:
    """The bytes of one answer."""
    parts = [_HEAD.pack(_MAGIC, len(bag.letters), bag.damaged, bag.waiting)]
    for letter in bag.letters:
        parts.append(bytes([LETTER_SIZES.index(len(letter)) + 1]))
        parts.append(letter)
    return b"".join(parts)


def parse_bag(data: bytes) -> Bag:
    """Read an answer; Refused unless it is exactly what `encode_bag` writes, within the limits of one bag."""
    if len(data) < _HEAD.size or data[:4] != _MAGIC:
        raise Refused("this is not a bag of letters", _TODO)
    _, count, damaged, waiting = _HEAD.unpack_from(data)
    if count > MAX_BAG_LETTERS:
        raise Refused(f"the bag holds more than {MAX_BAG_LETTERS} letters", _TODO)
    letters, at = [], _HEAD.size
    for _ in range(count):
        if at >= len(data) or not 1 <= data[at] <= len(LETTER_SIZES):
            raise Refused("the bag is cut short or damaged", _TODO)
        end = at + 1 + LETTER_SIZES[data[at] - 1]
        if end > len(data):
            raise Refused("the bag is cut short", _TODO)
        letters.append(data[at + 1 : end])
        at = end
    if at != len(data):
        raise Refused("the bag has bytes after its last letter", _TODO)
    return Bag(tuple(letters), damaged, waiting)
