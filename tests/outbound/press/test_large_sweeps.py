"""A whole corpus that comes at once: the edition is bound without a sweep to it, and readers take it pack by pack."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.publisher import ROOT, bind_into
from holub.formats import items
from holub.formats.shelf import Shelf
from holub.outbound.press.archive import Archive, Entry, Record
from holub.transit.parcelfolder import read_parcel_files, shelve

Texts = dict[str, dict[str, bytes]]
FIRST: Texts = {"en": {"a.md": b"# A\n"}, "uk": {"b.md": b"# B\n"}}
# The packs are those of before, so the change is made for the whole's steps too; or there is a new one.
CORPUS = {f"{number:02}.md": random.Random(number).randbytes(1_000) for number in range(30)}
GROWN: dict[str, Texts] = {"in a pack": {**FIRST, "uk": CORPUS}, "in a new pack": {**FIRST, "zh": CORPUS}}


def sweeps(record: Record) -> list[tuple[int | None, int | None]]:
    return [(one.start, one.until) for one in record.parcels if one.kind == "update" and one.language is None]


def packs(record: Record, kind: str) -> list[Entry]:
    return [one for one in record.parcels if one.kind == kind and one.language is not None]


@pytest.mark.parametrize("where", GROWN)
def test_a_huge_new_corpus_is_bound_without_a_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(items, "MAX_SWEEP", 20_000)
    archive, texts = Archive(tmp_path / "press"), GROWN[where]
    first, small = FIRST, {**FIRST, "en": {"a.md": b"# A, again\n"}}
    bind_into(archive, 1, first)
    assert sweeps(bind_into(archive, 2, small)) == [(1, 1)]
    large = bind_into(archive, 3, {**texts, "en": small["en"]})
    assert sweeps(large) == []
    # Every pack is there in full, and those that were there before have their updates.
    assert {one.language for one in packs(large, "full")} == set(texts)
    assert {one.language for one in packs(large, "update")} == set(FIRST)
    # The next one has its sweep again, from where it fits, and none that leaps over the large one.
    after = {**texts, "en": {"a.md": b"# A, once more\n"}}
    assert sweeps(bind_into(archive, 4, after)) == [(3, 3)]
    held = Shelf(ROOT)
    for entry in [*packs(large, "full"), *(one for one in large.parcels if one.kind == "sheet")]:
        held = held.receive(archive.parcel(entry))
    assert {name[1]: dict(pack.pack.guides) for name, pack in held.packs.items()} == {**texts, "en": small["en"]}
    archive.copy_out([one for record in archive.records() for one in record.parcels], tmp_path / "out")
    found, wrong = read_parcel_files([tmp_path / "out"])
    assert not wrong
    shelf, _, refused = shelve(Shelf(ROOT), found)
    assert not refused
    assert shelf.check_complete().moment.edition == 4
