"""Handing an edition out: what came, what is made beside it, and the pages, in an order that may break off anywhere."""

from __future__ import annotations

from holub.formats.shelf import Shelf
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import PARCELS, ROOT_PAGE, parcel_file
from holub.transit.parcelfolder import Found
from holub.transit.placing import place_file, world
from holub.transit.publication import publish
from holub.transit.relay.editionhome import Home, fitting, is_wanted, too_large
from holub.transit.relay.holding import Holding
from holub.transit.relay.making import Made, missing
from holub.transit.relay.plan import is_pack
from holub.transit.relay.verified import listing_of
from holub.transit.stampbook import STAMPS, read_offered


def hand_out(home: Home, before: Holding, shelf: Shelf, found: list[Found], roots: list[bytes]) -> None:
    """Replace the edition that is handed out. shelf: the new one, verified · found: the parcels that came.

    Raises Refused where it is too large, Unavailable; then the list is that of before.
    """
    newest = shelf.edition
    parcels: dict[str, Made] = {}
    for one in found:
        row = listing_of(one, newest)
        # As it says itself: a list may call a text new that was withdrawn.
        if is_wanted(row, newest, home.keep):
            parcels.setdefault(row.name, (row, one.data))
    made = {row.name: (row, data) for row, data in missing(shelf, before, [row for row, _ in parcels.values()])}
    parcels = {**made, **parcels}
    rows = [row for row, _ in parcels.values()]
    chosen = [row for row in rows if row.kind == "sheet" or is_pack(row)]
    if sum(row.size for row in chosen) > home.most:
        raise too_large(newest, home)
    # What is certainly true comes first.
    for some in ([row for row in rows if row.name in made], rows):
        known = {row.name for row in chosen}
        space = home.most - sum(row.size for row in chosen)
        chosen += fitting((row for row in some if row.name not in known), space)
    chain = b"".join(roots)
    pages = {ROOT_PAGE: chain}
    if stamps := read_offered(home.data / STAMPS):
        pages[STAMPS] = stamps
    if home.pages is not None:
        pages |= dict(home.pages(shelf, [parcels[row.name][1] for row in chosen], roots))
    sheet = shelf.check_complete()
    publish(FolderCarrier(home.www), sheet.signed(), [parcels[row.name] for row in chosen], pages)
    place_file(home.data / ROOT_PAGE, chain)
    kept = {parcel_file(row.name) for row in chosen}
    with world(home.www):
        for file in (home.www / PARCELS).iterdir():
            if file.name not in kept:
                file.unlink()
