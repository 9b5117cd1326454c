"""Binding: editions follow one another, cost what changed, and survive what happens on the way."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from holub.errors import Misused, Refused, Unavailable
from holub.formats.root import trust
from holub.office.editions import Editions
from holub.office.office import Office
from holub.store import files
from holub.transit.parcelfolder import open_shelf
from tests.office.conftest import NOW, PASSPHRASE

DAY = 86_400


def text_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.md")}


def shelf_of(office: Office, out: Path) -> dict[str, bytes]:
    shelf, wrong = open_shelf(office.root, [out])
    assert not wrong
    return {f"{name[1]}/{path}": text for name, held in shelf.packs.items() for path, text in held.pack.guides.items()}


def test_what_was_bound_comes_out_byte_for_byte(office: Office, guides: Path, tmp_path: Path) -> None:
    published = Editions(office).bind(guides, tmp_path / "out", NOW)
    assert published.record.edition == 1
    assert published.changed == published.record.guides == len(text_of(guides))
    assert shelf_of(office, tmp_path / "out") == text_of(guides)


def test_the_second_edition_is_an_update_and_a_full_parcel_with_one_more_step(
    office: Office, guides: Path, tmp_path: Path
) -> None:
    editions = Editions(office)
    first = editions.bind(guides, tmp_path / "out", NOW)
    changed = guides / "uk" / "safety" / "polls.md"
    changed.write_bytes(changed.read_bytes() + "\nЩе одна порада.\n".encode())
    (guides / "uk" / "phone" / "new.md").write_text("# Нова порада\n", encoding="utf-8")
    (guides / "en" / "school" / "talking.md").unlink()
    second = editions.bind(guides, tmp_path / "out2", NOW + DAY)
    assert (second.record.edition, second.changed) == (2, 3)
    updates = {(e.section, e.language): e for e in second.record.parcels if e.kind == "update"}
    assert set(updates) == {(None, None), ("main", "en"), ("main", "ru"), ("main", "uk")}
    assert all(entry.start == 1 for entry in updates.values())
    assert updates["main", "ru"].size < 100
    # The new parcels alone give the new edition; so do the old full parcels and the updates.
    assert shelf_of(office, tmp_path / "out2") == text_of(guides)
    (tmp_path / "chain").mkdir()
    for entry in first.record.parcels:
        shutil.copy(tmp_path / "out" / entry.name, tmp_path / "chain")
    for entry in updates.values():
        if entry.language:
            shutil.copy(tmp_path / "out2" / entry.name, tmp_path / "chain")
    assert shelf_of(office, tmp_path / "chain") == text_of(guides)


def test_a_picture_that_was_copied_in_half_is_left_out_by_name(office: Office, guides: Path, tmp_path: Path) -> None:
    sink = io.BytesIO()
    Image.effect_noise((90, 90), 60).save(sink, "JPEG")
    (guides / "uk" / "half.jpg").write_bytes(sink.getvalue()[: len(sink.getvalue()) // 2])
    (guides / "uk" / "half.md").write_text("# Половина\n\n![Половина](half.jpg)\n", encoding="utf-8")
    published = Editions(office).bind(guides, tmp_path / "out", NOW)
    (lost,) = published.left_out
    assert lost.what == "the picture uk/half.jpg is left out: it is damaged or too large"


def test_an_edition_is_kept_when_its_copy_out_fails(office: Office, guides: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    editions = Editions(office)
    with pytest.raises(Unavailable):
        editions.bind(guides, blocked, NOW)
    record = editions.archive.newest()
    assert record is not None
    assert record.edition == 1
    editions.copy_out(record.parcels, tmp_path / "out")
    assert shelf_of(office, tmp_path / "out") == text_of(guides)


def test_what_was_written_for_an_edition_that_never_was_is_swept_away(
    office: Office, guides: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions = Editions(office)
    editions.bind(guides, None, NOW)
    real = files.replace

    def fail_on_the_record(path: Path, data: bytes) -> None:
        if path.name == "2.json":
            raise Unavailable("the disk is full, 2.json could not be written", "free some space and try again")
        real(path, data)

    (guides / "uk" / "more.md").write_text("# Ще\n", encoding="utf-8")
    monkeypatch.setattr(files, "replace", fail_on_the_record)
    with pytest.raises(Unavailable):
        editions.bind(guides, None, NOW + DAY)
    monkeypatch.undo()
    newest = editions.archive.newest()
    assert newest is not None
    assert newest.edition == 1
    again = editions.bind(guides, tmp_path / "out", NOW + DAY)
    assert again.record.edition == 2
    kept = {file.name for file in (office.folder / "press" / "parcels").iterdir()}
    named = {entry.name for record in editions.archive.records() for entry in record.parcels}
    assert kept == named
    assert shelf_of(office, tmp_path / "out") == text_of(guides)


def test_a_clock_that_went_back_binds_nothing(office: Office, guides: Path) -> None:
    editions = Editions(office)
    editions.bind(guides, None, NOW)
    with pytest.raises(Unavailable, match="clock"):
        editions.bind(guides, None, NOW - 1)


def test_no_guides_is_the_callers_mistake(office: Office, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Misused, match="no guides"):
        Editions(office).bind(tmp_path / "empty", None, NOW)


def test_a_damaged_parcel_in_the_office_is_noticed(office: Office, guides: Path) -> None:
    editions = Editions(office)
    record = editions.bind(guides, None, NOW).record
    full = next(entry for entry in record.parcels if entry.kind == "full")
    place = office.folder / "press" / "parcels" / full.name
    place.write_bytes(place.read_bytes()[:-1])
    with pytest.raises(Refused, match="damaged"):
        editions.bind(guides, None, NOW + DAY)


def test_many_editions_keep_their_updates_and_two_sets_of_full_parcels(
    office: Office, guides: Path, tmp_path: Path
) -> None:
    editions = Editions(office)
    for number in range(5):
        (guides / "uk" / "news.md").write_text(f"# Новини {number}\n", encoding="utf-8")
        editions.bind(guides, tmp_path / "out", NOW + number * DAY)
    records = editions.archive.records()
    assert [record.edition for record in records] == [5, 4, 3, 2, 1]
    assert [any(entry.kind == "full" for entry in record.parcels) for record in records] == [True, True] + [False] * 3
    assert all(any(entry.kind == "update" for entry in record.parcels) for record in records[:4])


def test_the_preview_says_what_binding_then_does(office: Office, guides: Path) -> None:
    editions = Editions(office)
    coming = editions.preview(guides, NOW)
    assert coming.number == 1
    assert coming.new_letter_key
    published = editions.bind(guides, None, NOW)
    assert sum(pack.added for pack in coming.packs) == published.changed
    (guides / "ru" / "about" / "write.md").unlink()
    later = editions.preview(guides, NOW + DAY)
    assert {pack.language: (pack.added, pack.changed, pack.removed) for pack in later.packs}["ru"] == (0, 0, 1)
    assert not later.new_letter_key


def test_a_second_holub_on_the_same_office_waits_its_turn(office: Office) -> None:
    with pytest.raises(Unavailable, match="in use"):
        Office.open(office.folder, PASSPHRASE)


def test_a_wrong_passphrase_opens_nothing(office: Office) -> None:
    office.close()
    with pytest.raises(Misused, match="passphrase"):
        Office.open(office.folder, "something else")
    with Office.open(office.folder, PASSPHRASE) as again:
        assert trust([again.root_file.read_bytes()]).name == "Зразковий центр"


def test_after_locking_nothing_is_signed_until_it_is_unlocked(office: Office, guides: Path) -> None:
    office.lock()
    with pytest.raises(Misused, match="locked"):
        Editions(office).bind(guides, None, NOW)
    office.vault.unlock(PASSPHRASE)
    assert Editions(office).bind(guides, None, NOW).record.edition == 1
