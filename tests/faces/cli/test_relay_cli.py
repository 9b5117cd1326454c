"""`holub relay` as its keeper meets it: over a stick, in sentences, with exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from holub.faces import cli
from holub.transit.carriers import FolderCarrier, HttpCarrier
from tests.faces.cli.command import PROGRAM
from tests.fakes.meshtasticnode import MeshtasticNodes

LETTERS = "--letters=128"


def relay(*words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    """The exit code, and the answer or the error."""
    code = cli.run(["relay", *(str(word) for word in words), "--json"])
    out, err = capsys.readouterr()
    answer = json.loads(out or err)
    assert isinstance(answer, dict)
    return code, answer


def test_a_stick_is_synced_and_the_status_says_what_is_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    FolderCarrier(stick).leave_letter(os.urandom(4_096))
    FolderCarrier(stick).leave_letter(os.urandom(65_536))
    data = tmp_path / "data"
    code, answer = relay("sync", "--data", data, LETTERS, stick, capsys=capsys)
    assert (code, answer) == (0, {"places": 1, "letters_in": 2, "letters_out": 0, "edition": 0, "troubles": []})
    code, answer = relay("status", "--data", data, capsys=capsys)
    assert code == 0
    assert answer["letters"] == 2
    assert answer["room_for"] == 128
    assert answer["letters_by_size"] == {"256": 0, "4096": 1, "65536": 1, "1048576": 0}
    assert list(answer["last_syncs"]) == ["folder"]  # type: ignore[call-overload] # of JSON
    assert (answer["edition"], answer["centre"], answer["stamped"]) == (0, None, 0)
    assert cli.run(["relay", "status", "--data", str(data)]) == 0
    assert "letters: 2 of 128" in capsys.readouterr().out


def test_a_place_that_is_gone_stops_no_other_and_is_told_by_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    FolderCarrier(stick).leave_letter(os.urandom(4_096))
    words = ["relay", "sync", "--data", str(tmp_path / "data"), LETTERS, str(tmp_path / "gone"), str(stick), "--json"]
    assert cli.run(words) == 4
    out, err = capsys.readouterr()
    answer, error = json.loads(out), json.loads(err)["error"]
    assert (answer["places"], answer["letters_in"], len(answer["troubles"]) > 0) == (1, 1, True)
    assert error["what"] in [trouble["what"] for trouble in answer["troubles"]]


def test_a_letter_goes_from_relay_to_relay_by_radio_once_the_keeper_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for size in (256, 65_536):
        FolderCarrier(stick).leave_letter(os.urandom(size))
    near, far = tmp_path / "near", tmp_path / "far"
    relay("sync", "--data", near, LETTERS, stick, capsys=capsys)
    fast = ("--profile", "short-turbo", "--share", "100", "--listen", "0.1")
    with MeshtasticNodes() as nodes:
        radios = [f"tcp:127.0.0.1:{port}" for port in nodes.ports]
        told = relay("sync", "--data", near, LETTERS, radios[0], *fast, capsys=capsys)
        assert told == (0, {"places": 1, "letters_in": 0, "letters_out": 0, "edition": 0, "troubles": []})
        nodes.wait_until_left(0, 1)
        assert nodes.passed == 0
        _, answer = relay("sync", "--data", near, LETTERS, radios[0], *fast, "--mesh-letters", 5, capsys=capsys)
        assert answer["letters_out"] == 1
        nodes.wait_until_left(0, 2)
        _, answer = relay("sync", "--data", far, LETTERS, radios[1], *fast, capsys=capsys)
        assert (answer["places"], answer["letters_in"]) == (1, 1)
    _, held = relay("status", "--data", far, capsys=capsys)
    assert held["letters_by_size"] == {"256": 1, "4096": 0, "65536": 0, "1048576": 0}
    assert list(held["last_syncs"]) == ["mesh"]  # type: ignore[call-overload] # of JSON


def test_each_mistake_has_its_sentence_and_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "version").write_text("holub relay 2\n")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "holiday.jpg").write_bytes(b"x")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        cases = [
            (("serve", "--data", tmp_path / "a", "--port", port), 4, "cannot be used"),
            (("serve", "--data", newer, "--port", 0, LETTERS), 3, "written by a newer holub"),
            (("sync", "--data", tmp_path / "a", LETTERS, "rnsd:", "--profile", "x"), 2, "there is no profile x"),
            (("sync", "--data", tmp_path / "a", LETTERS, "rnsd:", "--share", 0), 2, "no share of an hour"),
            (("sync", "--data", tmp_path / "a", LETTERS, "serial:/no/such", "--listen", 0), 4, "cannot be opened"),
            (("serve", "--data", tmp_path / "a", "--mesh-letters", 9_999), 2, "at most 1000 letters a day"),
            (("serve", "--data", foreign, "--port", 0, LETTERS), 3, "not the data folder of a relay"),
            (("serve", "--data", tmp_path / "a", "--port", 70_000), 2, "is not a port"),
            (("serve", "--data", tmp_path / "a", "--letters", 3), 2, "a relay's bag holds"),
            (("serve", "--data", tmp_path / "a", "--every", 0), 2, "every minute to every week"),
            (("serve", "--data", tmp_path / "a", "--editions", 0), 2, "newest 1 to 64 editions"),
            (("serve", "--data", tmp_path / "b", "--port", 0, "--root", tmp_path / "none", LETTERS), 4, "is not there"),
            (("sync", "--data", tmp_path / "c", LETTERS, tmp_path / "no stick"), 4, "is not there"),
            (("sync", "--data", tmp_path / "c", LETTERS, "ftp://example.org"), 2, "cannot sync with this place"),
            (("status", "--data", tmp_path / "nowhere"), 4, "there is no relay"),
            (("status", "--data", foreign), 3, "not the data folder of a relay"),
        ]
        for words, expected, says in cases:
            code, answer = relay(*words, capsys=capsys)
            error = answer["error"]
            assert isinstance(error, dict)
            assert code == expected, words
            assert says in error["what"], words
            assert error["todo"], words


def test_it_runs_until_it_is_told_to_stop_and_nobody_else_uses_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    command = [*PROGRAM, "relay", "serve", "--data", str(data)]
    process = subprocess.Popen(
        [*command, "--port", "0", LETTERS, "--hotspot", "--host", "127.0.0.1"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip().removeprefix("relay: ")
        with HttpCarrier([url]) as phone:
            phone.leave_letter(os.urandom(4_096))
        code, answer = relay("sync", "--data", data, LETTERS, tmp_path, capsys=capsys)
        assert (code, answer["error"]["kind"]) == (4, "unavailable")  # type: ignore[index] # of JSON
        assert "another relay is running" in answer["error"]["what"]  # type: ignore[index] # of JSON
        code, answer = relay("status", "--data", data, capsys=capsys)
        assert (code, answer["letters"]) == (0, 1)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_it_runs_where_only_the_packages_of_a_relay_are_installed(tmp_path: Path) -> None:
    """The reading page's code, the press's page maker and the relay load nothing of an office."""
    check = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("sqlalchemy", "alembic", "argon2", "pyotp", "jinja2", "yaml", "PIL"):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
from holub.faces import cli
import holub.outbound.press.site
sys.exit(cli.run(sys.argv[1:]))
"""
    (tmp_path / "stick").mkdir()
    words = ["relay", "sync", "--data", str(tmp_path / "data"), LETTERS, str(tmp_path / "stick")]
    done = subprocess.run([sys.executable, "-c", check, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
