"""The base text: a list of paths with their bytes, from nothing (spec/parcel.md, Base text).

Paths stand together at the front and ends are marked by a byte that text does not have: of the layouts that were tried
on real guides, the smallest after compression.
"""

from __future__ import annotations

from collections.abc import Sequence

from holub.errors import Refused
from holub.formats import compression
from holub.formats.names import MAX_PATH, read_path
from holub.formats.shorthand import LONGEST, MAX_STRINGS, Shorthand
from holub.formats.wire import Reader, varint

MAX_HEAD = MAX_STRINGS * (1 + LONGEST) + 8  # bytes of a base text beside its paths and guides


def write_base(guides: Sequence[tuple[str, bytes]]) -> bytes:
    """The frame with a base text of (path, bytes), already in order."""
    shorthand = Shorthand.of(text for _, text in guides)
    paths = b"".join(path.encode() + b"\x00" for path, _ in guides)
    texts = b"".join(shorthand.shorten(text) + b"\x00" for _, text in guides)
    return compression.compress(shorthand.encode() + varint(len(guides)) + paths + texts)


def read_base(data: bytes, *, most: int, limit: int, what: str) -> list[tuple[str, bytes]]:
    """(path, bytes) in the order in which they stand; the caller checks that order. Raises Refused.

    most: how many guides at most; limit: how many bytes of text at most.
    """
    room = limit + MAX_HEAD + most * (MAX_PATH + 2)
    reader = Reader(compression.decompress(data, limit=room, what=what), what)
    shorthand = Shorthand.read(reader)
    count = reader.varint(most)
    rest = reader.rest()
    if shorthand.grows(rest, room):
        raise reader.refuse(f"it would hold more than {limit} bytes of text")
    *raw, text = rest.split(b"\x00", count)
    if len(raw) != count or text.count(b"\x00") != count or not text.endswith(b"\x00"):
        raise reader.refuse("it does not hold as many guides as it says")
    try:
        paths = [read_path(part, ending=".md") for part in raw]
        return list(zip(paths, shorthand.open(text[:-1]), strict=True))
    except (Refused, ValueError) as wrong:
        raise reader.refuse(
            wrong.what if isinstance(wrong, Refused) else "its text is not written as it should be"
        ) from None
