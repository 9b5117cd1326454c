"""The office's day, for a face that many requests come to: one lock, one long job at a time, locked and unlocked.

Rules
- Writes take turns. A long job (fetch, publish, send) runs in a thread of its own, one at a time, and tells how far
  it is.
- `lock` asks a running job to stop, waits for it a moment, and forgets the keys in any case. A job that was stopped has
  done nothing by halves: an edition exists from its record on, a carrier's catalogue is put last, and a postbox
  forgets a letter only after it is kept.
- What one carrier does not take does not keep the others from theirs.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holub.errors import HolubError, Misused, Unavailable
from holub.inbound.mailroom.room import Mailroom
from holub.office.dispatch import Dispatch, Went
from holub.office.editions import Editions
from holub.office.keepers import Keepers
from holub.office.office import Office
from holub.office.post import Parcels, fetch_letters
from holub.office.templates import Templates
from holub.office.views import Fetched
from holub.store.database import Database
from holub.transit.carrier import Carrier

_PATIENCE = 10.0  # seconds that locking waits for a job to stop


@dataclass(frozen=True)
class Places:
    """Where an office's work goes. carriers: (a name for people, the carrier); postboxes: URLs written into the
    reading page; code: that page's code, None where it is not built."""

    guides: Path
    parcels: Path
    carriers: Sequence[tuple[str, Carrier]] = ()
    postboxes: tuple[str, ...] = ()
    code: bytes | None = None


@dataclass
class Job:
    """One long piece of work. kind: fetch, publish or send; stage: what it is at; done of total, in one unit."""

    kind: str
    stage: str = ""
    done: int = 0
    total: int = 0
    ended: bool = False
    stop: bool = False  # somebody locked the office: it ends at its next step
    edition: int = 0
    fetched: Fetched | None = None
    trouble: HolubError | None = None
    troubles: list[tuple[str, str]] = field(default_factory=list)  # (carrier, sentence)
    left_out: tuple[HolubError, ...] = ()  # of the edition that was published: what it does not carry, and why


