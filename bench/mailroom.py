"""How fast the mailroom opens letters, as a share of the bare cryptography in the same run.

The limit is what no opener can do without: one ML-KEM-768 decapsulation and one X25519 exchange a letter, with the
keys at hand. Opened means authentic, and every field checked. On one core, by processor time: each round measures the
limit and the mailroom in turns, and the ratio is the median of the rounds, so that a busy machine slows both. Nothing
else is measured in between: what ends with decrypting slows the calls after it by a sixth, where opening does not.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from holub.formats import letter as wire
from holub.formats import mailbag
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import EPOCH, WEEK, SecretKey
from holub.inbound.mailroom import opening
from holub.inbound.mailroom.room import Mailroom
from holub.store.database import Database
from holub.store.slots import Slots

NOW = EPOCH + 50 * WEEK
LETTERS = 3_000
ROUNDS = 9
REPLIES = 100_000
TEXT = "I was told to hand in my papers by Friday. What happens if I do not, and whom can I ask near me? " * 6


def run(corpus: Path | None) -> dict[str, Any]:
    """The figures; `corpus` is not needed here, letters are made up."""
    del corpus
    seed = os.urandom(32)
    key = SecretKey(50, seed)
    public = key.letter_key()
    letters = [
        wire.seal(Letter(Kind.LETTER, os.urandom(32), Body(Topic.QUESTION, "en", "main", TEXT)), public, NOW)
        for _ in range(LETTERS)
    ]
    cores = len(os.sched_getaffinity(0))
    opening.start_worker({50: seed})
    rounds = [_round(letters) for _ in range(ROUNDS)]
    with _Workers(seed, letters, cores) as together:
        pooled = [together.round() for _ in range(ROUNDS)]
    return {
        "letters": LETTERS,
        "cores": cores,
        "raw_per_second_one_core": round(statistics.median(r[0] for r in rounds)),
        "opened_per_second_one_core": round(statistics.median(r[1] for r in rounds)),
        "ratio_opened": round(statistics.median(r[1] / r[0] for r in rounds), 3),
        "raw_per_second_all_cores": round(statistics.median(r[0] for r in pooled)),
        "opened_per_second_all_cores": round(statistics.median(r[1] for r in pooled)),
        "ratio_all_cores": round(statistics.median(r[1] / r[0] for r in pooled), 3),
        "kept_per_second": round(_kept()),
        "mailbag_replies": REPLIES,
        "mailbag_per_second": round(_mailbag()),
        "bars": {"ratio_opened": 0.8, "mailbag_per_second": 50_000},
    }


def table(result: dict[str, Any]) -> str:
    """The figures as text."""
    r = result
    return "\n".join(
        (
            f"mailroom, {r['letters']:,} letters of 4,096 bytes",
            f"  one core, bare decapsulation + X25519           {r['raw_per_second_one_core']:>8,}/s",
            f"    opened (every field checked as well)          {r['opened_per_second_one_core']:>8,}/s   "
            f"ratio {r['ratio_opened']:.3f} (bar 0.80)",
            f"  {r['cores']} workers, bare                                {r['raw_per_second_all_cores']:>8,}/s",
            f"    opened                                        {r['opened_per_second_all_cores']:>8,}/s   "
            f"ratio {r['ratio_all_cores']:.2f}",
            f"  opened, sealed again and durable, workers started {r['kept_per_second']:>8,}/s",
            f"  mailbag of {r['mailbag_replies']:,} replies built   {r['mailbag_per_second']:>8,}/s (bar 50,000)",
        )
    )


def _rate(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def _bare(letters: list[bytes]) -> list[bytes]:
    """What no opener can do without, once a letter."""
    lattice, curve = _bare_keys
    out = []
    for sealed in letters:
        out.append(lattice.decapsulate(sealed[5:1093]))
        out.append(curve.exchange(x25519.X25519PublicKey.from_public_bytes(sealed[1093:1125])))
    return out


_bare_keys = (mlkem.MLKEM768PrivateKey.generate(), x25519.X25519PrivateKey.generate())


def _chunks(letters: list[bytes]) -> list[list[bytes]]:
    return [letters[at : at + opening.CHUNK_LETTERS] for at in range(0, len(letters), opening.CHUNK_LETTERS)]


def _round(letters: list[bytes]) -> tuple[float, float]:
    """(bare, opened) a processor second in this process, taken in turns chunk by chunk."""
    spent = [0.0, 0.0]
    for chunk in _chunks(letters):
        for place, work in enumerate((_bare, opening.open_chunk)):
            start = time.process_time()
            work(chunk)
            spent[place] += time.process_time() - start
    bare, opened = (len(letters) / seconds for seconds in spent)
    return bare, opened


class _Workers:
    """The same, in as many processes as there are cores; their start is not measured."""

    def __init__(self, seed: bytes, letters: list[bytes], cores: int) -> None:
        self._letters = letters
        self._chunks = _chunks(letters)
        self._pool = get_context("spawn").Pool(cores, opening.start_worker, ({50: seed},))

    def __enter__(self) -> _Workers:
        self._pool.map(opening.open_chunk, self._chunks)
        return self

    def round(self) -> tuple[float, float]:
        bare = _rate(len(self._letters), lambda: self._pool.map(_bare, self._chunks, chunksize=1))
        return bare, _rate(len(self._letters), lambda: self._pool.map(opening.open_chunk, self._chunks, chunksize=1))

    def __exit__(self, *_: object) -> None:
        self._pool.close()
        self._pool.join()


@contextmanager
def _office() -> Iterator[Mailroom]:
    with tempfile.TemporaryDirectory(prefix="holub-bench-") as folder:
        database, slots = Database.at(Path(folder) / "database"), Slots(Path(folder) / "slots", os.urandom(32))
        yield Mailroom(database, slots)
        slots.close()
        database.close()


def _kept() -> float:
    """Letters a second through the whole mailroom: workers started, opened, sealed again, durable."""
    with _office() as room:
        key = room.letter_key(NOW)
        letters = [
            wire.seal(Letter(Kind.LETTER, os.urandom(32), Body(Topic.QUESTION, "en", "main", TEXT)), key, NOW)
            for _ in range(2 * LETTERS)
        ]
        random.shuffle(letters)
        return _rate(len(letters), lambda: room.open_batch(letters, NOW))


def _mailbag() -> float:
    answer = "Yes. Take the form to any office that still answers. " * 3
    replies = [mailbag.Reply(os.urandom(32), answer) for _ in range(REPLIES)]
    return _rate(REPLIES, lambda: mailbag.build(replies, 1, os.urandom))


if __name__ == "__main__":
    print(table(run(None)))
