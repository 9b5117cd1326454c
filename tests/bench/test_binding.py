"""Binding as a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import binding
from holub.errors import Unavailable


def test_cold_and_warm_bindings_are_measured(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "COLD", 1)
    monkeypatch.setattr(binding, "WARM", 2)
    result = binding.run(repository)
    assert result["guides"] == 21
    assert [run["changed"] for run in result["runs"]["cold"]] == [21]
    assert [(run["edition"], run["changed"]) for run in result["runs"]["warm"]] == [(2, 1), (3, 1)]
    for runs in result["runs"].values():
        assert all(0 < run["seconds"] <= run["wall"] for run in runs)
        assert all(1 < run["memory"] < 100_000 for run in runs)
    shown = binding.table(result)
    missed = [*result["within_ratio"].values(), result["within_memory"]].count(False)
    assert shown.count("OVER") == missed


def test_a_command_that_fails_is_named() -> None:
    with pytest.raises(Unavailable, match="holub press bind"):
        binding.holub("press", "bind", "nowhere")
