"""The guides of all packs as one list of items, as sweeps and wholes change it (spec/parcel.md, kinds 4 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from holub.formats.difference import Difference, Keys
from holub.formats.held import HeldPack
from holub.formats.leaf import MAX_GUIDES
from holub.formats.names import MAX_PATH, read_path
from holub.formats.wire import Reader, varint

# What a sweep may bring: one that is opened must not need much more room than what is held.
MAX_SWEEP = 64 * 2**20  # bytes in its frame
MAX_ADDED = MAX_GUIDES

Name = tuple[str, str]
Item = tuple[str, str, str]


def by_name(packs: Iterable[HeldPack]) -> dict[Name, HeldPack]:
    """Packs by (section, language), in order."""
    return {held.pack.name: held for held in sorted(packs, key=lambda held: held.pack.name)}


def items_of(packs: Iterable[HeldPack]) -> dict[Item, bytes]:
    """All guides of these packs by (section, language, path), in order."""
    ordered = by_name(packs)
    return {(*name, path): text for name, held in ordered.items() for path, text in held.pack.guides.items()}


def item_keys(names: Sequence[Name]) -> Keys[Item]:
    """How an item is written among the added ones of a sweep under this list of packs."""
    place = {name: i for i, name in enumerate(names)}

    def read(reader: Reader) -> Item:
        name = names[reader.varint(len(names) - 1)]
        return (*name, read_path(reader.until(0, MAX_PATH), ending=".md"))

    return Keys(lambda key: varint(place[key[0], key[1]]) + key[2].encode() + b"\x00", read)


def fits_sweep(old: Mapping[Item, bytes], new: Mapping[Item, bytes], keys: Keys[Item]) -> bool:
    """Whether a sweep may bring what is new between these items; nothing is compressed to find out."""
    difference = Difference.between(old, new)
    if len(difference.added) > MAX_ADDED:
        return False
    text = sum(len(new[key]) for key in (*difference.added, *difference.changed))
    return text <= MAX_SWEEP and len(difference.content(old, new, keys)) <= MAX_SWEEP
