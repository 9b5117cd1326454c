"""Paths in order, each as what it shares with the one before and the rest (spec/parcel.md, Pictures)."""

from __future__ import annotations

from collections.abc import Sequence

from holub.errors import Refused
from holub.formats.names import MAX_PATH, read_path
from holub.formats.wire import Reader, sized, varint


def _shared(a: bytes, b: bytes) -> int:
    """How many bytes both begin with."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def write_paths(paths: Sequence[str]) -> list[bytes]:
    """The rows for these paths, which are in order."""
    rows, before = [], b""
    for path in paths:
        raw = path.encode()
        shared = _shared(before, raw)
        rows.append(varint(shared) + sized(raw[shared:]))
        before = raw
    return rows


def read_next_path(reader: Reader, before: bytes) -> bytes:
    """The path after `before`: ascending, the shared part as long as possible. Raises Refused."""
    shared = reader.varint(len(before))
    raw = before[:shared] + reader.sized(MAX_PATH)
    if raw <= before or _shared(before, raw) != shared:
        raise reader.refuse("its paths are not in order")
    try:
        read_path(raw)
    except Refused as wrong:
        raise reader.refuse(wrong.what) from None
    return raw
