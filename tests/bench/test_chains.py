"""Ways through published updates, beside direct ones."""

from __future__ import annotations

from pathlib import Path

from bench.chains import chains
from bench.corpus import Corpus


def test_every_distance_of_every_pack_is_counted(repository: Path) -> None:
    rows = chains(Corpus(repository))
    assert [(row["what"], row["distances"]) for row in rows] == [("all", 2), ("en", 2), ("uk", 2)]
    for row in rows:
        assert row["within"] == 2
        assert 1 <= row["median"] <= row["worst"] <= row["adjacent_worst"]
        assert 1 <= row["most_updates"] <= 2
    assert rows[0]["listed"] == 6
