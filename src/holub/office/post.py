"""Sending editions out over carriers, and fetching letters back: the same for a postbox, a folder and a mirror."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from holub.errors import Refused, Unavailable
from holub.formats.parcel import Kind
from holub.formats.root import RootDocument, split_chain, trust
from holub.formats.shelf import Shelf
from holub.inbound.mailroom.room import Mailroom
from holub.office.views import Fetched
from holub.outbound.press.site import Site
from holub.transit.carrier import Carrier
from holub.transit.catalogue import Catalogue, list_parcel
from holub.transit.parcelfolder import Found, read_parcel_files, shelve

Progress = Callable[[str, int, int], object]
MAX_BAGS = 1_000_000


def quiet(_stage: str, _done: int, _total: int) -> None:
    """The progress of somebody who does not watch."""


@dataclass(frozen=True)
class Sent:
    """What a carrier was given that it did not have: parcels, pages, and how many pages it no longer has."""

    edition: int
    parcels: int
    pages: int
    removed: int


class Parcels:
    """A folder of parcels with its root document, opened: what every carrier is given."""

    def __init__(self, folder: Path, root: bytes) -> None:
        """Raises Refused when the parcels do not make up an edition with its sheet."""
        self.roots = split_chain(root)
        self.publisher: RootDocument = trust(self.roots)
        self.found, _ = read_parcel_files([folder])
        self.shelf, _, _ = shelve(Shelf(self.publisher), self.found)
        self.sheet = self.shelf.check_complete()

    def listed(self) -> list[Found]:
        """The parcels that a carrier hands out: those of the newest edition, and all updates."""
        newest = self.sheet.moment.edition
        return [one for one in self.found if one.label.kind in ("update", "pictures") or one.label.edition == newest]

    def catalogue(self) -> Catalogue:
        """The list of these parcels under the newest edition's header and signature."""
        rows = [
            list_parcel(
                one.data,
                one.label.kind,
                from_edition=one.label.start,
                to_edition=one.label.edition or self.sheet.moment.edition,
                section=one.label.section,
                language=one.label.language,
            )
            for one in self.listed()
        ]
        return Catalogue.of(self.sheet.signed(), rows)

    def site(self, code: bytes | None, postboxes: Sequence[str]) -> Site:
        """The pages that go beside the parcels."""
        kinds = (Kind.FULL, Kind.PICTURES, Kind.MAILBAG)
        parcels = [one.data for one in self.listed() if one.parcel.kind in kinds]
        return Site(self.shelf, parcels, self.roots, code, tuple(postboxes))

    def send(
        self,
        carrier: Carrier,
        *,
        code: bytes | None,
        postboxes: Sequence[str] = (),
        progress: Progress = quiet,
    ) -> Sent:
        """Gives a carrier everything that it does not have yet; the catalogue last, so that nobody sees a half.

        Raises Refused when the carrier holds a newer edition, Unavailable; then it can be sent again.
        """
        there = _names(carrier)
        wanted = self.listed()
        catalogue = self.catalogue()
        names = {row.name for row in catalogue.listings}
        fresh = [one for one in wanted if one.name.removesuffix(".hlp") in names - there]
        for done, one in enumerate(fresh, 1):
            carrier.put(one.data)
            progress("parcels", done, len(fresh))
        old = carrier.pages()
        pages = list(self.site(code, postboxes).pages())
        written = 0
        for done, (path, page) in enumerate(pages, 1):
            if old.get(path) != sha256(page).digest():
                carrier.put_page(path, page)
                written += 1
            progress("pages", done, len(pages))
        kept = {path for path, _ in pages}
        gone = [path for path in old if path not in kept and path.startswith(("plain/", "mailbag/"))]
        carrier.put_catalogue(catalogue)
        for path in gone:
            carrier.remove_page(path)
        return Sent(self.sheet.moment.edition, len(fresh), written, len(gone))


def _names(carrier: Carrier) -> set[str]:
    """The parcels that a carrier holds; a new one has no catalogue yet. One that is away says so at the first put."""
    try:
        return {one.name for one in carrier.parcels()}
    except Unavailable:
        return set()


def fetch_letters(room: Mailroom, carrier: Carrier, now: int, *, progress: Progress = quiet) -> Fetched:
    """Opens every letter that a carrier holds; the carrier may forget a letter only after it is kept here durably."""
    total = Fetched(0, 0, 0, 0, 0)
    for number in range(1, MAX_BAGS):
        bag = carrier.collect_letters()
        if not bag.letters:
            return total
        told = room.open_batch(bag.letters, now)
        if not carrier.forget_letters(sha256(letter).digest() for letter in bag.letters):
            raise Refused("the postbox hands out letters and does not forget them", "look at the postbox")
        total = Fetched(
            total.opened + told.opened,
            total.decoys + told.decoys,
            total.replays + told.replays,
            total.refused + told.refused,
            total.too_late + told.too_late,
        )
        progress("bags", number, number + (1 if bag.waiting > len(bag.letters) else 0))
    return total
