"""How much new text a sweep may bring, and that nothing is paid for one that announces more."""

from __future__ import annotations

import tracemalloc

import pytest

from bench.publisher import ROOT, publish
from holub.errors import Misused, Refused
from holub.formats import compression, items
from holub.formats.difference import Difference
from holub.formats.items import fits_sweep, item_keys
from holub.formats.shelf import Shelf
from holub.formats.sweep import write_sweep
from tests.formats.bomb import MOST, bomb, zeros

LARGE = {f"{number}.md": bytes([97 + number]) * 2**22 for number in range(8)}
OLD = {("main", "uk", "a.md"): b"one", ("main", "uk", "b.md"): b"two"}
KEYS = item_keys([("main", "uk")])


def test_the_bomb_is_one() -> None:
    assert len(zeros(MOST)) < 20_000
    assert compression.announced(zeros(MOST), "the frame") == MOST
    assert compression.decompress(zeros(2**20), limit=2**20, what="the frame") == bytes(2**20)


@pytest.mark.parametrize("scope", [0, 1])
def test_a_sweep_that_announces_half_a_gigabyte_costs_nothing(scope: int) -> None:
    _, one = publish({"uk": LARGE}, 1)
    sheet, two = publish({"uk": {**LARGE, "0.md": b"new"}}, 2)
    shelf = Shelf(ROOT, {held.pack.name: held for held in one})
    false = bomb(one, two, sheet.signature, scope=scope)
    assert len(false) < 20_000
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="announces 536870912 bytes"):
            shelf.receive(false)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Neither its text nor a copy of the 32 MiB that are held.
    assert peak < 2**20


def test_all_that_stands_in_the_frame_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    new = {**OLD, ("main", "uk", "b.md"): b"three", ("main", "uk", "c.md"): b"new"}
    size = len(Difference.between(OLD, new).content(OLD, new, KEYS))
    assert size > len(b"threenew")
    monkeypatch.setattr(items, "MAX_SWEEP", size)
    assert fits_sweep(OLD, new, KEYS)
    monkeypatch.setattr(items, "MAX_SWEEP", size - 1)
    assert not fits_sweep(OLD, new, KEYS)


def test_added_guides_are_counted_and_changed_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_ADDED", 1)
    changed = dict.fromkeys(OLD, b"other")
    assert fits_sweep(OLD, {**changed, ("main", "uk", "c.md"): b"new"}, KEYS)
    assert not fits_sweep(OLD, {**changed, **{("main", "uk", f"c{at}.md"): b"new" for at in range(2)}}, KEYS)


def test_a_sweep_that_nobody_would_open_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_SWEEP", 1_000)
    _, one = publish({"uk": {"a.md": b"A"}}, 1)
    sheet, two = publish({"uk": {"a.md": b"A" * 1_000}}, 2)
    with pytest.raises(Misused, match="so much new text"):
        write_sweep(one, two, sheet.signature)
