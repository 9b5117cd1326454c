"""Rounds of letters: over sticks, postboxes and other relays."""

from __future__ import annotations

import datetime
import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.placing import FIXED_TIME
from holub.transit.postbox import Limits, PostboxServer, new_token, read_token
from holub.transit.relay import RelayServer, Settings, read_status, sync_once
from holub.transit.relay.rounds import read_syncs
from tests.transit.plain_http import ask
from tests.transit.relay.conftest import SMALL, StartRelay, give, held, letter, small


def stick(folder: Path, *letters: bytes) -> FolderCarrier:
    folder.mkdir(exist_ok=True)
    carrier = FolderCarrier(folder)
    for one in letters:
        carrier.leave_letter(one)
    return carrier


@contextmanager
def postbox(home: Path) -> Iterator[tuple[PostboxServer, HttpCarrier]]:
    home.mkdir()
    digest = new_token(home / "token")
    with (
        PostboxServer(home / "data", office_hashes=(digest,), limits=Limits(reserve_bytes=0)) as server,
        HttpCarrier([server.url], token=read_token(home / "token")) as office,
    ):
        yield server, office


def test_two_relays_come_to_hold_the_same(relay: StartRelay, tmp_path: Path) -> None:
    first = relay("first")
    mine, theirs = {letter() for _ in range(5)}, {letter(LETTER_SIZES[0]), letter()}
    give(first, *theirs)
    with RelayServer(tmp_path / "second", settings=small()) as second:
        give(second, *mine)
    done = sync_once(tmp_path / "second", small(first.url))
    assert (done.taken, done.given, done.synced, done.troubles) == (2, 5, 1, [])
    assert held(first) == mine | theirs
    first.bag.turn()
    again = sync_once(tmp_path / "second", small(first.url))
    assert (again.taken, again.given) == (0, 0)


def test_a_letter_goes_over_two_relays_and_a_stick_to_a_postbox(relay: StartRelay, tmp_path: Path) -> None:
    one = letter()
    first = relay("first")
    assert ask(first.url, "POST", "/letters", body=one).status == 201
    first.bag.turn()
    sync_once(tmp_path / "second", small(first.url))
    carrier = stick(tmp_path / "stick")
    sync_once(tmp_path / "second", small(tmp_path / "stick"))
    assert carrier.collect_letters().letters == (one,)
    with postbox(tmp_path / "postbox") as (server, office):
        sync_once(tmp_path / "third", small(f"folder:{tmp_path / 'stick'}"))
        done = sync_once(tmp_path / "third", small(server.url))
        assert (done.given, office.collect_letters().letters) == (1, (one,))
    # What a postbox has goes; copies elsewhere stay until chance or a postbox ends them.
    assert sum(read_status(tmp_path / "third").letters.values()) == 0
    assert sum(read_status(tmp_path / "second").letters.values()) == 1
    assert carrier.collect_letters().letters == (one,)


def test_what_a_postbox_has_does_not_come_back_from_a_neighbour(tmp_path: Path) -> None:
    one = letter()
    stick(tmp_path / "stick", one)
    with postbox(tmp_path / "postbox") as (server, office):
        places = (tmp_path / "stick", server.url, tmp_path / "stick")
        with RelayServer(tmp_path / "relay", settings=small(*places)) as running:
            assert running._rounds is not None
            running._rounds.make()
            running._rounds.make()
            assert held(running) == set()
        assert office.collect_letters().letters == (one,)


def test_a_postbox_that_may_be_somebody_else_does_not_end_a_letters_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        postbox(tmp_path / "postbox") as (server, office),
        RelayServer(tmp_path / "relay", settings=small()) as running,
    ):
        give(running, letter())
        running.stop()
        monkeypatch.setattr("holub.transit.relay.peer.Peer.final", lambda _: False)
        sync_once(tmp_path / "relay", small(server.url))
        assert len(office.collect_letters().letters) == 1
    assert sum(read_status(tmp_path / "relay").letters.values()) == 1


