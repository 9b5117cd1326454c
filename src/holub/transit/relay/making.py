"""Parcels that a relay makes of the text that it holds: phones are new, or behind, and nothing else reaches them.

Nothing of them is the relay's own word: the text and every signature came with what it took, and a phone checks both.
They are what the press would have written, often byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holub.formats.base import write_base
from holub.formats.change import write_change
from holub.formats.full import write_full
from holub.formats.held import HeldPack
from holub.formats.pack import MAX_PACK
from holub.formats.packstamps import PackStamps
from holub.formats.shelf import Shelf
from holub.formats.steps import grown
from holub.formats.update import PATHS, write_update
from holub.transit.catalogue import Listing, list_parcel
from holub.transit.relay.holding import Holding
from holub.transit.relay.plan import is_pack, way

Made = tuple[Listing, bytes]


def missing(shelf: Shelf, before: Holding, there: Sequence[Listing]) -> Iterator[Made]:
    """What phones and other relays need of an edition and `there` does not have. shelf: complete, all packs stamped."""
    sheet = shelf.check_complete()
    newest = sheet.moment.edition
    kinds = {row.kind for row in there if row.to_edition == newest}
    if "sheet" not in kinds:
        parcel = sheet.parcel().encode()
        yield list_parcel(parcel, "sheet", to_edition=newest), parcel
    if "packstamps" not in kinds:
        parcel = PackStamps.of(shelf.packs.values()).parcel().encode()
        yield list_parcel(parcel, "packstamps", to_edition=newest), parcel
    fulls = {(row.section, row.language) for row in there if is_pack(row) and row.to_edition == newest}
    for name, held in shelf.packs.items():
        yield from _pack(held, before, there, has_full=name in fulls)


def _pack(held: HeldPack, before: Holding, there: Sequence[Listing], *, has_full: bool) -> Iterator[Made]:
    (section, language), newest = held.pack.name, held.moment.edition
    old, steps = before.shelf.packs.get(held.pack.name), before.steps.get(held.pack.name)
    if old is not None and (old.moment.edition >= newest or old.moment.time > held.moment.time):
        old = None
    behind = old is not None and way(there, (section, language), old.moment.edition, newest) is None
    change = write_change(old.pack.guides, held.pack.guides, PATHS) if old and (behind or not has_full) else b""
    size = 0
    if not has_full:
        rows = list(held.pack.guides.items())
        if old is None or not steps:
            steps = (write_base(rows),)
        elif old.pack.root != held.pack.root:
            steps = grown(steps, change, max(old.pack.size, held.pack.size), MAX_PACK, lambda: write_base(rows))
        parcel = write_full(held, steps).encode()
        size = len(parcel)
        yield list_parcel(parcel, "full", to_edition=newest, section=section, language=language), parcel
    if old is not None and behind:
        parcel = write_update(old, held, change).encode()
        if not size or len(parcel) < size:
            start = old.moment.edition
            yield (
                list_parcel(
                    parcel, "update", from_edition=start, to_edition=newest, section=section, language=language
                ),
                parcel,
            )
