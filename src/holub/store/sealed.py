"""A record sealed under its own key, which lives in a slot: shred the slot and the record is gone.

Rules
- One record, one key, used once: the nonce is zero because no key ever seals twice.
- The record is padded to a multiple of 512 bytes, so that its size says little about what is in it.
- `what` (a few bytes chosen by the hall) is bound in: a record cannot stand in for one of another kind.
- Copies of the ciphertext may lie anywhere (backups, a database's free pages); the key has lain in one place only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from holub.errors import Refused
from holub.store.slots import KEY_BYTES, Slots

STEP: Final = 512
_NONCE: Final = bytes(12)


@dataclass(frozen=True)
class Sealed:
    """Where a record's key lies, and its ciphertext."""

    slot: int
    ciphertext: bytes


def seal_records(slots: Slots, owner: int, records: Sequence[tuple[bytes, bytes]]) -> list[Sealed]:
    """Seal many (what, record) at the price of one sync. All keys are durable when it returns, or Unavailable."""
    keys = [os.urandom(KEY_BYTES) for _ in records]
    numbers = slots.put(keys, owner)
    return [
        Sealed(number, ChaCha20Poly1305(key).encrypt(_NONCE, _padded(record), what))
        for number, key, (what, record) in zip(numbers, keys, records, strict=True)
    ]


def seal_record(slots: Slots, owner: int, what: bytes, record: bytes) -> Sealed:
    """Seal one record under a new key."""
    return seal_records(slots, owner, [(what, record)])[0]


def open_record(slots: Slots, what: bytes, sealed: Sealed) -> bytes:
    """The record. Raises Misused (shredded), Refused (damaged)."""
    key = slots.get(sealed.slot)
    try:
        padded = ChaCha20Poly1305(key).decrypt(_NONCE, sealed.ciphertext, what)
    except InvalidTag:
        raise Refused("a sealed record is damaged", "restore the office from a backup") from None
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]


def shred_records(slots: Slots, numbers: Iterable[int]) -> None:
    """Destroy the keys of records. Their slots stay unused until `Slots.release`."""
    slots.shred(numbers)


def _padded(record: bytes) -> bytes:
    size = -(-(4 + len(record)) // STEP) * STEP
    return (len(record).to_bytes(4, "big") + record).ljust(size, b"\0")
