"""What opening the steps of a full parcel may cost, known before it is paid (spec/parcel.md, "Steps").

A step of a few bytes may announce much text, and name all old text as its prefix. Each alone is within the limits; all
together are bounded here.
"""

from __future__ import annotations

from collections.abc import Iterable

from holub.errors import Refused
from holub.formats import compression
from holub.formats.wire import Reader

ANNOUNCED, SPENT = 3, 6  # times the limit of one text
PRUDENT = 1  # what a writer allows itself of one text: what it wrote before may have been larger


class Effort:
    """limit: the bytes of text that the parcel's result may have."""

    def __init__(self, limit: int, what: str) -> None:
        self._limit, self._what = limit, what
        self._spent = 0

    def check_announced(self, frames: Iterable[bytes]) -> None:
        """Raises Refused when the frames of all steps together announce too much; none is opened."""
        announced = sum(compression.announced(frame, self._what) for frame in frames)
        if announced > ANNOUNCED * self._limit:
            raise Refused(f"{self._what} announces {announced} bytes of text in its steps", "do not open it")

    def spend(self, size: int) -> None:
        """Counts the prefix and the content of a step. Raises Refused when all so far are too much."""
        self._spent += size
        if self._spent > SPENT * self._limit:
            raise Refused(f"{self._what} would take too much to open", "do not open it")


def frame_of(change: bytes, most: int, what: str) -> bytes:
    """The frame of a change; its lists of gaps are passed over. most: how many items there may be. Raises Refused."""
    reader = Reader(change, what)
    reader.u8()
    for _ in ("removed", "changed"):
        for _ in range(reader.varint(most)):
            reader.varint(most)
    return reader.rest()


def is_prudent(steps: int, changes: Iterable[bytes], text: int, limit: int, most: int) -> bool:
    """Whether a writer may have these changes as steps after a base, so that every reader opens them.

    text: bytes of the larger of the last two texts, which may be the prefix of any step; most: items in it.
    """
    announced = sum(compression.announced(frame_of(change, most, "a step"), "a step") for change in changes)
    return announced <= limit and steps * text <= PRUDENT * limit
