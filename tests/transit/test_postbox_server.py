"""Starting, stopping and killing a postbox."""

from __future__ import annotations

import hashlib
import secrets
import signal
import socket
from pathlib import Path

import pytest

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.transit.carriers import HttpCarrier
from holub.transit.postbox import Limits, PostboxServer, admit_office, new_token, read_token
from holub.transit.postbox.token import TOKEN_HASHES, read_hashes
from tests.transit.ownprocess import kill_amid_a_letter, run
from tests.transit.plain_http import ask

START = """
from holub.transit.postbox import Limits, run_postbox
def start(data, ready):
    run_postbox(data, port=0, limits=Limits(reserve_bytes=0), ready=ready)
"""


def stored(data: Path) -> set[bytes]:
    """The letters of a stopped postbox, fetched as an office does."""
    digest = "ab" * 32
    letters: set[bytes] = set()
    token = data.parent / "office.token"
    if not token.exists():
        digest = new_token(token)
        admit_office(data, digest)
    with (
        PostboxServer(data, limits=Limits(reserve_bytes=0)) as server,
        HttpCarrier([server.url], token=read_token(token)) as office,
    ):
        while (bag := office.collect_letters()).letters:
            assert bag.damaged == 0
            letters |= set(bag.letters)
            office.forget_letters(hashlib.sha256(letter).digest() for letter in bag.letters)
    return letters


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    process, url = run(START, tmp_path / "data")
    letter = secrets.token_bytes(4_096)
    assert ask(url, "POST", "/letters", body=letter).status == 201
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
    assert not (tmp_path / "data" / "letters.sqlite3-wal").exists()
    assert stored(tmp_path / "data") == {letter}


def test_after_twenty_kills_under_load_no_answered_letter_is_lost(tmp_path: Path) -> None:
    answered: set[bytes] = set()
    for kill in range(20):
        process, url = run(START, tmp_path / "data")
        try:
            with HttpCarrier([url]) as carrier:
                for _ in range(5 + kill):
                    letter = secrets.token_bytes(4_096)
                    carrier.leave_letter(letter)
                    answered.add(letter)
                kill_amid_a_letter(process, url)
        finally:
            process.kill()
            process.communicate(timeout=30)
    assert len(answered) == sum(range(5, 25))
    assert stored(tmp_path / "data") - {bytes(4_096)} == answered


def test_a_taken_port_is_said_and_nothing_is_left_locked(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=f"port {port} on 127.0.0.1 cannot be used"):
            PostboxServer(tmp_path / "data", port=port).start()
    with PostboxServer(tmp_path / "data"):
        pass


def test_a_second_postbox_on_the_same_data_is_turned_away_and_the_first_goes_on(tmp_path: Path) -> None:
    with PostboxServer(tmp_path / "data", limits=Limits(reserve_bytes=0)) as first:
        with pytest.raises(Unavailable, match="another postbox is running"):
            PostboxServer(tmp_path / "data").start()
        process, url = run(START, tmp_path / "data")
        _, err = process.communicate(timeout=30)
        assert (process.returncode, url) == (4, "")
        assert "another postbox is running" in err
        assert ask(first.url, "POST", "/letters", body=bytes(4_096)).status == 201


def test_data_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("2\n")
    with pytest.raises(Refused, match="newer holub"):
        PostboxServer(tmp_path).start()
    assert not (tmp_path / "letters.sqlite3").exists()
    (tmp_path / "version").write_text("what\n")
    with pytest.raises(Refused, match="not the data folder"):
        PostboxServer(tmp_path).start()


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_is_none_is_the_callers_mistake(tmp_path: Path, port: int) -> None:
    with pytest.raises(Misused):
        PostboxServer(tmp_path, port=port).start()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        PostboxServer(tmp_path / "file").start()


def test_a_stopped_postbox_can_be_followed_by_another(tmp_path: Path) -> None:
    with PostboxServer(tmp_path, limits=Limits(reserve_bytes=0)) as server:
        assert ask(server.url, "POST", "/letters", body=bytes(4_096)).status == 201
    server.stop()
    with pytest.raises(Misused):
        server.start()
    with PostboxServer(tmp_path, limits=Limits(reserve_bytes=0)) as server:
        assert ask(server.url, "GET", "/healthz").body == b"ok\n"


def test_what_a_killed_postbox_had_not_finished_is_swept_away(tmp_path: Path) -> None:
    parcels = tmp_path / "www" / "parcels"
    parcels.mkdir(parents=True)
    (parcels / "0123456789abcdef.tmp").write_bytes(b"half")
    (tmp_path / "www" / "note.tmp").write_bytes(b"not ours")
    with PostboxServer(tmp_path):
        assert list(parcels.iterdir()) == []
        assert (tmp_path / "www" / "note.tmp").exists()


def test_only_the_tokens_hash_is_at_the_postbox_and_a_new_one_is_admitted_while_it_runs(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "office.token"
    with PostboxServer(data) as server:
        digest = new_token(file)
        assert file.stat().st_mode & 0o777 == 0o600
        admit_office(data, digest)
        admit_office(data, digest)
        token = read_token(file)
        with HttpCarrier([server.url], token=token) as office:
            assert office.collect_letters().letters == ()
    for path in data.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes()
    assert read_hashes(data) == (digest,)


def test_tokens_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "office.token"
    new_token(file)
    with pytest.raises(Misused, match="exists already"):
        new_token(file)
    file.write_text("x")
    with pytest.raises(Refused):
        read_token(file)
    with pytest.raises(Unavailable):
        read_token(tmp_path / "none")
    with pytest.raises(Misused):
        admit_office(tmp_path, "not a hash")
    (tmp_path / TOKEN_HASHES).write_text("damaged")
    with pytest.raises(Refused):
        PostboxServer(tmp_path).start()


def test_every_error_says_what_happened_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("2\n")
    with pytest.raises(HolubError) as caught:
        PostboxServer(tmp_path).start()
    assert caught.value.what
    assert caught.value.todo
