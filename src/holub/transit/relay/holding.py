"""The edition that a relay hands out, opened: what a small parcel can lead on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from holub.errors import Refused, Unavailable
from holub.formats.full import read_closed
from holub.formats.parcel import Kind
from holub.formats.root import RootDocument
from holub.formats.shelf import Name, Shelf
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import Listing
from holub.transit.giving import edition_of
from holub.transit.names import PARCELS, parcel_file
from holub.transit.parcelfolder import Found, read_parcel_file, shelve


@dataclass(frozen=True)
class Holding:
    """edition: its number, 0 for none · shelf: its packs, none where its files are damaged · steps: those of each full
    parcel · rows: its list."""

    edition: int
    shelf: Shelf
    steps: Mapping[Name, tuple[bytes, ...]] = field(default_factory=dict)
    rows: tuple[Listing, ...] = ()

    @classmethod
    def open(cls, www: Path, then: RootDocument, now: RootDocument) -> Holding:
        """then: the root document under which it was taken; now: the newest, which decides about what follows.

        Text that was signed with keys of before is good enough to build on: what comes out is checked against `now`.
        Raises Refused where the list is damaged.
        """
        try:
            catalogue = FolderCarrier(www).catalogue()
        except Unavailable:
            return cls(0, Shelf(now))
        edition, found = edition_of(catalogue), []
        for row in catalogue.listings:
            if row.kind == "sheet" or (row.kind == "full" and row.language):
                try:
                    found.append(read_parcel_file(www / PARCELS / parcel_file(row.name)))
                except (Refused, Unavailable):
                    continue
        shelf, _, _ = shelve(Shelf(then), found)
        try:
            shelf.check_complete()
        except Refused:
            return cls(edition, Shelf(now), {}, catalogue.listings)
        return cls(edition, replace(shelf, publisher=now), _steps(found), catalogue.listings)

    @classmethod
    def of(cls, publisher: RootDocument, found: Iterable[Found]) -> Holding:
        """What full parcels hold, each of one pack; of a pack the newest counts. What does not verify is left out."""
        fulls = [one for one in found if one.parcel.kind is Kind.FULL]
        shelf, taken, _ = shelve(Shelf(publisher), fulls)
        return cls(shelf.edition, shelf, _steps(taken))


def _steps(found: Iterable[Found]) -> dict[Name, tuple[bytes, ...]]:
    fulls = [one for one in found if one.parcel.kind is Kind.FULL]
    return {
        (one.label.section or "", one.label.language or ""): tuple(read_closed(one.parcel.body)[1]) for one in fulls
    }
