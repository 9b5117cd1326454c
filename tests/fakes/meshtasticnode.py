"""Meshtastic radios as a program sees them: TCP servers that speak their protocol and pass messages to one another.

What they print and tell besides (a node's number, its battery, other people's chat, a half-written packet) comes in
between, as real ones do it.
"""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType
from typing import Self

from holub.transit.carriers.mesh.meshtastic import MAGIC

# FromRadio packets made by Meshtastic's own library (2.7.11).
CHAT = bytes.fromhex("080a121015ffffffff22090801120568656c6c6f")
CONFIG_COMPLETE = bytes.fromhex("3807")
ENCRYPTED = bytes.fromhex("120a2a083132333435363738")
PRINTED = b"\x1b[34mINFO\x1b[0m | 12:00:01 2 [Router] Rx queue \x94 full\r\n"


_DEADLINE = 60.0


def framed(packet: bytes) -> bytes:
    return MAGIC + len(packet).to_bytes(2, "big") + packet


class MeshtasticNodes:
    """Two radios that hear each other. ports: where each listens; passed: messages that went over the air."""

    def __init__(self) -> None:
        self._listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.ports = [listener.getsockname()[1] for listener in self._listeners]
        self._programs: list[socket.socket | None] = [None, None]
        self._waiting: list[list[bytes]] = [[], []]
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._serve, args=(at,)) for at in range(2)]
        self.passed = 0
        self._left = [0, 0]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listener in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in self._threads:
            thread.join()

    def wait_until_left(self, at: int, count: int) -> None:
        """Until so many programs have left this radio, and all that they gave it has gone over the air."""
        until = time.monotonic() + _DEADLINE
        while self._left[at] < count:
            if time.monotonic() > until:
                raise AssertionError(f"{self._left[at]} of {count} programs left the radio")
            time.sleep(0.01)

    def _serve(self, at: int) -> None:
        while True:
            try:
                program, _ = self._listeners[at].accept()
            except OSError:
                return
            with program:
                with self._lock:
                    self._programs[at] = program
                    program.sendall(PRINTED + b"".join(map(framed, (CONFIG_COMPLETE, CHAT, ENCRYPTED))))
                    for data in self._waiting[at]:
                        program.sendall(data)
                    self._waiting[at].clear()
                held = bytearray()
                while piece := program.recv(4_096):
                    held += piece
                    self._take(held, at)
                with self._lock:
                    self._programs[at] = None
                    self._left[at] += 1

    def _take(self, held: bytearray, at: int) -> None:
        while (begin := held.find(MAGIC)) >= 0 and len(held) >= begin + 4:
            length = int.from_bytes(held[begin + 2 : begin + 4], "big")
            if len(held) < begin + 4 + length:
                return
            packet = bytes(held[begin + 4 : begin + 4 + length])
            del held[: begin + 4 + length]
            if packet[:1] == b"\x0a":  # ToRadio.packet; FromRadio has the same at field 2
                self._pass_on(b"\x12" + packet[1:], 1 - at)

    def _pass_on(self, packet: bytes, to: int) -> None:
        data = PRINTED + framed(CHAT) + framed(packet) + MAGIC[:1]
        with self._lock:
            self.passed += 1
            program = self._programs[to]
            if program is None:
                self._waiting[to].append(data)
            else:
                program.sendall(data)
