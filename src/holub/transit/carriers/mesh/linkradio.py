"""A radio behind two file descriptors: a cable, a connection, the pipes of a program."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator

from holub.errors import Unavailable
from holub.transit.carriers.broadcast.records import record, take_frames

_PIECE = 4_096
_FITS = 512  # bytes: what POSIX promises a pipe takes at once
_TAKE = 30.0  # seconds for a radio to take more
_END = 5.0  # seconds for a program to end by itself
_ALIVE = 300.0  # seconds after which a radio is spoken to again: it forgets a program that is silent for 15 minutes


class LinkRadio:
    """See `holub.transit.carriers.mesh.carrier.Radio`.

    encode: a message to bytes; take: messages out of what came, which it shortens; close: ends the link.
    """

    def __init__(
        self,
        reading: int,
        writing: int,
        encode: Callable[[bytes], bytes],
        take: Callable[[bytearray], Iterator[bytes]],
        close: Callable[[], object],
        alive: bytes = b"",
    ) -> None:
        self._reading, self._writing = reading, writing
        self._encode, self._take, self._close, self._alive = encode, take, close, alive
        self._held = bytearray()
        self._heard: deque[bytes] = deque()
        self._spoken = self.clock()
        self._closed = False
        try:
            self.write(alive)
        except Unavailable:
            self.close()
            raise

    @property
    def ended(self) -> bool:
        return self._closed and not self._heard

    def clock(self) -> float:
        return time.monotonic()

    def put(self, message: bytes) -> None:
        if self._closed:
            raise Unavailable("the radio takes no messages any more", "start it again, then send again")
        self.write(self._encode(message))

    def get(self, seconds: float) -> bytes | None:
        end = self.clock() + seconds
        while not self._heard and not self._closed:
            left = end - self.clock()
            if self._alive and self.clock() - self._spoken > _ALIVE:
                self.write(self._alive)
            ready, _, _ = select.select([self._reading], [], [], max(0.0, min(left, _ALIVE)))
            if ready:
                self._read()
            elif left <= 0:
                return None
        return self._heard.popleft() if self._heard else None

    def write(self, data: bytes) -> None:
        """Raises Unavailable."""
        self._spoken = self.clock()
        try:
            while data:
                _, ready, _ = select.select([], [self._writing], [], _TAKE)
                if not ready:
                    raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
                # Never more than what fits where there is room at all.
                data = data[os.write(self._writing, data[:_FITS]) :]
        except OSError as error:
            raise Unavailable(
                f"the radio takes no messages ({error.strerror})", "check its cable or program"
            ) from error

    def close(self) -> None:
        self._closed = True
        self._close()

    def _read(self) -> None:
        try:
            piece = os.read(self._reading, _PIECE)
        except OSError as error:
            raise Unavailable(f"the radio is gone ({error.strerror})", "check its cable or program") from error
        if not piece:
            self._closed = True
        self._held += piece
        self._heard.extend(self._take(self._held))


def over_pipes(process: subprocess.Popen[bytes], close: Callable[[], object] | None = None) -> LinkRadio:
    """The radio that a program is, by its standard input and output. close: what ends it, `end` where none is given."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both pipes were asked for")
    return LinkRadio(
        process.stdout.fileno(), process.stdin.fileno(), record, take_frames, close or (lambda: end(process))
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Closes a program's pipes, which is what tells it to end, and does not wait long for it."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
