"""Running a desk: `run_desk` until it is stopped, `DeskServer` beside something else.

The server has a thread of its own, and a second one looks at the clock: an office that nobody works in locks itself.
It speaks plain HTTP and is for this machine; on another name it belongs behind something that speaks TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Self

import uvicorn

from holub.errors import Misused, Unavailable
from holub.faces.desk.app import create_desk
from holub.faces.desk.settings import DeskSettings
from holub.faces.desk.visit import Desk
from holub.office.office import Office

_GRACE_SECONDS = 3
_POLL_SECONDS = 0.2
_CLOCK_SECONDS = 20.0
_CONNECTIONS = 100


class _Server(uvicorn.Server):
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


class DeskServer:
    """A desk in threads of its own: `start`, `stop`, or a `with` statement. The office stays the caller's to close.

    host, port: where it listens (port 0: any free one); the first of `settings.hosts` is the name in its address.
    """

    def __init__(self, office: Office, settings: DeskSettings, host: str = "127.0.0.1", port: int = 0) -> None:
        self._settings = settings
        self._host = host
        self._port = port
        self._app = create_desk(office, settings)
        self._desk: Desk = self._app.state.desk
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._clock: threading.Thread | None = None
        self._stopped = threading.Event()

    @property
    def url(self) -> str:
        """The address to open, such as `http://localhost:8090`; after `start`.

        Not 127.0.0.1: cookies do not tell ports apart, and a postbox there must not get the desk's.
        """
        return f"http://{self._settings.hosts[0]}:{self._port}"

    @property
    def first_run_code(self) -> str | None:
        """The one-time code for the first page; None where the office is locked or has a keeper."""
        work = self._desk.work
        return None if work.locked or work.keepers.any() else self._desk.code

    def start(self) -> None:
        """Listen; returns when pages are answered. Raises Unavailable where the port is taken."""
        if self._thread is not None:
            raise Misused("this desk was started already", "make a new one")
        listener = _listen(self._host, self._port)
        self._port = listener.getsockname()[1]
        listening = threading.Event()
        self._server = _Server(self._config(), listening)
        self._thread = threading.Thread(target=self._run, args=(self._server, listener), name="desk")
        self._thread.start()
        while not listening.wait(_POLL_SECONDS):
            if not self._thread.is_alive():
                listener.close()
                raise Unavailable("the desk could not start", "look at the messages above")
        self._clock = threading.Thread(target=self._watch, name="desk clock", daemon=True)
        self._clock.start()

    def ask_to_stop(self) -> None:
        """Stop listening soon; returns at once."""
        if self._server is not None:
            self._server.should_exit = True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended (True) or `seconds` have passed (False)."""
        if self._thread is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                return False
        if not self._stopped.is_set():
            self._stopped.set()
            if self._clock is not None:
                self._clock.join()
            self._desk.sessions.end_all()
            self._desk.work.close()
        return True

    def stop(self) -> None:
        """Stop: nobody is signed in any more, and a running job has ended."""
        self.ask_to_stop()
        self.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._app,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )

    def _run(self, server: _Server, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve([listener]))

    def _watch(self) -> None:
        while not self._stopped.wait(_CLOCK_SECONDS):
            self._desk.look_at_clock()


def run_desk(
    office: Office,
    settings: DeskSettings,
    host: str = "127.0.0.1",
    port: int = 8090,
    *,
    ready: Callable[[DeskServer], None] | None = None,
) -> None:
    """Run a desk until SIGINT or SIGTERM; `ready` is called once it listens. From the main thread."""
    server = DeskServer(office, settings, host, port)

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


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unavailable(
            f"port {port} on {host} cannot be used ({reason})", "stop what uses it, or choose another with --port"
        ) from error
