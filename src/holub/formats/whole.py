"""Kind 9, whole: all packs of an edition from nothing, for relays and mirrors (spec/parcel.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from holub.errors import Misused
from holub.formats import compression
from holub.formats.base import base_text, read_base_text
from holub.formats.change import MAX_ITEMS, apply_change, write_change
from holub.formats.compression import MAX_WHOLE
from holub.formats.effort import Effort, frame_of
from holub.formats.full import MAX_STEP, MAX_STEPS
from holub.formats.held import HeldPack, check_sizes
from holub.formats.items import Item, Name, item_keys, items_of
from holub.formats.leaf import MAX_GUIDES
from holub.formats.pack import Pack
from holub.formats.parcel import Kind, Parcel
from holub.formats.root import RootDocument
from holub.formats.sheet import Sheet, read_sheet
from holub.formats.wire import Reader, sized, varint

WHAT = "the whole edition's parcel"
MAX_SHEET = 2**24


def whole_base(packs: Iterable[HeldPack]) -> bytes:
    """The first step: all guides of these packs, from nothing."""
    ordered = sorted(packs, key=lambda held: held.pack.name)
    return compression.compress(b"".join(base_text(list(held.pack.guides.items())) for held in ordered))


def _read_whole_base(step: bytes, names: Sequence[Name]) -> dict[Item, bytes]:
    reader = Reader(compression.decompress(step, limit=MAX_WHOLE, what=WHAT), WHAT)
    items: dict[Item, bytes] = {}
    left = MAX_WHOLE
    for name in names:
        rows = read_base_text(reader, most=MAX_GUIDES, limit=left)
        left -= sum(len(text) for _, text in rows)
        if any(a[0] >= b[0] for a, b in pairwise(rows)):
            raise reader.refuse("its guides are not in order")
        items.update({(*name, path): text for path, text in rows})
    reader.end()
    return items


def whole_change(old: Iterable[HeldPack], new: Iterable[HeldPack]) -> bytes:
    """A later step, or a sweep's change, where the list of packs is the same on both sides."""
    after = list(new)
    return write_change(items_of(old), items_of(after), item_keys(sorted(held.pack.name for held in after)))


def write_whole(sheet: Sheet, steps: Sequence[bytes]) -> Parcel:
    """steps: `whole_base`, then changes that lead to the sheet's packs."""
    if not 1 <= len(steps) <= MAX_STEPS:
        raise Misused(f"a parcel of the whole edition has 1 to {MAX_STEPS} steps")
    body = sized(sheet.parcel().body) + varint(len(steps)) + b"".join(map(sized, steps))
    return Parcel(Kind.WHOLE, body)


def read_whole_steps(body: bytes) -> tuple[Sheet, list[bytes]]:
    """The sheet, not yet trusted, and the steps, unopened. Raises Refused."""
    reader = Reader(body, WHAT)
    sheet = read_sheet(reader.sized(MAX_SHEET))
    steps = [reader.sized(4 * MAX_STEP) for _ in range(reader.varint(MAX_STEPS))]
    reader.end()
    if not steps:
        raise reader.refuse("it holds no text")
    return sheet, steps


def read_whole(body: bytes, publisher: RootDocument) -> tuple[Sheet, dict[Name, HeldPack]]:
    """The checked sheet and its packs, which carry no stamps of their own. Raises Refused."""
    sheet, steps = read_whole_steps(body)
    sheet.check(publisher)
    names = [(leaf.section, leaf.language) for leaf in sheet.packs]
    effort = Effort(MAX_WHOLE, WHAT)
    changes = (frame_of(step, MAX_ITEMS, WHAT) for step in steps[1:])
    effort.check_announced([steps[0], *changes])
    items = _read_whole_base(steps[0], names)
    for step in steps[1:]:
        reader = Reader(step, WHAT)
        items = apply_change(reader, items, item_keys(names), limit=MAX_WHOLE, what=WHAT, effort=effort)
    texts = {name: {key[2]: items[key] for key in keys} for name, keys in groupby(items, key=lambda key: key[:2])}
    if list(texts) != names:
        raise Reader(b"", WHAT).refuse("a pack is left without guides")
    packs: dict[Name, HeldPack] = {}
    for leaf in sheet.packs:
        name = (leaf.section, leaf.language)
        pack = check_sizes(Pack(*name, texts[name]), WHAT)
        held = HeldPack(sheet.moment, sheet.services, pack, leaf.pictures, leaf.pictures_root, leaf.editors)
        sheet.check_pack(held)
        packs[name] = held
    return sheet, packs
