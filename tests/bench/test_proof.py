"""Proofs and what an update carries beside its change."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import proof


@pytest.mark.parametrize(("leaves", "levels"), [(1, 0), (2, 1), (4, 2), (5, 3), (8, 3), (9, 4), (11, 4)])
def test_levels_of_a_tree(leaves: int, levels: int) -> None:
    assert proof.levels(leaves) == levels


def test_every_guide_is_proved_and_every_update_counted(repository: Path) -> None:
    result = proof.run(repository)
    assert [(row["language"], row["guides"]) for row in result["proofs"]] == [("en", 12), ("uk", 9)]
    # Moment, names, path, place, services, four levels, stamp: the same count as in spec/edition.md.
    path = len("topic-0/guide-10.md")
    assert result["proofs"][0]["max"] == 4 + 12 + (1 + 4) + (1 + 2) + (1 + path) + 4 + 4 + 1 + 32 + 1 + 4 * 32 + 64
    assert [(row["what"], row["hops"]) for row in result["updates"]] == [("en", 1), ("uk", 1), ("all", 1)]
    # Two packs and four service leaves make a tree of three levels.
    assert {row["bar"] for row in result["updates"]} == {118 + 3 * 32}
    assert all(64 < row["overhead"] < row["bytes"] for row in result["updates"])
    assert result["overhead_with_letter_key"] > 1216
    assert result["overhead_with_mailbag"] > result["updates"][0]["overhead"]
    assert "OVER" not in proof.table(result)
