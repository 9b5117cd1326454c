"""The one thread that writes: whatever letters wait are committed together, then all are answered.

There is no timer. While one commit is on its way to the disk the next letters gather; alone, a
letter is committed at once. A letter is answered only after its commit.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from holub.errors import Unavailable
from holub.transit.postbox.letterbox import Broken, Letterbox
from holub.transit.postbox.limits import Limits

T = TypeVar("T")


class Outcome(Enum):
    """What became of one letter."""

    STORED = "stored"
    FULL = "full"
    CLOSED = "closed"  # stopping, or the disk failed: not stored, as far as anybody can say


@dataclass(frozen=True)
class _Letter:
    digest: bytes
    letter: bytes
    stamped: bool
    answer: asyncio.Future[Outcome]


@dataclass(frozen=True)
class _Job:
    work: Callable[[Letterbox], Any]
    answer: asyncio.Future[Any]


class Writer:
    """Owns the letterbox. `start` and `stop` are for the server's own thread; the rest for its event loop."""

    def __init__(self, open_box: Callable[[], Letterbox], limits: Limits, on_broken: Callable[[Broken], None]) -> None:
        self._open_box = open_box
        self._limits = limits
        self._on_broken = on_broken
        self._wake = threading.Condition()
        self._waiting: deque[_Letter | _Job] = deque()
        self._gathered: list[_Letter | _Job] = []  # of the event loop alone
        self._closed = True
        self._opened = threading.Event()
        self._failure: BaseException | None = None
        # A daemon, because after a disk error it stays parked (see _park) and must not hold the process back.
        self._thread = threading.Thread(target=self._run, name="postbox-writer", daemon=True)

    def start(self) -> None:
        """Open the letters and begin; raises what opening them raises."""
        self._thread.start()
        self._opened.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Write what waits, close the file, and end. After a disk error there is nothing to wait for."""
        with self._wake:
            broken = self._failure is not None
            self._closed = True
            self._wake.notify()
        if self._thread.is_alive() and not broken:
            self._thread.join()

    @property
    def open(self) -> bool:
        """Whether letters are taken."""
        return not self._closed

    async def store(self, digest: bytes, letter: bytes, *, stamped: bool = False) -> Outcome:
        """Store one letter; STORED means durable. stamped: in the lane of letters with a stamp."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if not self._add(_Letter(digest, letter, stamped, answer)):
            return Outcome.CLOSED
        return await answer

    async def ask(self, work: Callable[[Letterbox], T]) -> T:
        """Run `work` on the letterbox in its own thread; Unavailable when the postbox is stopping."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if not self._add(_Job(work, answer)):
            raise Unavailable("the postbox is stopping", "try again later")
        return await answer

    def _add(self, item: _Letter | _Job) -> bool:
        if self._closed:
            return False
        # Everything that becomes whole in one turn of the event loop is handed over together: waking the
        # writer for the first of them would commit that one alone and keep the others waiting.
        self._gathered.append(item)
        if len(self._gathered) == 1:
            asyncio.get_running_loop().call_soon(self._hand_over)
        return True

    def _hand_over(self) -> None:
        items, self._gathered = self._gathered, []
        with self._wake:
            if not self._closed:
                self._waiting.extend(items)
                self._wake.notify()
                return
        _refuse(items)

    def _run(self) -> None:
        try:
            box = self._open_box()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that called start
            self._failure = error
            self._opened.set()
            return
        self._closed = False
        self._opened.set()
        while items := self._take():
            try:
                self._work(box, items)
            except Exception as error:  # noqa: BLE001 - a thread that died unseen would leave every sender waiting
                self._break(error if isinstance(error, Broken) else Broken(error), items)
                self._park(box)
        box.close()

    def _take(self) -> list[_Letter | _Job]:
        """Whatever waits now, up to one batch; empty when it is time to end."""
        with self._wake:
            while not self._waiting and not self._closed:
                self._wake.wait()
            items: list[_Letter | _Job] = []
            room = self._limits.batch_bytes
            while self._waiting and len(items) < self._limits.batch_letters:
                item = self._waiting[0]
                if isinstance(item, _Letter):
                    room -= len(item.letter)
                    if room < 0 and items:
                        break
                items.append(self._waiting.popleft())
            return items

    def _work(self, box: Letterbox, items: list[_Letter | _Job]) -> None:
        every = [item for item in items if isinstance(item, _Letter)]
        for stamped in (True, False):
            letters = [item for item in every if item.stamped == stamped]
            if not letters:
                continue
            stored = box.store([(item.digest, item.letter) for item in letters], stamped=stamped)
            outcomes = [Outcome.STORED if ok else Outcome.FULL for ok in stored]
            answers = list(zip((item.answer for item in letters), outcomes, strict=True))
            # One wake-up of the event loop for the whole batch.
            letters[0].answer.get_loop().call_soon_threadsafe(_resolve, answers)
        for item in items:
            if isinstance(item, _Job):
                item.answer.get_loop().call_soon_threadsafe(_resolve, [(item.answer, item.work(box))])

    def _break(self, error: Broken, items: list[_Letter | _Job]) -> None:
        with self._wake:
            self._failure = error
            self._closed = True
            items += self._waiting
            self._waiting.clear()
        items[0].answer.get_loop().call_soon_threadsafe(_refuse, items)
        self._on_broken(error)

    def _park(self, box: Letterbox) -> None:
        # Closing would fold the log into the file, which is writing again after a failed write. So the
        # file is left open until the process ends, and this thread holds it.
        while True:
            threading.Event().wait()
            del box


def _resolve(answers: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for answer, outcome in answers:
        # The client may have gone, and its request been cancelled.
        if not answer.done():
            answer.set_result(outcome)


def _refuse(items: list[_Letter | _Job]) -> None:
    for item in items:
        if item.answer.done():
            continue
        if isinstance(item, _Letter):
            item.answer.set_result(Outcome.CLOSED)
        else:
            item.answer.set_exception(Unavailable("the postbox has closed", "look at the postbox, then fetch again"))
