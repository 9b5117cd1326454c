"""The desk on a port, from the command line, beside an office; its accounts and its memory of what was sent."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest

from holub import sample
from holub.errors import Misused, Refused, Unavailable
from holub.faces.desk import DeskServer, DeskSettings
from holub.office.alike import stems
from holub.office.dispatch import Dispatch, Went
from holub.office.guides import GuideRow, suggest
from holub.office.keepers import Keepers, check_name, check_password, new_secret, otpauth
from holub.office.office import Office, Publisher
from holub.store.database import Database
from tests.faces.desk.conftest import NAME, NOW, PASSPHRASE, PASSWORD, SECRET, Clock
from tests.fakes.ports import free_ports

PATIENCE = 60  # seconds: a bound for a machine that is busy with other things


def get(url: str, path: str) -> tuple[int, dict[str, str], str]:
    at = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", at.port or 80, timeout=60)
    connection.request("GET", path, headers={"Host": at.netloc})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def test_a_server_starts_and_stops_beside_its_office(office: Office, tmp_path: Path) -> None:
    settings = DeskSettings(sample.guides(), tmp_path / "parcels", clock=Clock())
    before = set(threading.enumerate())
    # After the end nobody is to answer there; a port that the system gave is soon somebody else's.
    with DeskServer(office, settings, port=free_ports()[0]) as running:
        assert re.fullmatch(r"http://localhost:\d+", running.url)
        assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){2}", running.first_run_code or "")
        status, headers, _ = get(running.url, "/letters")
        assert (status, headers["location"]) == (303, "/first-run")
        assert "server" not in headers
        with pytest.raises(Unavailable):
            DeskServer(office, settings, port=urlsplit(running.url).port or 0).start()
    # The last workers of the event loop end by themselves, a moment after it.
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
        assert not thread.is_alive(), thread.name
    with pytest.raises(OSError, match="refused"):
        get(running.url, "/letters")
    assert not office.vault.locked


def test_a_desk_with_a_keeper_has_no_code(office: Office, tmp_path: Path) -> None:
    Keepers(office.vault).create(NAME, PASSWORD, SECRET, pyotp.TOTP(SECRET).at(NOW), NOW)
    server = DeskServer(office, DeskSettings(sample.guides(), tmp_path / "parcels", clock=Clock()))
    assert server.first_run_code is None


class TestKeepers:
    """One account, in the vault."""

    def test_a_code_of_long_ago_or_of_later_makes_no_account(self, office: Office) -> None:
        keepers = Keepers(office.vault)
        for late in (-3, 3):
            with pytest.raises(Refused):
                keepers.create(NAME, PASSWORD, SECRET, pyotp.TOTP(SECRET).at(NOW + 30 * late), NOW)
        assert not keepers.any()

    def test_a_phone_may_be_half_a_minute_off(self, office: Office) -> None:
        keepers = Keepers(office.vault)
        keepers.create(NAME, PASSWORD, SECRET, pyotp.TOTP(SECRET).at(NOW - 30), NOW)
        assert keepers.admit(NAME, PASSWORD, " ".join(pyotp.TOTP(SECRET).at(NOW + 30)), NOW).name == NAME

    def test_there_is_one_account(self, office: Office) -> None:
        keepers = Keepers(office.vault)
        keepers.create(NAME, PASSWORD, SECRET, pyotp.TOTP(SECRET).at(NOW), NOW)
        with pytest.raises(Misused):
            keepers.create("Other", PASSWORD, SECRET, pyotp.TOTP(SECRET).at(NOW + 30), NOW + 30)

    def test_nobody_is_admitted_where_there_is_no_account(self, office: Office) -> None:
        for name in ("", NAME):
            with pytest.raises(Refused):
                Keepers(office.vault).admit(name, PASSWORD, "000000", NOW)

    @pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\x00b", "a\u202eb"])
    def test_names_that_are_none(self, name: str) -> None:
        with pytest.raises(Misused):
            check_name(name)

    @pytest.mark.parametrize("password", ["", "x" * 11, "ї" * 513])
    def test_passwords_that_are_unfit(self, password: str) -> None:
        with pytest.raises(Misused):
            check_password(password)

    def test_the_line_for_the_app_is_what_apps_read(self) -> None:
        secret = new_secret()
        parsed = pyotp.parse_uri(otpauth("Марта", "Центр «Міст»", secret))
        assert isinstance(parsed, pyotp.TOTP)
        assert (parsed.secret, parsed.name, parsed.issuer) == (secret, "Марта", "Центр «Міст»")


def test_what_was_sent_is_kept_once_a_carrier(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "office.db")
    dispatch = Dispatch(database)
    dispatch.note(Went(1, "stick", 10, 0, 0, "it is full"))
    dispatch.note(Went(1, "stick", 20, 5, 6))
    dispatch.note(Went(2, "postbox", 30, 1, 1))
    assert dispatch.of(1) == [Went(1, "stick", 20, 5, 6)]
    assert dispatch.of(3) == []
    database.close()


def test_suggestions_weigh_rare_words_more() -> None:
    def row(path: str, title: str, summary: str = "") -> GuideRow:
        return GuideRow("uk", path, title, "", "", "", summary)

    rows = [row("a", "Порада про телефон"), row("b", "Порада про паспорт"), row("c", "Порада про школу")]
    assert suggest(rows, "Забрали паспорти, потрібна порада")[0].path == "b"
    assert suggest(rows, "Зовсім інше") == []
    assert stems("Ёлка, ёлки, об’єкт") == {"елка", "елки", "обєкт"}


class TestCommands:
    """`holub desk`, as it is typed."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "phrase").write_text(PASSPHRASE)
        (tmp_path / "password").write_text(PASSWORD)
        Office.create(tmp_path / "office", PASSPHRASE, Publisher("Center"), NOW).close()
        return tmp_path

    def start(self, folder: Path, *arguments: str) -> subprocess.Popen[str]:
        program = (
            "import sys, typer\nfrom holub.faces.cli import frame\nfrom holub.faces.cli.desk import app\n"
            "from holub.errors import HolubError\n"
            "try:\n    app(sys.argv[1:], standalone_mode=False)\n"
            "except HolubError as error:\n    print(error, file=sys.stderr)\n    sys.exit(error.exit_code)\n"
        )
        office = ("--office", str(folder / "office"), "--passphrase-file", str(folder / "phrase"))
        return subprocess.Popen(
            [sys.executable, "-c", program, *arguments, *office],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def test_serve_prints_where_and_the_one_time_code_and_ends_with_ctrl_c(self, folder: Path) -> None:
        with self.start(folder, "serve", "--guides", str(sample.guides()), "--port", "0", "--json") as process:
            assert process.stdout is not None
            assert process.stderr is not None
            ready, _, _ = select.select([process.stdout], [], [], 120)
            assert ready
            told = json.loads(process.stdout.readline())
            assert get(told["desk"], "/first-run")[0] == 200
            assert len(told["code"]) == 14
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
            assert process.stderr.read() == ""
        Office.open(folder / "office", PASSPHRASE).close()

    @pytest.mark.parametrize(
        "arguments", [("--guides", "nowhere"), ("--guides", ".", "--postbox", "http://127.0.0.1:1")]
    )
    def test_serve_says_what_is_missing(self, folder: Path, arguments: tuple[str, ...]) -> None:
        with self.start(folder, "serve", *arguments) as process:
            _, said = process.communicate(timeout=120)
        assert process.returncode == 2
        assert said

    def test_a_keeper_is_made_with_the_first_code_of_the_app(self, folder: Path) -> None:
        with self.start(
            folder, "keeper", "new", "--name", NAME, "--password-file", str(folder / "password")
        ) as process:
            assert process.stderr is not None
            assert process.stdin is not None
            assert process.stdout is not None
            line = process.stderr.readline()
            secret = line.partition(":")[2].replace(" ", "").strip()
            process.stdin.write(pyotp.TOTP(secret).now() + "\n")
            process.stdin.close()
            assert NAME in process.stdout.read()
            assert process.wait(60) == 0
        with Office.open(folder / "office", PASSPHRASE) as opened:
            assert Keepers(opened.vault).read().name == NAME
