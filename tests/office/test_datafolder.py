"""The folder of `holub up`, thrown away whole: its keys overwritten where they lie, all that it made gone, no more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.office.datafolder import DataFolder, Holds
from holub.office.office import Office, Publisher
from tests.office.conftest import NOW

SECRET = "чотири слова для офісу"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A folder with an office that was opened once, and something of everything else."""
    place = DataFolder(tmp_path / "data")
    place.begin()
    with Office.create(place.office, SECRET, Publisher("A centre"), NOW) as office:
        office.mailroom.letter_key(NOW)
    for folder in (place.postbox, place.parcels):
        folder.mkdir()
        (folder / "one").write_bytes(b"12345")
    place.passphrase.write_text(SECRET, encoding="utf-8")
    place.token.write_text("token", encoding="utf-8")
    return place


def held_open(path: Path) -> int:
    """A descriptor of a file, through which its bytes can be read when its name is gone."""
    return os.open(path, os.O_RDONLY)


def test_it_goes_whole_and_its_keys_are_overwritten_where_they_lay(data: DataFolder) -> None:
    secrets = [data.office / "slots", data.office / "vault", data.passphrase, data.token]
    before = [path.read_bytes() for path in secrets]
    opened = [held_open(path) for path in secrets]
    assert data.throw_away() == []
    assert not data.folder.exists()
    for descriptor, content in zip(opened, before, strict=True):
        now = os.pread(descriptor, len(content) + 1, 0)
        os.close(descriptor)
        assert len(now) == len(content)
        same = sum(a == b for a, b in zip(now, content, strict=True))
        assert same <= len(content) // 32 + 4  # one byte in 256 by chance


def test_what_is_in_it_is_counted(data: DataFolder) -> None:
    known = data.holds(SECRET)
    assert (known.editions, known.letters) == (0, 0)
    assert data.holds(None) == Holds(0, None, known.files, known.bytes)
    (data.parcels / "two").write_bytes(bytes(1000))
    assert data.holds(SECRET) == Holds(0, 0, known.files + 1, known.bytes + 1000)
    with pytest.raises(Misused):
        data.holds("another passphrase")
    (data.office / "press" / "editions").mkdir(parents=True)
    (data.office / "press" / "editions" / "1.json").write_text("{}")
    assert data.holds(SECRET).editions == 1


def test_something_of_somebody_else_stays(data: DataFolder) -> None:
    (data.folder / "my guides").mkdir()
    (data.folder / "my guides" / "one.md").write_text("# One")
    assert data.throw_away() == ["my guides"]
    assert [path.name for path in data.folder.rglob("*")] == ["my guides", "one.md"]


def test_a_link_is_not_followed(data: DataFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    data.parcels.rename(elsewhere)
    data.parcels.symlink_to(elsewhere)
    for act in (data.throw_away, lambda: data.holds(SECRET)):
        with pytest.raises(Refused, match="is a link to another place"):
            act()
    assert (elsewhere / "one").read_bytes() == b"12345"
    data.parcels.unlink()
    (data.postbox / "link").symlink_to(elsewhere)
    data.passphrase.unlink()
    (tmp_path / "kept").write_text("kept")
    data.passphrase.symlink_to(tmp_path / "kept")
    with pytest.raises(Refused, match="is a link to another place"):
        data.throw_away()
    data.passphrase.unlink()
    assert data.throw_away() == []
    assert (elsewhere / "one").read_bytes() == b"12345"
    assert (tmp_path / "kept").read_text() == "kept"


def test_an_office_that_somebody_works_in_stays(data: DataFolder) -> None:
    slots = (data.office / "slots").read_bytes()
    with Office.open(data.office, SECRET), pytest.raises(Unavailable, match="in use"):
        data.throw_away()
    assert (data.office / "slots").read_bytes() == slots
    assert data.throw_away() == []


@pytest.mark.parametrize("cut", ["slots", "vault", "office"])
def test_one_that_was_cut_is_thrown_away_by_the_same_command(data: DataFolder, cut: str) -> None:
    gone = {"slots": ["slots"], "vault": ["slots", "vault"], "office": [entry.name for entry in data.office.iterdir()]}
    for name in gone[cut]:
        if cut == "office":
            (data.office / name).unlink()
        else:
            (data.office / name).write_bytes(os.urandom((data.office / name).stat().st_size))
    assert data.holds(SECRET).letters == (0 if cut == "office" else None)
    assert data.throw_away() == []
    assert not data.folder.exists()


@pytest.mark.parametrize("there", [True, False], ids=["another folder", "no folder"])
def test_a_folder_that_holub_up_did_not_make_is_left_alone(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "photos"
    if there:
        folder.mkdir()
        (folder / "office").mkdir()
        (folder / "office" / "one.jpg").write_bytes(b"1")
    for act in (DataFolder(folder).throw_away, lambda: DataFolder(folder).holds(None)):
        with pytest.raises(Misused, match="was not made by `holub up`"):
            act()
    assert not there or (folder / "office" / "one.jpg").read_bytes() == b"1"
