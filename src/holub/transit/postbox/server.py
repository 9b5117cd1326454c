"""Running a postbox: `run_postbox` until it is stopped, `PostboxServer` beside something else.

Both run uvicorn's event loop in a thread of its own and the writer in another. After a disk error
the postbox stops taking letters and ends; it is for whoever started it to start the process again.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import uvicorn

from holub.errors import Misused, Unavailable
from holub.transit.postbox.app import Counter
from holub.transit.postbox.connection import connection_class
from holub.transit.postbox.datafolder import DataFolder
from holub.transit.postbox.letterbox import Broken
from holub.transit.postbox.limits import Limits
from holub.transit.postbox.publictree import PublicTree
from holub.transit.postbox.salvage import open_letterbox
from holub.transit.postbox.token import read_hashes
from holub.transit.postbox.writer import Writer

_GRACE_SECONDS = 5
_POLL_SECONDS = 0.2
_TOKENS_FRESH_SECONDS = 1.0


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


class PostboxServer:
    """A postbox in threads of its own: `start`, `stop`, or a `with` statement.

    data: its folder, made where absent · host, port: where it listens (port 0: any free one) ·
    office_hashes: tokens' hashes to admit beside those that the folder holds.
    """

    def __init__(
        self,
        data: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        limits: Limits | None = None,
        office_hashes: tuple[str, ...] = (),
    ) -> None:
        self._data = data
        self._host = host
        self._port = port
        self._limits = limits or Limits()
        self._office_hashes = office_hashes
        self._folder: DataFolder | None = None
        self._writer: Writer | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._broken: Broken | None = None

    @property
    def url(self) -> str:
        """The address that it listens at, such as `http://127.0.0.1:8080`; after `start`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def open_connections(self) -> int:
        """How many connections are open now."""
        return len(self._server.server_state.connections) if self._server is not None else 0

    def start(self) -> None:
        """Open the data and listen; returns when letters are taken.

        Unavailable: the port is taken, another postbox runs on the data, no space. Refused: the data
        is of a newer version. Nothing is left running or locked then.
        """
        if self._thread is not None:
            raise Misused("this postbox was started already", "make a new one")
        with contextlib.ExitStack() as undo:
            listener = _listen(self._host, self._port)
            undo.callback(listener.close)
            self._port = listener.getsockname()[1]
            folder = DataFolder(self._data)
            undo.callback(folder.close)
            read_hashes(self._data)
            writer = Writer(
                lambda: open_letterbox(folder.letters, folder.salvage, self._limits), self._limits, self._break
            )
            writer.start()
            undo.callback(writer.stop)
            self._folder, self._writer = folder, writer
            listening = threading.Event()
            counter = Counter(writer, PublicTree(folder.www), _Tokens(self._data, self._office_hashes), self._limits)
            self._server = _Server(self._config(counter), listening)
            self._thread = threading.Thread(target=self._run, args=(self._server, listener), name="postbox")
            self._thread.start()
            while not listening.wait(_POLL_SECONDS):
                if not self._thread.is_alive():
                    raise Unavailable("the postbox could not start", "look at the messages above")
            undo.pop_all()

    def ask_to_stop(self) -> None:
        """Stop listening soon; returns at once."""
        if self._server is not None:
            self._server.should_exit = True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended (True) or `seconds` have passed (False); Unavailable if it ended for a disk error."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        if self._thread.is_alive():
            return False
        self._close()
        if self._broken is not None:
            raise Unavailable(
                f"storing letters failed ({self._broken}), so the postbox has ended",
                "check the disk and its space, then start it again; whatever was answered with 201 is kept",
            )
        return True

    def stop(self) -> None:
        """Stop: what was taken is written, then the data is closed. Raises like `wait`."""
        self.ask_to_stop()
        self.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _config(self, counter: Counter) -> uvicorn.Config:
        return uvicorn.Config(
            counter.app(),
            http=connection_class(self._limits),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,  # addresses are not wanted, so nobody's word about them is
            server_header=False,
            date_header=False,
            limit_concurrency=self._limits.connections,
            timeout_keep_alive=self._limits.idle_seconds,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            backlog=1_024,
        )

    def _run(self, server: _Server, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve([listener]))

    def _break(self, broken: Broken) -> None:
        self._broken = broken
        if broken.torn and self._folder is not None:
            with contextlib.suppress(OSError):
                self._folder.salvage.touch()
        self.ask_to_stop()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.stop()
        if self._folder is not None:
            self._folder.close()


def run_postbox(
    data: Path,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    limits: Limits | None = None,
    office_hashes: tuple[str, ...] = (),
    ready: Callable[[str], None] | None = None,
) -> None:
    """Run a postbox until SIGINT or SIGTERM; `ready` gets its URL once it listens. From the main thread.

    Raises what `PostboxServer.start` and `wait` raise; a disk error while it runs is Unavailable.
    """
    server = PostboxServer(data, host, port, limits=limits, office_hashes=office_hashes)

    def stop(number: int, frame: FrameType | None) -> None:
        server.ask_to_stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.start()
        if ready is not None:
            ready(server.url)
        while not server.wait(_POLL_SECONDS):
            pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Tokens:
    """The hashes of the tokens, read again at most once a second: a token is admitted without a restart."""

    def __init__(self, data: Path, fixed: tuple[str, ...]) -> None:
        self._data = data
        self._fixed = fixed
        self._known = fixed
        self._until = 0.0

    def __call__(self) -> tuple[str, ...]:
        now = time.monotonic()
        if now >= self._until:
            self._known = (*self._fixed, *read_hashes(self._data))
            self._until = now + _TOKENS_FRESH_SECONDS
        return self._known


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise Misused(f"{port} is not a port", "choose one from 1 to 65535 with --port")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unavailable(
            f"port {port} on {host} cannot be used ({reason})", "stop what uses it, or choose another with --port"
        ) from error
