"""Messages as tones and back (spec/sound.md): the library ggwave, held to what it does well.

Its habits, which decide what is done here: it cuts a message above 140 bytes without a word; it writes to standard
error; a process has four instances; it tries every protocol that was not switched off, and then needs a minute to give
up a message whose end it missed; at other rates than its own it loses samples between calls, so it hears RATE alone.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from types import ModuleType

from holub.errors import Misused, Unavailable, from_its_file
from holub.transit.carriers.sound.recording import little

MOST_MESSAGE = 140  # bytes
_VOLUME = 50  # per cent: loud, and the sum of all tones still within half of what a sample holds
_SIXTEEN_BITS = 4
_PROTOCOLS = 12
_HEARS, _SOUNDS = 2, 4  # what an instance has room for
# Less than the shortest message: of two that ended within one call, only the last would be given.
_STEP = 8 * 1_024
_alone = threading.Lock()


class Pace(IntEnum):
    """How fast a message goes; ggwave's numbers. Normal is for most rooms, slow for those that echo."""

    SLOW = 0
    NORMAL = 1
    FAST = 2


def library() -> ModuleType:
    """ggwave, silent, with the audible protocols alone. Raises Unavailable."""
    try:
        import ggwave
    except ImportError:
        raise Unavailable(
            "sound needs the package ggwave, which is not installed here",
            from_its_file("sound"),
        ) from None
    ggwave.disableLog()
    for protocol in range(_PROTOCOLS):
        ggwave.rxToggleProtocol(protocol, int(protocol in list(Pace)))
    found: ModuleType = ggwave
    return found


@contextmanager
def _instance(ggwave: ModuleType, mode: int) -> Iterator[int]:
    parameters = ggwave.getDefaultParameters()
    parameters["operatingMode"] = mode
    parameters["sampleFormatInp"] = parameters["sampleFormatOut"] = _SIXTEEN_BITS
    with _alone:
        made: int = ggwave.init(parameters)
    if made < 0:
        raise Unavailable("four recordings are being heard already", "wait until one is done")
    try:
        yield made
    finally:
        ggwave.free(made)


def tones(message: bytes, pace: Pace = Pace.NORMAL) -> bytes:
    """A message of 1 to MOST_MESSAGE bytes as little-endian 16-bit samples, RATE a second. Raises Misused."""
    if not 0 < len(message) <= MOST_MESSAGE:
        raise Misused(f"a message of sound has 1 to {MOST_MESSAGE} bytes, not {len(message)}")
    ggwave = library()
    with _instance(ggwave, _SOUNDS) as instance:
        made: bytes = ggwave.encode(message, int(pace), _VOLUME, instance)
    return little(array("h", made))


def heard(blocks: Iterable[array[int]]) -> Generator[bytes, None, None]:
    """The messages in samples at RATE, as each ends. Raises Unavailable."""
    ggwave = library()
    with _instance(ggwave, _HEARS) as instance:
        waiting = b""
        for block in blocks:
            waiting += block.tobytes()
            whole = len(waiting) - len(waiting) % _STEP
            for at in range(0, whole, _STEP):
                if message := ggwave.decode(instance, waiting[at : at + _STEP]):
                    yield bytes(message)
            waiting = waiting[whole:]
        # An end mark is noticed once more sound comes after it, even silence.
        for part in (waiting + bytes(-len(waiting) % _STEP), *[bytes(_STEP)] * 4):
            if part and (message := ggwave.decode(instance, part)):
                yield bytes(message)
