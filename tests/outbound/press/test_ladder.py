"""Updates that leap: a way near the price of a direct update from each of the editions before, and nothing needless."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.publisher import ROOT, bind_into
from holub.errors import Refused
from holub.formats.held import HeldPack
from holub.formats.shelf import Shelf
from holub.formats.sweep import write_sweep
from holub.formats.update import write_update
from holub.formats.way import Leg, Ways, names_on_ways
from holub.outbound.press.archive import Archive, Bound, legs_of
from holub.outbound.press.back import go_back, write_back
from holub.outbound.press.ladder import ALL
from holub.transit.parcelfolder import read_parcel_files, shelve, updates_on_ways

EDITIONS = 37
Texts = dict[str, dict[str, bytes]]


def text(seed: object, words: int) -> bytes:
    rng = random.Random(str(seed))
    return " ".join(
        rng.choice(("water", "lamp", "letter", "bread", "road")) + str(rng.random()) for _ in range(words)
    ).encode()


def edition(number: int) -> Texts:
    """A busy pack, a quiet one, and one that comes late; a large guide comes, and one text comes back as it was."""
    busy = {f"guide-{n}.md": text(n, 40) for n in range(12)}
    for turn in range(2, number + 1):
        busy[f"guide-{turn % 12}.md"] = text((turn, "changed"), 40)
    if number >= 9:
        busy["large.md"] = text("large", 900)
    if number in (15, 16):
        busy["guide-3.md"] = b"for two editions"
    if number >= 20:
        del busy["guide-7.md"]
    packs = {"en": busy, "uk": {"one.md": text("uk", 30), "two.md": text("uk2", 30)}}
    if number >= 30:
        packs["ar"] = {"one.md": text("ar", 30)}
    return {language: dict(sorted(guides.items())) for language, guides in packs.items()}


def publish(archive: Archive, number: int, ladder: bool = True) -> Bound:
    return archive.read(bind_into(archive, number, edition(number), ladder=ladder))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, dict[int, Bound]]:
    archive = Archive(tmp_path_factory.mktemp("press"))
    return archive, {number: publish(archive, number) for number in range(1, EDITIONS + 1)}


def held(bound: Bound) -> dict[tuple[str, str], HeldPack]:
    return {name: pack.held for name, pack in bound.packs.items()}


def parcel(archive: Archive, leg: Leg) -> bytes:
    entries = [entry for record in archive.records() for entry in record.parcels]
    return archive.parcel(next(entry for entry in entries if entry.name == leg.name))


def test_every_edition_of_the_last_32_has_a_way_near_a_direct_update(
    published: tuple[Archive, dict[int, Bound]],
) -> None:
    archive, editions = published
    newest, legs = editions[EDITIONS], legs_of(archive.records())
    for start in range(EDITIONS - 32, EDITIONS):
        before = held(editions[start])
        for name, old in before.items():
            way = Ways(legs[name], EDITIONS).get(start)
            assert way is not None
            direct = len(write_update(old, newest.packs[name].held).encode())
            assert way.size <= 1.1 * direct
            assert way.legs <= 2
        way = Ways(legs[ALL], EDITIONS).get(start)
        assert way is not None
        direct = len(write_sweep(before.values(), held(newest).values(), newest.sheet.signature).encode())
        assert way.size <= 1.1 * direct
        assert way.legs <= 2


def test_the_ways_lead_to_the_newest_edition(published: tuple[Archive, dict[int, Bound]]) -> None:
    archive, editions = published
    legs = legs_of(archive.records())
    for start in (EDITIONS - 1, EDITIONS - 7, EDITIONS - 19, EDITIONS - 32, EDITIONS - 33, 1):
        wanted = {name: pack.pack.root for name, pack in held(editions[EDITIONS]).items()}
        for name in held(editions[start]):
            shelf = Shelf(ROOT, held(editions[start]))
            for leg in Ways(legs[name], EDITIONS).follow(start):
                shelf = shelf.receive(parcel(archive, leg))
            assert shelf.packs[name].pack.root == wanted[name]
        shelf = Shelf(ROOT, held(editions[start]))
        for leg in Ways(legs[ALL], EDITIONS).follow(start):
            shelf = shelf.receive(parcel(archive, leg))
        assert {name: pack.pack.root for name, pack in shelf.packs.items()} == wanted


def test_updates_to_the_next_edition_stay_and_rungs_off_every_way_go(
    published: tuple[Archive, dict[int, Bound]],
) -> None:
    archive, _ = published
    records = archive.records()
    entries = [entry for record in records for entry in record.parcels if entry.kind == "update"]
    steps = [entry.edition for entry in entries if entry.language == "uk" and not entry.is_rung]
    assert sorted(steps) == list(range(2, EDITIONS + 1))
    assert {entry.name for entry in entries if entry.is_rung} <= names_on_ways(legs_of(records).values())
    assert sum(entry.is_rung for entry in entries if entry.language == "uk") <= 32
    files = {file.name for file in (archive.folder / "parcels").iterdir()}
    assert files == {entry.name for record in records for entry in record.parcels}
    assert len(list((archive.folder / "back").iterdir())) == 32


def test_rungs_that_fall_are_taken_from_the_folder_that_is_sent_from(tmp_path: Path) -> None:
    archive, out, editions = Archive(tmp_path / "press"), tmp_path / "out", dict[int, Bound]()
    for number in range(1, 9):
        editions[number] = publish(archive, number)
        archive.copy_out(archive.records()[0].parcels, out)
    kept = {entry.name for record in archive.records() for entry in record.parcels if entry.is_rung}
    found, _ = read_parcel_files([out])
    updates = [one for one in found if one.label.kind == "update"]
    leaping = {one.name for one in updates if (one.label.edition or 0) - (one.label.until or 0) > 1}
    assert leaping == kept
    # Updates to the next edition stay in the folder, and only those on a way are listed.
    assert sum(one.label.language == "uk" for one in updates if one.name not in kept) == 7
    assert updates_on_ways(updates) < {one.name for one in updates}
    # Whoever holds an old edition gets to the newest by two of them at most, a pack.
    old = {name: held(editions[2])[name] for name in (("main", "en"), ("main", "uk"))}
    shelf, applied, _ = shelve(Shelf(ROOT, old), [one for one in updates if one.label.language])
    assert {pack.moment.edition for pack in shelf.packs.values()} == {8}
    assert len(applied) <= 4


def test_without_its_notes_the_press_binds_and_makes_no_rungs(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for number in range(1, 5):
        publish(archive, number)
    assert any(entry.is_rung for record in archive.records() for entry in record.parcels)
    for file in (tmp_path / "back").iterdir():
        file.write_bytes(b"damaged")
    publish(archive, 5)
    assert not any(entry.is_rung for entry in archive.records()[0].parcels)


def test_older_text_comes_back_from_what_changed() -> None:
    old: Texts = {"en": {"a.md": b"1", "b.md": b"2", "d.md": b""}, "uk": {"x.md": b"9"}, "ru": {"y.md": b"8"}}
    new: Texts = {"en": {"a.md": b"1", "b.md": b"3", "c.md": b"4"}, "ru": {"y.md": b"8"}, "ar": {"z.md": b"7"}}
    before = {("main", language): guides for language, guides in old.items()}
    after = {("main", language): guides for language, guides in new.items()}
    note = write_back(before, after)
    found = go_back(note, after)
    assert {name: list(guides.items()) for name, guides in found.items() if name != ("main", "ar")} == {
        name: list(guides.items()) for name, guides in before.items()
    }
    assert found["main", "ru"] is after["main", "ru"]
    with pytest.raises(Refused):
        go_back(note[:-1], after)


LEGS = [
    Leg(1, 1, 2, 10, "a"),
    Leg(2, 2, 3, 10, "b"),
    Leg(3, 3, 4, 10, "c"),
    Leg(1, 1, 3, 15, "d"),
    Leg(2, 2, 4, 30, "e"),
]
WAYS = {
    "by bytes": (LEGS, 1, "dc"),
    "the shorter of two that cost the same": ([*LEGS, Leg(1, 1, 4, 25, "f")], 1, "f"),
    "a leg that leads back is none": ([*LEGS, Leg(2, 2, 1, 0, "g"), Leg(3, 3, 3, 0, "h")], 2, "bc"),
    "nothing leads on": (LEGS[:1], 1, ""),
    "there already": (LEGS, 4, ""),
}


@pytest.mark.parametrize("what", WAYS)
def test_the_cheapest_way(what: str) -> None:
    legs, start, names = WAYS[what]
    assert "".join(leg.name for leg in Ways(legs, 4).follow(start)) == names


def test_only_what_lies_on_a_way_is_listed() -> None:
    assert names_on_ways([LEGS, [Leg(1, 1, 2, 1, "z")], []]) == {"d", "b", "c", "z"}
