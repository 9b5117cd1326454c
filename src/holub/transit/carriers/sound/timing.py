"""How long parcels sound, told without making a sound (spec/sound.md): for whoever decides what to send by it."""

from __future__ import annotations

import math

from holub.transit.carriers.sound.recording import RATE
from holub.transit.carriers.sound.sound import PAUSE, check_length, frame_size, frames_of, spare_of
from holub.transit.carriers.sound.tones import Pace

_BLOCK = 1_024  # samples
_MARKS = 2 * 16  # blocks, at the beginning and at the end
_CHUNK = 3  # bytes
_HEAD = 3  # bytes: the length and its check
_BLOCKS = {Pace.SLOW: 9, Pace.NORMAL: 6, Pace.FAST: 3}  # a chunk


def seconds_of(length: int, *, rounds: float = 2.0, pace: Pace = Pace.NORMAL) -> float:
    """Seconds that a parcel of `length` bytes sounds with its pauses. Raises Misused where no sound carries it."""
    check_length(length)
    message = frame_size(length)
    chunks = -(-(_HEAD + message + max(4, 2 * (message // 5))) // _CHUNK)
    samples = (_MARKS + chunks * _BLOCKS[pace]) * _BLOCK + PAUSE
    return (sent_of(length, rounds) * samples + PAUSE) / RATE


def sent_of(length: int, rounds: float) -> int:
    """How many frames are sent of a parcel of `length` bytes, repair symbols too (spec/sound.md)."""
    needed = frames_of(length)
    return needed + (math.ceil(needed * spare_of(rounds)) + 2 if rounds > 1 else 0)
