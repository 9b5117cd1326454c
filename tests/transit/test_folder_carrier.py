"""A stick: what lies about on it, what it must not tell, and what happens when it is full or pulled out."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import pytest

from holub.errors import Refused, Unavailable
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import SEAL_BYTES, Catalogue, list_parcel
from holub.transit.placing import FIXED_TIME
from tests.transit.test_letterbox import small_disk

PARCEL = b"HLP " + bytes(range(256)) * 100
LISTING = list_parcel(PARCEL)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    root = tmp_path / "stick"
    root.mkdir()
    return root


def filled(stick: Path) -> FolderCarrier:
    carrier = FolderCarrier(stick)
    carrier.put(PARCEL)
    carrier.put_catalogue(Catalogue.of(bytes(SEAL_BYTES), [LISTING]))
    carrier.put_page("index.html", b"<title>page</title>")
    carrier.put_page("plain/uk/phone.html", b"<p>")
    carrier.leave_letter(bytes(4_096))
    return carrier


def test_the_layout_is_the_one_in_the_specification(stick: Path) -> None:
    filled(stick)
    letter = hashlib.sha256(bytes(4_096)).hexdigest()[:16]
    assert sorted(path.relative_to(stick).as_posix() for path in stick.rglob("*") if path.is_file()) == [
        "index.html",
        "latest",
        f"letters/{letter}.hll",
        f"parcels/{LISTING.name}.hlp",
        "plain/uk/phone.html",
    ]


def test_no_time_is_left_on_a_stick(stick: Path) -> None:
    carrier = filled(stick)
    carrier.leave_letter(bytes(65_536))
    carrier.forget_letters([hashlib.sha256(bytes(4_096)).digest()])
    carrier.remove_page("index.html")
    for path in stick.rglob("*"):
        # A folder gets the date when something in it changes.
        if path.is_file() or path.name in ("letters", "parcels"):
            assert path.stat().st_mtime == FIXED_TIME, path
            assert path.stat().st_mode & 0o111 == 0 or path.is_dir()
    assert stick.stat().st_mtime == FIXED_TIME


def test_junk_on_a_stick_is_ignored(stick: Path, tmp_path: Path) -> None:
    carrier = filled(stick)
    for junk in (
        ".Trashes/x",
        "System Volume Information/WPSettings.dat",
        "Thumbs.db",
        "parcels/._" + LISTING.name + ".hlp",
        "parcels/.hidden",
        "parcels/notes.txt",
        "parcels/0011223344556677.hlp",
        "parcels/0011223344556677.part",
        "letters/Thumbs.db",
        "letters/desktop.ini",
        "letters/short.hll",
        "letters/0123456789abcdef.tmp",
        "plain/uk/.DS_Store",
    ):
        (stick / junk).parent.mkdir(parents=True, exist_ok=True)
        (stick / junk).write_bytes(b"junk")
    assert carrier.parcels() == (LISTING,)
    assert carrier.collect_letters().letters == (bytes(4_096),)
    assert set(carrier.pages()) == {"index.html", "plain/uk/phone.html"}


def test_a_letter_that_a_person_copied_counts_whatever_its_name(stick: Path) -> None:
    (stick / "letters").mkdir()
    letters = {secrets.token_bytes(4_096), secrets.token_bytes(65_536)}
    for number, letter in enumerate(letters):
        (stick / "letters" / f"Копія документа ({number}).BIN").write_bytes(letter)
    carrier = FolderCarrier(stick)
    assert set(carrier.collect_letters().letters) == letters
    assert carrier.forget_letters(hashlib.sha256(letter).digest() for letter in letters) == 2
    assert list((stick / "letters").iterdir()) == []


def test_parcels_are_listed_without_a_catalogue(stick: Path, tmp_path: Path) -> None:
    FolderCarrier(stick).put(PARCEL)
    (stick / "parcels" / f"{LISTING.name}.hlp").rename(stick / "parcels" / f"{LISTING.name.upper()}.HLP")
    carrier = FolderCarrier(stick)
    assert carrier.parcels() == (LISTING,)
    assert carrier.fetch(LISTING, tmp_path / "in").read_bytes() == PARCEL


@pytest.mark.parametrize(
    "damage", [PARCEL[:-1], PARCEL + b"x", PARCEL[:-1] + b"x", b""], ids=["cut", "longer", "altered", "empty"]
)
def test_a_damaged_parcel_is_not_taken_and_is_replaced_by_putting_it_again(
    stick: Path, tmp_path: Path, damage: bytes
) -> None:
    carrier = FolderCarrier(stick)
    carrier.put(PARCEL)
    (stick / "parcels" / f"{LISTING.name}.hlp").write_bytes(damage)
    with pytest.raises((Refused, Unavailable)):
        carrier.fetch(LISTING, tmp_path / "in")
    assert not list((tmp_path / "in").glob("*.hlp"))
    assert carrier.parcels() == ()
    carrier.put(PARCEL)
    assert carrier.fetch(LISTING, tmp_path / "in").read_bytes() == PARCEL


def test_links_are_never_followed(stick: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(4_096))
    carrier = filled(stick)
    (stick / "letters" / "link.hll").symlink_to(secret)
    (stick / "parcels" / "0011223344556677.hlp").symlink_to(secret)
    (stick / "plain" / "link.html").symlink_to(secret)
    (stick / "outside").symlink_to(tmp_path)
    (stick / "latest").unlink()
    (stick / "latest").symlink_to(secret)
    assert len(carrier.collect_letters().letters) == 1
    assert set(carrier.pages()) == {"index.html", "plain/uk/phone.html"}
    with pytest.raises(Refused, match="link"):
        carrier.catalogue()
    for page in ("plain/link.html", "outside/secret"):
        with pytest.raises(Refused, match="link"):
            carrier.put_page(page, b"overwritten")
        with pytest.raises(Refused, match="link"):
            carrier.remove_page(page)
    assert secret.read_bytes() == bytes(4_096)


@pytest.mark.parametrize("name", ["parcels", "letters"])
def test_a_link_in_the_place_of_a_folder_is_refused(stick: Path, tmp_path: Path, name: str) -> None:
    (stick / name).symlink_to(tmp_path)
    carrier = FolderCarrier(stick)
    with pytest.raises(Refused, match="link"):
        carrier.put(PARCEL) if name == "parcels" else carrier.leave_letter(bytes(4_096))


def test_names_that_differ_only_in_case_are_refused(stick: Path) -> None:
    carrier = FolderCarrier(stick)
    carrier.put_page("plain/uk/Phone.html", b"1")
    with pytest.raises(Refused, match="differ only in case"):
        carrier.put_page("plain/uk/phone.html", b"2")
    with pytest.raises(Refused, match="differ only in case"):
        carrier.put_page("Plain/uk/other.html", b"2")
    assert carrier.pages().keys() == {"plain/uk/Phone.html"}


def test_a_stick_that_is_not_there_is_said(tmp_path: Path) -> None:
    carrier = FolderCarrier(tmp_path / "not plugged in")
    for ask in (carrier.catalogue, carrier.parcels, carrier.pages, carrier.collect_letters):
        with pytest.raises(Unavailable, match="plugged in"):
            ask()
    with pytest.raises(Unavailable, match="plugged in"):
        carrier.put(PARCEL)
    assert not (tmp_path / "not plugged in").exists()


def test_a_copy_that_was_interrupted_is_continued(stick: Path) -> None:
    (stick / "parcels").mkdir()
    part = stick / "parcels" / f"{LISTING.name}.part"
    part.write_bytes(PARCEL[:10_000])
    carrier = FolderCarrier(stick)
    assert carrier.parcels() == ()
    assert carrier.put(PARCEL) == LISTING.name
    assert [path.name for path in (stick / "parcels").iterdir()] == [f"{LISTING.name}.hlp"]


def test_a_full_stick_shows_nothing_half_written(tmp_path: Path) -> None:
    with small_disk(tmp_path / "stick", "1m") as stick:
        carrier = filled(stick)
        before = {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()}
        for write in (
            lambda: carrier.put(secrets.token_bytes(2_000_000)),
            lambda: carrier.put_page("index.html", bytes(2_000_000)),
            lambda: carrier.leave_letter(secrets.token_bytes(1_048_576)),
        ):
            with pytest.raises(Unavailable, match="no space"):
                write()
            assert {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()} == before


def test_a_disk_that_is_too_full_to_fetch_to_keeps_nothing(stick: Path, tmp_path: Path) -> None:
    carrier = FolderCarrier(stick)
    large = secrets.token_bytes(2_000_000)
    carrier.put(large)
    with small_disk(tmp_path / "disk", "1m") as disk:
        with pytest.raises(Unavailable, match="no space"):
            carrier.fetch(list_parcel(large), disk)
        assert list(disk.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_write_protected_stick_is_said(stick: Path) -> None:
    stick.chmod(0o500)
    with pytest.raises(Unavailable, match="write protection"):
        FolderCarrier(stick).put(PARCEL)
    stick.chmod(0o700)


def test_what_is_meant_for_a_stick_that_was_pulled_is_not_put_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder on which the stick was mounted stays, and is another disk's."""
    folder = tmp_path / "stick"
    folder.mkdir()
    carrier, loose = FolderCarrier(folder, one_disk=True), FolderCarrier(folder)
    carrier.put_page("a.html", b"a")
    real = Path.stat

    def of_another_disk(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(path, follow_symlinks=follow_symlinks)
        return os.stat_result([*found[:2], found.st_dev + 1, *found[3:]]) if path == folder else found

    monkeypatch.setattr(Path, "stat", of_another_disk)
    with pytest.raises(Unavailable, match="the folder stick is not there"):
        carrier.put_page("b.html", b"b")
    with pytest.raises(Unavailable, match="the folder stick is not there"):
        carrier.put(b"a parcel")
    loose.put_page("c.html", b"c")  # a place that is asked again and again takes the stick that is there
    assert sorted(file.name for file in folder.iterdir()) == ["a.html", "c.html"]
