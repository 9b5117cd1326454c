"""Running a desk: `run_desk` until it is stopped, `DeskServer` beside something else.

The server has a thread of its own, and a second one looks at the clock: an office that nobody works in locks itself.
It speaks plain HTTP and is for this machine; on another name it belongs behind something that speaks TLS.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from holub.errors import Unavailable
from holub.faces.desk.app import create_desk
from holub.faces.desk.settings import DeskSettings
from holub.faces.desk.visit import Desk
from holub.office.office import Office
from holub.transit.webserver import WebServer, run_until_signal

_GRACE_SECONDS = 3
_BACKLOG = 128
_CLOCK_SECONDS = 20.0
_CONNECTIONS = 100


class DeskServer(WebServer):
    """A desk in threads of its own: `start`, `stop`, or a `with` statement. The office stays the caller's to close.

    host, port: where it listens (port 0: any free one); the first of `settings.hosts` is the name in its address.
    """

    def __init__(self, office: Office, settings: DeskSettings, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__("desk", host, port)
        self._settings = settings
        self._app = create_desk(office, settings)
        self._desk: Desk = self._app.state.desk
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
        listener = self._listen(_BACKLOG)
        try:
            self._serve(self._app, listener, limit_concurrency=_CONNECTIONS, timeout_graceful_shutdown=_GRACE_SECONDS)
        except Unavailable:
            listener.close()
            raise
        self._clock = threading.Thread(target=self._watch, name="desk clock", daemon=True)
        self._clock.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Like WebServer; when it has ended nobody is signed in any more, and a running job has ended."""
        if not self._ended(seconds):
            return False
        if not self._stopped.is_set():
            self._stopped.set()
            if self._clock is not None:
                self._clock.join()
            self._desk.sessions.end_all()
            self._desk.work.close()
        return True

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
    run_until_signal(DeskServer(office, settings, host, port), ready)
