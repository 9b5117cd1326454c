"""One-way carriers: paper, a screen, sound, radio, broadcast, mesh. What is sent cannot be asked for again.

A sender cuts parcels into frames and puts them on a medium with some to spare; a receiver takes whatever arrives,
in any order, with gaps, repeated, damaged, among junk, and gives the parcels that became whole (spec/frame.md).
Every member passes the one suite in tests/conformance/test_oneway.py.

Rules
- a parcel is given only when its bytes have the id that its frames named; who made it is for whoever opens it.
- frames that mean nothing are passed over in silence: on an open medium anybody can send some.
- a receiver holds a bounded amount, however long it listens and whatever is announced.
- a frame has no check of its own. A medium that can alter one (a raw file, a modem) puts a checksum on each: where one
  frame in ten is wrong and nothing tells which, no number of frames is enough.
- when the medium ends and nothing was whole, one sentence says how far it came and what to do.
"""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.formats.frame import symbol_size
from holub.formats.framecollector import Collector, Limits
from holub.formats.framecutter import Cutter

# Told as frames go or come: the parcel's id (8 bytes), frames so far, frames needed: "31 of 80".
Progress = Callable[[bytes, int, int], object]


def quiet(_parcel: bytes, _done: int, _needed: int) -> None:
    """The progress of somebody who does not watch."""


class OneWay(Protocol):
    """A medium that carries frames one way."""

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        """Put whole parcels on the medium, the most urgent first.

        Raises Misused for bytes that are no parcel or that this medium is too narrow for, Unavailable for the world.
        """
        ...

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        """Whole parcels as they become so, each once; ends when the medium does, which some never do.

        Raises Refused or Unavailable at the end when no parcel came; whoever has enough stops asking.
        """
        ...


def cut(parcels: Iterable[bytes], frame: int, spare: float, progress: Progress = quiet) -> Iterator[bytes]:
    """The frames (at most `frame` bytes each) of parcels, one parcel after another, source symbols first.

    spare: repair frames for each frame that is needed; where a share `l` is lost, 1 / (1 - l) - 1 and a little more.
    """
    if spare < 0:
        raise Misused("spare frames cannot be fewer than none")
    for parcel in parcels:
        cutter = Cutter(parcel, symbol_size(frame, len(parcel)))
        # Two more than the share: the code itself needs up to two, and of few frames chance may lose more.
        repair = math.ceil(cutter.split.symbols(0) * spare) + (2 if spare else 0)
        for done, one in enumerate(cutter.frames(repair), 1):
            yield one
            progress(cutter.id, done, cutter.count)


def collect(
    frames: Iterable[bytes],
    progress: Progress = quiet,
    *,
    limits: Limits | None = None,
) -> Iterator[bytes]:
    """The parcels that become whole from frames, each once. What every member's `receive` does with its frames.

    Raises Unavailable or Refused when the frames end and nothing was whole.
    """
    collector = Collector(os.urandom, limits)
    arrived = 0
    refused: Refused | None = None
    for frame in frames:
        try:
            whole = collector.add(frame)
        except Refused as why:
            refused = why
            continue
        if whole is not None:
            arrived += 1
            yield whole.parcel
        elif progress is not quiet and (ahead := collector.progress()):
            progress(ahead[0].id, ahead[0].received, ahead[0].needed)
    if not arrived:
        raise nothing_whole(collector, refused)


def nothing_whole(collector: Collector, refused: Refused | None) -> HolubError:
    """What to say when a medium ended and no parcel came: how far the nearest is, or why the last frame was refused."""
    if found := collector.progress():
        return Unavailable(
            f"{found[0]} frames of the nearest parcel came, and no parcel is whole",
            "let the missing ones come too; what came counts only while this goes on",
        )
    return refused or Unavailable("no frames came", "check that this is what was sent, then try again")


CHECK_BYTES = 4


def with_check(frame: bytes) -> bytes:
    """The frame and its CRC-32 (big-endian), for a medium that has no check of its own. Against accidents only."""
    return frame + zlib.crc32(frame).to_bytes(CHECK_BYTES, "big")


def undamaged(frames: Iterable[bytes]) -> Iterator[bytes]:
    """The frames whose CRC-32 matches, without it; the others are passed over."""
    for frame in frames:
        whole, check = frame[:-CHECK_BYTES], frame[-CHECK_BYTES:]
        if zlib.crc32(whole).to_bytes(CHECK_BYTES, "big") == check:
            yield whole
