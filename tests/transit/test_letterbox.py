"""The stored letters: a full disk, a failing disk, damaged bytes, and what a seized file shows."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.transit.carriers import HttpCarrier
from holub.transit.postbox import PostboxServer
from holub.transit.postbox.letterbox import Letterbox
from holub.transit.postbox.limits import Limits
from tests.transit.conftest import Start
from tests.transit.letterboxes import Pair, fill, opened, pair
from tests.transit.plain_http import ask


def test_when_the_file_is_full_what_fits_is_stored_and_the_rest_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite3", Limits(reserve_bytes=0, capacity_bytes=400_000)) as box:
        pairs = [pair(65_536), *(pair() for _ in range(40)), pair(1_048_576)]
        stored = box.store(pairs)
        assert stored[-1] is False
        assert True in stored
        kept = {digest for (digest, _), ok in zip(pairs, stored, strict=True) if ok}
        assert set(box.hashes()) == kept
        assert len(box) == len(kept)
        # A full box still hands out and forgets, and then takes letters again.
        assert set(box.collect(100).letters) == {letter for digest, letter in pairs if digest in kept}
        assert box.forget(kept) == len(kept)
        assert box.store([pair()]) == [True]


def test_a_large_letter_that_does_not_fit_keeps_no_small_one_out(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite3", Limits(reserve_bytes=0, capacity_bytes=400_000)) as box:
        assert box.store([pair(1_048_576), pair(), pair(1_048_576), pair()]) == [False, True, False, True]


def test_the_reserve_stays_free(tmp_path: Path) -> None:
    fill(tmp_path / "l.sqlite3", 3)
    with opened(tmp_path / "l.sqlite3", Limits(reserve_bytes=1 << 62)) as box:
        assert box.store([pair()]) == [False]
        bag = box.collect(10)
        assert len(bag.letters) == 3
        assert box.forget([hashlib.sha256(letter).digest() for letter in bag.letters]) == 3


def test_a_full_postbox_answers_507_and_keeps_what_it_took(start: Start, token: str) -> None:
    server = start(capacity_bytes=200_000)
    stored = []
    while True:
        letter = secrets.token_bytes(4_096)
        answer = ask(server.url, "POST", "/letters", body=letter)
        if answer.status == 507:
            break
        assert answer.status == 201
        stored.append(letter)
    assert ask(server.url, "GET", "/healthz").status == 200
    with HttpCarrier([server.url], token=token) as office:
        assert set(office.collect_letters().letters) == set(stored)
        assert office.forget_letters(hashlib.sha256(letter).digest() for letter in stored) == len(stored)
    assert ask(server.url, "POST", "/letters", body=letter).status == 201


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own of this size; the test is skipped by name where it cannot be mounted."""
    place.mkdir()
    mounted = os.geteuid() == 0 and (
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True).returncode
        == 0
    )
    if not mounted:
        pytest.skip("a small disk cannot be mounted here (needs root)")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_on_a_full_disk_nothing_that_was_stored_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        kept: set[bytes] = set()
        with opened(disk / "l.sqlite3") as box:
            full = 0
            while full < 5:
                pairs = [pair() for _ in range(8)]
                stored = box.store(pairs)
                kept |= {digest for (digest, _), ok in zip(pairs, stored, strict=True) if ok}
                full += not all(stored)
            assert len(kept) > 50
            assert set(box.hashes()) == kept
        # With SQLite's own word for it too: space taken by somebody else, no reserve.
        with opened(disk / "l.sqlite3") as box:
            taken = disk / "taken"
            with contextlib.suppress(OSError), taken.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4_096))
            assert box.store([pair()]) == [False]
            taken.unlink()
            assert {digest for digest, _ in box.sound()} == kept


LIMITED = """
import json, os, resource, secrets, sys, threading
from pathlib import Path
from holub.errors import HolubError
from holub.errors import Unavailable
from holub.transit.carriers import HttpCarrier
from holub.transit.postbox import Limits, PostboxServer

server = PostboxServer(Path(sys.argv[1]), limits=Limits(reserve_bytes=0))
server.start()
# From here on every write past 300,000 bytes of a file fails with EFBIG: an error of the disk to SQLite.
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
stored = 0
with HttpCarrier([server.url]) as carrier:
    try:
        for _ in range(1_000):
            carrier.leave_letter(secrets.token_bytes(4096))
            stored += 1
    except HolubError as error:
        refused = str(error)
try:
    server.wait(30)
    ended = "still running"
except HolubError as error:
    ended = str(error)
print(json.dumps({"stored": stored, "refused": refused, "ended": ended}))
"""


