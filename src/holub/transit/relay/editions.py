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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holub.errors import Gap, HolubError, Older, Refused, Unavailable
from holub.formats.header import HEADER_BYTES, Header
from holub.formats.parcel import Kind
from holub.formats.root import RootDocument, split_chain, trust
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
from holub.transit.relay.holding import Holding
from holub.transit.relay.loose import loose_parcels
from holub.transit.relay.making import Made, missing
from holub.transit.relay.plan import Plan, is_pack, is_update, plans
from holub.transit.relay.settings import PageMaker
from holub.transit.stampbook import STAMPS, read_offered
from holub.transit.stick import Stick

# What must fit comes first; pictures are the first to be left out.
_ORDER = ("sheet", "packstamps", "full", "update", "sweep", "mailbag", "pictures")
# Of a folder without a list these alone are looked at first: they fit on what is held, whatever else has come in part.
_BY_SWEEP = (Kind.SWEEP, Kind.PACKSTAMPS, Kind.PICTURES)
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
    first: HolubError | None = None
    for plan in plans(catalogue.listings, held if before.shelf.packs else 0, newest, near=near):
        try:
            found = _undamaged(
                _file(home, source, row) for row in _choose(plan, catalogue.listings, before, home, near)
            )
            shelf, found = _verified(before.shelf if plan.onward else Shelf(publisher), found)
            if shelf.check_complete().signed() != catalogue.seal:
                raise Refused("the parcels are of another edition than the list says", "try another place")
        except (Refused, Unavailable) as error:
            first = first or error
            continue
        _hand_out(home, before, shelf, found, roots)
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
    everything = _undamaged(files)
    by_sweep = [one for one in everything if one.parcel.kind in _BY_SWEEP]
    for found in (by_sweep, everything):
        shelf, _, wrong = shelve(before.shelf, found)
        if shelf.edition > before.edition and not _lacks(shelf):
            shelf, found = _verified(shelf, everything)
            ours = [here for row in before.rows if _stays(row, shelf.edition, home) and (here := _here(home, row))]
            _hand_out(home, before, shelf, _of(found, shelf.edition, home) + _undamaged(ours), roots)
            return shelf.edition
    if shelf.edition > before.edition:
        raise Unavailable(
            f"edition {shelf.edition} has come in part: {_lacks(shelf)} is missing", "bring it, or the full parcels"
        )
    wrong.sort(key=lambda row: isinstance(row[1], Gap))
    if wrong:
        raise wrong[0][1]
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
    wanted = [row for row in listed if _is_wanted(row, newest, home.keep)]
    if plan.onward:
        wanted = [row for row in wanted if row.kind in ("mailbag", "pictures")]
    elif not near:
        wanted = [row for row in wanted if row.kind != "full"]
    ours = [row for row in before.rows if _stays(row, newest, home)]
    chosen = {row.name: row for row in plan.rows}
    others = {row.name: row for row in [*wanted, *ours] if row.name not in chosen}
    if plan.size > home.most:
        raise _too_large(newest, home)
    return [*chosen.values(), *_fitting(others.values(), home.most - plan.size)]


def _fitting(rows: Iterable[Listing], space: int) -> list[Listing]:
    chosen = []
    for row in sorted(rows, key=lambda row: (_ORDER.index(row.kind), row.size)):
        space -= row.size
        if space >= 0:
            chosen.append(row)
    return chosen


def _too_large(edition: int, home: Home) -> Refused:
    return Refused(
        f"edition {edition} is larger than this relay holds ({home.most >> 20} MiB)", "use a relay with more room"
    )


def _is_wanted(row: Listing, newest: int, keep: int) -> bool:
    if row.kind not in _ORDER:
        return False
    if is_update(row):
        return row.to_edition is not None and newest - keep < row.to_edition <= newest
    return row.to_edition is None or row.to_edition == newest


def _stays(row: Listing, newest: int, home: Home) -> bool:
    """What we hold of before and go on handing out: updates of the newest editions, and pictures that still belong."""
    return row.kind == "pictures" or (is_update(row) and _is_wanted(row, newest, home.keep))


def _here(home: Home, row: Listing) -> Path | None:
    here = home.www / PARCELS / parcel_file(row.name)
    return here if here.is_file() and not here.is_symlink() and here.stat().st_size == row.size else None


def _file(home: Home, source: Carrier, row: Listing) -> Path:
    return _here(home, row) or source.fetch(row, home.data / "incoming")


def _undamaged(files: Iterable[Path]) -> list[Found]:
    found: dict[str, Found] = {}
    for file in files:
        try:
            one = read_parcel_file(file)
        except Refused:
            continue
        found.setdefault(one.name, one)
    return list(found.values())


def _lacks(shelf: Shelf) -> str:
    """What the newest edition of a shelf lacks before a relay can hand it out; empty where nothing does."""
    sheet = shelf.sheet
    if sheet is None or sheet.moment.edition != shelf.edition:
        return "the sheet that lists its packs"
    for leaf in sheet.packs:
        held = shelf.packs.get((leaf.section, leaf.language))
        if held is None or held.moment != sheet.moment:
            return f"the pack {leaf.section}/{leaf.language}"
        if not held.stamp:
            return "the parcel of stamps, without which no phone could check it,"
    return ""


def _verified(start: Shelf, found: Sequence[Found]) -> tuple[Shelf, list[Found]]:
    """The whole edition and nothing else, checked against its signed sheet, and what is not certainly false.

    An update is checked where what it starts from is held: that is how it will be used. Others are checked by
    the phone that holds their start, and by every phone again. Raises Refused.
    """
    shelf, _, wrong = shelve(start, found)
    sheet = shelf.check_complete()
    if lacks := _lacks(shelf):
        raise Refused(f"{lacks} is missing", "try another place, or the full parcels")
    # A pack that is gone from the edition is withdrawn advice.
    names = {(leaf.section, leaf.language) for leaf in sheet.packs}
    shelf = replace(shelf, packs={name: held for name, held in shelf.packs.items() if name in names})
    false = {one.name for one, _ in wrong if one.label.kind != "update"}
    for one in found:
        if one.label.kind == "update" and start.packs:
            try:
                start.receive(one.data)
            except (Older, Gap):
                continue
            except HolubError:
                false.add(one.name)
    return shelf, [one for one in found if one.name not in false]


def _of(found: Iterable[Found], newest: int, home: Home) -> list[Found]:
    return [one for one in found if _is_wanted(_listing(one, newest), newest, home.keep)]


def _hand_out(home: Home, before: Holding, shelf: Shelf, found: list[Found], roots: list[bytes]) -> None:
    newest = shelf.edition
    parcels: dict[str, Made] = {}
    for one in found:
        row = _listing(one, newest)
        parcels.setdefault(row.name, (row, one.data))
    for row, data in missing(shelf, before, [row for row, _ in parcels.values()]):
        parcels.setdefault(row.name, (row, data))
    rows = [row for row, _ in parcels.values()]
    needed = [row for row in rows if row.kind == "sheet" or is_pack(row)]
    space = home.most - sum(row.size for row in needed)
    if space < 0:
        raise _too_large(newest, home)
    chosen = [*needed, *_fitting((row for row in rows if row not in needed), space)]
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


def _listing(one: Found, newest: int) -> Listing:
    label = one.label
    return list_parcel(
        one.data,
        label.kind,
        from_edition=label.start,
        to_edition=label.edition or newest,
        section=label.section,
        language=label.language,
    )
