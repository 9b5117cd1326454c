"""What an edition signs of its mailbags, and whether a bag is that one (spec/mailbag.md, "The bag").

Public, and all of it checks: nothing here opens a reply or looks one up, so what only carries can tell a genuine bag
from a flood. Verification raises.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from holub.errors import Forged, Misused
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.names import read_name
from holub.formats.wire import Reader, text8, u8, u32

TAG_SIZE = 8
BODY_SIZE = 512
SHARD = 1_000
HASH_SIZE = 32
LEAF_TAG = 0x03
NO_MAILBAG = b"\x03\x00"  # the leaf of an edition without mailbags
MOST_RECORDS = 1_000_000
MOST_BAGS = 255
_AGAIN = "fetch it again, from another carrier if you can"


@dataclass(frozen=True, slots=True)
class BagEntry:
    """What the edition signs of one bag. section: its name; directory_hash: SHA-256 of the directory."""

    section: str
    records: int
    directory_hash: bytes


def encode_leaf(entries: Iterable[BagEntry]) -> bytes:
    """0x03, count u8, then for each: section (u8 length), records u32, SHA-256(directory); sorted by section."""
    ordered = sorted(entries, key=lambda entry: entry.section)
    if len(ordered) > MOST_BAGS:
        raise Misused(f"an edition carries {MOST_BAGS} mailbags at most")
    parts = [text8(entry.section.encode()) + u32(entry.records) + entry.directory_hash for entry in ordered]
    leaf = u8(LEAF_TAG) + u8(len(ordered)) + b"".join(parts)
    parse_leaf(leaf)
    return leaf


def parse_leaf(leaf: bytes) -> list[BagEntry]:
    """The entries in an edition's leaf. Raises Refused; what parses encodes to the same bytes."""
    reader = Reader(leaf, "the edition's list of mailbags")
    if reader.u8() != LEAF_TAG:
        raise reader.refuse("it is another leaf")
    entries: list[BagEntry] = []
    for _ in range(reader.u8()):
        entry = BagEntry(read_name(reader.text8(), "section"), reader.u32(), reader.take(HASH_SIZE))
        if not 0 < entry.records <= MOST_RECORDS:
            raise reader.refuse(f"a mailbag has {entry.records} records")
        if entries and entry.section <= entries[-1].section:
            raise reader.refuse("its sections are not in order")
        entries.append(entry)
    reader.end()
    return entries


class BagDirectory:
    """A bag's directory, verified against the edition: its tags, and the hash of each shard."""

    def __init__(self, raw: bytes, entry: BagEntry) -> None:
        """Raises Forged unless `raw` is the directory that the edition signed, with strictly rising tags."""
        shards = -(-entry.records // SHARD)
        if len(raw) != entry.records * TAG_SIZE + shards * HASH_SIZE:
            raise Forged("the mailbag's directory has another length than the edition says", _AGAIN)
        if hashlib.sha256(raw).digest() != entry.directory_hash:
            raise Forged("the mailbag's directory is not the one that the edition signed", _AGAIN)
        self.tags = struct.unpack(f">{entry.records}Q", memoryview(raw)[: entry.records * TAG_SIZE])
        if any(left >= right for left, right in zip(self.tags, self.tags[1:], strict=False)):
            raise Forged("the mailbag's tags are not in order", _AGAIN)
        self._raw = raw
        self.records = entry.records
        self.shards = shards

    def check_shard(self, index: int, shard: bytes) -> None:
        """Raises Forged unless `shard` is the bodies of records index x 1,000 and on."""
        if not 0 <= index < self.shards:
            raise Misused(f"this mailbag has no shard {index}")
        bodies = min(SHARD, self.records - index * SHARD)
        start = self.records * TAG_SIZE + index * HASH_SIZE
        if len(shard) != bodies * BODY_SIZE or hashlib.sha256(shard).digest() != self._raw[start : start + HASH_SIZE]:
            raise Forged("a piece of the mailbag is not the one that the edition signed", _AGAIN)


def check_bag(bag: MailbagParcel, leaf: bytes) -> None:
    """Raises Forged unless this leaf signs the bag, which has all its bodies or none; Refused for the leaf."""
    entry = next((one for one in parse_leaf(leaf) if one.section == bag.section), None)
    if entry is None:
        raise Forged(f"the edition has no mailbag of {bag.section}", _AGAIN)
    directory = BagDirectory(bag.directory, entry)
    if not bag.bodies:
        return
    size = SHARD * BODY_SIZE
    if len(bag.bodies) != entry.records * BODY_SIZE:
        raise Forged("the mailbag has more or fewer replies than the edition says", _AGAIN)
    for index in range(directory.shards):
        directory.check_shard(index, bag.bodies[index * size : (index + 1) * size])
