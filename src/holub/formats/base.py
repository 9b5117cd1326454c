"""The base text: a list of paths with their bytes, from nothing (spec/parcel.md, Base text).

Paths stand together at the front and ends are marked by a byte that text does not have: of the layouts that were tried
on real guides, the smallest after compression.
"""

from __future__ import annotations

from collections.abc import Sequence

from holub.errors import Refused
from holub.formats import compression
from holub.formats.names import MAX_PATH, read_path
from holub.formats.shorthand import Shorthand
from holub.formats.wire import Reader, varint

BESIDE = MAX_PATH + 12  # bytes a guide that a frame may hold beside the text: its path, lengths, shorthand


def base_text(guides: Sequence[tuple[str, bytes]]) -> bytes:
    """The base text of (path, bytes), already in order."""
    shorthand = Shorthand.of(text for _, text in guides)
    paths = b"".join(path.encode() + b"\x00" for path, _ in guides)
    texts = b"".join(shorthand.shorten(text) + b"\x00" for _, text in guides)
    return shorthand.encode() + varint(len(guides)) + paths + texts


def write_base(guides: Sequence[tuple[str, bytes]]) -> bytes:
    """The frame with a base text of (path, bytes), already in order."""
    return compression.compress(base_text(guides))


def read_base(data: bytes, *, most: int, limit: int, what: str) -> list[tuple[str, bytes]]:
    """(path, bytes) in the order in which they stand; the caller checks that order. Raises Refused.

    most: how many guides at most; limit: how many bytes of text at most.
    """
    room = limit + most * BESIDE
    reader = Reader(compression.decompress(data, limit=room, what=what), what)
    guides = read_base_text(reader, most=most, limit=room)
    reader.end()
    return guides


def read_base_text(reader: Reader, *, most: int, limit: int) -> list[tuple[str, bytes]]:
    """As `read_base`, of a base text after which something may follow. limit: how many bytes when it is opened."""
    shorthand = Shorthand.read(reader)
    raw = [reader.until(0, MAX_PATH) for _ in range(reader.varint(most))]
    text = b"\x00".join([reader.until(0, reader.left) for _ in raw])
    if shorthand.grows(text, limit):
        raise reader.refuse(f"it would hold more than {limit} bytes of text")
    try:
        return list(zip([read_path(path, ending=".md") for path in raw], shorthand.open(text), strict=True))
    except (Refused, ValueError) as wrong:
        why = wrong.what if isinstance(wrong, Refused) else "its text is not written as it should be"
        raise reader.refuse(why) from None
