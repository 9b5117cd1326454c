"""Kind 4, sweep: all packs from one edition to a later one, for relays and mirrors (spec/parcel.md).

The same line changed in thirty languages costs thirty updates but hardly more than one sweep. Neither the packs' roots
nor the tree's is carried: the receiver rebuilds them, and the header's signature decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise

from holub.errors import Gap, Misused
from holub.formats.change import apply_change, write_change
from holub.formats.held import HeldPack, check_sizes
from holub.formats.items import MAX_ADDED, MAX_SWEEP, Name, by_name, fits_sweep, item_keys, items_of
from holub.formats.leaf import MAX_GUIDES, NO_PICTURES, Editors
from holub.formats.names import MAIN, read_name
from holub.formats.pack import Pack
from holub.formats.parcel import Kind, Parcel
from holub.formats.root import RootDocument
from holub.formats.sheet import MAX_PACKS, Sheet
from holub.formats.signature import SIGNATURE_BYTES
from holub.formats.tree import HASH_BYTES
from holub.formats.update import Span, Step
from holub.formats.wire import Reader, text8, varint

PACKS, PICTURES, EDITORS = 0x02, 0x04, 0x08
_UNCHANGED = "it carries a part that did not change"


def _rows(rows: list[bytes]) -> bytes:
    return varint(len(rows)) + b"".join(rows)


def _pictures(held: HeldPack | None) -> tuple[int, bytes]:
    return (held.pictures, held.pictures_root) if held else (0, NO_PICTURES)


def sweep_head(old: Iterable[HeldPack], new: Iterable[HeldPack], signature: bytes) -> bytes:
    """What stands between a sweep's numbers and its change: everything but the text. Raises Misused.

    Where it is the same from editions in a row that hold the same texts, one sweep fits them all.
    """
    before, after = by_name(old), by_name(new)
    if not before or not after:
        raise Misused("a sweep leads from an edition to another")
    newest = next(iter(after.values()))
    step = Step.between(next(iter(before.values())), newest)
    flags, parts, names = step.flags, [], list(after)
    if names != list(before):
        flags |= PACKS
        parts.append(_rows([text8(section.encode()) + text8(language.encode()) for section, language in names]))
    pictures = [
        varint(i) + varint(held.pictures) + (held.pictures_root if held.pictures else b"")
        for i, (name, held) in enumerate(after.items())
        if _pictures(held) != _pictures(before.get(name))
    ]
    if pictures:
        flags |= PICTURES
        parts.append(_rows(pictures))
    editors = [
        varint(i) + held.editors.encode()
        for i, (name, held) in enumerate(after.items())
        if held.editors and (name not in before or held.editors != before[name].editors)
    ]
    if editors:
        flags |= EDITORS
        parts.append(_rows(editors))
    return Step(step.time, flags).encode() + step.write_rest(newest) + b"".join(parts) + signature


def write_sweep(
    old: Iterable[HeldPack],
    new: Iterable[HeldPack],
    signature: bytes,
    change: bytes | None = None,
    *,
    until: int | None = None,
) -> Parcel:
    """The sweep from all packs of one edition to all packs of another, whose header has this signature.

    change: the text's change, where it is known and fits. until: the last edition that the sweep fits as well as the
    first. Raises Misused where it would bring more than a sweep may (`fits_sweep`).
    """
    before, after = by_name(old), by_name(new)
    head = sweep_head(before.values(), after.values(), signature)
    start, edition = (next(iter(packs.values())).moment.edition for packs in (before, after))
    if change is None:
        texts, keys = (items_of(before.values()), items_of(after.values())), item_keys(list(after))
        if not fits_sweep(*texts, keys):
            raise Misused("a sweep cannot bring so much new text", "publish this edition without one")
        change = write_change(*texts, keys)
    return Parcel(Kind.SWEEP, Span(start, start if until is None else until, edition).encode() + head + change)


def sweep_target(body: bytes) -> Span:
    """From which editions to which this sweep leads. Raises Refused."""
    return Span.read(Reader(body, "the sweep"))


def _read_rows(reader: Reader, count: int) -> Iterable[int]:
    """The pack of each row, ascending, one at least; the caller reads the rest of the row. Raises Refused."""
    before = -1
    rows = reader.varint(count)
    if not rows:
        raise reader.refuse(_UNCHANGED)
    for _ in range(rows):
        place = reader.varint(count - 1)
        if place <= before:
            raise reader.refuse("its packs are not in order")
        before = place
        yield place


def _read_names(reader: Reader) -> list[Name]:
    names = []
    for _ in range(reader.varint(MAX_PACKS)):
        section = read_name(reader.text8(), "section")
        names.append((section, read_name(reader.text8(), "language")))
    if not names or any(a >= b for a, b in pairwise(names)):
        raise reader.refuse("its packs are not in order")
    return names


def read_sweep(body: bytes, old: Iterable[HeldPack], publisher: RootDocument) -> tuple[Sheet, dict[Name, HeldPack]]:
    """The new edition's checked sheet, and its packs, which carry no stamps of their own. Raises Refused."""
    what = "the sweep"
    before = by_name(old)
    reader = Reader(body, what)
    span, step = Span.read(reader), Step.read(reader)
    held = {pack.moment.edition for pack in before.values()}
    span.check_fits(min(held), what)
    if len(held) > 1:
        raise Gap("the sweep leads on from one edition, and the packs held are of several", "get the full parcels")
    first = next(iter(before.values()))
    moment, changed = step.read_rest(reader, first, span.edition)
    services = first.services.replaced(changed)
    names = _read_names(reader) if step.flags & PACKS else list(before)
    if step.flags & PACKS and names == list(before):
        raise reader.refuse(_UNCHANGED)
    pictures = {name: _pictures(before.get(name)) for name in names}
    if step.flags & PICTURES:
        for i in _read_rows(reader, len(names)):
            count = reader.varint(MAX_GUIDES)
            row = count, reader.take(HASH_BYTES) if count else NO_PICTURES
            if row == pictures[names[i]]:
                raise reader.refuse(_UNCHANGED)
            pictures[names[i]] = row
    editors: dict[Name, Editors | None] = {name: before[name].editors if name in before else None for name in names}
    if step.flags & EDITORS:
        for i in _read_rows(reader, len(names)):
            if names[i][0] == MAIN:
                raise reader.refuse("the main section carries editors' signatures")
            signed = Editors.read(reader)
            if signed == editors[names[i]]:
                raise reader.refuse(_UNCHANGED)
            editors[names[i]] = signed
    signature = reader.take(SIGNATURE_BYTES)
    items = apply_change(
        reader, items_of(before.values()), item_keys(names), limit=MAX_SWEEP, most=MAX_ADDED, what=what
    )
    guides = {
        name: {key[2]: items[key] for key in keys} for name, keys in groupby(items, key=lambda key: (key[0], key[1]))
    }
    if list(guides) != names:
        raise reader.refuse("a pack is left without guides, or was not announced")
    packs = {
        name: HeldPack(moment, services, check_sizes(Pack(*name, text), what), *pictures[name], editors[name])
        for name, text in guides.items()
    }
    sheet = Sheet(moment, services, tuple(pack.leaf for pack in packs.values()), signature)
    return sheet.check(publisher), packs