def test_after_an_error_of_the_disk_the_postbox_ends_and_keeps_what_it_answered(tmp_path: Path) -> None:
    run = [sys.executable, "-c", LIMITED, str(tmp_path / "data")]
    told = json.loads(subprocess.run(run, capture_output=True, check=True, timeout=120).stdout)
    assert 0 < told["stored"] < 1_000
    assert "503" in told["refused"]
    assert "storing letters failed (SQLITE_IOERR_WRITE)" in told["ended"]
    with opened(tmp_path / "data" / "letters.sqlite3") as box:
        # The one that was not answered may be there or not; no other.
        assert len(box) - told["stored"] in (0, 1)
        assert len(list(box.sound())) == len(box)


def test_a_fault_in_the_writer_ends_the_postbox_and_leaves_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = PostboxServer(tmp_path / "data")
    server.start()

    def fail(box: Letterbox, batch: list[Pair], *, stamped: bool = False) -> list[bool]:
        raise RuntimeError("planted")

    monkeypatch.setattr(Letterbox, "store", fail)
    answer = ask(server.url, "POST", "/letters", body=bytes(4_096))
    assert (answer.status, answer.body) == (503, b"the letter may not have been stored; send it again later\n")
    with pytest.raises(Unavailable, match="storing letters failed"):
        server.wait(30)


def test_overwritten_letters_are_counted_and_never_handed_out(tmp_path: Path) -> None:
    file = tmp_path / "l.sqlite3"
    letters = fill(file, 200)
    data = bytearray(file.read_bytes())
    hit = sorted(digest for digest, letter in letters.items() if letter[2_000:3_000] in data)[:9]
    for digest in hit:
        at = data.index(letters[digest][2_000:3_000])
        data[at : at + 1_000] = bytes(1_000)
    file.write_bytes(data)
    with opened(file) as box:
        bag = box.collect(500)
        assert bag.damaged == len(hit) == 9
        assert set(bag.letters) == {letter for digest, letter in letters.items() if digest not in hit}
        # The sound ones can be forgotten; a bag without letters then ends the office's round.
        assert box.forget(hashlib.sha256(letter).digest() for letter in bag.letters) == 191
        assert (box.collect(500).letters, box.collect(500).damaged) == ((), 9)


def test_forgotten_letters_leave_no_bytes_in_the_files(tmp_path: Path) -> None:
    file = tmp_path / "l.sqlite3"
    letters = fill(file, 50)
    keep, gone = list(letters)[:10], list(letters)[10:]
    with opened(file) as box:
        before = file.stat().st_size
        assert box.forget(gone) == 40
        everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        for digest in gone:
            assert digest not in everything
            assert letters[digest][100:164] not in everything
            assert letters[digest][-64:] not in everything
        for digest in keep:
            assert digest in everything
        assert file.stat().st_size < before / 2


def test_the_order_of_rows_is_not_the_order_of_arrival(tmp_path: Path) -> None:
    file = tmp_path / "l.sqlite3"
    letters = fill(file, 100)
    with opened(file) as box:
        assert list(box.hashes()) == sorted(letters)
        first, second = box.collect(100).letters, box.collect(100).letters
    assert set(first) == set(second)
    assert first != second


@pytest.mark.parametrize("letters", [1, 3, 4, 5, 21, 85, 341, 700])
def test_a_batch_of_any_length_is_stored_whole_and_once(tmp_path: Path, letters: int) -> None:
    batch = [pair() for _ in range(letters)]
    with opened(tmp_path / "letters.sqlite3") as box:
        assert box.store([*batch, batch[0]]) == [True] * (letters + 1)
        assert box.store(batch[: letters // 2 + 1]) == [True] * (letters // 2 + 1)
        assert len(box) == letters
        assert dict(box.sound()) == dict(batch)