class Work:
    """An office with its places."""

    def __init__(self, office: Office, places: Places, clock: Callable[[], float]) -> None:
        self.office = office
        self.places = places
        self.keepers = Keepers(office.vault)
        self.templates = Templates(office.vault)
        self._clock = clock
        self._turn = threading.RLock()
        self._job: Job | None = None
        self._thread: threading.Thread | None = None
        self._database: Database | None = None
        self._dispatch: Dispatch | None = None

    @property
    def locked(self) -> bool:
        return self.office.vault.locked

    def unlock(self, passphrase: str) -> None:
        """Raises Misused (a wrong passphrase), Refused (a damaged vault)."""
        with self._turn:
            if self.locked:
                self.office.vault.unlock(passphrase)

    def lock(self) -> None:
        """Forgets the keys; soon, whatever runs."""
        self._ask_to_stop()
        taken = self._turn.acquire(timeout=_PATIENCE)
        try:
            self.office.lock()
            self._close_database()
        finally:
            if taken:
                self._turn.release()

    def close(self) -> None:
        """Waits for a running job, then gives the database back; the office stays the caller's to close."""
        self._ask_to_stop()
        thread = self._thread
        if thread is not None:
            thread.join()
        self._close_database()

    def _ask_to_stop(self) -> None:
        if self._job is not None:
            self._job.stop = True

    @contextlib.contextmanager
    def turn(self) -> Iterator[Mailroom]:
        """The mailroom, for one who writes."""
        with self._turn:
            yield self.office.mailroom

    @property
    def room(self) -> Mailroom:
        """The mailroom, to read."""
        with self._turn:
            return self.office.mailroom

    @property
    def editions(self) -> Editions:
        return Editions(self.office)

    @property
    def dispatch(self) -> Dispatch:
        """What went out where."""
        with self._turn:
            if self.locked:
                raise Misused("the office is locked", "unlock it with the passphrase")
            if self._dispatch is None:
                self._database = Database.at(self.office.folder / "office.db")
                self._dispatch = Dispatch(self._database)
            return self._dispatch

    def _close_database(self) -> None:
        self._dispatch = None
        if self._database is not None:
            self._database.close()
            self._database = None

    @property
    def job(self) -> Job | None:
        """The job that runs, or the last one that ran."""
        return self._job

    def forget_job(self, job: Job) -> None:
        """Its end was told."""
        if self._job is job and job.ended:
            self._job = None

    def fetch(self) -> Job:
        """Starts to fetch and open letters from every carrier."""
        if not self.places.carriers:
            raise Misused("no postbox and no carrier is set up", "start the desk with --postbox and --token-file")
        return self._start(Job("fetch"), self._fetch)

    def publish(self) -> Job:
        """Starts to bind the next edition and to send it to every carrier."""
        return self._start(Job("publish"), self._publish)

    def send(self) -> Job:
        """Starts to send the newest edition again to every carrier."""
        newest = self.office.archive.newest()
        if newest is None:
            raise Misused("nothing is published yet", "publish the first edition")
        return self._start(Job("send", edition=newest.edition), self._send)

    def wait(self, seconds: float) -> None:
        """Waits for the job to end, `seconds` at most."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _start(self, job: Job, run: Callable[[Job], None]) -> Job:
        with self._turn:
            if self._job is not None and not self._job.ended:
                raise Unavailable("another job is still running", "wait until it has ended")
            self._job = job
            self._thread = threading.Thread(target=self._run, args=(job, run), name=job.kind, daemon=True)
            self._thread.start()
        return job

    def _run(self, job: Job, run: Callable[[Job], None]) -> None:
        try:
            run(job)
        except HolubError as error:
            job.trouble = error
        except BaseException as error:  # a job that ended must say so, whatever ended it
            job.trouble = HolubError(f"this is a bug in holub, and we are sorry: {type(error).__name__}")
            raise
        finally:
            job.ended = True

    def _progress(self, job: Job) -> Callable[[str, int, int], None]:
        def progress(stage: str, done: int, total: int) -> None:
            if job.stop:
                raise Unavailable("the office was locked meanwhile", "unlock it and start again")
            job.stage, job.done, job.total = stage.partition(" ")[0], done, total

        return progress

    def _fetch(self, job: Job) -> None:
        now, room = int(self._clock()), self.room
        room.keep_schedule(now)
        total = Fetched(0, 0, 0, 0, 0)
        for name, carrier in self.places.carriers:
            try:
                told = fetch_letters(room, carrier, now, progress=self._progress(job))
            except HolubError as error:
                if job.stop:
                    raise
                job.troubles.append((name, str(error)))
                continue
            total += told
        job.fetched = total

    def _publish(self, job: Job) -> None:
        with self._turn:
            now = int(self._clock())
            self.office.mailroom.keep_schedule(now)
            published = self.editions.bind(
                self.places.guides, self.places.parcels, now, code=self.places.code, progress=self._progress(job)
            )
            job.edition, job.left_out = published.record.edition, published.left_out
        self._send(job)

    def _send(self, job: Job) -> None:
        if not self.places.carriers:
            return
        self._lay_out()
        parcels = Parcels(self.places.parcels, self.office.root_file.read_bytes())
        for name, carrier in self.places.carriers:
            now = int(self._clock())
            try:
                sent = parcels.send(
                    carrier, code=self.places.code, postboxes=self.places.postboxes, progress=self._progress(job)
                )
                went = Went(job.edition, name, now, sent.parcels, sent.pages)
            except HolubError as error:
                if job.stop:
                    raise
                went = Went(job.edition, name, now, 0, 0, str(error))
                job.troubles.append((name, str(error)))
            self.dispatch.note(went)

    def _lay_out(self) -> None:
        """The newest edition's parcels in the folder that is sent from: it may be new, or somebody emptied it."""
        newest = self.office.archive.newest()
        if newest is not None:
            self.editions.copy_out(newest.parcels, self.places.parcels)
