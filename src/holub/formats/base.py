"""The base text: a list of paths with their bytes, from nothing (spec/parcel.md, Base text)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holub.errors import Refused
from holub.formats import frame
from holub.formats.leaf import MAX_GUIDES
from holub.formats.names import MAX_PATH, read_path
from holub.formats.pack import MAX_GUIDE, MAX_PACK
from holub.formats.wire import Reader, sized, varint


def write_paths(paths: Sequence[str]) -> list[bytes]:
    """Paths in order, each as what it shares with the one before and the rest."""
    rows, before = [], b""
    for path in paths:
        raw = path.encode()
        shared = next(
            (i for i, (a, b) in enumerate(zip(before, raw, strict=False)) if a != b), min(len(before), len(raw))
        )
        rows.append(varint(shared) + sized(raw[shared:]))
        before = raw
    return rows


def read_next_path(reader: Reader, before: bytes, *, ending: str = "") -> bytes:
    """The path after `before`: ascending, the shared part as long as possible. Raises Refused."""
    shared = reader.varint(len(before))
    rest = reader.sized(MAX_PATH)
    raw = before[:shared] + rest
    if raw <= before or (shared < min(len(before), len(raw)) and before[shared] == raw[shared]):
        raise reader.refuse("its paths are not in order")
    try:
        read_path(raw, ending=ending)
    except Refused as wrong:
        raise reader.refuse(wrong.what) from None
    return raw


def write_base(guides: Mapping[str, bytes]) -> bytes:
    """The frame with a base text; `guides` ascend by path."""
    paths = b"".join(write_paths(list(guides)))
    lengths = b"".join(varint(len(content)) for content in guides.values())
    return frame.compress(varint(len(guides)) + paths + lengths + b"".join(guides.values()))


def read_base(data: bytes) -> dict[str, bytes]:
    """The guides of a base text, by path. Raises Refused."""
    limit = MAX_PACK + MAX_GUIDES * (MAX_PATH + 10)
    reader = Reader(frame.decompress(data, limit=limit, what="the full parcel"), "the full parcel")
    count = reader.varint(MAX_GUIDES)
    paths: list[bytes] = []
    for _ in range(count):
        paths.append(read_next_path(reader, paths[-1] if paths else b"", ending=".md"))
    lengths = [reader.varint(MAX_GUIDE) for _ in range(count)]
    guides = {path.decode(): reader.take(length) for path, length in zip(paths, lengths, strict=True)}
    reader.end()
    return guides
