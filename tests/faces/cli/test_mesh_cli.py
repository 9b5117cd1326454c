"""`holub mesh`: an alert and letters go from one radio to another, each with its own program."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from holub.faces import cli
from holub.formats.letterbag import write_letters
from holub.formats.parcel import Kind, Parcel, parcel_name
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.mesh import airtime
from tests.faces.cli.command import Run, is_told
from tests.faces.cli.station import Station
from tests.fakes.meshtasticnode import MeshtasticNodes

FAST = ("--profile", "short-turbo", "--share", "100")
LISTEN = 6  # seconds; the radio hands over at once what it heard before


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between messages are for other radios, and there are none."""
    monkeypatch.setattr(airtime, "GAP", -1)


def place(home: Path, name: str) -> Path:
    (home / name).mkdir()
    return home / name


def letter(number: int, size: int = 256) -> bytes:
    return random.Random(number).randbytes(size)


def test_an_alert_and_letters_go_from_radio_to_radio(tmp_path: Path, run: Run) -> None:
    here, there = place(tmp_path, "here"), place(tmp_path, "there")
    station = Station(place(tmp_path, "centre"))
    for number in range(3):
        FolderCarrier(here).leave_letter(letter(number))
    FolderCarrier(here).leave_letter(letter(9, 4_096))
    update = tmp_path / "update.hlp"
    update.write_bytes(Parcel(Kind.SELECTION, letter(5, 300)).encode())
    with MeshtasticNodes() as nodes:
        radios = [f"tcp:127.0.0.1:{port}" for port in nodes.ports]
        words = ["mesh", "send", station.stick, update, "--letters", here, "--stay", 0, "--radio", radios[0], *FAST]
        told = run(*words)
        nodes.wait_until_left(0, 1)
        assert (told["parcels"], told["messages"]) == (5, nodes.passed)
        words = ["mesh", "listen", there, "--radio", radios[1], *FAST, "--for", LISTEN]
        answer = run(*words)
    station.office.close()
    assert (answer["parcels"], answer["letters"], answer["refused"]) == (4, 3, 0)  # alerts of three languages
    assert parcel_name(update.read_bytes()).removesuffix(".hlp") in {row.name for row in FolderCarrier(there).parcels()}
    assert set(FolderCarrier(there).collect_letters().letters) == {letter(number) for number in range(3)}
    # Nothing told that they arrived: they stay where they were, the large one too.
    assert len(FolderCarrier(here).collect_letters().letters) == 4


def test_what_would_be_sent_is_told_before(tmp_path: Path, run: Run) -> None:
    update = tmp_path / "update.hlp"
    update.write_bytes(Parcel(Kind.SELECTION, letter(1, 300)).encode())
    told = run("mesh", "send", update, "--radio", "tcp:127.0.0.1:1", "--dry-run")
    # Two source symbols, one to spare, two at the end.
    assert told == {"parcels": 1, "airtime": pytest.approx(5 * 1.9, abs=0.3), "messages": 0, "used": 0.0}


def large(home: Path) -> list[str]:
    (home / "large.hlp").write_bytes(Parcel(Kind.SELECTION, letter(1, 40_000)).encode())
    return ["mesh", "send", str(home / "large.hlp"), "--radio", "tcp:127.0.0.1:1"]


MISTAKES: dict[str, tuple[list[str], int]] = {
    "no radio": (["mesh", "send", "x.hlp"], 2),
    "a radio of an unknown kind": (["mesh", "listen", ".", "--radio", "fax:1"], 2),
    "a radio that does not answer": (["mesh", "listen", ".", "--radio", "tcp:127.0.0.1:1"], 4),
    "nothing to send": (["mesh", "send", "--radio", "tcp:127.0.0.1:1"], 2),
    "a parcel that is not there": (["mesh", "send", "/no/such.hlp", "--radio", "tcp:127.0.0.1:1"], 4),
    "a profile that there is not": (["mesh", "listen", ".", "--radio", "tcp:127.0.0.1:1", "--profile", "x"], 2),
    "a share of nothing": (["mesh", "listen", ".", "--radio", "program:cat", "--share", "0"], 2),
    "a share of nothing, foretold": (
        ["mesh", "send", "/no/such.hlp", "--radio", "program:cat", "--share", "0", "--dry-run"],
        2,
    ),
    "a place that is not there": (["mesh", "listen", "ftp://x", "--radio", "program:cat"], 2),
}


@pytest.mark.parametrize(("words", "code"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_has_its_code_and_says_what_to_do(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    is_told(words, code, capsys)


def test_a_parcel_that_is_too_long_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(large(tmp_path)) == 2
    assert "40,008 bytes is too long for a mesh" in capsys.readouterr().err


def test_letters_of_other_sizes_are_not_taken_from_a_mesh(tmp_path: Path, run: Run) -> None:
    there, bag = place(tmp_path, "there"), tmp_path / "bag.hlp"
    bag.write_bytes(write_letters([letter(1), letter(2, 4_096)]).encode())
    with MeshtasticNodes() as nodes:
        radios = [f"tcp:127.0.0.1:{port}" for port in nodes.ports]
        run("mesh", "send", bag, "--stay", 0, "--radio", radios[0], *FAST)
        run("mesh", "listen", there, "--radio", radios[1], *FAST, "--for", LISTEN)
    assert FolderCarrier(there).collect_letters().letters == (letter(1),)
