"""Whether parcels make up an edition, whole and signed; and which of them are certainly false."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from holub.errors import Gap, HolubError, Older, Refused
from holub.formats.bagleaf import check_bag
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import Kind
from holub.formats.sheet import Sheet
from holub.formats.shelf import Shelf
from holub.transit.catalogue import Listing, list_parcel
from holub.transit.parcelfolder import Found, read_parcel_file, shelve


def undamaged(files: Iterable[Path]) -> list[Found]:
    """The parcels in these files, each once; what is none is left out. Raises Unavailable."""
    found: dict[str, Found] = {}
    for file in files:
        try:
            one = read_parcel_file(file)
        except Refused:
            continue
        found.setdefault(one.name, one)
    return list(found.values())


def lacks(shelf: Shelf) -> str:
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


def verified(start: Shelf, found: Sequence[Found], held: Shelf) -> tuple[Shelf, list[Found]]:
    """The whole edition and nothing else, checked against its signed sheet, and what is not certainly false.

    start: what the parcels are applied to · held: the edition before. An update is checked where what it starts from
    is held: that is how it will be used. Others are checked by the phone that holds their start, and by every phone
    again. Raises Refused.
    """
    shelf, _, wrong = shelve(start, found)
    sheet = shelf.check_complete()
    if missing := lacks(shelf):
        raise Refused(f"{missing} is missing", "try another place, or the full parcels")
    # A pack that is gone from the edition is withdrawn advice.
    names = {(leaf.section, leaf.language) for leaf in sheet.packs}
    shelf = replace(shelf, packs={name: pack for name, pack in shelf.packs.items() if name in names})
    false = {one.name for one, _ in wrong if one.label.kind != "update"}
    false |= {one.name for one in found if not _may_be_true(one, sheet, held)}
    return shelf, [one for one in found if one.name not in false]


def _may_be_true(one: Found, sheet: Sheet, held: Shelf) -> bool:
    if one.parcel.kind is Kind.MAILBAG:
        bag = MailbagParcel.read(one.parcel.body)
        try:
            check_bag(bag, sheet.services.leaves[2])
        except Refused:
            return False
        # Nobody signs the number, and tags follow from it: under another one it is another bag.
        return bag.edition == sheet.moment.edition
    if one.parcel.kind is Kind.PICTURES:
        # Of no pack that the edition has, they are no use to anybody here.
        return (one.label.section, one.label.language) in {(leaf.section, leaf.language) for leaf in sheet.packs}
    if one.label.kind == "update" and held.packs:
        try:
            held.receive(one.data)
        except (Older, Gap):
            return True
        except HolubError:
            return False
    return True


def listing_of(one: Found, newest: int) -> Listing:
    """A parcel's line; newest: the edition of those that do not say of which they are."""
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
