"""Running a relay: `run_relay` until it is stopped, `RelayServer` beside something else, `sync_once` without serving.

The web server is the postbox's own, with its deadlines and limits; the writer too. A thread of its own makes the
rounds, and each mesh radio has one. After a disk error the relay stops taking letters and ends.
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

from holub.errors import HolubError, Misused, Unavailable
from holub.transit.postbox.letterbox import Broken, Letterbox
from holub.transit.postbox.publictree import PublicTree
from holub.transit.postbox.server import BACKLOG, PostboxServer
from holub.transit.postbox.writer import Writer
from holub.transit.relay.app import RelayCounter
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.datafolder import RelayFolder
from holub.transit.relay.meshwork import MeshWork
from holub.transit.relay.rounds import Round, Rounds
from holub.transit.relay.settings import Settings
from holub.transit.relay.slotfile import DiskFailed
from holub.transit.stampbook import BURNT, STAMPS, StampBook
from holub.transit.webserver import run_until_signal

_END_SECONDS = 5.0
_RANDOM = random.SystemRandom()


class RelayServer(PostboxServer):
    """A relay in threads of its own: `start`, `stop`, or a `with` statement.

    data: its folder, made where absent · host, port: where it listens (port 0: any free one).
    """

    def __init__(self, data: Path, host: str = "127.0.0.1", port: int = 0, *, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        super().__init__(data, host, port, limits=self._settings.limits.web)
        self._name = "relay"
        self._bag: RelayBag | None = None
        self._relay_folder: RelayFolder | None = None
        self._rounds: Rounds | None = None
        self._rounds_thread: threading.Thread | None = None
        self._mesh_threads: list[threading.Thread] = []
        self._ending = threading.Event()

    @property
    def bag(self) -> RelayBag:
        """The letters; after `start`."""
        if self._bag is None:
            raise Misused("this relay was not started", "start it first")
        return self._bag

    def start(self) -> None:
        """Open the data and listen; returns when letters are taken, before the first round ends.

        Unavailable: the port is taken, another relay runs on the data, no space. Refused: the data is a newer
        relay's, or no relay's. Nothing is left running or locked then.
        """
        with contextlib.ExitStack() as undo:
            listener = self._listen(BACKLOG)
            undo.callback(listener.close)
            folder, bag = open_data(self._data, self._settings, undo)
            # The writer asks of a box only to store and to close.
            writer = Writer(lambda: cast(Letterbox, _Box(bag)), self._settings.limits.web, self._break)
            writer.start()
            undo.callback(writer.stop)
            self._relay_folder, self._bag, self._writer = folder, bag, writer
            settings, stamps = self._settings, stamp_book(folder)
            counter = RelayCounter(
                writer, PublicTree(folder.www), bag, settings.limits, stamps, hotspot=settings.hotspot
            )
            self._take_letters(counter, listener)
            undo.pop_all()
        self._rounds = Rounds(folder, bag, self._settings, stamps)
        # A daemon: a sync that hangs in a dead network must not hold the end back.
        self._rounds_thread = threading.Thread(
            target=self._make_rounds, args=(self._rounds,), name="relay-rounds", daemon=True
        )
        self._rounds_thread.start()
        for mesh in self._rounds.meshes:
            thread = threading.Thread(target=self._listen_to, args=(mesh,), name="relay-mesh", daemon=True)
            self._mesh_threads.append(thread)
            thread.start()

    def _make_rounds(self, rounds: Rounds) -> None:
        seconds = self._settings.minutes * 60
        try:
            while True:
                rounds.make()
                # Not on the minute, so that rounds of many relays cannot be told apart by their times.
                if self._ending.wait(seconds * _RANDOM.uniform(0.75, 1.25)):
                    return
        except DiskFailed as error:
            self._break(Broken(error))
        except Unavailable:
            return  # the bag was closed under it: the relay is ending

    def _listen_to(self, mesh: MeshWork) -> None:
        try:
            mesh.serve(self._ending)
        except DiskFailed as error:
            self._break(Broken(error))

    def _close(self) -> None:
        self._ending.set()
        if self._rounds is not None:
            self._rounds.stop()
        if self._rounds_thread is not None:
            self._rounds_thread.join(_END_SECONDS)
        for thread in self._mesh_threads:
            thread.join(_END_SECONDS)
        if self._writer is not None:
            self._writer.stop()
        if self._bag is not None:
            self._bag.close()
        if self._relay_folder is not None:
            self._relay_folder.close()


class _Box:
    """The bag as the postbox's writer knows its letterbox."""

    def __init__(self, bag: RelayBag) -> None:
        self._bag = bag

    def store(self, batch: list[tuple[bytes, bytes]], *, stamped: bool = False) -> list[bool]:
        """Stores what visitors brought. Raises Broken."""
        try:
            return self._bag.store(batch, stamped=stamped)
        except DiskFailed as error:
            raise Broken(error) from error

    def close(self) -> None:
        """The server closes the bag, after everybody who uses it."""


def stamp_book(folder: RelayFolder) -> StampBook:
    """The stamps that a relay knows."""
    return StampBook(folder.path / STAMPS, folder.path / BURNT)


def open_data(data: Path, settings: Settings, undo: contextlib.ExitStack) -> tuple[RelayFolder, RelayBag]:
    """The data folder and the bag, both closed by `undo`. Raises what they raise."""
    folder = RelayFolder(data)
    undo.callback(folder.close)
    folder.admit_root(settings.root)
    bag = RelayBag(data, settings.limits.rooms)
    undo.callback(bag.close)
    return folder, bag


def run_relay(
    data: Path,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    settings: Settings | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Run a relay until SIGINT or SIGTERM; `ready` gets its URL once it listens. From the main thread."""
    server = RelayServer(data, host, port, settings=settings)
    run_until_signal(server, None if ready is None else lambda running: ready(running.url))


def sync_once(data: Path, settings: Settings) -> Round:
    """One round with every place, without serving. Raises the first error when no place could be synced with."""
    with contextlib.ExitStack() as undo:
        folder, bag = open_data(data, settings, undo)
        try:
            rounds = Rounds(folder, bag, settings, stamp_book(folder))
            done = rounds.make()
            rounds.listen(done)
        except DiskFailed as error:
            raise Unavailable(f"storing letters failed ({error})", "check the disk or card, then try again") from error
    if done.troubles and not done.synced:
        trouble: HolubError = done.troubles[0]
        raise trouble
    return done
