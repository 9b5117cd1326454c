"""Sending editions out over carriers, and fetching letters back: the same for a postbox, a folder and a mirror."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from holub.errors import Refused
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import Kind, parcel_name, parse_parcel
from holub.formats.root import RootDocument, split_chain, trust
from holub.formats.shelf import Shelf
from holub.formats.stamp import read_stamps
from holub.inbound.mailroom.room import Mailroom
from holub.office.views import Fetched
from holub.outbound.press.site import Site, is_page_of_a_site
from holub.transit.carrier import MAX_BAGS, Carrier, SharedCarrier
from holub.transit.catalogue import Listing, list_parcel
from holub.transit.parcelfolder import Found, label, read_parcel_files, shelve, updates_on_ways
from holub.transit.publication import publish
from holub.transit.stampbook import STAMPS, read_offered

Progress = Callable[[str, int, int], object]


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
        """Raises Refused when the parcels do not make up an edition with its sheet.

        A mailbag that this edition did not sign is left out: the folder may be a stranger's.
        """
        self.roots = split_chain(root)
        self.publisher: RootDocument = trust(self.roots)
        self.found, _ = read_parcel_files([folder])
        self.shelf, _, _ = shelve(Shelf(self.publisher), self.found)
        self.sheet = self.shelf.check_complete()
        self.found = [one for one in self.found if _is_signed(self.shelf, one)] + _made(self.shelf, self.found)
        self.stamps = _stamps(folder, self.publisher)

    def listed(self) -> list[Found]:
        """The parcels that a carrier hands out: those of the newest edition, and the updates on the ways to it."""
        newest, ways = self.sheet.moment.edition, updates_on_ways(self.found)
        return [
            one
            for one in self.found
            if one.label.kind == "pictures"
            or (one.name in ways if one.label.kind == "update" else one.label.edition == newest)
        ]

    def _listing(self, one: Found) -> Listing:
        return list_parcel(
            one.data,
            one.label.kind,
            from_edition=one.label.start,
            until_edition=one.label.until,
            to_edition=one.label.edition or self.sheet.moment.edition,
            section=one.label.section,
            language=one.label.language,
        )

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
        """Gives a carrier everything that it does not have yet, and takes away pages that are no longer wanted.

        Raises Refused when the carrier holds a newer edition, Unavailable; then it can be sent again.
        """
        parcels = [(self._listing(one), one.data) for one in self.listed()]
        pages = dict(self.site(code, postboxes).pages())
        if self.stamps:
            pages[STAMPS] = self.stamps
        done = 0

        def count(_name: str, _size: int) -> None:
            nonlocal done
            done += 1
            progress("sending", done, len(parcels) + len(pages))

        told = publish(carrier, self.sheet.signed(), parcels, pages, count, ours=is_page_of_a_site)
        return Sent(self.sheet.moment.edition, told.parcels, told.pages, told.removed)


def _is_signed(shelf: Shelf, one: Found) -> bool:
    try:
        if one.parcel.kind is Kind.MAILBAG:
            shelf.check_mailbag(MailbagParcel.read(one.parcel.body))
    except Refused:
        return False
    return True


def _made(shelf: Shelf, found: Sequence[Found]) -> list[Found]:
    """Packs in full, and their updates, of an edition that came by a sweep and its stamps; none where they are here."""
    newest = shelf.edition
    here = (one.label for one in found)
    fulls = {(one.section, one.language) for one in here if one.kind == "full" and one.edition == newest}
    if fulls >= shelf.packs.keys() or not all(held.stamp for held in shelf.packs.values()):
        return []
    # Only here: a relay's package loads a web server.
    from holub.transit.relay.holding import Holding
    from holub.transit.relay.making import missing
    from holub.transit.relay.verified import listing_of

    before = Holding.of(shelf.publisher, (one for one in found if (one.label.edition or newest) < newest))
    made = [parse_parcel(data) for _, data in missing(shelf, before, [listing_of(one, newest) for one in found])]
    return [Found(Path(parcel_name(parcel.encode())), parcel.encode(), parcel, label(parcel)) for parcel in made]


def _stamps(folder: Path, publisher: RootDocument) -> bytes:
    """The list of stamps beside the parcels; b"" for none. Raises Refused (not this centre's), Unavailable."""
    listed = read_offered(folder / STAMPS)
    if listed:
        read_stamps(listed).check(publisher)
    return listed


def fetch_letters(
    room: Mailroom, carrier: Carrier, now: int, *, take_all: bool = False, progress: Progress = quiet
) -> Fetched:
    """Opens every letter that a carrier holds; the carrier may forget a letter only after it is kept here durably.

    take_all: take away what this office cannot open from a shared carrier too.
    """
    shared = isinstance(carrier, SharedCarrier) and not take_all
    left: frozenset[bytes] = frozenset()
    total = Fetched(0, 0, 0, 0, 0)
    seen: set[bytes] = set()
    for number in range(1, MAX_BAGS):
        if isinstance(carrier, SharedCarrier):
            carrier.pass_over(left)
        bag = carrier.collect_letters()
        if not bag.letters:
            return total
        told = room.open_batch(bag.letters, now, shared=shared)
        left |= told.left
        taken = {sha256(letter).digest() for letter in bag.letters} - told.left
        # A postbox that says it forgot, and goes on giving the same, would keep the office busy for ever.
        if taken and (not carrier.forget_letters(taken) or taken <= seen):
            raise Refused("the postbox hands out letters and does not forget them", "look at the postbox")
        seen |= taken
        total += Fetched(told.opened, told.decoys, told.replays, told.refused, told.too_late, len(told.left))
        progress("bags", number, number + (1 if bag.waiting > len(bag.letters) else 0))
    return total
