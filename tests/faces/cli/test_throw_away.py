"""`holub up --throw-away`: what goes is said first, nothing goes unasked, and then it can be begun anew."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from holub.faces import cli
from holub.transit.folderlock import FolderLock
from tests.faces.cli.command import Run, is_told
from tests.faces.cli.test_up_mistakes import contents, running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder in which `holub up` ran once."""
    folder = tmp_path / "data"
    with running(folder):
        pass
    return folder


def test_a_dry_run_says_what_would_go_and_then_it_goes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, before = Run(capsys), contents(data)
    told = run("up", "--data", data, "--throw-away", "--dry-run")
    assert contents(data) == before
    del before["lock"]
    assert told == {
        **{"editions": 1, "letters": 0, "files": len(before), "bytes": sum(map(len, before.values()))},
        **{"thrown_away": False, "left": []},
    }
    assert run("up", "--data", data, "--throw-away", "--yes") == {**told, "thrown_away": True}
    assert not data.exists()
    with running(data) as addresses:  # and all begins anew
        assert list(addresses) == ["reading page", "desk", "postbox"]


def test_in_words(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "mine.txt").write_text("mine")
    assert cli.run(["up", "--data", str(data), "--throw-away", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 edition, 0 letters, ")
    assert said.endswith(" would go, and the keys would be overwritten. Nothing was done.\n")
    assert cli.run(["up", "--data", str(data), "--throw-away", "--yes"]) == 0
    said = capsys.readouterr().out
    assert said.endswith(
        f" are gone; the keys were overwritten where they lay.\n{data} holds something else, which stays: mine.txt.\n"
    )
    assert contents(data).keys() == {"lock", "mine.txt"}


def test_where_nobody_can_be_asked_nothing_goes(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(data)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    is_told(["up", "--data", str(data), "--throw-away"], 2, capsys)
    assert contents(data) == before


def test_while_it_runs_nothing_goes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(FolderLock(data, "holub up")):
        before = contents(data)
        is_told(["up", "--data", str(data), "--throw-away", "--yes"], 4, capsys)
        assert contents(data) == before


def test_one_that_was_cut_is_thrown_away_by_the_same_command(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("passphrase", "office/vault", "office/slots"):
        (data / name).write_bytes(os.urandom((data / name).stat().st_size))
    assert Run(capsys)("up", "--data", data, "--throw-away", "--yes")["letters"] == 0
    assert not data.exists()


def test_a_strange_folder_and_words_that_do_not_go_together_are_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(data)
    is_told(["up", "--data", str(tmp_path), "--throw-away", "--yes"], 2, capsys)
    assert not (tmp_path / "lock").exists()
    is_told(["up", "--data", str(tmp_path / "nowhere"), "--throw-away", "--yes"], 2, capsys)
    is_told(["up", "--data", str(data), "--yes"], 2, capsys)
    is_told(["up", "--data", str(data), "--dry-run"], 2, capsys)
    assert contents(data) == before
