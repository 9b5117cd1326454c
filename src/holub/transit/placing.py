"""Placing a file so that it is whole or absent, and tells nothing about who wrote it or when.

Bytes go to a temporary name in the same folder, are flushed to the disk, get a fixed date, and
take their name by rename. A process that dies leaves at most a temporary file, which every reader
of these folders ignores.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from holub.errors import HolubError, Refused, Unavailable
from holub.transit.catalogue import Listing
from holub.transit.names import digest_of, parcel_file

# 1 January 2000, 00:00 UTC: inside FAT's range, and the same for everybody.
FIXED_TIME = 946_684_800
TEMPORARY = ".tmp"
PARTIAL = ".part"


@contextlib.contextmanager
def world(place: Path) -> Iterator[None]:
    """Turn the operating system's errors into Unavailable, in words for the person at the screen."""
    try:
        yield
    except HolubError:
        raise
    except OSError as error:
        raise Unavailable(*_sentence(error, place)) from error


def _sentence(error: OSError, place: Path) -> tuple[str, str]:
    name = place.name or str(place)
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"there is no space left for {name}", "free some space or take another disk or stick, then retry"
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return f"{name} cannot be written or read here", "check write protection and permissions, then retry"
        case errno.EFBIG:
            return f"{name} is too large for this file system", "use a stick formatted as exFAT or ext4"
        case errno.ENOENT | errno.EIO | errno.ENODEV | errno.ENXIO:
            return f"{name} is not there or cannot be read", "check that the stick is plugged in, then retry"
        case _:
            return f"{name}: {error.strerror or type(error).__name__}", "check the disk or stick, then retry"


def place_file(target: Path, data: bytes) -> None:
    """Write `data` at `target` durably: whole, or not at all. Its folder is made where absent."""
    with world(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.parent / f"{secrets.token_hex(8)}{TEMPORARY}"
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            settle(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def settle(temporary: Path, target: Path) -> None:
    """Give a finished, flushed file its fixed date and its name, and flush the folder."""
    temporary.chmod(0o644)
    os.utime(temporary, (FIXED_TIME, FIXED_TIME))
    temporary.replace(target)
    flush_folder(target.parent)


def flush_folder(folder: Path) -> None:
    """Make renames in `folder` durable, and take its time of last change away."""
    if os.name != "nt":  # Windows flushes a folder with its files, and cannot open one
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    # Somebody else may own the folder: a stick's root often belongs to whoever mounted it.
    with contextlib.suppress(PermissionError):
        os.utime(folder, (FIXED_TIME, FIXED_TIME))


class Part:
    """A parcel on its way into a folder: `<name>.part` until it is whole and verified, then `<name>.hlp`."""

    def __init__(self, wanted: Listing, into: Path) -> None:
        self._wanted = wanted
        self.target = into / parcel_file(wanted.name)
        self._part = into / f"{wanted.name}{PARTIAL}"
        with world(into):
            into.mkdir(parents=True, exist_ok=True)

    def arrived(self) -> bool:
        """Whether the parcel is already here, whole; a damaged one is taken away."""
        with world(self.target):
            if self.target.is_symlink() or not self.target.is_file():
                return False
            if digest_of(self.target) == (self._wanted.sha256, self._wanted.size):
                return True
            self.target.unlink()
            return False

    def held(self) -> int:
        """How many bytes an earlier fetch left; it can be continued from there."""
        with world(self._part):
            if self._part.is_symlink() or not self._part.is_file():
                self._part.unlink(missing_ok=True)
                return 0
            held = self._part.stat().st_size
            # A part that is as long as the whole failed its check, or nobody came to check it.
            if held >= self._wanted.size:
                self._part.unlink()
                return 0
            return held

    def drop(self) -> None:
        """Forget what was fetched so far."""
        with world(self._part):
            self._part.unlink(missing_ok=True)

    def take(self, chunks: Iterator[bytes], start: int) -> Path:
        """Append `chunks` after the first `start` bytes, verify the whole, and give the finished file.

        Refused (and the part dropped) when it is longer than listed or its hash differs; Unavailable
        (and the part kept, to be continued) when it ends early; with no space left, the part goes too.
        """
        wanted = self._wanted
        try:
            with world(self._part), self._part.open("r+b" if start else "wb") as file:
                file.truncate(start)
                file.seek(start)
                length = start
                for chunk in chunks:
                    length += len(chunk)
                    if length > wanted.size:
                        raise Refused(f"parcel {wanted.name} is longer than the catalogue says", "try another mirror")
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if length < wanted.size:
                raise Unavailable(f"parcel {wanted.name} broke off at {length:,} of {wanted.size:,} bytes", "try again")
            if digest_of(self._part)[0] != wanted.sha256:
                raise Refused(f"parcel {wanted.name} does not match its hash", "fetch it again, or from another mirror")
            with world(self.target):
                settle(self._part, self.target)
        except Refused:
            self.drop()
            raise
        except Unavailable as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.ENOSPC, errno.EDQUOT):
                self.drop()
            raise
        return self.target
