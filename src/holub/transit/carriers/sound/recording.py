"""A recording: a WAVE file as samples, block by block, so that hours of it take no more memory than a second.

Inside, sound is one channel of signed 16-bit samples, RATE a second.
"""

from __future__ import annotations

import struct
import sys
import wave
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from holub.errors import Refused, Unavailable

RATE = 48_000  # samples a second
LEAST_RATE = 14_000  # the highest tone has 6,328 Hz; a telephone line at 8,000 does not carry it
MOST_RATE = 192_000
MOST_CHANNELS = 8
_BLOCK = 16_384  # samples read at once
_TODO = "save the recording as a WAV file: PCM, 16 bits, 48,000 samples a second"


class Recording:
    """A WAVE file, opened; `least`: the samples a second that it must have.

    Raises Refused for what is none, Unavailable where it cannot be read.
    """

    def __init__(self, path: Path, least: int = LEAST_RATE) -> None:
        try:
            # Closed by `close`: it is read as it is asked for.
            self._file = path.open("rb")
        except OSError as error:
            raise Unavailable(f"the recording cannot be read: {path} ({error.strerror})", "check its name") from None
        try:
            self._wave = wave.open(self._file)  # noqa: SIM115 - closed by `close`
        except (wave.Error, EOFError, RuntimeError, struct.error, OverflowError, ValueError) as error:
            self._file.close()
            raise Refused(
                f"{path.name} is not a WAV recording that can be read ({str(error) or 'it is cut'})", _TODO
            ) from None
        self.rate, self.channels, self.width = (
            self._wave.getframerate(),
            self._wave.getnchannels(),
            self._wave.getsampwidth(),
        )
        problem = self._problem(least)
        if problem:
            self.close()
            raise Refused(f"{path.name} {problem}", _TODO)

    def _problem(self, least: int) -> str:
        if not least <= self.rate <= MOST_RATE:
            return f"has {self.rate:,} samples a second; {least:,} to {MOST_RATE:,} are needed"
        if not 1 <= self.channels <= MOST_CHANNELS:
            return f"has {self.channels} channels"
        return "" if 1 <= self.width <= 4 else f"has samples of {8 * self.width} bits"

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def samples(self) -> Iterator[array[int]]:
        """The recording's blocks at RATE, in one channel. Raises Unavailable where the file cannot be read."""
        return at_rate(self.blocks(), self.rate)

    def blocks(self) -> Iterator[array[int]]:
        """The recording's blocks at its own rate, in one channel. Raises Unavailable where the file cannot be read."""
        frame = self.width * self.channels
        while True:
            try:
                raw = self._wave.readframes(_BLOCK)
            except (OSError, EOFError) as error:
                raise Unavailable(f"the recording cannot be read on: {error}", "copy it to this machine") from None
            raw = raw[: len(raw) // frame * frame]  # a file that was broken off may end amid a sample
            if not raw:
                return
            yield mixed(sixteen(raw, self.width), self.channels)


def sixteen(raw: bytes, width: int) -> array[int]:
    """PCM of `width` bytes a sample as 16-bit samples: the two highest bytes of each."""
    if width == 1:
        return array("h", [(value - 128) << 8 for value in raw])
    high = bytearray(2 * (len(raw) // width))
    high[0::2], high[1::2] = raw[width - 2 :: width], raw[width - 1 :: width]
    return native(bytes(high))


def native(little: bytes) -> array[int]:
    """16-bit samples from little-endian bytes."""
    samples = array("h", little)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def little(samples: array[int]) -> bytes:
    """16-bit samples as little-endian bytes."""
    if sys.byteorder == "little":
        return samples.tobytes()
    swapped = array("h", samples)
    swapped.byteswap()
    return swapped.tobytes()


def mixed(samples: array[int], channels: int) -> array[int]:
    """One channel out of several that alternate: their mean."""
    if channels == 1:
        return samples
    parts = [samples[channel::channels] for channel in range(channels)]
    return array("h", [sum(together) // channels for together in zip(*parts, strict=True)])


def at_rate(blocks: Iterable[array[int]], rate: int) -> Iterator[array[int]]:
    """The same sound at RATE, drawn straight between the samples: its ghosts lie above all tones."""
    if rate == RATE:
        yield from blocks
        return
    rest, at = array("h"), 0  # `at`: the next sample's place in `rest`, in parts of 1 / RATE of a sample
    for block in blocks:
        held = rest + block
        count = max(0, -(-((len(held) - 1) * RATE - at) // rate))
        out = array("h", bytes(2 * count))
        for index in range(count):
            whole, part = divmod(at, RATE)
            before = held[whole]
            out[index] = before + (held[whole + 1] - before) * part // RATE
            at += rate
        used = min(at // RATE, len(held))
        rest, at = held[used:], at - used * RATE
        yield out


def write_recording(path: Path, blocks: Iterable[bytes]) -> None:
    """A WAVE file of little-endian 16-bit samples, RATE a second. Raises Unavailable."""
    try:
        with path.open("wb") as opened, wave.open(opened, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            for block in blocks:
                file.writeframesraw(block)
    except OSError as error:
        raise Unavailable(
            f"the sound cannot be written to {path} ({error.strerror})", "free some space, then try again"
        ) from None
