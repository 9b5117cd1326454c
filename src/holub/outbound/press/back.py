"""What an edition's packs held instead, one edition before: so that older text can be had again without keeping it.

A file of the press alone, never carried. It costs what changed. Whoever goes back compares the root afterwards.

    file  = one frame (spec/parcel.md, "Compressed frames") with all of this:
    packs varint || each: section (u8 text) || language (u8 text) ||
        gone varint || paths (varint length, bytes)               guides that came with the newer edition
        kept varint || (path, text: varint length, bytes, each)   guides that it changed or took away
"""

from __future__ import annotations

from collections.abc import Mapping

from holub.formats import compression
from holub.formats.leaf import MAX_GUIDES
from holub.formats.names import MAX_PATH
from holub.formats.pack import MAX_GUIDE
from holub.formats.sheet import MAX_PACKS
from holub.formats.wire import Reader, sized, text8, varint

Name = tuple[str, str]
Texts = Mapping[Name, Mapping[str, bytes]]
_LEVEL = 9
_WHAT = "the press's record of what changed"


def write_back(old: Texts, new: Texts) -> bytes:
    """What leads from the newer text back to the older: guides by path, by (section, language)."""
    rows = []
    for name, before in old.items():
        after = new.get(name, {})
        if after is before:
            continue
        gone = [path for path in after if path not in before]
        kept = [path for path, text in before.items() if after.get(path) != text]
        if gone or kept:
            rows.append(
                text8(name[0].encode())
                + text8(name[1].encode())
                + varint(len(gone))
                + b"".join(sized(path.encode()) for path in gone)
                + varint(len(kept))
                + b"".join(sized(path.encode()) + sized(before[path]) for path in kept)
            )
    return compression.compress(varint(len(rows)) + b"".join(rows), level=_LEVEL)


def go_back(data: bytes, new: Texts) -> dict[Name, Mapping[str, bytes]]:
    """The older text; packs that the file does not name are the newer ones themselves. Raises Refused."""
    reader = Reader(compression.decompress(data, limit=compression.MAX_WHOLE, what=_WHAT), _WHAT)
    old: dict[Name, Mapping[str, bytes]] = dict(new)
    for _ in range(reader.varint(MAX_PACKS)):
        try:
            name = (reader.text8().decode(), reader.text8().decode())
            guides = dict(old.get(name, {}))
            for _ in range(reader.varint(MAX_GUIDES)):
                guides.pop(reader.sized(MAX_PATH).decode(), None)
            for _ in range(reader.varint(MAX_GUIDES)):
                path = reader.sized(MAX_PATH).decode()
                guides[path] = reader.sized(MAX_GUIDE)
        except UnicodeDecodeError:
            raise reader.refuse("a name is no text") from None
        old[name] = dict(sorted(guides.items()))
    reader.end()
    return old
