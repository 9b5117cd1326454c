"""`holub carry` over sound and radio: parcels into a sound file, and whatever a recording holds to its place.

What a recording holds was made by anybody. Letters go to the place as letters, all else as a parcel; both are checked
where they are opened.
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
from holub.transit.carriers.radio import Radio, Speed
from holub.transit.carriers.sound import Sound
from holub.transit.names import PARCEL_SUFFIX
from holub.transit.oneway import OneWay

# The word before the colon -> what it makes of the path after it.
MEDIA: dict[str, Callable[[Path], OneWay]] = {
    "sound": Sound,
    "radio": Radio,
    "radio300": lambda path: Radio(path, speed=Speed.SLOW),
    "radio2400": lambda path: Radio(path, speed=Speed.FAST),
}


@dataclass
class Heard:
    """What came: letters left at the place, other parcels and their bytes; refused: parcels that were none."""

    letters: int = 0
    parcels: int = 0
    bytes: int = 0
    refused: int = 0


def medium(place: str) -> OneWay | None:
    """The one-way carrier that a place names; None where it is a place of another kind. Raises Misused."""
    scheme, _, rest = place.partition(":")
    if scheme not in MEDIA:
        return None
    if not rest:
        raise Misused(f"{place} names no file", f"write it after the colon: {scheme}:recording.wav")
    return MEDIA[scheme](Path(rest))


def send(sources: Sequence[str], target: OneWay) -> tuple[int, int]:
    """Parcel files and sealed letters into one medium; gives how many parcels, and their bytes. Raises HolubError."""
    letters: list[bytes] = []
    parcels: list[bytes] = []
    for source in sources:
        given = read_file(Path(source))
        if source.lower().endswith(PARCEL_SUFFIX):
            parse_parcel(given)
            parcels.append(given)
        elif len(given) in LETTER_SIZES:
            letters.append(given)
        else:
            raise Misused(
                f"{source} is neither a parcel nor a sealed letter",
                f"name parcels ({PARCEL_SUFFIX}) or saved letters one by one: a whole folder would take days",
            )
    if letters:
        parcels.insert(0, write_letters(letters).encode())
    with frame.progress("Frames") as advance:
        target.send(parcels, lambda _, done, needed: advance(done, max(done, needed)))
    return len(parcels), sum(map(len, parcels))


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be read ({error.strerror})", "name a file: a parcel or a saved letter"
        ) from None


def receive(source: str, target: Carrier) -> Heard:
    """Everything whole in one medium to a place. Raises HolubError where nothing came."""
    air = medium(source)
    if air is None:
        raise Misused(f"{source} is nothing that could be heard")
    return take(air, target)


def take(air: OneWay, target: Carrier) -> Heard:
    """The same, from a medium that is open."""
    heard = Heard()
    with frame.progress("Frames") as advance:
        for parcel in air.receive(lambda _, done, needed: advance(done, needed)):
            try:
                _leave(parcel, target, heard)
            except Refused:
                # Anybody can play one: it must not hold up those after it.
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
