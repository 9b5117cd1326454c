"""Frames in a stream of bytes: a sync marker, a length and a CRC-32 around each (spec/broadcast.md, "Records")."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from holub.errors import Misused
from holub.formats.frame import MOST_FRAME

MARKER = bytes.fromhex("1acffc1d")
_LENGTH = 2
_CHECK = 4
_HEAD = len(MARKER) + _LENGTH


def record(frame: bytes) -> bytes:
    """The record of one frame. Raises Misused where no frame is so long."""
    if not 0 < len(frame) <= MOST_FRAME:
        raise Misused(f"no frame has {len(frame)} bytes")
    told = len(frame).to_bytes(_LENGTH, "big") + frame
    return MARKER + told + zlib.crc32(told).to_bytes(_CHECK, "big")


def frames_in(stream: Iterable[bytes]) -> Iterator[bytes]:
    """The frames of a stream that comes in pieces of any size; whatever is no whole record is passed over."""
    held = bytearray()
    for piece in stream:
        held += piece
        yield from _taken(held)
    # A false marker near the end waits for bytes that never come; a true record may stand behind it.
    while held:
        del held[:1]
        yield from _taken(held)


def _taken(held: bytearray) -> Iterator[bytes]:
    """Takes all whole records out of `held`, and leaves what may still become one: less than one record."""
    at = 0
    while True:
        at = held.find(MARKER, at)
        if at < 0:
            # The marker itself may be cut by the end of a piece.
            del held[: max(0, len(held) - len(MARKER) + 1)]
            return
        if len(held) < at + _HEAD:
            break
        length = int.from_bytes(held[at + len(MARKER) : at + _HEAD], "big")
        end = at + _HEAD + length + _CHECK
        if not 0 < length <= MOST_FRAME:
            at += 1
        elif len(held) < end:
            break
        elif zlib.crc32(memoryview(held)[at + len(MARKER) : end - _CHECK]) != int.from_bytes(
            held[end - _CHECK : end], "big"
        ):
            # Not past its end: this may be no marker, and a true record may begin inside.
            at += 1
        else:
            yield bytes(held[at + _HEAD : end - _CHECK])
            at = end
    del held[:at]
