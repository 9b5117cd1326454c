"""A neighbour that lies: it costs one round, and no more letters than a relay's bag holds."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from holub.errors import Refused, Unavailable
from holub.transit.relay import RelayServer, read_status, sync_once
from holub.transit.relay.have import ANSWER, END, write_list
from tests.transit.relay.conftest import SMALL, give, held, letter, small


class Liar(threading.Thread):
    """Answers one connection after the other with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(daemon=True)
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
                    for _ in range(400):
                        connection.sendall(self._answer)
                        self.sent += len(self._answer)
                except OSError:
                    continue

    def stop(self) -> None:
        # A thread that waits in accept is not woken by closing alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        self.join(20)
        self._listener.close()


LIES = {
    "junk": os.urandom(50_000),
    "letters without an end": b"\x01" + bytes(4_096),
    "nothing": b"",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lying_relay_costs_one_round(tmp_path: Path, lie: bytes) -> None:
    with RelayServer(tmp_path / "relay", settings=small()) as running:
        give(running, *(mine := {letter() for _ in range(SMALL[4_096] // 2)}))
    liar = Liar(lie)
    liar.start()
    with pytest.raises((Refused, Unavailable)):
        sync_once(tmp_path / "relay", small(liar.url))
    liar.stop()
    with RelayServer(tmp_path / "relay", settings=small()) as running:
        assert mine <= held(running)


def test_a_relay_that_sends_without_end_is_left_at_the_bags_size(tmp_path: Path) -> None:
    class Endless(Liar):
        def run(self) -> None:
            connection, _ = self._listener.accept()
            with connection:
                connection.recv(65_536)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + ANSWER + write_list([]))
                    for _ in range(10_000):
                        connection.sendall(b"\x02" + letter())
                        self.sent += 1
                except OSError:
                    return

    liar = Endless(END)
    liar.start()
    with pytest.raises(Refused, match="more letters than fit"):
        sync_once(tmp_path / "relay", small(liar.url))
    liar.stop()
    assert liar.sent < 10_000
    assert 0 < read_status(tmp_path / "relay").letters[4_096] <= SMALL[4_096]
