"""`holub carry` over one-way carriers: what is gathered to be sent, and where goes what came.

What came was made by anybody. Letters go to the place as letters, all else as a parcel; both are checked where they
are opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from holub.errors import Misused, Refused, Unavailable
from holub.faces.cli import frame
from holub.formats.letterbag import LETTER_SIZES, read_letters, write_letters
from holub.formats.parcel import Kind, parse_parcel
from holub.transit.carrier import Carrier
from holub.transit.carriers.qr import QrCarrier
from holub.transit.names import PARCEL_SUFFIX, PARCELS
from holub.transit.oneway import OneWay
from holub.transit.placing import world

# The word before the colon -> what it makes of the path after it.
MEDIA: dict[str, Callable[[Path], OneWay]] = {"qr": QrCarrier}


@dataclass
class Heard:
    """What came: letters left at the place, and other parcels put there with their bytes; refused: what was neither."""

    letters: int = 0
    parcels: int = 0
    bytes: int = 0
    refused: int = 0


def medium(place: str) -> OneWay | None:
    """The one-way carrier that a place names; None where it is a place of another kind. Raises Misused."""
    scheme, _, rest = place.partition(":")
    if scheme not in MEDIA:
        return None
    return MEDIA[scheme](path_of(place, rest))


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
            given = _read(file)
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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be read ({error.strerror})", "name a file: a parcel or a saved letter"
        ) from None


def receive(source: OneWay, target: Carrier) -> Heard:
    """Everything whole in one medium to a place. Raises HolubError where nothing came."""
    heard = Heard()
    with frame.progress("Frames") as advance:
        for parcel in source.receive(lambda _, done, needed: advance(done, needed)):
            try:
                _leave(parcel, target, heard)
            except Refused:
                # Anybody can send one: it must not hold up those after it.
                heard.refused += 1
    return heard


def _leave(parcel: bytes, target: Carrier, heard: Heard) -> None:
    read = parse_parcel(parcel)
    if read.kind is Kind.LETTERS:
        for letter in read_letters(read.body):
            target.leave_letter(letter)
            heard.letters += 1
    else:
        target.put(parcel)
        heard.parcels += 1
        heard.bytes += len(parcel)
