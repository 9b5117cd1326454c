"""A cable between two nodes that speak UDP on this machine: it hears everything, and loses what it is told to lose."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes.ports import free_ports

_DEADLINE = 60.0


class LossyCable:
    """ports: where each end's node is to listen, and `into` where it is to send to.

    loses: asked for every datagram of the first end, whether it is lost · passed: datagrams that each end sent.
    """

    def __init__(self, loses: Callable[[bytes], bool] = lambda _: False) -> None:
        self._loses = loses
        self._ends = [_bound() for _ in range(2)]
        self.into = [end.getsockname()[1] for end in self._ends]
        self.ports = free_ports(2)
        self.passed: list[list[bytes]] = [[], []]
        self._threads = [threading.Thread(target=self._pass_on, args=(at,)) for at in range(2)]
        self._closed = False

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for at, thread in enumerate(self._threads):
            self.say(at, b"")
            thread.join()
            self._ends[at].close()

    def say(self, at: int, data: bytes) -> None:
        """A datagram as if the node of this end had sent it."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(data, ("127.0.0.1", self.into[at]))

    def wait_for(self, at: int) -> None:
        """Until the node of this end listens."""
        until = time.monotonic() + _DEADLINE
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("127.0.0.1", self.ports[at]))
            probe.settimeout(0.05)
            while time.monotonic() < until:
                try:
                    probe.send(b"")
                    probe.recv(1)  # a closed port refuses here
                except TimeoutError:
                    return
                except ConnectionRefusedError:
                    time.sleep(0.05)
        raise AssertionError("no node came up at the end of the cable")

    def wait_until_passed(self, at: int, count: int) -> None:
        """Until so many datagrams came from this end."""
        until = time.monotonic() + _DEADLINE
        while len(self.passed[at]) < count:
            if time.monotonic() > until:
                raise AssertionError(f"{len(self.passed[at])} of {count} datagrams came to the cable")
            time.sleep(0.01)

    def config(self, at: int) -> str:
        """What a Reticulum node of this end is to be told."""
        lines = [
            "[interfaces]",
            "[[cable]]",
            "type = UDPInterface",
            "enabled = yes",
            "listen_ip = 127.0.0.1",
            f"listen_port = {self.ports[at]}",
            "forward_ip = 127.0.0.1",
            f"forward_port = {self.into[at]}",
        ]
        return "\n".join(lines) + "\n"

    def node(self, at: int, home: Path) -> str:
        """The place of a new node of this end, whose configuration lies in this new folder."""
        home.mkdir()
        (home / "config").write_text(self.config(at))
        return f"reticulum:{home}"

    def _pass_on(self, at: int) -> None:
        while True:
            data = self._ends[at].recv(2_048)
            if self._closed:
                return
            if not data:
                continue
            self.passed[at].append(data)
            if at or not self._loses(data):
                self._ends[at].sendto(data, ("127.0.0.1", self.ports[1 - at]))


def _bound() -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("127.0.0.1", 0))
    return end
