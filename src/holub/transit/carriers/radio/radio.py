"""The one-way carrier `radio`: public parcels into a WAVE file to transmit, and out of a recording of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from holub.errors import Misused
from holub.formats.frame import Split, symbol_size
from holub.formats.parcel import Kind, parse_parcel
from holub.transit.carriers.broadcast.records import frames_in, record
from holub.transit.carriers.radio.minimodem import Speed, read_tones, write_tones
from holub.transit.oneway import Progress, collect, cut, quiet

FRAME = 255  # bytes: one wrong bit costs two seconds at the usual speed, not ten
MOST_PARCEL = 1 << 20  # bytes: more than two hours at the usual speed


class Radio:
    """A WAVE file to send, or a recording to hear.

    rounds: how much is sent for what is needed; 2 is every frame once and as many others again, so that half may be
    lost. Letters are never sent: a transmitter can be found.
    """

    def __init__(self, path: Path, rounds: float = 2.0, speed: Speed = Speed.USUAL) -> None:
        if rounds < 1:
            raise Misused("less than one round of frames is no parcel")
        self._path, self._spare, self._speed = path, rounds - 1, speed

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        """Raises Misused for letters and for a parcel above MOST_PARCEL, before anything is written."""
        given = list(parcels)
        for parcel in given:
            if not parcel:
                raise Misused("bytes that are no parcel cannot be sent")
            if len(parcel) > MOST_PARCEL:
                raise Misused(
                    f"a parcel of {len(parcel):,} bytes would take hours",
                    f"send at most {MOST_PARCEL:,} bytes by radio; a stick, paper or a broadcast carries more",
                )
            if parse_parcel(parcel).kind is Kind.LETTERS:
                raise Misused("letters are not sent by radio: whoever sends can be found", "carry them another way")
        write_tones(self._path, self._records(given, progress), self._speed)

    def _records(self, parcels: list[bytes], progress: Progress) -> Iterator[bytes]:
        # Round by round, and in each all parcels, as sound has it.
        left = [(cut([one], FRAME, self._spare, progress), needed(len(one))) for one in parcels]
        while left:
            going, left = left, []
            for cutting, count in going:
                frames = list(islice(cutting, count))
                yield from map(record, frames)
                if frames:
                    left.append((cutting, count))

    def frames(self) -> Iterable[bytes]:
        """Every frame in the recording whose check is right."""
        return frames_in(read_tones(self._path, self._speed))

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        return collect(self.frames(), progress)


def needed(length: int) -> int:
    """How many frames a parcel of `length` bytes needs."""
    return Split(length, symbol_size(FRAME, length)).count
