"""The slot file: keys of 32 bytes in fixed places, overwritten where they lie.

Rules
- A key never moves. It is written once into a free slot, and `shred` overwrites that slot in place: a database
  row or a renamed file would leave copies of it in places that nobody overwrites.
- Every write is `pwrite` + `fdatasync` before the call returns; growth never touches slots that exist.
- A slot is 64 bytes and never crosses a sector, so that a power cut leaves the old slot or the new one.
- What lies in a used slot is sealed under a key of the vault and bound to the slot's number: the file of a
  locked office is ciphertext.
- A shredded slot is held back until `release`, so that no record can point at the key of another one.
- Threads of one process may share it.
- After a failed write or sync the file is closed for good: what the disk holds is then unknown.

Layout, big-endian: a header of 4,096 bytes (magic 16 B, version u16, slot size u16, zeros), then slots:
mark (1 B: 0 free, 1 used), owner (1 B), zeros (2 B), nonce (12 B), sealed key (48 B).
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from holub.errors import Misused, Refused, Unavailable
from holub.store import files

KEY_BYTES: Final = 32
SLOT_BYTES: Final = 64
HEADER_BYTES: Final = 4096
VERSION: Final = 1
_MAGIC: Final = b"holub slot file\n"
_GROWTH: Final = 4096  # slots at a time: 256 KiB
_MOST: Final = 1 << 26  # slots: a file of 4 GiB
_USED: Final = 1


class Slots:
    """An open slot file, locked for this process. `owner` (0..255) tells apart the halls that share it."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open the file at `path`, made if it is missing. `key`: 32 bytes of the vault.

        Raises Unavailable (in use, disk), Refused (not a slot file, or of a newer version).
        """
        self._path = path
        self._turn = threading.RLock()
        self._seal = ChaCha20Poly1305(key)
        if not path.exists():
            files.replace(path, _header())
        try:
            self._descriptor = os.open(path, os.O_RDWR)
        except OSError as error:
            raise files.disk_trouble(error, path) from error
        try:
            files.take_lock(self._descriptor, f"the slot file {path.name}")
            self._read_marks()
        except (Unavailable, Refused):
            self.close()
            raise

    def _read_marks(self) -> None:
        _check_header(os.pread(self._descriptor, HEADER_BYTES, 0))
        # A tail that a power cut left half-written holds no key and is written again by the next growth.
        self._count = min((os.fstat(self._descriptor).st_size - HEADER_BYTES) // SLOT_BYTES, _MOST)
        self._free: deque[int] = deque()
        self._owners: dict[int, int] = {}
        self._held: set[int] = set()
        for first in range(0, self._count, _GROWTH):
            block = os.pread(self._descriptor, _GROWTH * SLOT_BYTES, HEADER_BYTES + first * SLOT_BYTES)
            for place in range(len(block) // SLOT_BYTES):
                if block[place * SLOT_BYTES] == _USED:
                    self._owners[first + place] = block[place * SLOT_BYTES + 1]
                else:
                    self._free.append(first + place)

    def put(self, keys: Sequence[bytes], owner: int) -> list[int]:
        """Write each key into a free slot and return the slots' numbers, durable. All of them or Unavailable."""
        if any(len(key) != KEY_BYTES for key in keys) or not 0 <= owner <= 255:
            raise Misused("a slot holds a key of 32 bytes for an owner of 0 to 255")
        with self._turn:
            self._open()
            if len(self._free) < len(keys):
                self._grow(len(keys) - len(self._free))
            numbers = [self._free.popleft() for _ in keys]
            self._write({number: self._sealed(number, key, owner) for number, key in zip(numbers, keys, strict=True)})
            self._owners.update(dict.fromkeys(numbers, owner))
            return numbers

    def get(self, number: int) -> bytes:
        """The key in a used slot. Raises Misused (shredded or never used), Refused (damaged, or another vault's)."""
        if number not in self._owners:
            raise Misused(f"slot {number} holds no key", "what it opened was shredded")
        place = self._read(number)
        try:
            return self._seal.decrypt(place[4:16], place[16:], _bound(number, place[1]))
        except InvalidTag:
            raise Refused(f"the key in slot {number} is damaged", "restore the office from a backup") from None

    def holds(self, number: int) -> bool:
        """Whether a key lies in that slot."""
        return number in self._owners

    def used(self, owner: int) -> set[int]:
        """The numbers of all slots that hold a key of that owner."""
        return {number for number, whose in self._owners.items() if whose == owner}

    def shred(self, numbers: Iterable[int]) -> None:
        """Overwrite these slots with random bytes; numbers that hold no key are passed over."""
        with self._turn:
            dead = {number for number in numbers if number in self._owners}
            self._write({number: b"\0\0\0\0" + os.urandom(SLOT_BYTES - 4) for number in dead})
            for number in dead:
                del self._owners[number]
            self._held |= dead

    def release(self, numbers: Iterable[int]) -> None:
        """Let shredded slots be used again, once nothing points at them any more."""
        with self._turn:
            fresh = self._held.intersection(numbers)
            self._held -= fresh
            self._free.extend(sorted(fresh))

    def sweep(self, owner: int, live: set[int]) -> int:
        """Shred what belongs to `owner` and is not in `live` (left by a crash between key and record); how many."""
        with self._turn:
            dead = self.used(owner) - live
            self.shred(dead)
            self.release(dead)
            return len(dead)

    def close(self) -> None:
        """Give the file back; may be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            del self._seal

    def _sealed(self, number: int, key: bytes, owner: int) -> bytes:
        nonce = os.urandom(12)
        return bytes((_USED, owner, 0, 0)) + nonce + self._seal.encrypt(nonce, key, _bound(number, owner))

    def _read(self, number: int) -> bytes:
        return os.pread(self._open(), SLOT_BYTES, HEADER_BYTES + number * SLOT_BYTES)

    def _grow(self, missing: int) -> None:
        more = -(-missing // _GROWTH) * _GROWTH
        if self._count + more > _MOST:
            raise Unavailable("the slot file has no free slot left", "shred what is past its time")
        end = HEADER_BYTES + self._count * SLOT_BYTES
        fresh = b"".join(b"\0\0\0\0" + os.urandom(SLOT_BYTES - 4) for _ in range(more))
        try:
            files.write_all(self._open(), fresh, end)
            os.fsync(self._open())
        except OSError as error:
            # Nothing but empty slots was written: the file stays as usable as before.
            raise files.disk_trouble(error, self._path) from error
        self._free.extend(range(self._count, self._count + more))
        self._count += more

    def _write(self, places: dict[int, bytes]) -> None:
        try:
            for number, data in places.items():
                files.write_all(self._open(), data, HEADER_BYTES + number * SLOT_BYTES)
            if places:
                os.fdatasync(self._open())
        except OSError as error:
            self.close()
            raise files.disk_trouble(error, self._path) from error

    def _open(self) -> int:
        if self._descriptor < 0:
            raise Unavailable("the slot file is closed", "open the office again")
        return self._descriptor


def _bound(number: int, owner: int) -> bytes:
    return b"holub/slot/v1" + number.to_bytes(4, "big") + bytes((owner,))


def _header() -> bytes:
    head = _MAGIC + VERSION.to_bytes(2, "big") + SLOT_BYTES.to_bytes(2, "big")
    return head.ljust(HEADER_BYTES, b"\0")


def _check_header(head: bytes) -> None:
    if not head.startswith(_MAGIC):
        raise Refused("this is not a slot file", "restore the office from a backup")
    version = int.from_bytes(head[16:18], "big")
    if version > VERSION:
        raise Refused(
            f"the slot file has version {version}, this holub reads version {VERSION}", "install the newer holub"
        )
    if head != _header():
        raise Refused("the header of the slot file is damaged", "restore the office from a backup")
