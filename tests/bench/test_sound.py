"""Sound is measured without a corpus, and the picture shows what was measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench import sound

pytestmark = pytest.mark.package("ggwave")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "TRIALS", 1)
    monkeypatch.setattr(sound, "SNRS", (0, -30))
    monkeypatch.setattr(sound, "ECHOES", ())
    monkeypatch.setattr(sound, "BANDS", ())
    monkeypatch.setattr(sound, "RADIO_SNRS", (20,))
    monkeypatch.setattr(sound, "RADIO_BYTES", 300)


@pytest.mark.usefixtures("small")
def test_each_pace_is_heard_through_little_noise_and_not_through_much() -> None:
    result = sound.run(None)
    heard = {(row["value"], row["pace"]): row["library"] for row in result["survival"]}
    assert heard == {(snr, pace): int(snr == 0) for snr in (0, -30) for pace in ("slow", "normal", "fast")}
    slow, normal, fast = (row["seconds"]["a narrow letter"] for row in result["speeds"])
    assert slow > normal > fast
    table = sound.table(result)
    assert "OVER" not in table
    assert "left out" in sound.table({**result, "radio": None})
    assert sound.picture(result).count("<path") >= 6


def test_a_pace_that_misses_its_bar_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "BAR_LETTER", 1.0)
    result: dict[str, Any] = {"speeds": sound.speeds(), "survival": [], "radio": None}
    assert sound.table(result).count("OVER") == 1


def test_the_picture_is_of_the_figures() -> None:
    figures = json.loads(sound.FIGURES.read_text("utf-8"))["results"]["sound"]
    assert sound.PICTURE.read_text("utf-8") == sound.picture(figures)
