"""Letters of one size in one file: fixed places, overwritten where they lie.

    slot = SHA-256 of the letter (32) || stamped (1) || check (8) || random bytes to 512 || letter
    check = the first 8 bytes of SHA-256("holub/relay/slot" || digest || stamped)

The file is made whole, full of random bytes, so it never grows: its length does not tell how many letters there are,
and a full disk does not stop it. A slot whose check or hash does not hold is empty: that is what is left where
a power cut met a write. A slot is a multiple of a sector, so a write that was cut short damages no neighbour.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from holub.errors import Refused
from holub.transit.placing import FIXED_TIME, TEMPORARY, flush_folder, settle, world

HEAD = 512
_FILL_AT_ONCE = 1 << 20
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskFailed(Exception):
    """A write or flush failed: nobody knows what is on the disk, so nothing more may be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__(errno.errorcode.get(error.errno or 0, type(error).__name__))


@dataclass(frozen=True)
class Slot:
    """A letter's place. number: from 0 · digest: the letter's SHA-256 (32 bytes)."""

    number: int
    digest: bytes
    stamped: bool


class SlotFile:
    """An open file of slots for letters of `size` bytes."""

    def __init__(self, path: Path, size: int, count: int) -> None:
        """Open the file, or make it with `count` slots. Raises Refused (of another size), Unavailable (no space)."""
        self._path = path
        self._size = size
        self._slot = HEAD + size
        with world(path):
            if path.is_symlink():
                raise Refused(f"{path.name} is a link, not a file", "delete the link and start again")
            if count and not path.exists():
                _make(path, count * self._slot)
            self._descriptor = os.open(path, (os.O_RDWR if count else os.O_RDONLY) | os.O_CLOEXEC | os.O_NOFOLLOW)
        length = os.fstat(self._descriptor).st_size
        self.count = length // self._slot
        if length != self.count * self._slot or not self.count:
            self.close()
            raise Refused(f"{path.name} is not a relay's file of letters", "move it away and start again")

    @classmethod
    def look(cls, path: Path, size: int) -> SlotFile:
        """An existing file, only to be read. Raises as above."""
        return cls(path, size, 0)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def slots(self) -> Iterator[Slot]:
        """The slots that hold a sound letter. Reads the whole file."""
        for number in range(self.count):
            found = self._read(number)
            if found is not None:
                yield found[0]

    def read(self, number: int, digest: bytes) -> bytes | None:
        """The letter in a slot; None when it is not the one with this hash, or no longer sound."""
        found = self._read(number)
        return found[1] if found is not None and found[0].digest == digest else None

    def write(self, letters: Sequence[tuple[Slot, bytes]]) -> set[int]:
        """Write letters into their slots, durable on return; gives the slots that there was no space to write.

        Only a file system that writes elsewhere than where the file lies can run out of space here. Raises DiskFailed.
        """
        failed = set()
        for slot, letter in letters:
            head = slot.digest + bytes([slot.stamped]) + _check(slot.digest, slot.stamped)
            if not self._put(slot.number, head + os.urandom(HEAD - len(head)) + letter):
                failed.add(slot.number)
        self._flush()
        return failed

    def erase(self, numbers: Iterable[int]) -> None:
        """Overwrite slots with random bytes, durable on return. Raises DiskFailed."""
        for number in numbers:
            if not self._put(number, os.urandom(self._slot)):
                raise DiskFailed(OSError(errno.ENOSPC, "no space"))
        self._flush()

    def _read(self, number: int) -> tuple[Slot, bytes] | None:
        data = os.pread(self._descriptor, self._slot, number * self._slot)
        digest, stamped, check = data[:32], data[32:33] == b"\x01", data[33:41]
        # Most empty slots end here, without a hash over a megabyte.
        if check != _check(digest, stamped) or len(data) != self._slot:
            return None
        letter = data[HEAD:]
        return (Slot(number, digest, stamped), letter) if sha256(letter).digest() == digest else None

    def _put(self, number: int, data: bytes) -> bool:
        at, view = number * self._slot, memoryview(data)
        try:
            while view:
                done = os.pwrite(self._descriptor, view, at)
                at, view = at + done, view[done:]
        except OSError as error:
            if error.errno in _NO_SPACE:
                return False
            raise DiskFailed(error) from error
        return True

    def _flush(self) -> None:
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise DiskFailed(error) from error
        # When the last letter came is nobody's business.
        with contextlib.suppress(OSError):
            os.utime(self._descriptor, (FIXED_TIME, FIXED_TIME))


def _check(digest: bytes, stamped: bool) -> bytes:
    return sha256(b"holub/relay/slot" + digest + bytes([stamped])).digest()[:8]


def _make(path: Path, length: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{secrets.token_hex(8)}{TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            # First, so that a disk that is too small is noticed at once.
            os.posix_fallocate(file.fileno(), 0, length)
            for start in range(0, length, _FILL_AT_ONCE):
                file.write(os.urandom(min(_FILL_AT_ONCE, length - start)))
            file.flush()
            os.fsync(file.fileno())
        settle(temporary, path)
        path.chmod(0o600)
        flush_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
