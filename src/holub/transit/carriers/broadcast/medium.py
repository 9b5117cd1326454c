"""What a broadcast goes through: somewhere that takes frames, or gives them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from holub.errors import Misused
from holub.transit.carriers.broadcast.records import frames_in, record
from holub.transit.placing import world

PIPE = "-"
_PIECE = 1 << 16


class Medium(Protocol):
    """endless: whether a sender goes on until it is stopped, because nothing fills up."""

    endless: bool

    def put(self, frame: bytes) -> None:
        """Hands a frame on. Raises Unavailable."""
        ...

    def size(self, frame: bytes) -> int:
        """The bytes that a frame costs on the medium, for the pace."""
        ...

    def frames(self) -> Iterator[bytes]:
        """What arrives, undamaged as far as the medium's check tells. Raises Unavailable."""
        ...

    def close(self) -> None: ...


class Stream:
    """A file, a named pipe, or standard output and input: records (spec/broadcast.md).

    path: None for standard output and input. A file that is there is written anew.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._out: BinaryIO | None = None
        # A pipe or a device takes all that comes; a file would fill its disk.
        self.endless = path is None or (path.exists() and not path.is_file())

    def put(self, frame: bytes) -> None:
        with self._world():
            if self._out is None:
                self._out = sys.stdout.buffer if self._path is None else self._path.open("wb")
            self._out.write(record(frame))
            if self.endless:
                self._out.flush()

    def size(self, frame: bytes) -> int:
        return len(record(frame))

    def frames(self) -> Iterator[bytes]:
        yield from frames_in(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        with self._world():
            if self._path is None:
                yield from iter(lambda: os.read(sys.stdin.fileno(), _PIECE), b"")
                return
            with self._path.open("rb", buffering=0) as file:
                yield from iter(lambda: file.read(_PIECE), b"")

    def close(self) -> None:
        if self._out is not None and self._path is not None:
            with self._world():
                self._out.close()
            self._out = None

    def _world(self) -> contextlib.AbstractContextManager[None]:
        # Standard output's reader may go away; that is for the program to say, not a fault of a disk.
        return contextlib.nullcontext() if self._path is None else world(self._path)


def parse_stream(place: str) -> Stream | None:
    """`file:PATH` or `-`; None for anything else."""
    if place == PIPE:
        return Stream(None)
    scheme, _, path = place.partition(":")
    if scheme != "file":
        return None
    if not path:
        raise Misused("`file:` needs a path", "give a file, such as file:stream.bin")
    return Stream(Path(path))
