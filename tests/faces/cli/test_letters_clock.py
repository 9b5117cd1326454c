"""`holub letters clock`: what a person at the command line is told, and the one word that settles it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.faces.cli import letters
from holub.formats.letterkey import WEEK
from tests.faces.cli.lettersoffice import NOW, Clock, make_office, run


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """An office with one letter key, and a clock that stands four months later."""
    make_office(tmp_path)
    told = Clock()
    monkeypatch.setattr(letters, "time", told)
    return told


@pytest.mark.usefixtures("clock")
def test_four_months_off_are_settled_by_one_word(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable, match="the clock says 2027-03-23, and the office last ran on 2026-11-23"):
            run(tmp_path, "keep-schedule")
    told = run(tmp_path, "clock")
    assert "The clock says 2027-03-23; the office last ran on 2026-11-23. No key was destroyed." in told
    assert "`holub letters clock --right` goes on; this goes for good: 1 letter key." in told
    assert json.loads(run(tmp_path, "clock", "--right", "--dry-run", "--json"))["keys_overwritten"] == 0
    assert json.loads(run(tmp_path, "clock", "--json"))["letters_due"] == 0
    assert json.loads(run(tmp_path, "clock", "--right", "--json"))["keys_overwritten"] == 1
    assert run(tmp_path, "clock") == "The office does not doubt this clock.\n"
    assert run(tmp_path, "keep-schedule") == "0 keys overwritten, 0 letters shredded\n"


def test_a_clock_that_is_set_right_is_believed_again(tmp_path: Path, clock: Clock) -> None:
    clock.now = NOW + WEEK
    assert run(tmp_path, "clock", "--right") == "The office does not doubt this clock.\n"
    assert run(tmp_path, "keep-schedule") == "0 keys overwritten, 0 letters shredded\n"
