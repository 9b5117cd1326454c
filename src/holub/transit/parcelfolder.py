"""A folder of parcels: which are there, what each one is, and which edition they make up together.

Only files named *.hlp are looked at. A damaged one is left out and named; it does not spoil the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from holub.errors import Gap, HolubError, Older, Refused, Unavailable
from holub.formats.full import read_full
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Kind, Parcel, parcel_name, parse_parcel
from holub.formats.pictures import read_pictures
from holub.formats.root import RootDocument
from holub.formats.sheet import read_sheet
from holub.formats.shelf import Shelf
from holub.formats.sweep import sweep_target
from holub.formats.update import update_target
from holub.formats.way import Leg, names_on_ways
from holub.formats.whole import read_whole_steps
from holub.transit.names import PARCEL_SUFFIX

_ORDER = (Kind.WHOLE, Kind.FULL, Kind.SWEEP, Kind.UPDATE, Kind.SHEET, Kind.PACKSTAMPS, Kind.PICTURES)


@dataclass(frozen=True)
class Label:
    """What a parcel says that it is, before anything is trusted. None: it does not say, or it covers all.

    start, until: the first and the last edition that an update fits.
    """

    kind: str
    start: int | None = None
    until: int | None = None
    edition: int | None = None
    section: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Found:
    """One parcel file that arrived undamaged."""

    path: Path
    data: bytes = field(repr=False)
    parcel: Parcel = field(repr=False)
    label: Label

    @property
    def name(self) -> str:
        return parcel_name(self.data)


def label(parcel: Parcel) -> Label:
    """Reads what a parcel says that it is. Raises Refused."""
    body = parcel.body
    match parcel.kind:
        case Kind.FULL:
            held = read_full(body)
            return Label("full", None, None, held.moment.edition, *held.pack.name)
        case Kind.WHOLE:
            return Label("full", edition=read_whole_steps(body)[0].moment.edition)
        case Kind.UPDATE:
            section, language, span = update_target(body)
            return Label("update", span.start, span.until, span.edition, section, language)
        case Kind.SWEEP:
            span = sweep_target(body)
            return Label("update", span.start, span.until, span.edition)
        case Kind.SHEET:
            return Label("sheet", edition=read_sheet(body).moment.edition)
        case Kind.PACKSTAMPS:
            return Label("packstamps", edition=PackStamps.read(body).edition)
        case Kind.PICTURES:
            pictures = read_pictures(body)
            return Label("pictures", section=pictures.section, language=pictures.language)
        case Kind.MAILBAG:
            bag = MailbagParcel.read(body)
            return Label("mailbag", edition=bag.edition, section=bag.section)
        case _:
            return Label(parcel.kind.name.lower())


def read_parcel_file(path: Path) -> Found:
    """One parcel file. Raises Refused (damaged, no parcel), Unavailable."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise Unavailable(f"{path.name} is no ordinary file", "give a parcel's file, or a folder of parcels")
        data = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be read ({error.strerror})", "give a file that is there") from error
    parcel = parse_parcel(data)
    return Found(path, data, parcel, label(parcel))


def read_parcel_files(paths: Iterable[Path]) -> tuple[list[Found], list[tuple[Path, HolubError]]]:
    """All parcels of these files and folders, and what is wrong with the others."""
    found: dict[str, Found] = {}
    wrong: list[tuple[Path, HolubError]] = []
    for path in paths:
        files = sorted(path.glob(f"*{PARCEL_SUFFIX}")) if path.is_dir() else [path]
        for file in files:
            try:
                one = read_parcel_file(file)
                found.setdefault(one.name, one)
            except HolubError as error:
                wrong.append((file, error))
    return list(found.values()), wrong


def shelve(shelf: Shelf, found: Iterable[Found]) -> tuple[Shelf, list[Found], list[tuple[Found, HolubError]]]:
    """Applies parcels in whatever order fits, the furthest-reaching result first.

    Gives the shelf, the parcels that were applied, and those that were not with the reason. What is older than what is
    held already is no mistake: it is passed over and not named.
    """
    known = {kind: place for place, kind in enumerate(_ORDER)}
    waiting = [one for one in found if one.parcel.kind in known]
    waiting.sort(key=lambda one: (known[one.parcel.kind], -(one.label.edition or 0), one.label.start or 0))
    applied: list[Found] = []
    refused: list[tuple[Found, HolubError]] = []
    gaps: list[tuple[Found, HolubError]] = []
    moved = True
    while moved:
        moved, gaps = False, []
        for one in waiting:
            try:
                shelf = shelf.receive(one.data)
            except Older:
                continue
            except Gap as gap:
                gaps.append((one, gap))
            except Refused as why:
                refused.append((one, why))
            else:
                applied.append(one)
                moved = True
        waiting = [one for one, _ in gaps]
    # Pictures of an edition before or after stay in a folder for those who hold that edition: no mistake either.
    gaps = [(one, why) for one, why in gaps if one.parcel.kind is not Kind.PICTURES]
    return shelf, applied, refused + gaps


def updates_on_ways(found: Iterable[Found]) -> set[str]:
    """The names of the updates that lie on a cheapest way to the newest edition, of one pack or of all."""
    tracks: dict[tuple[str | None, str | None], list[Leg]] = {}
    for one in found:
        start, until, edition = one.label.start, one.label.until, one.label.edition
        if start is not None and until is not None and edition is not None:
            track = tracks.setdefault((one.label.section, one.label.language), [])
            track.append(Leg(start, until, edition, len(one.data), one.name))
    return names_on_ways(tracks.values())


def open_shelf(publisher: RootDocument, paths: Iterable[Path]) -> tuple[Shelf, list[tuple[Path, HolubError]]]:
    """A shelf of what these files and folders hold, and what was refused. Raises Refused when nothing is left."""
    found, wrong = read_parcel_files(paths)
    shelf, _, refused = shelve(Shelf(publisher), found)
    wrong += [(one.path, why) for one, why in refused]
    if not shelf.packs:
        if wrong:
            raise wrong[0][1]
        raise Refused(
            "there are no parcels with guides here", f"give the folder with the files that end in {PARCEL_SUFFIX}"
        )
    return shelf, wrong
