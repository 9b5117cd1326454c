"""The folder of `holub up`, thrown away whole: its keys overwritten where they lie, all that it made gone, no more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.formats import letter as wire
from holub.formats.letter import NO_SECRET, Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.office.datafolder import DataFolder, Holds
from holub.office.office import Office, Publisher
from holub.store import files
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


def test_what_is_in_it_is_counted_and_nothing_changes_by_that(data: DataFolder) -> None:
    def seen() -> dict[str, tuple[int, bytes]]:
        there = [path for path in data.folder.rglob("*") if path.is_file()]
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in there}

    before = seen()
    holds = data.holds()
    assert seen() == before
    assert holds == Holds(0, 0, len(before), sum(len(content) for _, content in before.values()))
    (data.parcels / "two").write_bytes(bytes(1000))
    (data.office / "press" / "editions").mkdir(parents=True)
    (data.office / "press" / "editions" / "1.json").write_text("{}")
    assert data.holds() == Holds(1, 0, holds.files + 2, holds.bytes + 1002)


def test_letters_are_counted_without_any_key(data: DataFolder) -> None:
    with Office.open(data.office, SECRET) as office:
        key = office.mailroom.letter_key(NOW)
        bodies = [Body(Topic.QUESTION, "en", "main", text) for text in ("one", "two")]
        sealed = [wire.seal(Letter(Kind.NO_REPLY, NO_SECRET, body), key, NOW) for body in bodies]
        office.mailroom.open_batch(sealed, NOW)
        assert data.holds().letters == 2  # while somebody works there, too: its log lies beside it
    assert data.holds().letters == 2
    (data.office / "office.db").write_bytes(os.urandom(5_000))
    assert data.holds().letters is None
    (data.office / "office.db").unlink()
    assert data.holds().letters == 0


def test_something_of_somebody_else_stays(data: DataFolder) -> None:
    (data.folder / "my guides").mkdir()
    (data.folder / "my guides" / "one.md").write_text("# One")
    assert data.throw_away() == ["my guides"]
    assert [path.name for path in data.folder.rglob("*")] == ["my guides", "one.md"]


def test_a_link_is_not_followed(data: DataFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    data.parcels.rename(elsewhere)
    data.parcels.symlink_to(elsewhere)
    for act in (data.throw_away, data.holds):
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


def test_one_that_was_cut_anywhere_is_thrown_away_by_the_same_command(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(Exception):
        pass

    steps = 0
    overwrite, unlink, rmtree = files.overwrite, Path.unlink, shutil.rmtree

    def cut(allowed: int) -> None:
        """Lets so many steps be done, and then the power goes."""

        def counted(act: Callable[..., None]) -> Callable[..., None]:
            def counting(*words: object, **how: object) -> None:
                nonlocal steps
                steps += 1
                if steps > allowed:
                    raise Cut
                act(*words, **how)

            return counting

        monkeypatch.setattr(files, "overwrite", counted(overwrite))
        monkeypatch.setattr(Path, "unlink", counted(unlink))
        monkeypatch.setattr(shutil, "rmtree", counted(rmtree))

    for allowed in range(40):
        steps = 0
        cut(allowed)
        try:
            assert data.throw_away() == []
            break
        except Cut:
            monkeypatch.undo()
        if not any(data.folder.iterdir()):
            break  # nothing is left to be thrown away
        assert data.holds().letters in (0, None)
    assert allowed > 12
    data.begin()  # the place can be used anew


def test_what_a_killed_first_run_left_goes_too(data: DataFolder) -> None:
    unfinished = [data.folder / f"{name}.new" for name in ("passphrase", "token", "version")]
    unfinished.append(data.office / "vault.new")
    for path in unfinished:
        path.write_bytes(b"half of a secret")
    opened = [held_open(path) for path in unfinished if path.name != "version.new"]
    assert data.throw_away() == []
    for descriptor in opened:
        assert os.pread(descriptor, 100, 0) != b"half of a secret"
        os.close(descriptor)


def test_a_key_file_that_is_a_link_leads_nowhere(data: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    (data.office / "slots").unlink()
    (data.office / "slots").symlink_to(tmp_path / "kept")
    with pytest.raises(Unavailable):
        data.throw_away()
    assert (tmp_path / "kept").read_text() == "kept"


def test_a_folder_of_a_newer_holub_is_left_alone(data: DataFolder) -> None:
    (data.folder / "version").write_text("2\n")
    before = (data.office / "slots").read_bytes()
    for act in (data.throw_away, data.holds, data.check):
        with pytest.raises(Refused, match="a newer holub"):
            act()
    assert (data.office / "slots").read_bytes() == before


@pytest.mark.parametrize("there", [True, False], ids=["another folder", "no folder"])
def test_a_folder_that_holub_up_did_not_make_is_left_alone(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "photos"
    if there:
        folder.mkdir()
        (folder / "office").mkdir()
        (folder / "office" / "one.jpg").write_bytes(b"1")
    for act in (DataFolder(folder).throw_away, DataFolder(folder).holds, DataFolder(folder).check):
        with pytest.raises(Misused, match="was not made by `holub up`"):
            act()
    assert not there or (folder / "office" / "one.jpg").read_bytes() == b"1"
