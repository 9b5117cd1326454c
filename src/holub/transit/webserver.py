"""A web application on one port, in a thread of its own: what running a postbox and running a desk have in common.

uvicorn's event loop has the thread; signals stay with whoever runs the process. The answers name neither server nor
date, nobody's word about addresses is taken, and nothing is logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

import uvicorn
from starlette.types import ASGIApp

from holub.errors import Misused, Unavailable

_POLL_SECONDS = 0.2


class _Uvicorn(uvicorn.Server):
    """uvicorn's server without its signals, and with a moment at which it is known to listen."""

    def __init__(self, config: uvicorn.Config, listening: threading.Event) -> None:
        super().__init__(config)
        self._listening = listening

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()


class WebServer(ABC):
    """`start`, `stop`, or a `with` statement. A member opens what it serves in `start` and closes it in `wait`.

    name: what people call it · host, port: where it listens (port 0: any free one).
    """

    def __init__(self, name: str, host: str, port: int) -> None:
        self._name = name
        self._host = host
        self._port = port
        self._uvicorn: _Uvicorn | None = None
        self._thread: threading.Thread | None = None

    @abstractmethod
    def start(self) -> None:
        """Returns when requests are answered. Raises Misused (started already), Unavailable."""

    @abstractmethod
    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended (True) or `seconds` have passed (False)."""

    def ask_to_stop(self) -> None:
        """Stop listening soon; returns at once."""
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True

    def stop(self) -> None:
        """Stop, and close what was opened. Raises like `wait`."""
        self.ask_to_stop()
        self.wait()

    def open_connections(self) -> int:
        """How many connections are open now."""
        return len(self._uvicorn.server_state.connections) if self._uvicorn is not None else 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listen(self, backlog: int) -> socket.socket:
        """Takes the port; requests wait until `_serve`. Raises Misused, Unavailable."""
        if self._thread is not None:
            raise Misused(f"this {self._name} was started already", "make a new one")
        if not 0 <= self._port <= 65_535:
            raise Misused(f"{self._port} is not a port", "choose one from 1 to 65535 with --port")
        try:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            listener = socket.create_server((self._host, self._port), family=family, backlog=backlog)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Unavailable(
                f"port {self._port} on {self._host} cannot be used ({reason})",
                "stop what uses it, or choose another with --port",
            ) from error
        self._port = listener.getsockname()[1]
        return listener

    def _serve(self, app: ASGIApp, listener: socket.socket, **settings: Any) -> None:
        """Answers requests in a thread. settings: uvicorn's. Raises Unavailable; the listener stays the caller's."""
        config = uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,  # addresses are not wanted, so nobody's word about them is
            server_header=False,
            date_header=False,
            **settings,
        )
        listening = threading.Event()
        self._uvicorn = _Uvicorn(config, listening)
        self._thread = threading.Thread(target=self._run, args=(self._uvicorn, listener), name=self._name)
        self._thread.start()
        while not listening.wait(_POLL_SECONDS):
            if not self._thread.is_alive():
                raise Unavailable(f"the {self._name} could not start", "look at the messages above")

    def _run(self, server: _Uvicorn, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve([listener]))

    def _ended(self, seconds: float | None) -> bool:
        """Whether the thread has ended, within `seconds`; also where it never began."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()


Server = TypeVar("Server", bound=WebServer)


def run_until_signal(server: Server, ready: Callable[[Server], object] | None) -> None:
    """Run a server until SIGINT or SIGTERM; `ready` is called once it listens. From the main thread.

    Raises what `start` and `wait` raise.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        server.ask_to_stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.start()
        if ready is not None:
            ready(server)
        while not server.wait(_POLL_SECONDS):
            pass
    finally:
        server.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
