"""`holub carry sync` with a stick alone: what is said, in words and as JSON, and how mistakes are met."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from holub.faces import cli
from holub.transit.carriers import FolderCarrier
from holub.transit.giving import SPARE
from holub.transit.stick import Stick
from tests.transit.test_giving import files, publish, with_room


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return publish(tmp_path / "home", 7)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    FolderCarrier(folder).leave_letter(secrets.token_bytes(4_096))
    return folder


def test_what_moved_is_said_in_json(home: Path, stick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["carry", "sync", f"folder:{stick}", "--home", str(home), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    size = answer.pop("bytes")
    assert size > 70_000
    assert answer == {
        "home": str(home),
        "home_is": "folder",
        "letters_in": 1,
        "letters_out": 0,
        "letters_left": 0,
        "read_only": False,
        "edition_here": 7,
        "edition_taken": False,
        "edition_there": 7,
        "parcels": 3,
        "pages": 6,
        "removed": 0,
        "missing": 0,
        "left_out": {},
        "others": 0,
        "newer_there": False,
        "foreign": False,
        "troubles": [],
    }


def test_what_moved_is_said_in_words(
    home: Path, stick: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    assert cli.run(["carry", "sync", str(stick)]) == 0
    assert capsys.readouterr().out == (
        "synced with the folder . (found here)\n"
        "letters: 1 came in, 0 went out\n"
        "edition 7 is on the stick, with 3 new parcels and 6 new pages\n"
    )


def test_a_full_stick_is_told_plainly(
    home: Path, stick: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_room(monkeypatch, SPARE + 40_000)
    assert cli.run(["carry", "sync", str(stick), "--home", str(home)]) == 0
    assert "no room for 72.0 kB, so these were left out: pictures (72.0 kB)" in capsys.readouterr().out
    with_room(monkeypatch, SPARE)
    newer = publish(home.parent / "newer", 8)
    assert cli.run(["carry", "sync", str(stick), "--home", str(newer)]) == 0
    out = capsys.readouterr().out
    assert "edition 8 was not placed: its text lacks " in out
    assert "free that much, or take another stick" in out


def test_a_read_only_stick_is_told_plainly(
    home: Path, stick: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(stick)
    monkeypatch.setattr(Stick, "read_only", lambda _self: True)
    assert cli.run(["carry", "sync", str(stick), "--home", str(home)]) == 0
    out = capsys.readouterr().out
    assert "letters: 1 came in, 0 went out; 1 left on the stick" in out
    assert "cannot be written to" in out
    assert files(stick) == before


MISTAKES = {
    "nothing here to sync with": (["STICK"], 2, "nothing here"),
    "a home that is none": (["STICK", "--home", "TMP"], 2, "neither a relay's"),
    "a home that is not there": (["STICK", "--home", "/no/such/home"], 4, "no folder"),
    "an address for a stick": (["http://127.0.0.1:1", "--home", "HOME"], 2, "no stick"),
    "the stick is its own home": (["HOME", "--home", "HOME"], 2, "are one folder"),
    "a stick that is not plugged in": (["/no/such/stick", "--home", "HOME"], 4, "not there"),
    "a home and two places": (["STICK", "HOME", "--home", "HOME"], 2, "stick alone"),
    "an option for two places": (["STICK", "--home", "HOME", "--replace"], 2, "more than one place"),
}


@pytest.mark.parametrize(("words", "code", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_and_changes_nothing(
    words: list[str],
    code: int,
    said: str,
    home: Path,
    stick: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"STICK": str(stick), "HOME": str(home), "TMP": str(tmp_path)}
    before = files(tmp_path)
    assert cli.run(["carry", "sync", *(names.get(word, word) for word in words)]) == code
    assert said in capsys.readouterr().err
    assert files(tmp_path) == before
