"""Taking an edition from a place, and giving ours to a folder. Runs in a process of its own (editionwork.py).

Rules
- nothing is taken that the centre's keys did not sign: the whole edition is put together, from its parcels or from
  changes of what is held, and compared with its signed sheet before any of it is handed out.
- nothing older replaces something newer, whatever the clock says: only edition numbers are compared.
- pages are made here, out of verified parcels: a page that lies at a place may be false, and no signature says so.
- of earlier editions only the updates stay, for phones that are behind: advice that was withdrawn is not handed on.
- what came is handed on byte for byte, and what phones need beside it is made here (making.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from holub.errors import Gap, HolubError, Refused, Unavailable
from holub.formats.header import HEADER_BYTES, Header
from holub.formats.parcel import Kind
from holub.formats.root import RootDocument, split_chain, trust
from holub.formats.shelf import Shelf
from holub.transit.carrier import Carrier
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import Listing
from holub.transit.giving import give as give_stick
from holub.transit.parcelfolder import shelve
from holub.transit.placing import world
from holub.transit.relay.datafolder import grown
from holub.transit.relay.editionhome import EXTRAS, Home, fitting, held_edition, here, is_wanted, stays, too_large
from holub.transit.relay.handingout import hand_out
from holub.transit.relay.holding import Holding
from holub.transit.relay.loose import loose_parcels
from holub.transit.relay.plan import Plan, is_pack, plans
from holub.transit.relay.verified import lacks, undamaged, verified
from holub.transit.stick import Stick

# Of a folder without a list these alone are looked at first: they fit on what is held, whatever else has come in part.
_BY_SWEEP = (Kind.SWEEP, Kind.PACKSTAMPS, Kind.PICTURES)


def take(home: Home, source: Carrier, offered_roots: bytes, *, near: bool = False) -> int:
    """Take the newest edition of `source` when it is newer than ours; gives the edition held afterwards.

    offered_roots: the root documents that lie there, b"" for none; those that ours vouch for are kept · near: bytes
    from there cost nothing. Raises Refused (forged, incomplete, too large), Unavailable; then what was held is as it
    was.
    """
    then, (roots, publisher) = trust(home.roots), _roots(home, offered_roots)
    catalogue, held = source.catalogue(), held_edition(home.www)
    header = Header.parse(catalogue.seal[:HEADER_BYTES]).verify(catalogue.seal[HEADER_BYTES:], publisher)
    newest = header.moment.edition
    if newest <= held:
        return held
    before = Holding.open(home.www, then, publisher)
    ways = plans(catalogue.listings, held if before.shelf.packs else 0, newest, near=near)
    choices = [(plan, _choose(plan, catalogue.listings, before, home, near)) for plan in ways if plan.size <= home.most]
    if ways and not choices:
        raise too_large(newest, home)
    _sweep_incoming(home, (row for _, chosen in choices for row in chosen))
    first: HolubError | None = None
    for plan, chosen in choices:
        try:
            found = undamaged(_file(home, source, row) for row in chosen)
            shelf, found = verified(before.shelf if plan.onward else Shelf(publisher), found, before.shelf)
            if shelf.check_complete().signed() != catalogue.seal:
                raise Refused("the parcels are of another edition than the list says", "try another place")
        except (Refused, Unavailable) as error:
            first = first or error
            continue
        hand_out(home, before, shelf, found, roots)
        return newest
    raise first or Refused(f"the list does not name what makes up edition {newest}", "try another place")


def gather(home: Home, folder: Path, offered_roots: bytes) -> int:
    """Take an edition from parcels that lie in a folder without being on its list; gives the edition held afterwards.

    Raises as `take` does; a message says what an edition that has come in part still lacks.
    """
    then, (roots, publisher) = trust(home.roots), _roots(home, offered_roots)
    before, space, files = Holding.open(home.www, then, publisher), home.most, []
    for file in loose_parcels(folder):
        with world(file):
            space -= file.stat().st_size
        files += [file] if space >= 0 else []
    everything = undamaged(files)
    by_sweep = [one for one in everything if one.parcel.kind in _BY_SWEEP]
    # All packs in one parcel may hold half a gigabyte: it is opened where nothing else makes up an edition.
    by_packs = [one for one in everything if one.parcel.kind is not Kind.WHOLE]
    for found in (by_sweep, by_packs, *([everything] if len(by_packs) < len(everything) else [])):
        shelf, _, wrong = shelve(before.shelf, found)
        newest = shelf.edition
        if newest > before.edition and not lacks(shelf):
            ours = undamaged(place for row in before.rows if stays(row, newest, home) and (place := here(home, row)))
            # What has come of a later edition than this one must wait for the rest of it.
            theirs = [one for one in by_packs if (one.label.edition or 0) <= newest]
            shelf, found = verified(shelf, [*theirs, *ours], before.shelf)
            hand_out(home, before, shelf, found, roots)
            return newest
    if shelf.edition > before.edition:
        raise Gap(
            f"edition {shelf.edition} has come in part: {lacks(shelf)} is missing", "bring it, or the full parcels"
        )
    wrong.sort(key=lambda row: isinstance(row[1], Gap))
    if wrong:
        raise wrong[0][1]
    return before.edition


def complete(home: Home, source: Carrier) -> int:
    """Take mailbags and pictures of the very edition that we hold, which did not come with it; gives the edition.

    Raises Refused, Unavailable; then what was held is as it was.
    """
    roots = home.roots
    publisher = trust(roots)
    ours, theirs = FolderCarrier(home.www).catalogue(), source.catalogue()
    before = Holding.open(home.www, publisher, publisher)
    known = {row.name for row in ours.listings}
    fresh = [
        row
        for row in theirs.listings
        if row.kind in EXTRAS and row.name not in known and is_wanted(row, before.edition, home.keep)
    ]
    fresh = fitting(fresh, home.most - sum(row.size for row in ours.listings))
    if ours.seal == theirs.seal and fresh:
        _sweep_incoming(home, fresh)
        found = undamaged(_file(home, source, row) for row in [*ours.listings, *fresh])
        shelf, found = verified(Shelf(publisher), found, before.shelf)
        hand_out(home, before, shelf, found, roots)
    return before.edition


def give(home: Home, stick: Stick) -> int:
    """Give a folder our edition when it has none or an older one; gives our edition."""
    give_stick(home.www, stick)
    return held_edition(home.www)


def _roots(home: Home, offered: bytes) -> tuple[list[bytes], RootDocument]:
    try:
        return grown(home.roots, split_chain(offered) if offered else [])
    except Refused:
        return grown(home.roots, [])


def _choose(plan: Plan, listed: Iterable[Listing], before: Holding, home: Home, near: bool) -> list[Listing]:
    """The parcels to hold, the necessary ones first, within the bytes that there are.

    On from what is held no update is fetched that the relay does not need: it makes those of its own edition itself.
    """
    newest = plan.rows[-1].to_edition or 0
    wanted = [row for row in listed if is_wanted(row, newest, home.keep)]
    if plan.onward:
        wanted = [row for row in wanted if row.kind in EXTRAS]
    else:
        # All packs in one parcel are half a gigabyte where it is false, and a relay has them one by one.
        wanted = [row for row in wanted if row.kind != "full" or (near and is_pack(row))]
    ours = [row for row in before.rows if stays(row, newest, home)]
    chosen = {row.name: row for row in plan.rows}
    others = {row.name: row for row in [*wanted, *ours] if row.name not in chosen}
    return [*chosen.values(), *fitting(others.values(), home.most - plan.size)]


def _sweep_incoming(home: Home, chosen: Iterable[Listing]) -> None:
    """What broke off before is continued; the rest goes: a list that changes each time would fill the disk."""
    incoming, names = home.data / "incoming", {row.name for row in chosen}
    with world(incoming):
        for file in incoming.iterdir() if incoming.is_dir() else ():
            if file.stem not in names:
                file.unlink()


def _file(home: Home, source: Carrier, row: Listing) -> Path:
    return here(home, row) or source.fetch(row, home.data / "incoming")
