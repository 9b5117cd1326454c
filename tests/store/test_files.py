"""Files that appear together: whole, durable before anybody sees them, private, and never over one that is there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.store import files


def test_files_that_are_added_are_whole_and_private(tmp_path: Path) -> None:
    new = {f"{number}.hlp": bytes([number % 256]) * number for number in range(200)}
    files.add_all(tmp_path, new)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == new
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"first")
    files.add_all(tmp_path, {"a": b"second", "b": b"new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"first", "b": b"new"}


def test_every_file_is_on_the_disk_before_any_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = os.fsync, []

    def noted(descriptor: int) -> None:
        real(descriptor)
        seen.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), sorted(path.name for path in tmp_path.iterdir())))

    monkeypatch.setattr(os, "fsync", noted)
    files.add_all(tmp_path, {"a": b"1", "b": b"2"})
    assert seen == [(False, ["a.new", "b.new"]), (False, ["a.new", "b.new"]), (True, ["a", "b"])]


@pytest.mark.parametrize("call", ["fsync", "pwrite"])
def test_a_full_disk_leaves_nothing_half_written(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "old").write_bytes(b"old")
    monkeypatch.setattr(os, call, full)
    with pytest.raises(Unavailable, match="disk is full"):
        files.add_all(tmp_path, {"old": b"x", "a": b"1", "b": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
