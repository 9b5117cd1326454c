"""Opening many letters at once, in processes of their own: the sealing library keeps Python's lock while it works.

Rules
- Seeds go to the workers through memory alone (a pipe at their start) and die with them at the end of the batch,
  or with the office's process.
- A letter that cannot be opened is refused, whatever is wrong with it. One that kills its worker is refused as well:
  the letters that were on their way with it are tried again, one by one, in a worker of their own.
- Few letters are opened in this process: starting workers would take longer.
- What comes back is in no particular order.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from threading import Thread
from typing import Final, TypeAlias

from holub.errors import Refused, Unavailable
from holub.formats.letter import HEADER_SIZE
from holub.inbound.mailroom.records import Records, records_of
from holub.inbound.mailroom.unsealing import Unsealer

CHUNK_LETTERS: Final = 128
CHUNK_BYTES: Final = 4 << 20
_IN_FLIGHT: Final = 3  # chunks a worker

# What one sealed letter was: its records (none for a decoy), or None where it cannot be opened.
Outcome: TypeAlias = Records | None


@dataclass(frozen=True, slots=True)
class Item:
    """A sealed letter on its way through, with what the caller needs to know it again."""

    sealed: bytes = field(repr=False)
    key_number: int
    mark: bytes


OpenChunk: TypeAlias = Callable[[list[bytes]], list[Outcome]]
Keys: TypeAlias = dict[bytes, Unsealer]  # by the header of the letters that each opens
_keys: Keys = {}


def start_worker(seeds: dict[int, bytes]) -> None:
    """Prepare this process to open letters sealed to these keys."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _keys.clear()
    _keys.update(_ready(seeds))


def _ready(seeds: dict[int, bytes]) -> Keys:
    unsealers = [Unsealer(number, seed) for number, seed in seeds.items()]
    return {header: unsealer for unsealer in unsealers for header in unsealer.headers}


def _end_with(parent: int) -> None:
    # A worker whose office was killed would wait for letters for ever, and keep its seeds in memory.
    wait_for([parent])
    os._exit(1)


def open_chunk(chunk: list[bytes]) -> list[Outcome]:
    """Open a chunk with the keys of this process."""
    return open_all(chunk, _keys)


def open_all(chunk: list[bytes], keys: Keys) -> list[Outcome]:
    """Open letters; whatever is wrong with one, its outcome is the same.

    In two turns, the key agreements of all and then the rest: one long loop over the same few functions runs a tenth
    faster than everything for one letter after the other.
    """
    found = [keys.get(sealed[:HEADER_SIZE]) for sealed in chunk]
    agreed = [None if key is None else key.agree(sealed) for key, sealed in zip(found, chunk, strict=True)]
    outcomes: list[Outcome] = []
    for key, sealed, shared in zip(found, chunk, agreed, strict=True):
        try:
            outcomes.append(None if key is None else records_of(key.open(sealed, shared)))
        except Refused:
            outcomes.append(None)
    return outcomes


def open_many(
    items: Iterable[Item],
    seeds: dict[int, bytes],
    *,
    workers: int | None = None,
    few: int = 256,
    work: OpenChunk = open_chunk,
) -> Iterator[list[tuple[Item, Outcome]]]:
    """Open letters as they come, chunk by chunk. `workers`: processes, as many as there are cores if None."""
    chunks = _chunks(items)
    first: list[list[Item]] = []
    count = 0
    for chunk in chunks:
        first.append(chunk)
        count += len(chunk)
        if count > few:
            break
    if count <= few:
        keys = _ready(seeds)
        for chunk in first:
            yield list(zip(chunk, open_all([item.sealed for item in chunk], keys), strict=True))
        return
    pool = _Pool(seeds, workers or len(os.sched_getaffinity(0)), work)
    try:
        yield from pool.run(_then(first, chunks))
    finally:
        pool.close()


def _then(first: list[list[Item]], rest: Iterator[list[Item]]) -> Iterator[list[Item]]:
    yield from first
    yield from rest


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    size = 0
    for item in items:
        if chunk and (len(chunk) >= CHUNK_LETTERS or size + len(item.sealed) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.sealed)
    if chunk:
        yield chunk


class _Pool:
    """Workers that hold the seeds, started anew when one of them dies."""

    def __init__(self, seeds: dict[int, bytes], workers: int, work: OpenChunk) -> None:
        self._seeds = seeds
        self._workers = workers
        self._work = work
        self._executor = self._fresh(workers)

    def _fresh(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, get_context("spawn"), start_worker, (self._seeds,))

    def run(self, chunks: Iterator[list[Item]]) -> Iterator[list[tuple[Item, Outcome]]]:
        flying: dict[Future[list[Outcome]], list[Item]] = {}
        suspects: deque[list[Item]] = deque()
        more = True
        while more or flying:
            while more and len(flying) < _IN_FLIGHT * self._workers:
                chunk = next(chunks, None)
                if chunk is None:
                    more = False
                else:
                    flying[self._submit(chunk)] = chunk
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = flying.pop(future)
                try:
                    yield list(zip(chunk, future.result(), strict=True))
                except BrokenProcessPool:
                    suspects.append(chunk)
            if suspects and not flying:
                for chunk in suspects:
                    yield self._apart(chunk)
                suspects.clear()

    def _submit(self, chunk: list[Item]) -> Future[list[Outcome]]:
        letters = [item.sealed for item in chunk]
        try:
            return self._executor.submit(self._work, letters)
        except BrokenProcessPool:
            self._executor.shutdown()
            self._executor = self._fresh(self._workers)
            return self._executor.submit(self._work, letters)

    def _apart(self, chunk: list[Item]) -> list[tuple[Item, Outcome]]:
        """Open a chunk that may hold the letter that killed its worker: one by one, in a worker of its own."""
        told: list[tuple[Item, Outcome]] = []
        while len(told) < len(chunk):
            with self._fresh(1) as alone:
                try:
                    alone.submit(self._work, []).result()
                except BrokenProcessPool as error:
                    # It is not the letters: refusing them would lose them.
                    raise Unavailable(
                        "no process can be started to open letters", "free some memory, try again"
                    ) from error
                try:
                    for item in chunk[len(told) :]:
                        told.append((item, alone.submit(self._work, [item.sealed]).result()[0]))
                except BrokenProcessPool:
                    told.append((chunk[len(told)], None))
        return told

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)
