"""The base text: a list of paths with their bytes, from nothing (spec/parcel.md, Base text).

Paths stand together at the front and ends are marked by a byte that text does not have: of the layouts that were tried
on real guides, the smallest after compression.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from holub.errors import Refused
from holub.formats import compression
from holub.formats.names import MAX_PATH, read_path
from holub.formats.wire import Reader, varint


def escape(text: bytes) -> bytes:
    """The text without a byte 0x00."""
    return text.replace(b"\x01", b"\x01\x01").replace(b"\x00", b"\x01\x02")


def unescape(text: bytes) -> bytes:
    """What `escape` made it from. Raises ValueError when `escape` makes no such bytes."""
    if b"\x01" not in text:
        return text
    parts = re.split(rb"(\x01.?)", text, flags=re.DOTALL)
    known = {b"\x01\x01": b"\x01", b"\x01\x02": b"\x00"}
    if any(mark not in known for mark in parts[1::2]):
        raise ValueError("a byte 0x01 is not followed by 0x01 or 0x02")
    return b"".join(known.get(part, part) for part in parts)


def write_base(guides: Sequence[tuple[str, bytes]]) -> bytes:
    """The frame with a base text of (path, bytes), already in order."""
    paths = b"".join(path.encode() + b"\x00" for path, _ in guides)
    return compression.compress(varint(len(guides)) + paths + b"".join(escape(text) + b"\x00" for _, text in guides))


def read_base(data: bytes, *, most: int, limit: int, what: str) -> list[tuple[str, bytes]]:
    """(path, bytes) in the order in which they stand; the caller checks that order. Raises Refused.

    most: how many guides at most; limit: how many bytes of text at most.
    """
    reader = Reader(compression.decompress(data, limit=limit + most * (MAX_PATH + 2), what=what), what)
    count = reader.varint(most)
    parts = reader.rest().split(b"\x00")
    if len(parts) != 2 * count + 1 or parts.pop():
        raise reader.refuse("it does not hold as many guides as it says")
    try:
        paths = [read_path(part, ending=".md") for part in parts[:count]]
        return [(path, unescape(text)) for path, text in zip(paths, parts[count:], strict=True)]
    except (Refused, ValueError) as wrong:
        raise reader.refuse(wrong.what if isinstance(wrong, Refused) else str(wrong)) from None
