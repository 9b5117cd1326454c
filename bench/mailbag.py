"""Building a mailbag of 100,000 replies, and finding one's own in it.

The limit is what a record cannot do without: two HMACs (tag and key) and one ChaCha20-Poly1305 over 480 bytes.
"""

from __future__ import annotations

import hmac
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from holub.formats import codename, mailbag
from holub.formats.mailbag import Reply

RECORDS = 100_000
ROUNDS = 3
BAR = 50_000
EDITION = 7


def run(corpus: Path | None) -> dict[str, Any]:
    """Rates a second (and a CPU-second) and their ratio; `corpus` is not used, replies are made up."""
    del corpus
    key = os.urandom(32)
    mine = codename.secret(key, 40, 3)
    replies = [Reply(os.urandom(32), "Так, можна. Дивіться посібник про школу.") for _ in range(RECORDS - 1)]
    replies.append(Reply(mine, "Ваша відповідь"))
    bags: list[mailbag.Mailbag] = []
    rounds = []
    for _ in range(ROUNDS):
        bags.clear()
        bare, _ = _clock(lambda: _bare(replies))
        built, wall = _clock(lambda: bags.append(mailbag.build(replies, EDITION, os.urandom)))
        rounds.append((RECORDS / bare, RECORDS / built, RECORDS / wall))
    bag = bags[0]
    found: list[int | None] = []
    directory = mailbag.Directory(bag.directory, mailbag.entry_of("main", bag))

    def look_up() -> None:
        found.extend(directory.find(mailbag.tag_of(secret, EDITION)) for secret in codename.candidates(key, 45))

    seconds, _ = _clock(look_up)
    assert [place is not None for place in found].count(True) == 1
    return {
        "records": bag.records,
        "bare_per_cpu_second": round(statistics.median(one[0] for one in rounds)),
        "built_per_cpu_second": round(statistics.median(one[1] for one in rounds)),
        "built_per_second": round(statistics.median(one[2] for one in rounds)),
        "built_to_bare": round(statistics.median(one[1] / one[0] for one in rounds), 3),
        "bar_built_per_second": BAR,
        "lookup_of_832_ms": round(seconds * 1000, 1),
        "directory_bytes": len(bag.directory),
        "bodies_bytes": sum(map(len, bag.shards)),
    }


def _bare(replies: list[Reply]) -> None:
    plain, nonce, number = bytes(mailbag.PADDED_SIZE), bytes(12), EDITION.to_bytes(4, "big")
    salt = bytes(mailbag.SALT_SIZE)
    for reply in replies:
        hmac.digest(reply.secret, b"tag" + number, "sha256")
        key = hmac.digest(reply.secret, b"key" + number + salt, "sha256")
        ChaCha20Poly1305(key).encrypt(nonce, plain, None)


def _clock(work: Callable[[], None]) -> tuple[float, float]:
    """(CPU seconds, wall seconds) of the work."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def table(result: dict[str, Any]) -> str:
    """The figures for people."""
    return "\n".join(
        [
            f"records                                {result['records']:>12,}",
            f"two HMACs and the cipher alone, a CPU-s {result['bare_per_cpu_second']:>11,}",
            f"built, a CPU-second                    {result['built_per_cpu_second']:>12,}",
            f"built, a second                        {result['built_per_second']:>12,}",
            f"ratio of built to alone                {result['built_to_bare']:>12}",
            f"832 candidates looked up, ms           {result['lookup_of_832_ms']:>12}",
            f"directory, bytes                       {result['directory_bytes']:>12,}",
            f"bodies, bytes                          {result['bodies_bytes']:>12,}",
            f"bar: {result['bar_built_per_second']:,} built a second",
        ]
    )
