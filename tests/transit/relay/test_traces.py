"""What a seized relay shows: ciphertext that it holds now, and nothing of who wrote, when, or what went before."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.transit.carrier import LETTER_SIZES
from holub.transit.placing import FIXED_TIME
from holub.transit.relay import RelayServer, read_status, sync_once
from tests.fakes.rawdisk import RawDisk, raw_disk
from tests.transit.plain_http import ask
from tests.transit.relay.conftest import SMALL, Published, letter, small

MARKS = ["Mozilla/5.0 (Planted)", "planted-referrer", "203.0.113.77", "planted-cookie", "planted-query", "planted.host"]
HEADERS = {
    "user-agent": MARKS[0],
    "referer": f"http://{MARKS[1]}/",
    "x-forwarded-for": MARKS[2],
    "cookie": f"a={MARKS[3]}",
}
DATE = re.compile(rb"20[0-9][0-9]-[01][0-9]-[0-3][0-9](?![0-9])")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[RawDisk]:
    with raw_disk(tmp_path, 64) as made:
        yield made


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def visit(url: str, letters: list[bytes]) -> None:
    for one in letters:
        ask(url, "POST", f"/letters?{MARKS[4]}", HEADERS, one)
    assert ask(url, "GET", f"/{MARKS[4]}", HEADERS).status in (302, 404)
    assert ask(url, "GET", f"/generate_204?{MARKS[4]}", {**HEADERS, "x-host": MARKS[5]}).status in (302, 404)


def test_the_folder_holds_letters_and_nothing_about_who_wrote_them_or_when(
    published: Published, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data, began = tmp_path / "data", time.time()
    (tmp_path / "stick").mkdir()
    sync_once(data, small(published.sticks[0], root=published.root))
    (data / "syncs").unlink()
    before = everything(data)
    with RelayServer(data, settings=small(tmp_path / "stick", hotspot=True)) as running:
        visit(running.url, [letter(size) for size in LETTER_SIZES for _ in range(SMALL[size] * 2)])
        port = running.url.rpartition(":")[2]
        assert running._rounds is not None
        running._rounds.make()
    after = everything(data)
    for mark in [*MARKS, "127.0.0.1", f"localhost:{port}", f"127.0.0.1:{port}", str(tmp_path / "stick")]:
        assert mark.encode() not in after, mark
        assert mark.encode("utf-16-le") not in after, mark
    # The one date that came is the day of a sync, without its hour.
    new = set(DATE.findall(after)) - set(DATE.findall(before))
    assert new <= {time.strftime("%Y-%m-%d", time.gmtime(moment)).encode() for moment in (began, time.time())}
    for file in (data, *data.rglob("*")):
        assert file.stat().st_mtime == FIXED_TIME, file.name
    assert {file.name for file in data.iterdir()} == {
        *(
            "letters.large",
            "letters.middle",
            "letters.narrow",
            "letters.small",
            "lock",
            "root.txt",
            "syncs",
            "version",
            "www",
        )
    }
    assert capfd.readouterr() == ("", "")


def test_a_raw_disk_shows_no_letter_that_went(disk: RawDisk) -> None:
    letters = [letter() for _ in range(6 * SMALL[4_096])]
    with RelayServer(disk.mounted / "data", settings=small()) as running:
        visit(running.url, letters[: 3 * SMALL[4_096]])
        forgotten = running.bag.collect(8).letters
        running.bag.forget([sha256(one).digest() for one in forgotten], delivered=True)
        visit(running.url, letters[3 * SMALL[4_096] :])
        kept = set(running.bag.collect().letters)
    disk.unmount()
    whole = disk.image.read_bytes()
    # The check can see: what is held is found.
    assert kept
    assert all(one[100:164] in whole and sha256(one).digest() in whole for one in kept)
    gone = [one for one in letters if one not in kept]
    assert len(gone) > 4 * SMALL[4_096]
    assert not [one for one in gone if one[100:164] in whole or one[-64:] in whole or sha256(one).digest() in whole]
    for mark in [*MARKS, "127.0.0.1"]:
        assert mark.encode() not in whole, mark


def fill(mounted: Path, leave: int = 0) -> Path:
    """Use up the disk's space but for `leave` bytes; gives the file to delete."""
    filler = mounted / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            file.truncate(max(file.tell() - leave, 0))
        os.fsync(file.fileno())
    return filler


def test_a_full_disk_stops_no_letter_and_no_edition_is_half_taken(disk: RawDisk, published: Published) -> None:
    data = disk.mounted / "data"
    assert sync_once(data, small(published.sticks[0], root=published.root)).edition == 1
    before = (data / "www" / "latest").read_bytes()
    filler = fill(disk.mounted)
    with RelayServer(data, settings=small()) as running:
        statuses = {ask(running.url, "POST", "/letters", body=letter()).status for _ in range(SMALL[4_096])}
    assert statuses == {201}
    done = sync_once(data, small(published.sticks[2]))
    assert {trouble.what.partition(" for ")[0] for trouble in done.troubles} == {"there is no space left"}
    assert (data / "www" / "latest").read_bytes() == before
    filler.unlink()
    assert sync_once(data, small(published.sticks[2])).edition == 3
    assert read_status(data).letters[4_096] == SMALL[4_096]


def test_a_new_relay_on_a_full_disk_says_so(disk: RawDisk) -> None:
    fill(disk.mounted, leave=1 << 20)
    with pytest.raises(Unavailable, match="no space left for letters"):
        RelayServer(disk.mounted / "data", settings=small()).start()
