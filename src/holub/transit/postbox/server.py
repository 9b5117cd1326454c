"""Running a postbox: `run_postbox` until it is stopped, `PostboxServer` beside something else.

Both run uvicorn's event loop in a thread of its own and the writer in another. After a disk error
the postbox stops taking letters and ends; it is for whoever started it to start the process again.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from pathlib import Path

from holub.errors import Unavailable
from holub.transit.postbox.app import Counter
from holub.transit.postbox.connection import connection_class
from holub.transit.postbox.datafolder import DataFolder
from holub.transit.postbox.letterbox import Broken
from holub.transit.postbox.limits import Limits
from holub.transit.postbox.publictree import PublicTree
from holub.transit.postbox.salvage import open_letterbox
from holub.transit.postbox.token import read_hashes
from holub.transit.postbox.writer import Writer
from holub.transit.stampbook import BURNT, STAMPS, StampBook
from holub.transit.webserver import WebServer, run_until_signal

_GRACE_SECONDS = 5
BACKLOG = 1_024
_TOKENS_FRESH_SECONDS = 1.0


class PostboxServer(WebServer):
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
        super().__init__("postbox", host, port)
        self._data = data
        self._limits = limits or Limits()
        self._office_hashes = office_hashes
        self._folder: DataFolder | None = None
        self._writer: Writer | None = None
        self._broken: Broken | None = None

    @property
    def url(self) -> str:
        """The address that it listens at, such as `http://127.0.0.1:8080`; after `start`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def start(self) -> None:
        """Open the data and listen; returns when letters are taken.

        Unavailable: the port is taken, another postbox runs on the data, no space. Refused: the data
        is of a newer version. Nothing is left running or locked then.
        """
        with contextlib.ExitStack() as undo:
            listener = self._listen(BACKLOG)
            undo.callback(listener.close)
            folder = DataFolder(self._data)
            undo.callback(folder.close)
            read_hashes(self._data)
            writer = Writer(
                lambda: open_letterbox(folder.letters, folder.salvage, self._limits), self._limits, self._break
            )
            writer.start()
            undo.callback(writer.stop)
            self._folder, self._writer = folder, writer
            tokens = _Tokens(self._data, self._office_hashes)
            stamps = StampBook(folder.www / STAMPS, folder.path / BURNT)
            counter = Counter(writer, PublicTree(folder.www), tokens, self._limits, stamps)
            self._take_letters(counter, listener)
            undo.pop_all()

    def _take_letters(self, counter: Counter, listener: socket.socket) -> None:
        """Serves under the postbox's limits. Raises Unavailable."""
        self._serve(
            counter.app(),
            listener,
            http=connection_class(self._limits),
            limit_concurrency=self._limits.connections,
            timeout_keep_alive=self._limits.idle_seconds,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            backlog=BACKLOG,
        )

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended (True) or `seconds` have passed (False); Unavailable if it ended for a disk error."""
        if not self._ended(seconds):
            return False
        self._close()
        if self._broken is not None:
            raise Unavailable(
                f"storing letters failed ({self._broken}), so the {self._name} has ended",
                "check the disk and its space, then start it again; whatever was answered with 201 is kept",
            )
        return True

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
    ready: Callable[[str], None] | None = None,
) -> None:
    """Run a postbox until SIGINT or SIGTERM; `ready` gets its URL once it listens. From the main thread.

    Raises what `PostboxServer.start` and `wait` raise; a disk error while it runs is Unavailable.
    """
    server = PostboxServer(data, host, port, limits=limits)
    run_until_signal(server, None if ready is None else lambda running: ready(running.url))


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
