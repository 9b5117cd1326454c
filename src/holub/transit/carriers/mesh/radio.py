"""Radios that are there: a Meshtastic radio on a cable or in the network, and any program that speaks records.

serial:/dev/ttyACM0        a Meshtastic radio on USB
tcp:127.0.0.1:4403         a Meshtastic radio in the network, or its Linux program
program:COMMAND            anything else: it takes and gives messages as records (spec/broadcast.md) on its standard
                           input and output, one message of at most 200 bytes in each
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shlex
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from holub.errors import Misused, Unavailable
from holub.transit.carriers.broadcast.records import record, take_frames
from holub.transit.carriers.mesh.meshtastic import hello, take_messages, to_radio

FORMS = "give serial:/dev/ttyACM0, tcp:127.0.0.1:4403 or program:COMMAND"
HOPS = 3
_PORT = 4_403
_PIECE = 4_096
_CONNECT = 10.0  # seconds
_HANG_UP = 2.0  # seconds
_ALIVE = 300.0  # seconds after which a radio is spoken to again: it forgets a program that is silent for 15 minutes


class LinkRadio:
    """A radio behind two file descriptors. See `holub.transit.carriers.mesh.carrier.Radio`.

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
        self.write(alive)

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
                data = data[os.write(self._writing, data) :]
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


@contextlib.contextmanager
def open_radio(place: str, hops: int = HOPS) -> Iterator[LinkRadio]:
    """The radio that a place names. Raises Misused, Unavailable."""
    scheme, _, rest = place.partition(":")
    if not rest or scheme not in ("serial", "tcp", "program"):
        raise Misused(f"this is no radio: {place}", FORMS)
    radio = {"serial": _serial, "tcp": _tcp, "program": _program}[scheme](rest, hops)
    try:
        yield radio
    finally:
        radio.close()


def _meshtastic(descriptor: int, close: Callable[[], object], hops: int) -> LinkRadio:
    def encode(message: bytes) -> bytes:
        return to_radio(message, 1 + secrets.randbelow((1 << 32) - 1), hops)

    greeting = hello(1 + secrets.randbelow((1 << 32) - 1))
    return LinkRadio(descriptor, descriptor, encode, take_messages, close, greeting)


def _tcp(rest: str, hops: int) -> LinkRadio:
    host, colon, port = rest.rpartition(":")
    if not colon:
        host, port = rest, str(_PORT)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise Misused(f"this is no address of a radio: {rest}", FORMS)
    try:
        link = socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT)
    except OSError as error:
        what = error.strerror or "no answer"
        raise Unavailable(f"no radio answers at {rest} ({what})", "check its address and that it is on") from error
    link.settimeout(None)
    return _meshtastic(link.fileno(), lambda: _hang_up(link), hops)


def _hang_up(link: socket.socket) -> None:
    """Ends a connection so that what was said last arrives: closed with unread bytes, it would be torn down at once."""
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_WR)
        link.settimeout(_HANG_UP)
        while link.recv(_PIECE):
            pass
    link.close()


def _serial(rest: str, hops: int) -> LinkRadio:
    import termios
    import tty

    path = Path(rest)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError as error:
        raise Unavailable(
            f"the radio at {rest} cannot be opened ({error.strerror})",
            "plug it in; on Linux your user must be in the group dialout",
        ) from error
    try:
        tty.setraw(descriptor)
        settings = termios.tcgetattr(descriptor)
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    except termios.error as error:
        os.close(descriptor)
        raise Unavailable(f"{rest} is no serial port", "name the radio's port, such as /dev/ttyACM0") from error
    return _meshtastic(descriptor, lambda: os.close(descriptor), hops)


def _program(rest: str, _hops: int) -> LinkRadio:
    try:
        words = shlex.split(rest)
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603 - the person's own command
    except (OSError, ValueError) as error:
        raise Unavailable(f"the radio's program cannot be started: {rest}", "check the command") from error
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both pipes were asked for")

    def close() -> None:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    return LinkRadio(process.stdout.fileno(), process.stdin.fileno(), record, take_frames, close)
