"""Sealed letters come in, opened letters are kept: the only way into the mailroom.

Rules
- Decoys, replays and what cannot be opened are dropped and counted; no letter stops the others.
- A letter is kept before its mark is: after a crash the postbox hands it out again and it is not taken for a replay.
  Both are one transaction, made durable every few hundred letters.
- A letter sealed to a key that is overwritten is too late; it is counted by key number, which is in the clear.
- From a shared carrier, what cannot be opened may be another centre's: a letter does not say whose it is, and all
  centres number their keys alike. It is left there, and not noted as late: it will be met again. Nothing is left that
  is too old for any centre.
- Rows of one transaction are shuffled.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from holub.errors import Refused
from holub.formats import letter as wire
from holub.formats.letterkey import EPOCH, SHARED_WEEKS, WEEK
from holub.inbound.mailroom import opening, records, tables
from holub.inbound.mailroom.keys import LetterKeys, mark_key, mark_of
from holub.inbound.mailroom.opening import Item, Outcome
from holub.store.database import Database
from holub.store.sealed import seal_records
from holub.store.slots import Slots

_TOGETHER = 1024  # letters in a transaction
_TOGETHER_BYTES = 16 << 20
_LOOKED_UP = 500  # marks in one query


@dataclass
class Opened:
    """What became of a batch: numbers of letters. Their sum is how many came in.

    left: the SHA-256 of those refused and too late that stay on a shared carrier.
    oldest: the first key number that another centre may still open; None where the carrier is not shared.
    """

    opened: int = 0
    decoys: int = 0
    replays: int = 0
    refused: int = 0
    too_late: int = 0
    left: set[bytes] = field(default_factory=set, repr=False)
    oldest: int | None = field(default=None, repr=False, compare=False)

    def refuse(self, sealed: bytes, *, too_late: bool = False) -> bool:
        """Count a letter that was not opened; whether it is left for other centres."""
        if too_late:
            self.too_late += 1
        else:
            self.refused += 1
        if self.oldest is None:
            return False
        try:
            stays = wire.read_header(sealed).number >= self.oldest
        except Refused:  # of a version that a newer holub may know
            stays = True
        if stays:
            self.left.add(sha256(sealed).digest())
        return stays


class Intake:
    """Opens batches into the letters' table."""

    def __init__(self, database: Database, slots: Slots, keys: LetterKeys) -> None:
        self._database = database
        self._slots = slots
        self._keys = keys

    def open_batch(
        self,
        letters: Iterable[bytes],
        now: int,
        *,
        workers: int | None = None,
        few: int = 256,
        shared: bool = False,
    ) -> Opened:
        """Open, sort out and keep; everything kept is durable when it returns.

        letters: sealed letters as they came from postboxes and carriers; now: Unix seconds; workers: processes, as many
        as there are cores if None; few: up to so many are opened in this process; shared: they come from a shared
        carrier. Raises Unavailable (disk): what was kept before stays kept, and the batch can be handed in again whole.
        """
        told = Opened(oldest=(now - EPOCH) // WEEK - SHARED_WEEKS + 1 if shared else None)
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        seeds = self._keys.seeds(now)
        pending: list[tuple[Item, Outcome]] = []
        size = 0
        items = self._sorted_out(letters, seeds, told)
        for chunk in opening.open_many(items, seeds, workers=workers, few=few):
            pending += chunk
            size += sum(len(item.sealed) for item, _ in chunk)
            if len(pending) >= _TOGETHER or size >= _TOGETHER_BYTES:
                self._keep(pending, day, told)
                pending, size = [], 0
        self._keep(pending, day, told)
        return told

    def _sorted_out(self, letters: Iterable[bytes], seeds: dict[int, bytes], told: Opened) -> Iterator[Item]:
        """What is worth opening: of a size and a key that exist, and neither twice in this batch nor seen before."""
        mark_keys = {number: mark_key(seed) for number, seed in seeds.items()}
        made = self._keys.made()
        here: set[bytes] = set()
        waiting: list[Item] = []
        late: dict[int, int] = {}
        for sealed in letters:
            try:
                number = wire.read_header(sealed).number
            except Refused:
                told.refuse(sealed)
                continue
            if number not in seeds:
                stays = told.refuse(sealed, too_late=number in made)
                if number in made and not stays:
                    late[number] = late.get(number, 0) + 1
                continue
            mark = mark_of(mark_keys[number], sealed)
            if mark in here:
                told.replays += 1
                continue
            here.add(mark)
            waiting.append(Item(sealed, number, mark))
            if len(waiting) >= _LOOKED_UP or len(sealed) > wire.SIZES[0]:
                yield from self._unseen(waiting, told)
                waiting = []
        yield from self._unseen(waiting, told)
        if late:
            with self._database.write() as connection:
                _count_late(connection, late)

    def _unseen(self, items: list[Item], told: Opened) -> list[Item]:
        if not items:
            return []
        with self._database.read() as connection:
            marks = connection.execute(
                select(tables.seen.c.mark)
                .where(tables.seen.c.key_number.in_({item.key_number for item in items}))
                .where(tables.seen.c.mark.in_([item.mark for item in items]))
            ).scalars()
            known = set(marks)
        fresh = [item for item in items if item.mark not in known]
        told.replays += len(items) - len(fresh)
        return fresh

    def _keep(self, pending: list[tuple[Item, Outcome]], day: str, told: Opened) -> None:
        taken = [(item, outcome) for item, outcome in pending if outcome is not None]
        kept = [(item, parts) for item, parts in taken if parts]
        random.SystemRandom().shuffle(kept)
        if taken:
            rows = self._rows(kept, day)
            with self._database.write() as connection:
                if rows:
                    connection.execute(insert(tables.letter), rows)
                connection.execute(
                    insert(tables.seen), [{"key_number": item.key_number, "mark": item.mark} for item, _ in taken]
                )
        for item, outcome in pending:
            if outcome is None:
                told.refuse(item.sealed)
        told.decoys += len(taken) - len(kept)
        told.opened += len(kept)

    def _rows(self, kept: list[tuple[Item, tuple[bytes, bytes, bytes]]], day: str) -> list[dict[str, object]]:
        plain = [(what, record) for _, parts in kept for what, record in zip(_WHAT, parts, strict=True) if record]
        sealed = iter(seal_records(self._slots, tables.OWNER, plain))
        rows: list[dict[str, object]] = []
        for item, (_, _, pictures) in kept:
            words, answer = next(sealed), next(sealed)
            shown = next(sealed) if pictures else None
            rows.append(
                {
                    "state": "waiting",
                    "day": day,
                    "size": _SIZES.index(len(item.sealed)),
                    "has_pictures": shown is not None,
                    "slot": words.slot,
                    "sealed": words.ciphertext,
                    "pictures_slot": shown.slot if shown else None,
                    "pictures_sealed": shown.ciphertext if shown else None,
                    "return_slot": answer.slot,
                    "return_sealed": answer.ciphertext,
                    "version": 0,
                    "travelled": 0,
                }
            )
        return rows


_SIZES = (*wire.SIZES, wire.NARROW_SIZE)  # by their place here, in the database
_WHAT = (records.WORDS, records.RETURN, records.PICTURES)


def _count_late(connection: Connection, late: dict[int, int]) -> None:
    for number, letters in late.items():
        row = tables.late.c.key_number == number
        changed = connection.execute(
            update(tables.late).where(row).values(letters=tables.late.c.letters + letters)
        ).rowcount
        if not changed:
            connection.execute(insert(tables.late).values(key_number=number, letters=letters))
