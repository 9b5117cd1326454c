"""A file is written whole or not at all, and a folder is used by one process at a time.

Rules
- `replace` writes beside the file, makes it durable, renames, and then overwrites the bytes of the file that
  was there before: a rename alone leaves the old content readable on the disk.
- Files are 0600 and folders 0700, whatever the umask says.
- A full or failing disk is `Unavailable`, one sentence; nothing half-written takes the place of what was there.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from holub.errors import Unavailable

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TOGETHER: Final = 64  # files that are open at once
_SYNCS: Final = 16  # that wait for the disk at once: a file system that keeps a journal then writes it once for all


def disk_trouble(error: OSError, path: Path) -> Unavailable:
    """The sentence for a write that the disk did not take."""
    if error.errno in _FULL:
        return Unavailable(f"the disk is full, {path.name} could not be written", "free some space and try again")
    return Unavailable(f"{path.name} could not be written ({error.strerror})", "check the disk and its permissions")


def write_all(descriptor: int, data: bytes, offset: int) -> None:
    """`pwrite` until every byte is taken; raises OSError."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view = view[written:]
        offset += written


def make_private_folder(folder: Path) -> None:
    """Make `folder` (and its parents) if it is missing, and let nobody else in."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except FileExistsError as error:
        raise Unavailable(f"{folder.name} is a file, not a folder", "choose another place") from error
    except OSError as error:
        raise disk_trouble(error, folder) from error


def sync_folder(folder: Path) -> None:
    """Make the names inside `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def overwrite(path: Path) -> None:
    """Put random bytes where a file's bytes are, durable; nothing where there is no file. No link is followed.

    Raises Unavailable. Flash and copy-on-write storage keep the old bytes elsewhere (docs/retention.md).
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    except OSError as error:
        raise disk_trouble(error, path) from error
    try:
        _overwrite(descriptor)
    except OSError as error:
        raise disk_trouble(error, path) from error
    finally:
        os.close(descriptor)


def _overwrite(descriptor: int) -> None:
    write_all(descriptor, os.urandom(os.fstat(descriptor).st_size), 0)
    os.fsync(descriptor)


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path`, durable before it returns; the bytes of an earlier file are overwritten.

    Raises Unavailable; then the earlier file is still there, untouched.
    """
    beside = path.with_name(path.name + ".new")
    old = -1
    try:
        try:
            old = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            old = -1
        fresh = _open_new(beside)
        try:
            write_all(fresh, data, 0)
            os.fsync(fresh)
        finally:
            os.close(fresh)
        beside.replace(path)
        sync_folder(path.parent)
        if old >= 0:
            _overwrite(old)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise disk_trouble(error, path) from error
    finally:
        if old >= 0:
            os.close(old)


def add_all(folder: Path, new: Mapping[str, bytes]) -> None:
    """Put files that are not there yet into `folder`, all durable when it returns. A name that is taken keeps its file.

    All are written before the first is synced, they are synced at once, and their names are synced once: a disk then
    writes them together.
    Raises Unavailable; then some of them may be there, each of them whole.
    """
    missing = [name for name in new if not (folder / name).exists()]
    try:
        for first in range(0, len(missing), _TOGETHER):
            _add_some(folder, {name: new[name] for name in missing[first : first + _TOGETHER]})
        sync_folder(folder)
    except OSError as error:
        for name in missing:
            (folder / f"{name}.new").unlink(missing_ok=True)
        raise disk_trouble(error, folder) from error


def _add_some(folder: Path, new: Mapping[str, bytes]) -> None:
    opened: list[int] = []
    try:
        for name, data in new.items():
            opened.append(_open_new(folder / f"{name}.new"))
            write_all(opened[-1], data, 0)
        with ThreadPoolExecutor(_SYNCS) as pool:
            for _ in pool.map(os.fsync, opened):
                pass  # an error of any of them is raised here
    finally:
        for descriptor in opened:
            os.close(descriptor)
    for name in new:
        (folder / f"{name}.new").replace(folder / name)


def _open_new(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


def take_lock(descriptor: int, what: str) -> None:
    """Lock an open file for this descriptor alone; a second one, in any process, is Unavailable."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Unavailable(
            f"{what} is in use by another holub", "wait until the other command ends, or stop it first"
        ) from error


class FolderLock:
    """Holds a folder for one process until `release`."""

    def __init__(self, folder: Path) -> None:
        try:
            self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise disk_trouble(error, folder / "lock") from error
        try:
            take_lock(self._descriptor, f"the folder {folder.name}")
        except Unavailable:
            os.close(self._descriptor)
            raise

    @property
    def held(self) -> bool:
        """Whether the folder is still this process's."""
        return self._descriptor >= 0

    def release(self) -> None:
        """Let others in; may be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
