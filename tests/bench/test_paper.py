"""Paper is measured without a corpus, and what misses a bar is marked."""

from __future__ import annotations

from typing import Any

import pytest

from bench import paper
from bench.wear import SCANNED, Wear
from holub.transit.carriers.qr import USUAL


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "SEEDS", 1)
        patch.setattr(paper, "_WEARS", {"clean": Wear(), "scanned": SCANNED})
        patch.setattr(paper, "HARSH", USUAL)
        patch.setattr(paper, "_lost", lambda folder: {"bytes": 9, "sheets": 6, "lost": 3, "tries": 2, "back": 1})
        return paper.run(None)


def test_every_page_has_its_row(result: dict[str, Any]) -> None:
    assert [(row["level"], row["wear"]) for row in result["pages"]] == [("15-L", "clean"), ("15-L", "scanned")] * 2
    assert all(row["least"] <= row["median"] <= 40 * 504 and row["whole"] == 1 for row in result["pages"])
    assert "left out" in paper.table(result)


def test_what_misses_a_bar_is_marked(result: dict[str, Any]) -> None:
    assert paper.table(result).count("OVER") == 1  # of two tries with lost sheets one came back
    worse = {**result, "bar_clean": 20_161, "bar_worn": 20_161}
    assert paper.table(worse).count("OVER") == 5
