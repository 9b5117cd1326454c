"""A stick is given an edition: the plain start, a stick pulled out at any moment, a full one, other people's files."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.formats.header import Header, Moment
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, list_parcel
from holub.transit.giving import SPARE, Given, Rank, give
from holub.transit.placing import FIXED_TIME, world
from holub.transit.stick import Space, Stick

TEXT = b"the guides" * 400
UPDATE = b"what is new" * 100
PICTURES = b"pictures" * 9_000


def seal(edition: int) -> bytes:
    """A seal that nobody verifies: the tree has no root document."""
    return Header(Moment(edition, 1_700_000_000, 1_800_000_000), 3, bytes(32)).encode() + bytes(64)


def publish(folder: Path, edition: int, *, gone: str = "old") -> Path:
    """A tree as a web server hands it out: text, an update, pictures; one plain page goes with each edition."""
    folder.mkdir()
    tree = FolderCarrier(folder)
    mark = b"%d" % edition
    rows = []
    for kind, parcel in (("full", TEXT + mark), ("update", UPDATE + mark), ("pictures", PICTURES + mark)):
        tree.put(parcel)
        rows.append(list_parcel(parcel, kind, to_edition=edition))
    pages = {
        "index.html": b"<!doctype html>the reading page " + mark,
        "uk.html": b"<!doctype html>the reading page " + mark,
        "en.html": b"<!doctype html>the same in English " + mark,
        "start.txt": b"Open notes.html. " + mark,
        "plain/index.html": b"<!doctype html>plain " + mark,
        f"plain/uk/{gone}{edition}.html": b"<!doctype html>advice " + mark,
        "plain/uk/map.png": b"\x89PNG" + mark,
        "plain/index.html.br": b"compressed",
    }
    for path, page in pages.items():
        tree.put_page(path, page)
    tree.put_catalogue(Catalogue.of(seal(edition), rows))
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return publish(tmp_path / "tree", 7)


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    (tmp_path / "stick").mkdir()
    return Stick(tmp_path / "stick")


def files(root: Path) -> dict[str, bytes]:
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def kinds(stick: Stick) -> list[str]:
    return sorted(row.kind for row in stick.carrier.catalogue().listings)


def with_room(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """A stick of `room` bytes, whatever the disk that the test runs on has."""

    def space(self: Stick) -> Space:
        used = sum(512 * -(-len(data) // 512) for data in files(self.root).values())
        return Space(max(room - used, 0), 512)

    monkeypatch.setattr(Stick, "space", space)


def test_the_top_has_one_page_one_read_me_and_nothing_that_runs_by_itself(tree: Path, stick: Stick) -> None:
    given = give(tree, stick)
    assert (given.edition, given.parcels, given.pages, given.lacking) == (7, 3, 6, 0)
    assert sorted(entry.name for entry in stick.root.iterdir()) == [
        "README.txt",
        "latest",
        "more",
        "notes.html",
        "parcels",
        "plain",
    ]
    found = files(stick.root)
    assert found["notes.html"].endswith(b"reading page 7")
    assert found["README.txt"] == b"Open notes.html. 7"
    # The first language is at the top already, and what only web servers use stays with them.
    assert {path for path in found if path.startswith(("more/", "plain/"))} == {
        "more/en.html",
        "plain/index.html",
        "plain/uk/old7.html",
        "plain/uk/map.png",
    }
    assert {int(file.stat().st_mtime) for file in stick.root.rglob("*") if file.is_file()} == {FIXED_TIME}


def test_giving_again_changes_nothing(tree: Path, stick: Stick) -> None:
    give(tree, stick)
    before = files(stick.root)
    assert give(tree, stick) == Given(edition=7)
    assert files(stick.root) == before


def test_a_damaged_parcel_or_page_is_put_right(tree: Path, stick: Stick) -> None:
    give(tree, stick)
    before = files(stick.root)
    for path in ("notes.html", next(path for path in before if path.endswith(".hlp"))):
        (stick.root / path).write_bytes(b"\x00" * 40)
    given = give(tree, stick)
    assert (given.parcels, given.pages) == (1, 1)
    assert files(stick.root) == before


def test_a_newer_edition_takes_the_place_of_the_older_one(tree: Path, stick: Stick, tmp_path: Path) -> None:
    give(tree, stick)
    newer = publish(tmp_path / "newer", 8)
    assert give(newer, stick).removed == 4  # three parcels and the page of advice that was withdrawn
    found = files(stick.root)
    assert "plain/uk/old7.html" not in found
    assert len([path for path in found if path.endswith(".hlp")]) == 3
    given = give(tree, stick)
    assert given.newer
    assert given.edition == 8
    assert files(stick.root) == found


def test_other_peoples_files_are_never_touched(tree: Path, stick: Stick, tmp_path: Path) -> None:
    theirs = {
        "notes.html": b"<p>my own notes",
        "readme.txt": b"of my camera",
        "plain/index.html": b"my plain pages",
        "plain/uk/mine.html": b"mine",
        "more/photo.jpg": b"\xff\xd8",
        "DCIM/1.jpg": b"\xff\xd8\xff",
        "parcels/list of parcels.txt": b"sent",
        "0123456789abcdef.txt": b"x",
    }
    for path, data in theirs.items():
        (stick.root / path).parent.mkdir(parents=True, exist_ok=True)
        (stick.root / path).write_bytes(data)
    given = give(tree, stick)
    found = files(stick.root)
    assert found["notes-2.html"].endswith(b"reading page 7")
    assert found["README-2.txt"] == b"Open notes.html. 7"
    assert given.others == 1
    assert given.edition == 7
    give(publish(tmp_path / "newer", 8), stick)
    found = files(stick.root)
    assert found["notes-2.html"].endswith(b"reading page 8")
    assert "notes-3.html" not in found
    assert theirs.items() <= found.items()


def test_links_on_a_stick_lead_nowhere(tree: Path, stick: Stick, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "0123456789abcdef.tmp").write_bytes(b"not ours")
    (stick.root / "plain").symlink_to(outside)
    (stick.root / "notes.html").symlink_to(outside / "new")
    give(tree, stick)
    assert files(outside) == {"0123456789abcdef.tmp": b"not ours"}
    assert (stick.root / "notes-2.html").is_file()


def test_on_a_small_stick_pictures_are_left_out_first(
    tree: Path, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_room(monkeypatch, SPARE + 40_000)
    given = give(tree, stick)
    assert given.edition == 7
    assert given.left_out == {Rank.PICTURES: len(PICTURES) + 1}
    assert kinds(stick) == ["full", "update"]
    assert (stick.root / "notes.html").is_file()
    # Room came: the rest follows.
    with_room(monkeypatch, SPARE + 400_000)
    assert give(tree, stick).lacking == 0
    assert kinds(stick) == ["full", "pictures", "update"]


def test_without_room_for_the_text_nothing_is_placed_and_the_rest_stays(
    tree: Path, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick.root / "film.mp4").write_bytes(b"film" * 5_000)
    with_room(monkeypatch, SPARE + 21_000)
    given = give(tree, stick)
    assert given.edition is None
    assert 0 < given.missing < 10_000
    assert files(stick.root) == {"film.mp4": b"film" * 5_000}


def test_an_older_edition_makes_room_for_the_newer_one(
    tree: Path, stick: Stick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_room(monkeypatch, SPARE + 100_000)
    assert give(tree, stick).lacking == 0
    given = give(publish(tmp_path / "newer", 8), stick)
    assert (given.edition, given.lacking) == (8, 0)
    assert kinds(stick) == ["full", "pictures", "update"]


def test_a_stick_that_fills_up_meanwhile_keeps_what_fits(
    tree: Path, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = FolderCarrier.put

    def full(self: FolderCarrier, parcel: bytes | Path) -> str:
        if isinstance(parcel, Path) and parcel.stat().st_size > 50_000:
            with world(parcel):
                raise OSError(28, "No space left on device")
        return put(self, parcel)

    monkeypatch.setattr(FolderCarrier, "put", full)
    given = give(tree, stick)
    assert given.edition == 7
    assert given.left_out == {Rank.PICTURES: len(PICTURES) + 1}
    assert kinds(stick) == ["full", "update"]


# Every change of the stick's folders is one moment; the child ends there as hard as a plug that is pulled.
PULLED = """
import os, sys
from pathlib import Path
from holub.transit.giving import give
from holub.transit.stick import Stick
tree, stick, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
def watch(event, given):
    global left
    if event in ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir") and str(given[0]).startswith(stick):
        if event == "open" and not (isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)):
            return
        left -= 1
        if left < 0:
            os._exit(9)
