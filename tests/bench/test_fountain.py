"""Frames are measured without a corpus, and what misses a bar is marked."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from bench import fountain


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fountain, "SIZES", ((2_200, 112), (14_700, 184)))
    monkeypatch.setattr(fountain, "TRIALS", 12)
    monkeypatch.setattr(fountain, "ROUNDS", 2)
    monkeypatch.setattr(fountain, "_page", lambda: None)


@pytest.mark.usefixtures("small")
def test_every_loss_and_size_has_its_row() -> None:
    result = fountain.run(None)
    assert [(row["loss"], row["trials"]) for row in result["trials"]] == [(0.3, 24), (0.5, 24), (0.7, 24)]
    assert all(0 <= row["at_k"] <= row["at_k2"] <= 1 for row in result["trials"])
    assert [row["count"] for row in result["times"]] == [20, 80]
    for row in result["times"]:
        assert all(row[f"{who}_{step}"] > 0 for who in ("own", "bare") for step in ("cut", "collect"))
        assert all(row[ratio] > 0 for ratio in ("cut_ratio", "collect_ratio", "collect_ratio_hashed"))
    assert "left out" in fountain.table(result)


@pytest.mark.usefixtures("small")
def test_what_misses_a_bar_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fountain, "BAR_AT_K", 1.01)
    monkeypatch.setattr(fountain, "BAR_TIME", 0.0)
    page = [{"where": "node", "step": "cut", "count": 397, "symbol": 504, "first": 40.0, "median": 30.0}]
    result: dict[str, Any] = {**fountain.run(None), "page": page}
    table = fountain.table(result)
    assert table.count("OVER") == 3 + 2
    assert "397" in table.splitlines()[-1]


def test_a_parcel_that_never_arrives_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fountain, "SIZES", ((2_200, 112),))
    monkeypatch.setattr(fountain, "LOSSES", (1.0,))
    with pytest.raises(AssertionError, match="more was lost"):
        fountain._trials(Random(1))


def test_a_ratio_is_the_median_of_the_rounds() -> None:
    assert fountain._ratio([3.0, 10.0, 5.0], [2.0, 2.0, 5.0]) == 1.5
