"""`holub carry` on paper: parcels or letters out as sheets of codes, and photographs of sheets in."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import HolubError, Misused, Unavailable
from holub.faces.cli import frame, oneway
from holub.formats.full import read_full
from holub.formats.header import Moment
from holub.formats.letterbag import LETTER_SIZES, write_letters
from holub.formats.parcel import Kind, Parcel, parse_parcel
from holub.formats.sheet import read_sheet
from holub.formats.whole import read_whole_steps
from holub.office.office import read_root
from holub.transit.carrier import Carrier
from holub.transit.carriers.qr import HARSH, USUAL, Caption, QrCarrier
from holub.transit.names import PARCEL_SUFFIX, PARCELS
from holub.transit.parcelfolder import label
from holub.transit.placing import world

SCHEME = "qr:"

Lose = Annotated[
    int | None,
    typer.Option("--lose", metavar="N", min=0, max=99, help="For paper: how many sheets may be lost."),
]
Harsh = Annotated[
    bool, typer.Option("--harsh", help="For paper that will be wet, worn or badly photographed: more sheets.")
]
Root = Annotated[
    Path | None, typer.Option("--root", metavar="ROOT", help="For paper: whose name is printed on the sheets.")
]
Words = Annotated[
    str, typer.Option("--words", metavar="TEXT", help="For paper: the reading page's fingerprint, printed small.")
]


@dataclass(frozen=True)
class Options:
    """What a person chose about sheets."""

    lose: int | None = None
    harsh: bool = False
    root: Path | None = None
    words: str = ""


def is_paper(place: str) -> bool:
    return place.startswith(SCHEME)


def path_of(place: str, rest: str) -> Path:
    """The path after the colon. Raises Misused."""
    if not rest:
        raise Misused(f"{place} names no file", "write it after the colon: qr:sheets.pdf")
    return Path(rest)


def gather(sources: Sequence[str]) -> list[bytes]:
    """The parcels of files and folders, saved letters among them as one bag. Raises HolubError."""
    letters: list[bytes] = []
    parcels: dict[bytes, None] = {}
    for source in sources:
        for file in _files(Path(source.removeprefix("folder:"))):
            given = oneway.read_given(file)
            if file.name.lower().endswith(PARCEL_SUFFIX):
                parse_parcel(given)
                parcels[given] = None
            elif len(given) in LETTER_SIZES:
                letters.append(given)
            else:
                raise Misused(
                    f"{file} is neither a parcel nor a sealed letter",
                    f"name parcels ({PARCEL_SUFFIX}), folders of parcels, or saved letters",
                )
    found = list(parcels)
    if letters:
        found.insert(0, write_letters(letters).encode())
    if not found:
        raise Unavailable("there are no parcels there", f"name files that end in {PARCEL_SUFFIX}, or their folder")
    return found


def _files(source: Path) -> list[Path]:
    with world(source):
        if not source.is_dir():
            return [source]
        inner = source / PARCELS
        folder = inner if inner.is_dir() else source
        return sorted(one for one in folder.iterdir() if one.name.lower().endswith(PARCEL_SUFFIX) and one.is_file())


def write(parcels: list[bytes], goal: str, options: Options, *, as_json: bool) -> None:
    """Parcels on sheets, and the answer on the screen. Raises HolubError."""
    layout = HARSH if options.harsh else USUAL
    caption = _caption(map(parse_parcel, parcels), options)
    place = path_of(goal, goal.removeprefix(SCHEME))
    sheets = QrCarrier(place, caption, layout, lose=options.lose)
    total = 0
    with frame.progress("Codes") as advance:

        def tell(_parcel: bytes, _done: int, _needed: int) -> None:
            nonlocal total
            total += 1
            advance(total, total)

        sheets.send(parcels, tell)
    made = sheets.written
    assert made is not None  # noqa: S101 # `send` has returned
    size = sum(map(len, parcels))
    answer = {"parcels": len(parcels), "bytes": size, "sheets": made.sheets, "enough": made.enough, "codes": total}
    enough = "all of them are needed" if made.enough == made.sheets else f"any {made.enough} of them are enough"
    pages = frame.counted(made.sheets, "sheet") + (f", {enough}" if made.sheets > 1 else "")
    text = f"{frame.counted(len(parcels), 'parcel')} ({size:,} bytes) on {pages}: print {place} on A4, in actual size"
    frame.show(answer, text, as_json=as_json)


def write_letters_of(carriers: Iterable[Carrier], goal: str, options: Options, *, as_json: bool) -> None:
    """The letters of some places on sheets. They stay where they are: a sheet is no store. Raises HolubError."""
    letters = [letter for carrier in carriers for letter in carrier.collect_letters().letters]
    if not letters:
        raise Unavailable("there are no letters there", "name the folder or the postbox that holds some")
    write([write_letters(letters).encode()], goal, options, as_json=as_json)


def read(source: str, target: Carrier, heard: oneway.Heard) -> list[str]:
    """What photographs of sheets hold, to a place; gives what is still to be done. Raises HolubError."""
    sheets = QrCarrier(path_of(source, source.removeprefix(SCHEME)))
    came = oneway.take(sheets, target)
    heard.letters += came.letters
    heard.parcels += came.parcels
    heard.bytes += came.bytes
    heard.refused += came.refused
    todo = [f"another parcel is not whole: {advice}" for advice in sheets.seen.advice()]
    if sheets.seen.strangers:
        todo.append(f"passed over as somebody else's: {frame.counted(sheets.seen.strangers, 'code')}")
    return todo + [f"{file.name} was passed over: {why.what}" for file, why in sheets.unusable]


def _caption(parcels: Iterable[Parcel], options: Options) -> Caption:
    """What the sheets say on top, as far as the parcels themselves tell."""
    languages: list[str] = []
    moments: list[int] = []
    post = True
    for parcel in parcels:
        post = post and parcel.kind in (Kind.LETTERS, Kind.MAILBAG)
        told = label(parcel)
        if told.language:
            languages.append(told.language)
        moment = _moment(parcel)
        if moment is not None:
            moments.append(moment.time)
    name = read_root(options.root).name if options.root else ""
    day = None
    if moments:
        date = time.gmtime(max(moments))
        day = (date.tm_mon, date.tm_mday)
    return Caption(tuple(languages), "" if post else name, day, post, options.words)


def _moment(parcel: Parcel) -> Moment | None:
    """When the edition in a parcel was made, where it says so by itself."""
    try:
        match parcel.kind:
            case Kind.FULL:
                return read_full(parcel.body).moment
            case Kind.WHOLE:
                return read_whole_steps(parcel.body)[0].moment
            case Kind.SHEET:
                return read_sheet(parcel.body).moment
    except HolubError:
        pass
    return None
