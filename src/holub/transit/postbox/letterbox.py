"""The stored letters: one SQLite file, owned by one thread.

Rows are (hash, letter) and nothing else: no time, no address, no counter. The table has no rowid,
so that rows lie in the order of their hashes and not of their arrival. What `store` says is
stored has been through COMMIT with synchronous=FULL. SQLite has no page checksums, so every
letter's hash is checked when it is read.

An error of the disk is final (Broken): after a failed flush nobody knows what is on the disk, and
a second try can succeed without anything having been written. The process ends; the next start
reads what is really there.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from holub.transit.carrier import LETTER_SIZES, Bag
from holub.transit.postbox.limits import Limits

PAGE = 4_096
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS letters (
    hash   BLOB PRIMARY KEY CHECK (length(hash) = 32),
    letter BLOB NOT NULL CHECK (length(letter) IN ({", ".join(map(str, LETTER_SIZES))}))
) STRICT, WITHOUT ROWID
"""
# The lane of letters that came with a stamp; a table of its own, so that an older holub reads the letters as before.
_LANE = """
CREATE TABLE IF NOT EXISTS stamped (hash BLOB PRIMARY KEY CHECK (length(hash) = 32)) STRICT, WITHOUT ROWID
"""
# One part of this many of the space is kept for stamped letters.
_KEPT = 16
# A letter in the log and once more in the file, with what pages waste.
_DISK_FACTOR = 3
_RETRY = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CONSTRAINT})
_TORN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


# Rows a statement. SQLite gives Python's lock back for each statement: with a row a statement, a batch would have to
# wait for its turn after every row while the event loop is at work.
_ROWS = (256, 64, 16, 4, 1)
_INSERT = {rows: f"INSERT OR IGNORE INTO letters VALUES {', '.join(['(?, ?)'] * rows)}" for rows in _ROWS}  # noqa: S608 - no value is in it


class Broken(Exception):
    """The disk failed or the file is torn: nothing more may be written. `torn`: the file itself is damaged."""

    def __init__(self, error: Exception) -> None:
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        super().__init__(name)
        self.torn = primary_code(error) in _TORN


