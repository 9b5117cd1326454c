"""The one-way carrier `sound`: parcels into a WAVE file that any loudspeaker plays, and out of a recording of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from holub.errors import Misused
from holub.transit.carriers.sound.recording import RATE, Recording, write_recording
from holub.transit.carriers.sound.tones import Pace, heard, tones
from holub.transit.oneway import Progress, collect, cut, quiet

MOST_SYMBOL = 112  # bytes: a frame of 128 then
MOST_PARCEL = 32_768  # bytes: more than an hour at normal pace, each frame once
PAUSE = RATE // 4  # samples
_SILENCE = bytes(2 * PAUSE)


class Sound:
    """A WAVE file to play, or a recording to hear.

    rounds: how much is sent for what is needed; 2 is every frame once and as many others again: half may be lost.
    """

    def __init__(self, path: Path, rounds: float = 2.0, pace: Pace = Pace.NORMAL) -> None:
        self._path, self._spare, self._pace = path, spare_of(rounds), pace

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        """Raises Misused for a parcel above MOST_PARCEL, before anything is written."""
        write_recording(self._path, blocks_of(list(parcels), self._spare, self._pace, progress))

    def frames(self) -> Iterable[bytes]:
        """Every message in the recording."""
        with Recording(self._path) as recording:
            yield from heard(recording.samples())

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        return collect(self.frames(), progress)


def spare_of(rounds: float) -> float:
    """How many frames more than are needed, as a share. Raises Misused."""
    if rounds < 1:
        raise Misused("less than one round of frames is no parcel")
    return rounds - 1


def blocks_of(parcels: list[bytes], spare: float, pace: Pace, progress: Progress) -> Iterator[bytes]:
    """What parcels sound like, with the silence between messages. Raises Misused as `check_length` does."""
    for parcel in parcels:
        check_length(len(parcel))
    return _blocks(parcels, spare, pace, progress)


def check_length(length: int) -> None:
    """Raises Misused where no sound carries a parcel of `length` bytes."""
    if length <= 0:
        raise Misused("bytes that are no parcel cannot be sent")
    if length > MOST_PARCEL:
        raise Misused(
            f"a parcel of {length:,} bytes would sound for hours",
            f"send at most {MOST_PARCEL:,} bytes by sound; a stick, paper or radio carries more",
        )


def _blocks(parcels: list[bytes], spare: float, pace: Pace, progress: Progress) -> Iterator[bytes]:
    yield _SILENCE
    # Round by round, and in each all parcels: a minute of noise then costs every parcel a little, none all.
    left = [(cut([one], frame_size(len(one)), spare, progress), frames_of(len(one))) for one in parcels]
    while left:
        going = left
        left = []
        for cutting, count in going:
            for sent, frame in enumerate(islice(cutting, count), 1):
                yield tones(frame, pace)
                yield _SILENCE
                if sent == 1:
                    left.append((cutting, count))


def frames_of(length: int) -> int:
    """How many frames a parcel of `length` bytes needs."""
    return -(-length // MOST_SYMBOL)


def frame_size(length: int) -> int:
    """The size of frames (bytes) in which a parcel of `length` bytes sounds shortest: as few as can be, all full."""
    symbol = 8 * -(-length // (8 * frames_of(length)))
    head = 1 + 8 + (1 if length < 1 << 7 else 2 if length < 1 << 14 else 3) + 4
    return head + symbol
