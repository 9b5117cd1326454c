"""Files of letters to try things on."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from holub.transit.postbox.letterbox import Letterbox
from holub.transit.postbox.limits import Limits

Pair = tuple[bytes, bytes]
ROOMY = Limits(reserve_bytes=0)


def pair(size: int = 4_096) -> Pair:
    letter = secrets.token_bytes(size)
    return hashlib.sha256(letter).digest(), letter


@contextlib.contextmanager
def opened(file: Path, limits: Limits = ROOMY) -> Iterator[Letterbox]:
    box = Letterbox(file, limits)
    try:
        yield box
    finally:
        box.close()


def fill(file: Path, count: int) -> dict[bytes, bytes]:
    pairs = [pair() for _ in range(count)]
    with opened(file) as box:
        assert all(box.store(pairs))
    return dict(pairs)