def primary_code(error: Exception) -> int:
    """SQLite's primary result code; 0 where the error does not come from SQLite."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


class Letterbox:
    """The letters of one postbox. Opened, used and closed by one thread."""

    def __init__(self, file: Path, limits: Limits, *, torn: bool = False) -> None:
        """Open or make the file. Broken when it is torn, unless `torn` says so: then it can only be read."""
        self._file = file
        self._limits = limits
        self._base: sqlite3.Connection = sqlite3.connect(file, isolation_level=None, cached_statements=32)
        try:
            self._count = self._open(torn)
        except sqlite3.Error as error:
            self._base.close()
            raise Broken(error) from error

    def _open(self, torn: bool) -> int:
        run = self._base.execute
        # Exclusive: nobody else reads this file, and no shared-memory file lies beside it.
        run("PRAGMA locking_mode = EXCLUSIVE")
        if not self._file.stat().st_size:
            # Only where the file is new: each writes, and a full disk must not keep the office from its letters.
            run(f"PRAGMA page_size = {PAGE}")
            run("PRAGMA auto_vacuum = INCREMENTAL")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA secure_delete = ON")
        run("PRAGMA temp_store = MEMORY")
        run("PRAGMA trusted_schema = OFF")
        run("PRAGMA journal_size_limit = 33554432")
        run(f"PRAGMA max_page_count = {max(self._limits.capacity_bytes // PAGE, 16)}")
        if torn:
            return 0
        run(_SCHEMA)
        run(_LANE)
        (count,) = run("SELECT count(*) FROM letters").fetchone()
        return int(count)

    def close(self) -> None:
        """Close the file; the log is folded into it."""
        self._base.close()

    def __len__(self) -> int:
        return self._count

    def store(self, batch: Sequence[tuple[bytes, bytes]], *, stamped: bool = False) -> list[bool]:
        """Store (hash, letter) pairs durably; for each, whether it is stored now (or was before).

        stamped: in the lane of letters with a stamp, which the last part of the space is kept for. All in one
        transaction; when that fails for want of space, one by one, the small ones first in line to fit. Broken when
        the disk fails.
        """
        stored = [False] * len(batch)
        room = self._free() - self._limits.reserve_bytes
        unkept = None if stamped else self._unkept()
        fits = []
        for index, (_, letter) in enumerate(batch):
            if unkept is not None:
                # With what pages waste. One that is too large leaves the room to the next ones.
                cost = len(letter) * 3 // 2
                if cost > unkept:
                    continue
                unkept -= cost
            room -= _DISK_FACTOR * len(letter)
            if room >= 0:
                fits.append(index)
        if self._commit([batch[index] for index in fits], stamped):
            for index in fits:
                stored[index] = True
            return stored
        too_large = 1 << 62
        for index in fits:
            if len(batch[index][1]) < too_large:
                stored[index] = self._commit([batch[index]], stamped)
                if not stored[index]:
                    too_large = len(batch[index][1])
        return stored

    def collect(self, limit: int) -> Bag:
        """At most `limit` sound letters, shuffled; they stay stored.

        Stamped ones first, then from a random place in the order of hashes.
        """
        start = secrets.token_bytes(32)
        first = self._stamped()
        letters: list[bytes] = []
        damaged, room = 0, self._limits.bag_bytes
        taken: set[bytes] = set()
        for digest in itertools.chain(first, self._circle(start)):
            if digest in taken:
                continue
            taken.add(digest)
            letter = self._read(digest)
            if letter is None or len(letter) not in LETTER_SIZES or hashlib.sha256(letter).digest() != digest:
                damaged += 1
                continue
            if len(letter) > room and letters:
                break
            letters.append(letter)
            room -= len(letter)
            if len(letters) == limit:
                break
        secrets.SystemRandom().shuffle(letters)
        return Bag(tuple(letters), damaged, self._count)

    def forget(self, digests: Iterable[bytes]) -> int:
        """Delete letters, overwrite their bytes, and give their pages back; how many were there."""
        try:
            every = [(digest,) for digest in digests]
            before = self._base.total_changes
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("DELETE FROM letters WHERE hash = ?", every)
            gone = self._base.total_changes - before
            self._base.executemany("DELETE FROM stamped WHERE hash = ?", every)
            self._base.execute("COMMIT")
            self._count -= gone
            # A page a step, without a row: only a script is stepped to its end.
            self._base.executescript("PRAGMA incremental_vacuum")
            self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            self._undo()
            if primary_code(error) == sqlite3.SQLITE_FULL:
                return 0
            raise Broken(error) from error
        return gone

    def hashes(self, after: bytes = b"") -> Iterator[bytes]:
        """All hashes in their order, beginning after `after`; goes on behind a torn page as well as it can."""
        while True:
            try:
                for (digest,) in self._base.execute("SELECT hash FROM letters WHERE hash > ? ORDER BY hash", (after,)):
                    after = digest
                    yield digest
                return
            except sqlite3.Error as error:
                if primary_code(error) not in _TORN:
                    raise Broken(error) from error
            step = int.from_bytes(after[:2].ljust(2, b"\x00"), "big") + 1
            if step > 0xFFFF:
                return
            after = step.to_bytes(2, "big")

    def sound(self) -> Iterator[tuple[bytes, bytes]]:
        """All (hash, letter) pairs that still match."""
        for digest in self.hashes():
            letter = self._read(digest)
            if letter is not None and hashlib.sha256(letter).digest() == digest:
                yield digest, letter

    def _circle(self, start: bytes) -> Iterator[bytes]:
        yield from self.hashes(start)
        for digest in self.hashes():
            if digest > start:
                return
            yield digest

    def _read(self, digest: bytes) -> bytes | None:
        try:
            row = self._base.execute("SELECT letter FROM letters WHERE hash = ?", (digest,)).fetchone()
        except sqlite3.Error as error:
            if primary_code(error) not in _TORN:
                raise Broken(error) from error
            return None
        return row[0] if row and isinstance(row[0], bytes) else None

    def _stamped(self) -> list[bytes]:
        try:
            return [row[0] for row in self._base.execute("SELECT hash FROM stamped ORDER BY random()")]
        except sqlite3.Error as error:
            if primary_code(error) not in (*_TORN, sqlite3.SQLITE_ERROR):
                raise Broken(error) from error
            return []  # torn, or of an older holub and only to be read

    def _unkept(self) -> int:
        """Bytes that letters without a stamp may still take."""
        (pages,), (free,) = (
            self._base.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "freelist_count")
        )
        most = max(self._limits.capacity_bytes // PAGE, 16)
        return int(most - most // _KEPT - pages + free) * PAGE

    def _commit(self, batch: Sequence[tuple[bytes, bytes]], stamped: bool) -> bool:
        if not batch:
            return True
        try:
            before = self._base.total_changes
            self._base.execute("BEGIN IMMEDIATE")
            for rows in _shared_out(batch):
                self._base.execute(_INSERT[len(rows)], [part for row in rows for part in row])
            fresh = self._base.total_changes - before
            if stamped:
                marks = ((digest,) for digest, _ in batch)
                self._base.executemany("INSERT OR IGNORE INTO stamped VALUES (?)", marks)
            self._base.execute("COMMIT")
            self._count += fresh
        except sqlite3.Error as error:
            if primary_code(error) not in _RETRY:
                raise Broken(error) from error
            self._undo()
            return False
        return True

    def _undo(self) -> None:
        if self._base.in_transaction:
            try:
                self._base.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise Broken(error) from error

    def _free(self) -> int:
        stat = os.statvfs(self._file.parent)
        return stat.f_bavail * stat.f_frsize


def _shared_out(batch: Sequence[tuple[bytes, bytes]]) -> Iterator[Sequence[tuple[bytes, bytes]]]:
    """The batch in runs, each as long as a statement that there is."""
    at = 0
    for rows in _ROWS:
        while len(batch) - at >= rows:
            yield batch[at : at + rows]
            at += rows
