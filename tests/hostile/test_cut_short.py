"""What a crash, a full disk or a lying clock leaves behind, and that the next run goes on from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from holub import sample
from holub.errors import Misused, Refused, Unavailable
from holub.office.editions import Editions
from holub.office.office import ROOT_FILE, Office, Publisher, read_root
from holub.store.vault import Vault
from holub.transit.editionfolder import HIDDEN, EditionFolder
from holub.transit.parcelfolder import open_shelf, read_parcel_file
from holub.transit.postbox.token import new_token, read_token

NOW = 1_795_000_000
PASSPHRASE = "six words that nobody has guessed"
PUBLISHER = Publisher("Зразковий центр")


def test_an_office_that_was_cut_short_is_finished_by_the_next_try(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    with Vault.create(folder, PASSPHRASE) as vault:
        vault.put("root/1", b"\x07" * 32)
    with pytest.raises(Misused, match="never finished"):
        Office.open(folder, PASSPHRASE)
    with pytest.raises(Misused, match="passphrase"):
        Office.create(folder, "another passphrase", PUBLISHER, NOW)
    with Office.create(folder, PASSPHRASE, PUBLISHER, NOW) as office:
        assert office.vault.get("root/1") == b"\x07" * 32
        assert office.pen().public in office.root.edition_keys


def test_keys_that_have_been_used_are_never_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    with Office.create(folder, PASSPHRASE, PUBLISHER, NOW) as office:
        before = office.vault.get("edition/1")
        assert office.archive.newest() is None  # makes the press's folder
    (folder / ROOT_FILE).unlink()
    with pytest.raises(Misused, match="has a vault already"):
        Office.create(folder, PASSPHRASE, PUBLISHER, NOW)
    with Vault.open(folder, PASSPHRASE) as vault:
        assert vault.get("edition/1") == before


@pytest.mark.parametrize("publisher", [Publisher(""), Publisher("two\nlines"), Publisher("x", 2, 3)])
def test_an_office_that_can_not_be_leaves_nothing(tmp_path: Path, publisher: Publisher) -> None:
    with pytest.raises(Misused):
        Office.create(tmp_path / "office", PASSPHRASE, publisher, NOW)
    assert not (tmp_path / "office").exists()


@pytest.mark.parametrize("now", [-5, 0, 1_000, 2**32 - 10, 2**40])
def test_no_office_is_made_by_a_clock_that_is_wrong(tmp_path: Path, now: int) -> None:
    with pytest.raises(Unavailable, match="clock"):
        Office.create(tmp_path / "office", PASSPHRASE, PUBLISHER, now)
    assert not (tmp_path / "office").exists()


def test_a_token_is_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(Unavailable):
            new_token(file)
    assert list(tmp_path.iterdir()) == []
    new_token(file)
    with pytest.raises(Misused):
        new_token(file)
    assert len(read_token(file)) == 64


def _bound(office: Office, guides: Path, out: Path, now: int) -> None:
    Editions(office).bind(guides, out, now)


def test_a_guide_becomes_a_folder_and_a_folder_a_guide(tmp_path: Path) -> None:
    guides, out, to = tmp_path / "guides", tmp_path / "parcels", tmp_path / "edition"
    (guides / "uk" / "b.md").mkdir(parents=True)
    (guides / "uk" / "a.md").write_text("# a")
    (guides / "uk" / "b.md" / "c.md").write_text("# c")
    with Office.create(tmp_path / "office", PASSPHRASE, PUBLISHER, NOW) as office:
        _bound(office, guides, out, NOW)
        root = read_root(out / ROOT_FILE)
        folder = EditionFolder(to, root)
        first = open_shelf(root, [out])[0]
        folder.write(folder.shelf(), first)
        shutil.rmtree(guides / "uk" / "b.md")
        (guides / "uk" / "b.md").write_text("# b")
        (guides / "uk" / "a.md").unlink()
        (guides / "uk" / "a.md").mkdir()
        (guides / "uk" / "a.md" / "d.md").write_text("# d")
        _bound(office, guides, out, NOW + 1)
    second = open_shelf(root, [out])[0]
    folder.write(folder.shelf(), second)
    found = {path.relative_to(to / "uk").as_posix() for path in (to / "uk").rglob("*") if path.is_file()}
    assert found == {"a.md/d.md", "b.md"}
    assert EditionFolder(to, root).shelf().packs == second.packs


def test_an_edition_with_a_guide_inside_a_guide_changes_nothing(tmp_path: Path) -> None:
    guides, out = tmp_path / "guides", tmp_path / "parcels"
    (guides / "uk").mkdir(parents=True)
    (guides / "uk" / "a.md").write_text("# a")
    with Office.create(tmp_path / "office", PASSPHRASE, PUBLISHER, NOW) as office:
        _bound(office, guides, out, NOW)
    root = read_root(out / ROOT_FILE)
    shelf = open_shelf(root, [out])[0]
    held = shelf.packs["main", "uk"]
    both = {**held.pack.guides, "a.md/b.md": b"# b"}
    object.__setattr__(held.pack, "guides", both)
    folder = EditionFolder(tmp_path / "edition", root)
    with pytest.raises(Refused, match="a guide and a folder"):
        folder.write(folder.shelf(), shelf)
    assert not (tmp_path / "edition" / "uk").exists()


def test_a_damaged_plan_is_refused(tmp_path: Path) -> None:
    with Office.create(tmp_path / "office", PASSPHRASE, PUBLISHER, NOW) as office:
        root = office.root
    for plan in (b"{", b"[]", b'{"fresh": 1, "gone": []}', json.dumps({"fresh": [], "gone": ["../x.md"]}).encode()):
        hidden = tmp_path / "edition" / HIDDEN
        hidden.mkdir(parents=True, exist_ok=True)
        (hidden / "plan.json").write_bytes(plan)
        with pytest.raises(Refused):
            EditionFolder(tmp_path / "edition", root)


def test_a_copy_that_broke_off_leaves_no_gap_in_the_folder(tmp_path: Path) -> None:
    guides, out = tmp_path / "guides", tmp_path / "parcels"
    shutil.copytree(sample.guides(), guides)
    with Office.create(tmp_path / "office", PASSPHRASE, PUBLISHER, NOW) as office:
        _bound(office, guides, out, NOW)
        blocked = tmp_path / "blocked"
        blocked.write_text("a file where a folder should be")
        with pytest.raises(Unavailable):
            _bound(office, guides, blocked, NOW + 1)
        _bound(office, guides, out, NOW + 2)
    labels = [read_parcel_file(path).label for path in out.glob("*.hlp")]
    assert {one.edition for one in labels if one.kind == "update"} == {2, 3}


@pytest.mark.parametrize("number", [-1, 0, 1 << 63, 10**30])
def test_a_letter_number_that_no_letter_can_have(tmp_path: Path, number: int) -> None:
    with (
        Office.create(tmp_path / "office", PASSPHRASE, PUBLISHER, NOW) as office,
        pytest.raises(Misused, match="there is no letter"),
    ):
        office.mailroom.view(number)
