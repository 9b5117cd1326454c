"""Opening letters in one process, against the bare ML-KEM decapsulation and X25519 exchange in the same run.

The limit is what opening cannot do without: from a letter's bytes to the two secrets that were agreed on. Rounds of
both alternate, so that a busy machine slows both, and the ratio is the median of the rounds'. The rate of the sealing
library's own opening stands beside it; it neither parses nor checks what it opened. `python -m bench mailroom`
measures the batches in which an office really opens letters, and holds them to a bar.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from holub.formats import letter, letterkey
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic

LETTERS = 400
ROUNDS = 7
NUMBER = 40
SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


def run(corpus: Path | None) -> dict[str, Any]:
    """Rates a CPU-second and their ratios; `corpus` is not used, letters are made up."""
    del corpus
    seed = os.urandom(32)
    key = letterkey.generate(NUMBER, seed)
    body = Body(Topic.QUESTION, "uk", "main", "Чи можна навчатися в українській школі дистанційно? " * 20)
    now = letterkey.EPOCH + NUMBER * letterkey.WEEK
    letters = [letter.seal(Letter(Kind.LETTER, os.urandom(32), body), key.letter_key(), now) for _ in range(LETTERS)]
    expanded = hashlib.shake_256(seed).digest(96)
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    curve = x25519.X25519PrivateKey.from_private_bytes(expanded[64:])
    private = hpke.MLKEM768X25519PrivateKey(lattice, curve)

    def bare() -> None:
        for one in letters:
            lattice.decapsulate(one[5:1093])
            curve.exchange(x25519.X25519PublicKey.from_public_bytes(one[1093:1125]))

    def library() -> None:
        for one in letters:
            SUITE.decrypt(one[5:], private, b"holub/letter/v1" + one[:5])

    def opening() -> None:
        for one in letters:
            letter.open_sealed(one, key)

    rounds = [(_rate(bare), _rate(library), _rate(opening)) for _ in range(ROUNDS)]
    return {
        "letters": LETTERS,
        "bare_per_cpu_second": round(statistics.median(one[0] for one in rounds)),
        "library_per_cpu_second": round(statistics.median(one[1] for one in rounds)),
        "opened_per_cpu_second": round(statistics.median(one[2] for one in rounds)),
        "library_to_bare": round(statistics.median(one[1] / one[0] for one in rounds), 3),
        "opened_to_bare": round(statistics.median(one[2] / one[0] for one in rounds), 3),
    }


def _rate(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return LETTERS / (time.process_time() - start)


def table(result: dict[str, Any]) -> str:
    """The figures for people."""
    rows = [
        ("decapsulation + X25519 alone", result["bare_per_cpu_second"], "1"),
        ("the sealing library alone", result["library_per_cpu_second"], result["library_to_bare"]),
        ("a letter opened and parsed", result["opened_per_cpu_second"], result["opened_to_bare"]),
    ]
    lines = [f"{'':32}{'a CPU-second':>14}{'ratio':>8}"]
    lines += [f"{name:32}{rate:>14,}{ratio:>8}" for name, rate, ratio in rows]
    return "\n".join(lines)