def test_a_stick_full_of_unrelated_files_links_and_climbing_names(relay: StartRelay, tmp_path: Path) -> None:
    one = letter()
    carrier = stick(tmp_path / "stick", one)
    letters = tmp_path / "stick" / "letters"
    for number in range(200):
        (letters / f"IMG_{number}.jpg").write_bytes(os.urandom(3_000 + number))
    (letters / "huge.bin").write_bytes(bytes(2 << 20))
    (letters / ".hidden.hll").write_bytes(letter())
    secret = tmp_path / "secret"
    secret.write_bytes(letter())
    (letters / "link.hll").symlink_to(secret)
    os.mkfifo(letters / "pipe.hll")
    (letters / "folder.hll").mkdir()
    (letters / "%2e%2e%2fclimbing.hll").write_bytes(two := letter())
    (tmp_path / "stick" / "latest").write_bytes(b"not a list")
    done = sync_once(tmp_path / "relay", small(tmp_path / "stick"))
    assert done.taken == 2
    with RelayServer(tmp_path / "relay", settings=small()) as running:
        assert held(running) == {one, two}
    assert set(carrier.collect_letters().letters) == {one, two}


def test_a_letters_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = stick(tmp_path / "elsewhere", letter())
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "letters").symlink_to(tmp_path / "elsewhere" / "letters")
    with pytest.raises(Refused, match="is a link"):
        sync_once(tmp_path / "relay", small(tmp_path / "stick"))
    assert len(elsewhere.collect_letters().letters) == 1


def test_a_place_that_is_not_there_stops_no_other(tmp_path: Path) -> None:
    one = letter()
    stick(tmp_path / "stick", one)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else gets the port
        places = (tmp_path / "no stick", f"http://127.0.0.1:{closed.getsockname()[1]}", tmp_path / "stick")
        done = sync_once(tmp_path / "relay", small(*places))
    assert (done.synced, done.taken) == (1, 1)
    assert "is not there" in done.troubles[0].what
    with pytest.raises(Unavailable, match="is not there"):
        sync_once(tmp_path / "relay", small(tmp_path / "no stick"))


def test_a_stick_that_is_pulled_out_half_way_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = letter(), letter()
    stick(tmp_path / "pulled", letter())
    stick(tmp_path / "whole", two)
    with RelayServer(tmp_path / "relay", settings=small()) as running:
        give(running, one)
    leave = FolderCarrier.leave_letter

    def pulled(self: FolderCarrier, sealed: bytes) -> None:
        if self._root.name == "pulled":
            raise OSError(errno.EIO, "Input/output error")
        leave(self, sealed)

    monkeypatch.setattr(FolderCarrier, "leave_letter", pulled)
    done = sync_once(tmp_path / "relay", small(tmp_path / "pulled", tmp_path / "whole"))
    assert (done.synced, done.given) == (1, 1)
    assert [trouble.what for trouble in done.troubles] == ["a place broke off (Input/output error)"]
    with RelayServer(tmp_path / "relay", settings=small()) as running:
        assert {one, two} <= held(running)


def test_a_place_that_is_none_is_the_keepers_mistake(tmp_path: Path) -> None:
    for place in ("ftp://example.org", "gopher://x"):
        with pytest.raises(Misused, match="cannot sync with this place"):
            sync_once(tmp_path / "relay", small(place))
    with pytest.raises(Misused, match="every minute"):
        Settings(minutes=0)


def test_a_flood_from_one_stick_leaves_the_others_letters(tmp_path: Path) -> None:
    quiet = {letter() for _ in range(SMALL[4_096] // 2)}
    stick(tmp_path / "quiet", *quiet)
    stick(tmp_path / "noisy", *(letter() for _ in range(10 * SMALL[4_096])))
    with RelayServer(tmp_path / "relay", settings=small(tmp_path / "quiet", tmp_path / "noisy")) as running:
        assert running._rounds is not None
        running._rounds.make()
        assert quiet <= held(running)
        assert len(held(running)) == SMALL[4_096]


def test_only_kinds_and_days_of_syncs_are_kept(relay: StartRelay, tmp_path: Path) -> None:
    first = relay("first")
    stick(tmp_path / "stick")
    sync_once(tmp_path / "relay", small(first.url, tmp_path / "stick"))
    days = read_syncs(tmp_path / "relay")
    assert days.keys() == {"relay", "folder"}
    for day in days.values():
        datetime.date.fromisoformat(day)
    assert (tmp_path / "relay" / "syncs").stat().st_mtime == FIXED_TIME
    (tmp_path / "relay" / "syncs").write_bytes(b"[")
    with pytest.raises(Refused, match="syncs is damaged"):
        read_syncs(tmp_path / "relay")