sys.addaudithook(watch)
give(tree, Stick(Path(stick)))
"""


def pulled(tree: Path, stick: Path, moment: int) -> bool:
    """Give, and die before the change number `moment`; whether it died."""
    run = subprocess.run([sys.executable, "-c", PULLED, str(tree), str(stick), str(moment)], check=False)
    assert run.returncode in (0, 9)
    return run.returncode == 9


def test_a_stick_pulled_out_at_any_moment_can_be_read_and_the_next_run_goes_on(tmp_path: Path) -> None:
    old, new = publish(tmp_path / "old", 7), publish(tmp_path / "new", 8)
    for edition, tree in ((7, old), (8, new)):
        FolderCarrier(tree).put_page("plain/edition.uk.css", b"edition %d" % edition)
    start, whole = tmp_path / "start", tmp_path / "whole"
    for folder in (start, whole):
        folder.mkdir()
        give(old, Stick(folder))
        (folder / "mine.txt").write_bytes(b"mine")
    give(new, Stick(whole))
    moments = dated = 0
    # Every second moment: a process each takes time.
    for moment in range(0, 400, 2):
        stick = Path(shutil.copytree(start, tmp_path / f"stick{moment}"))
        if not pulled(new, stick, moment):
            break
        moments += 1
        held = FolderCarrier(stick)
        assert len(held.parcels()) >= len(held.catalogue().listings) == 3
        for row in held.catalogue().listings:
            assert sha256((stick / "parcels" / f"{row.name}.hlp").read_bytes()).digest() == row.sha256
        assert (stick / "notes.html").read_bytes()[-1:] in b"78"
        # What calls plain pages the newer edition's comes when no older one is left.
        dates = stick / "plain" / "edition.uk.css"
        if dates.exists() and dates.read_bytes().endswith(b"8"):
            assert {file.read_bytes()[-1:] for file in (stick / "plain").rglob("*.html")} == {b"8"}
            dated += 1
        give(new, Stick(stick))
        assert files(stick) == files(whole)
        shutil.rmtree(stick)
    assert moments > 8
    assert dated


@contextlib.contextmanager
def fat32(image: Path) -> Iterator[None]:
    with image.open("wb") as file:
        file.truncate(40 << 20)
    subprocess.run(["mkfs.vfat", "-F", "32", str(image)], check=True, capture_output=True)
    yield


def mtools(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, "MTOOLS_SKIP_CHECK": "1"})


@pytest.mark.program("mkfs.vfat")
@pytest.mark.program("mcopy")
def test_what_is_placed_fits_a_real_fat32_stick(tree: Path, stick: Stick, tmp_path: Path) -> None:
    give(tree, stick)
    stick.carrier.leave_letter(os.urandom(4_096))
    with fat32(tmp_path / "fat"):
        for entry in sorted(stick.root.iterdir()):
            mtools("mcopy", "-s", "-m", "-i", str(tmp_path / "fat"), str(entry), "::")
        back = tmp_path / "back"
        back.mkdir()
        mtools("mcopy", "-s", "-m", "-i", str(tmp_path / "fat"), "::*", str(back))
    assert files(back) == files(stick.root)
    assert give(tree, Stick(back)) == Given(edition=7)


@pytest.mark.program("mkfs.vfat")
def test_a_mounted_fat32_stick_is_given_an_edition(tree: Path, tmp_path: Path) -> None:
    mount = tmp_path / "mounted"
    mount.mkdir()
    with fat32(tmp_path / "fat"):
        told = subprocess.run(["mount", "-o", "loop", str(tmp_path / "fat"), str(mount)], check=False)
        if told.returncode:
            pytest.skip("this machine mounts no FAT32 image")
        try:
            (mount / "NOTES.HTML").write_bytes(b"somebody's")
            assert give(tree, Stick(mount)).edition == 7
            assert (mount / "notes.html").read_bytes() == b"somebody's"
            assert (mount / "notes-2.html").is_file()
            assert give(tree, Stick(mount)) == Given(edition=7)
        finally:
            subprocess.run(["umount", str(mount)], check=True)


def test_a_list_of_placed_pages_that_is_hostile_or_damaged_counts_as_none(tree: Path, stick: Stick) -> None:
    (stick.root / "mine.txt").write_bytes(b"mine")
    (stick.root / "parcels").mkdir()
    for text in (b"[1]", b"{", b'{"../../mine": "00"}', b"[" * 100_000, b'{"plain/x.html": 5}'):
        (stick.root / "parcels" / "list").write_bytes(text)
        assert give(tree, stick).edition == 7
    assert (stick.root / "mine.txt").read_bytes() == b"mine"


def test_without_an_edition_here_there_is_nothing_to_give(tmp_path: Path, stick: Stick) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unavailable, match="nothing is published here yet"):
        give(tmp_path / "empty", stick)
    assert files(stick.root) == {}
