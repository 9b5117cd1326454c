"""`holub carry` over sound and radio: parcels into a sound file, and whatever a recording holds to its place.

What a recording holds was made by anybody. Letters go to the place as letters, all else as a parcel; both are checked
where they are opened.
"""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused, Refused
from holub.faces.cli import frame
from holub.formats.letterbag import LETTER_SIZES, read_letters, write_letters
from holub.formats.parcel import Kind, parse_parcel
from holub.transit.carrier import Carrier
from holub.transit.carriers.radio import Radio, Speed
from holub.transit.carriers.sound import Live, Pace, Sound, seconds_of
from holub.transit.names import PARCEL_SUFFIX
from holub.transit.oneway import OneWay

LIVE = "sound:live"
ROUNDS = 2.0


class PaceName(StrEnum):
    """The paces of spec/sound.md, as a person names them."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


PaceOption = Annotated[
    PaceName | None,
    typer.Option("--pace", help="For sound: slow for halls that echo, fast for two devices side by side; else normal."),
]
Rounds = Annotated[
    float | None,
    typer.Option(
        "--rounds", min=1, max=20, help="For sound and radio: how often what is needed is sent; 2 if not given."
    ),
]


@dataclass(frozen=True)
class Choice:
    """How sound is sent and heard. seconds: how long to listen live, None until Ctrl+C."""

    pace: PaceName | None = None
    rounds: float | None = None
    seconds: float | None = None

    @property
    def speed(self) -> Pace:
        return Pace[(self.pace or PaceName.NORMAL).name]

    @property
    def times(self) -> float:
        return ROUNDS if self.rounds is None else self.rounds


USUAL = Choice()

# The word before the colon -> what it makes of the path after it.
MEDIA: dict[str, Callable[[Path, Choice], OneWay]] = {
    "sound": lambda path, choice: Sound(path, choice.times, choice.speed),
    "radio": lambda path, choice: Radio(path, choice.times),
    "radio300": lambda path, choice: Radio(path, choice.times, Speed.SLOW),
    "radio2400": lambda path, choice: Radio(path, choice.times, Speed.FAST),
}


@dataclass
class Heard:
    """What came: letters left at the place, other parcels and their bytes; refused: parcels that were none."""

    letters: int = 0
    parcels: int = 0
    bytes: int = 0
    refused: int = 0


def medium(place: str, choice: Choice = USUAL) -> OneWay | None:
    """The one-way carrier that a place names; None where it is a place of another kind. Raises Misused."""
    scheme, _, rest = place.partition(":")
    if choice.pace is not None and scheme != "sound":
        raise Misused(f"--pace is for sound, and {place} is none", "leave it out")
    if scheme not in MEDIA:
        if choice.rounds is not None:
            raise Misused(f"--rounds is for sound and radio, and {place} is neither", "leave it out")
        return None
    if not rest:
        raise Misused(f"{place} names no file", f"write it after the colon: {scheme}:recording.wav")
    if place == LIVE:
        return Live(choice.times, choice.speed, choice.seconds)
    return MEDIA[scheme](Path(rest), choice)


@dataclass(frozen=True)
class Sent:
    """What went into a medium: parcels and their bytes; seconds: how long it sounds, 0 for radio."""

    parcels: int
    bytes: int
    seconds: int


def send(sources: Sequence[str], place: str, choice: Choice, target: OneWay, *, as_json: bool) -> Sent:
    """Parcel files and sealed letters into one medium. Says before how long it sounds. Raises HolubError."""
    letters: list[bytes] = []
    parcels: list[bytes] = []
    for source in sources:
        given = read_given(Path(source))
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
    seconds = 0
    if isinstance(target, Sound | Live):
        times = [seconds_of(len(parcel), rounds=choice.times, pace=choice.speed) for parcel in parcels]
        seconds = math.ceil(sum(times))
        frame.remark(f"{place}: {time_of(seconds)} of sound, pace {choice.speed.name.lower()}", as_json=as_json)
    with frame.progress("Frames") as advance:
        target.send(parcels, lambda _, done, needed: advance(done, max(done, needed)))
    return Sent(len(parcels), sum(map(len, parcels)), seconds)


def time_of(seconds: int) -> str:
    """Seconds in words."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def read_given(path: Path) -> bytes:
    return frame.read_file(path, "name a file: a parcel or a saved letter")


def receive(source: str, target: Carrier, choice: Choice = USUAL, *, as_json: bool = False) -> Heard:
    """Everything whole in one medium to a place. Raises HolubError where nothing came."""
    air = medium(source, choice)
    if air is None:
        raise Misused(f"{source} is nothing that could be heard")
    if not isinstance(air, Live):
        return take(air, target)
    with _stopped_by_ctrl_c(air):
        ends = f"for {choice.seconds:g} seconds" if choice.seconds is not None else "until you press Ctrl+C"
        frame.remark(f"Listening {ends}", as_json=as_json)
        return take(air, target, lambda what: frame.remark(what, as_json=as_json))


@contextmanager
def _stopped_by_ctrl_c(air: Live) -> Iterator[None]:
    """Ctrl+C ends the listening and not the command: what came is kept and told. Nothing listens on afterwards."""
    with ExitStack() as undo:
        undo.callback(air.stop)
        if threading.current_thread() is threading.main_thread():
            undo.callback(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, lambda *_: air.stop()))
        yield


def take(air: OneWay, target: Carrier, tell: Callable[[str], None] = lambda _: None) -> Heard:
    """The same, from a medium that is open. tell: is given a sentence for each that came."""
    heard = Heard()
    with frame.progress("Frames") as advance:
        for parcel in air.receive(lambda _, done, needed: advance(done, needed)):
            try:
                tell(_leave(parcel, target, heard))
            except Refused:
                # Anybody can play one: it must not hold up those after it.
                heard.refused += 1
    return heard


def _leave(parcel: bytes, target: Carrier, heard: Heard) -> str:
    """Leaves it, counts it, and says so."""
    read = parse_parcel(parcel)
    if read.kind is Kind.LETTERS:
        letters = read_letters(read.body)
        for letter in letters:
            target.leave_letter(letter)
            heard.letters += 1
        return f"{frame.counted(len(letters), 'letter')} came"
    target.put(parcel)
    heard.parcels += 1
    heard.bytes += len(parcel)
    return f"a parcel came ({len(parcel):,} bytes)"
