"""A wire with somebody who watches it: all bytes between phones and a postbox, as requests and their answers."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self


class Exchange(NamedTuple):
    """What the wire shows of one request and its answer, in clear; headers in their order."""

    request: str
    headers: tuple[str, ...]
    body: int
    status: str
    answer_headers: tuple[str, ...]
    answer: int


@dataclass
class Line:
    """One connection: the bytes each way."""

    up: bytearray = field(default_factory=bytearray)
    down: bytearray = field(default_factory=bytearray)


class Wire:
    """Passes bytes on to a port of this machine, and keeps what it saw."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[Line] = []
        self._threads: list[threading.Thread] = []
        self._ends: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in (self._listener, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def seen(self) -> list[Exchange]:
        """Every exchange so far whose answer is whole, connection by connection."""
        return [one for line in self._lines for one in exchanges(bytes(line.up), bytes(line.down))]

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type] # called as given
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._listener.accept()
                box = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [phone, box]
                self._lines.append(line := Line())
                self._start(self._pass, phone, box, line.up)
                self._start(self._pass, box, phone, line.down)

    @staticmethod
    def _pass(come: socket.socket, go: socket.socket, kept: bytearray) -> None:
        with contextlib.suppress(OSError):
            while some := come.recv(65_536):
                kept += some
                go.sendall(some)
            go.shutdown(socket.SHUT_WR)


def exchanges(up: bytes, down: bytes) -> list[Exchange]:
    """The requests of one connection (RFC 9112) with their answers; what is not whole yet is left out."""
    return [
        Exchange(request, headers, body, status, answer_headers, answer)
        for (request, headers, body), (status, answer_headers, answer) in zip(
            messages(up), messages(down), strict=False
        )
    ]


def messages(stream: bytes) -> list[tuple[str, tuple[str, ...], int]]:
    """First line, headers and length of the body of each message; all here say their length."""
    found = []
    while (end := stream.find(b"\r\n\r\n")) >= 0:
        first, *headers = stream[:end].decode("latin-1").split("\r\n")
        lengths = [int(one.split(":")[1]) for one in headers if one.lower().startswith("content-length:")]
        length = lengths[0] if lengths else 0
        stream = stream[end + 4 :]
        if len(stream) < length:
            break
        stream = stream[length:]
        found.append((first, tuple(headers), length))
    return found
