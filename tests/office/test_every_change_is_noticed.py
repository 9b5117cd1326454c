"""What is signed is what the files hold, whatever a file system says of size, dates and numbers (decision 0013)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from holub.office.editions import Editions
from holub.office.office import Office
from tests.office.conftest import NOW
from tests.office.test_editions import shelf_of, text_of


def in_place(guide: Path, text: bytes) -> None:
    """The same inode, size and dates; only the change date, which nobody can set, differs."""
    dates = guide.stat()
    guide.write_bytes(text)
    os.utime(guide, ns=(dates.st_atime_ns, dates.st_mtime_ns))


def another_file(guide: Path, text: bytes) -> None:
    """Another inode under the old name, with the dates and the mode of the old one: what a restored backup does."""
    beside = guide.with_suffix(".beside")
    beside.write_bytes(text)
    shutil.copystat(guide, beside)
    beside.replace(guide)


def clock_set_back(guide: Path, text: bytes) -> None:
    """Dates from long before the edition that was bound."""
    guide.write_bytes(text)
    os.utime(guide, ns=(0, 0))


def clock_set_forward(guide: Path, text: bytes) -> None:
    """Dates from long after it."""
    guide.write_bytes(text)
    os.utime(guide, (NOW + 10**9, NOW + 10**9))


def whole_tree_copied(guide: Path, text: bytes) -> None:
    """All files are new ones with the old dates, to two seconds as FAT keeps them, and one of them differs."""
    root = guide.parents[2]
    shutil.copytree(root, root.with_name("copy"))
    for file in root.rglob("*.md"):
        dates = file.stat()
        file.unlink()
        shutil.copyfile(root.with_name("copy") / file.relative_to(root), file)
        os.utime(file, (dates.st_atime // 2 * 2, dates.st_mtime // 2 * 2))
    in_place(guide, text)


WAYS: tuple[Callable[[Path, bytes], None], ...] = (
    in_place,
    another_file,
    clock_set_back,
    clock_set_forward,
    whole_tree_copied,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_changed_guide_of_the_same_size_is_bound(
    way: Callable[[Path, bytes], None], office: Office, guides: Path, tmp_path: Path
) -> None:
    guide = guides / "uk" / "safety" / "polls.md"
    Editions(office).bind(guides, tmp_path / "out", NOW)
    before = guide.stat()
    text = guide.read_bytes()
    other = text[:-2] + (b"1\n" if text[-2:] != b"1\n" else b"2\n")
    way(guide, other)
    assert (guide.stat().st_size, guide.read_bytes()) == (before.st_size, other)
    second = Editions(office).bind(guides, tmp_path / "out2", NOW)
    assert second.changed == 1
    assert shelf_of(office, tmp_path / "out2") == text_of(guides)


def test_a_file_that_changes_between_two_bindings_in_one_second_is_bound_each_time(
    office: Office, guides: Path, tmp_path: Path
) -> None:
    guide = guides / "uk" / "safety" / "polls.md"
    Editions(office).bind(guides, None, NOW)
    for number in range(3):
        guide.write_bytes(f"# Ціна {number}\n".encode())
        assert Editions(office).bind(guides, tmp_path / str(number), NOW).changed == 1
        assert shelf_of(office, tmp_path / str(number))["uk/safety/polls.md"] == guide.read_bytes()
