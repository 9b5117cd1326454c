"""Bytes as the tones of a teletype and back: the program minimodem, spoken to by pipes.

It reads one channel alone and names no error of its own in words for people, so recordings are opened here and it is
handed their samples.
"""

from __future__ import annotations

import contextlib
import shutil
import struct
import subprocess
import threading
from collections.abc import Generator, Iterable
from enum import IntEnum
from pathlib import Path
from typing import IO

from holub.errors import Misused, Unavailable
from holub.transit.carriers.sound.recording import Recording, little

LEAST_RATE = 8_000  # samples a second: what a telephone line has
_PIECE = 4_096  # bytes
_LONGEST = 0x7FFFFF00  # bytes of samples in the head of a stream whose end is not known


class Speed(IntEnum):
    """Bits a second, of which a byte takes ten: Bell 103 for the worst channels, Bell 202, and twice that."""

    SLOW = 300
    USUAL = 1_200
    FAST = 2_400


def program() -> str:
    """Where minimodem is. Raises Unavailable."""
    found = shutil.which("minimodem")
    if found is None:
        raise Unavailable(
            "radio needs the program minimodem, which is not installed here", "install it: apt-get install minimodem"
        )
    return found


def write_tones(path: Path, pieces: Iterable[bytes], speed: Speed) -> None:
    """Bytes into a WAVE file. Raises Misused, Unavailable."""
    if path.suffix.lower() != ".wav":
        raise Misused(f"{path.name} is no name of a sound file", "give it a name that ends in .wav")
    command = [program(), "--tx", "--quiet", "--file", str(path), str(int(speed))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as modem:  # noqa: S603 - no shell
        assert modem.stdin is not None and modem.stderr is not None  # noqa: S101, PT018 - asked for above
        with contextlib.suppress(BrokenPipeError), modem.stdin as pipe:
            for piece in pieces:
                pipe.write(piece)
        said = modem.stderr.read(_PIECE).decode("utf-8", "replace").strip()
    if modem.returncode:
        raise Unavailable(f"the sound cannot be written to {path} ({said})", "check the folder and its free space")


def read_tones(path: Path, speed: Speed) -> Generator[bytes, None, None]:
    """The bytes in a recording, in pieces. Raises Refused, Unavailable."""
    command = [program(), "--rx", "--quiet", "--file", "/dev/stdin", str(int(speed))]
    with Recording(path, LEAST_RATE) as recording:
        modem = subprocess.Popen(  # noqa: S603 - no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert modem.stdin is not None and modem.stdout is not None  # noqa: S101, PT018 - asked for above
        feeding = threading.Thread(target=_feed, args=(recording, modem.stdin), daemon=True)
        feeding.start()
        try:
            while piece := modem.stdout.read1(_PIECE):  # type: ignore[attr-defined] # a buffered pipe has it
                yield piece
        finally:
            modem.kill()
            feeding.join()
            modem.stdout.close()
            modem.wait()


def _feed(recording: Recording, pipe: IO[bytes]) -> None:
    """Hands a recording's samples on, as a WAVE stream without a known end."""
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", _LONGEST + 36, b"WAVE", b"fmt ", 16, 1, 1, *_rates(recording), 2, 16)
    # A reader that has enough goes away; a recording that breaks off is heard as far as it goes.
    with contextlib.suppress(BrokenPipeError, Unavailable), pipe:
        pipe.write(head + struct.pack("<4sI", b"data", _LONGEST))
        for block in recording.blocks():
            pipe.write(little(block))


def _rates(recording: Recording) -> tuple[int, int]:
    return recording.rate, 2 * recording.rate
