"""Taking an edition from a place, and giving ours to a folder. Runs in a process of its own (editionwork.py).

Rules
- nothing is taken that the centre's keys did not sign: the whole edition is put together from its parcels and
  compared with its signed sheet before any of it is handed out.
- nothing older replaces something newer, whatever the clock says: only edition numbers are compared.
- pages are made here, out of verified parcels: a page that lies at a place may be false, and no signature says so.
- of earlier editions only the updates stay, for phones that are behind: advice that was withdrawn is not handed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from holub.errors import Gap, HolubError, Older, Refused, Unavailable
from holub.formats.header import HEADER_BYTES, Header
from holub.formats.root import RootDocument, split_chain
from holub.formats.shelf import Shelf
from holub.transit.carrier import Carrier
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import Listing, list_parcel
from holub.transit.giving import edition_of
from holub.transit.giving import give as give_stick
from holub.transit.names import PARCELS, parcel_file
from holub.transit.parcelfolder import Found, read_parcel_file, shelve
from holub.transit.placing import place_file, world
from holub.transit.publication import publish
from holub.transit.relay.datafolder import grown, read_roots
from holub.transit.relay.settings import PageMaker
from holub.transit.stampbook import STAMPS, read_offered
from holub.transit.stick import Stick

# What must fit comes first; pictures are the first to be left out.
_ORDER = ("sheet", "full", "update", "sweep", "mailbag", "pictures")
ROOT_PAGE = "root.txt"


@dataclass(frozen=True)
class Home:
    """Where a relay keeps editions. data: its folder · keep: editions that updates lead to · most: bytes of parcels."""

    data: Path
    keep: int
    most: int
    pages: PageMaker | None = None

    @property
    def www(self) -> Path:
        return self.data / "www"

    @property
    def roots(self) -> list[bytes]:
        """The root documents, oldest first. Raises Refused, Unavailable."""
        return split_chain(read_roots(self.data / ROOT_PAGE))


def held_edition(www: Path) -> int:
    """The edition that is handed out; 0 for none. Raises Refused."""
    try:
        return edition_of(FolderCarrier(www).catalogue())
    except Unavailable:
        return 0


def take(home: Home, source: Carrier, offered_roots: bytes) -> int:
    """Take the newest edition of `source` when it is newer than ours; gives the edition held afterwards.

    offered_roots: the root documents that lie there, b"" for none; those that ours vouch for are kept. Raises
    Refused (forged, incomplete, too large), Unavailable; then what was held is as it was.
    """
    try:
        offered = split_chain(offered_roots) if offered_roots else []
    except Refused:
        offered = []
    roots, publisher = grown(home.roots, offered)
    catalogue, held = source.catalogue(), held_edition(home.www)
    header = Header.parse(catalogue.seal[:HEADER_BYTES]).verify(catalogue.seal[HEADER_BYTES:], publisher)
    newest = header.moment.edition
    if newest <= held:
        return held
    ours = [row for row in FolderCarrier(home.www).parcels() if row.kind == "update"] if held else []
    wanted = _choose(catalogue.listings, ours, newest, home)
    files = [_file(home, source, row) for row in wanted]
    found = _undamaged(files)
    shelf = _verified(publisher, found, catalogue.seal)
    found = _unforged(home, publisher, found)
    _hand_out(home, shelf, found, roots, newest)
    return newest


def give(home: Home, stick: Stick) -> int:
    """Give a folder our edition when it has none or an older one; gives our edition."""
    give_stick(home.www, stick)
    return held_edition(home.www)


def _choose(listed: Iterable[Listing], ours: Iterable[Listing], newest: int, home: Home) -> list[Listing]:
    """The parcels to hold, the necessary ones first, within the bytes that there are."""
    rows = {row.name: row for row in [*listed, *ours] if row.kind in _ORDER and _is_wanted(row, newest, home.keep)}
    ordered = sorted(rows.values(), key=lambda row: (_ORDER.index(row.kind), row.size))
    chosen, space = [], home.most
    for row in ordered:
        space -= row.size
        if space >= 0:
            chosen.append(row)
        elif row.kind in ("sheet", "full"):
            raise Refused(
                f"edition {newest} is larger than this relay holds ({home.most >> 20} MiB)",
                "use a relay with more room",
            )
    return chosen


def _is_wanted(row: Listing, newest: int, keep: int) -> bool:
    if row.kind in ("update", "sweep"):
        return row.to_edition is not None and newest - keep < row.to_edition <= newest
    return row.to_edition is None or row.to_edition == newest


def _file(home: Home, source: Carrier, row: Listing) -> Path:
    here = home.www / PARCELS / parcel_file(row.name)
    if here.is_file() and not here.is_symlink() and here.stat().st_size == row.size:
        return here
    return source.fetch(row, home.data / "incoming")


def _undamaged(files: Iterable[Path]) -> list[Found]:
    found = []
    for file in files:
        try:
            found.append(read_parcel_file(file))
        except Refused:
            continue
    return found


def _verified(publisher: RootDocument, found: list[Found], seal: bytes) -> Shelf:
    """The whole edition, checked against its signed sheet. Raises Refused."""
    shelf, _, _ = shelve(Shelf(publisher), found)
    if shelf.check_complete().signed() != seal:
        raise Refused("the parcels are of another edition than the list says", "try another place")
    return shelf


def _unforged(home: Home, publisher: RootDocument, found: list[Found]) -> list[Found]:
    """Without parcels that are certainly false.

    An update is checked where what it starts from is held: that is how it will be used. Others are checked by
    the phone that holds their start, and by every phone again.
    """
    before, _, _ = shelve(Shelf(publisher), _undamaged(sorted((home.www / PARCELS).glob("*.hlp"))))
    _, _, wrong = shelve(Shelf(publisher), found)
    false = {one.name for one, _ in wrong if one.label.kind != "update"}
    for one in found:
        if one.label.kind == "update" and before.packs:
            try:
                before.receive(one.data)
            except (Older, Gap):
                continue
            except HolubError:
                false.add(one.name)
    return [one for one in found if one.name not in false]


def _hand_out(home: Home, shelf: Shelf, found: list[Found], roots: list[bytes], newest: int) -> None:
    chain = b"".join(roots)
    pages = {ROOT_PAGE: chain}
    if stamps := read_offered(home.data / STAMPS):
        pages[STAMPS] = stamps
    if home.pages is not None:
        pages |= dict(home.pages(shelf, [one.data for one in found], roots))
    parcels = [(_listing(one, newest), one.path) for one in found]
    sheet = shelf.check_complete()
    publish(FolderCarrier(home.www), sheet.signed(), parcels, pages)
    place_file(home.data / ROOT_PAGE, chain)
    kept = {parcel_file(listing.name) for listing, _ in parcels}
    with world(home.www):
        for file in (home.www / PARCELS).iterdir():
            if file.name not in kept:
                file.unlink()


def _listing(one: Found, newest: int) -> Listing:
    label = one.label
    return list_parcel(
        one.data,
        label.kind,
        from_edition=label.start,
        until_edition=label.until,
        to_edition=label.edition or newest,
        section=label.section,
        language=label.language,
    )
