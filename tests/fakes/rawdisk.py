"""A disk in a file: what programs left on it is looked at below the file system."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class RawDisk:
    """image: every byte of an ext4 file system · mounted: its folder, while it is one."""

    image: Path
    mounted: Path

    def unmount(self) -> None:
        """From now on all that was written is in the image."""
        subprocess.run(["umount", str(self.mounted)], check=True)


@contextmanager
def raw_disk(folder: Path, megabytes: int) -> Iterator[RawDisk]:
    """A new disk of this size; a test is skipped where none can be made."""
    mkfs = shutil.which("mkfs.ext4") or shutil.which("mkfs.ext4", path="/usr/sbin:/sbin")
    if mkfs is None or os.geteuid() != 0:
        pytest.skip("needs root and mkfs.ext4 to look at a raw disk")
    disk = RawDisk(folder / "disk.img", folder / "disk")
    with disk.image.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run([mkfs, "-q", str(disk.image)], check=True)
    disk.mounted.mkdir()
    mount = ["mount", "-o", "loop", str(disk.image), str(disk.mounted)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("loop devices cannot be mounted here")
    try:
        yield disk
    finally:
        # A test that went well has done so already.
        subprocess.run(["umount", str(disk.mounted)], check=False, capture_output=True)
