"""Rounds: letters and editions over sticks, postboxes and other relays."""

from __future__ import annotations

import datetime
import errno
import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.formats.header import HEADER_BYTES, Header
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.catalogue import Catalogue
from holub.transit.placing import FIXED_TIME
from holub.transit.postbox import Limits, PostboxServer, new_token, read_token
from holub.transit.relay import RelayServer, Settings, read_status, sync_once
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.have import ANSWER, END, write_list
from holub.transit.relay.rounds import read_syncs
from tests.transit.plain_http import ask
from tests.transit.relay.conftest import SMALL, Published, StartRelay, letter, pair, small


def held(server: RelayServer) -> set[bytes]:
    return set(server.bag.collect().letters)


def stick(folder: Path, *letters: bytes) -> FolderCarrier:
    folder.mkdir(exist_ok=True)
    carrier = FolderCarrier(folder)
    for one in letters:
        carrier.leave_letter(one)
    return carrier


def give(server: RelayServer, *letters: bytes) -> None:
    """Letters that came in before the last round."""
    server.bag.store([pair(one) for one in letters])
    server.bag.turn()


@contextmanager
def postbox(home: Path) -> Iterator[tuple[PostboxServer, HttpCarrier]]:
    home.mkdir()
    digest = new_token(home / "token")
    with (
        PostboxServer(home / "data", office_hashes=(digest,), limits=Limits(reserve_bytes=0)) as server,
        HttpCarrier([server.url], token=read_token(home / "token")) as office,
    ):
        yield server, office


# Letters.


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
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    places = (tmp_path / "no stick", f"http://127.0.0.1:{port}", tmp_path / "stick")
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


class Liar(threading.Thread):
    """Answers one connection after the other with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(daemon=True)
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
                    for _ in range(400):
                        connection.sendall(self._answer)
                        self.sent += len(self._answer)
                except OSError:
                    continue

    def stop(self) -> None:
        # A thread that waits in accept is not woken by closing alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        self.join(20)
        self._listener.close()


LIES = {
    "junk": os.urandom(50_000),
    "letters without an end": b"\x01" + bytes(4_096),
    "nothing": b"",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lying_relay_costs_one_round(tmp_path: Path, lie: bytes) -> None:
    with RelayServer(tmp_path / "relay", settings=small()) as running:
        give(running, *(mine := {letter() for _ in range(SMALL[4_096] // 2)}))
    liar = Liar(lie)
    liar.start()
    with pytest.raises((Refused, Unavailable)):
        sync_once(tmp_path / "relay", small(liar.url))
    liar.stop()
    with RelayServer(tmp_path / "relay", settings=small()) as running:
        assert mine <= held(running)


def test_a_relay_that_sends_without_end_is_left_at_the_bags_size(tmp_path: Path) -> None:
    class Endless(Liar):
        def run(self) -> None:
            connection, _ = self._listener.accept()
            with connection:
                connection.recv(65_536)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + ANSWER + write_list([]))
                    for _ in range(10_000):
                        connection.sendall(b"\x02" + letter())
                        self.sent += 1
                except OSError:
                    return

    liar = Endless(END)
    liar.start()
    with pytest.raises(Refused, match="more letters than fit"):
        sync_once(tmp_path / "relay", small(liar.url))
    liar.stop()
    assert liar.sent < 10_000
    assert 0 < read_status(tmp_path / "relay").letters[4_096] <= SMALL[4_096]


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


# Editions.


def edition_at(data: Path) -> int:
    return read_status(data).edition


def test_an_edition_is_taken_from_a_stick_handed_out_and_given_on(
    published: Published, relay: StartRelay, tmp_path: Path
) -> None:
    done = sync_once(tmp_path / "first", small(published.sticks[0], root=published.root))
    assert (done.edition, done.troubles) == (1, [])
    first = relay("first")
    assert ask(first.url, "GET", "/root.txt").body == published.root.read_bytes()
    assert ask(first.url, "GET", "/plain/index.html").status == 200
    with HttpCarrier([first.url]) as phone:
        catalogue = phone.catalogue()
        assert catalogue.seal == FolderCarrier(published.sticks[0]).catalogue().seal
        for row in catalogue.listings:
            phone.fetch(row, tmp_path / "phone")
    # Another relay takes it over HTTP, and an empty stick gets it whole.
    assert sync_once(tmp_path / "second", small(first.url, root=published.root)).edition == 1
    (tmp_path / "stick").mkdir()
    sync_once(tmp_path / "second", small(tmp_path / "stick"))
    copied, before = FolderCarrier(tmp_path / "stick"), FolderCarrier(published.sticks[0])
    # All packs in one parcel are the packs once more: over a line that costs, a relay leaves that parcel out.
    listed = [row for row in before.catalogue().listings if row.kind != "full" or row.language is not None]
    assert copied.catalogue() == Catalogue(before.catalogue().seal, tuple(listed))
    assert copied.pages()["plain/index.html"] == before.pages()["plain/index.html"]
    assert sync_once(tmp_path / "third", small(tmp_path / "stick", root=published.root)).edition == 1


def test_three_editions_come_and_only_the_newest_packs_and_their_updates_stay(
    published: Published, tmp_path: Path
) -> None:
    for number, folder in enumerate(published.sticks, 1):
        assert sync_once(tmp_path / "relay", small(folder, root=published.root)).edition == number
    rows = FolderCarrier(tmp_path / "relay" / "www").catalogue().listings
    assert {row.to_edition for row in rows if row.kind == "full"} == {3}
    assert {row.from_edition for row in rows if row.kind == "update"} >= {1, 2}
    assert read_status(tmp_path / "relay").updates_from == 1
    parcels = {file.stem for file in (tmp_path / "relay" / "www" / "parcels").iterdir()}
    assert parcels == {row.name for row in rows}


def test_updates_that_lead_to_older_editions_go(published: Published, tmp_path: Path) -> None:
    sync_once(tmp_path / "relay", small(published.sticks[2], root=published.root, editions=1))
    rows = FolderCarrier(tmp_path / "relay" / "www").catalogue().listings
    assert {row.to_edition for row in rows} == {3}


def test_an_older_edition_does_not_replace_a_newer_one_and_the_stick_is_brought_up_to_date(
    published: Published, tmp_path: Path
) -> None:
    sync_once(tmp_path / "relay", small(published.sticks[2], root=published.root))
    old = Path(shutil.copytree(published.sticks[0], tmp_path / "old"))
    (old / "holiday.html").write_text("somebody's own")
    assert sync_once(tmp_path / "relay", small(old)).edition == 3
    header = Header.parse(FolderCarrier(old).catalogue().seal[:HEADER_BYTES])
    assert header.moment.edition == 3
    assert (old / "holiday.html").read_text() == "somebody's own"


def test_without_a_root_document_no_edition_is_taken(published: Published, tmp_path: Path) -> None:
    done = sync_once(tmp_path / "relay", small(published.sticks[0]))
    assert (done.edition, done.troubles) == (0, [])
    assert edition_at(tmp_path / "relay") == 0


def test_another_centres_root_document_is_refused(published: Published, tmp_path: Path) -> None:
    from bench.publisher import ROOT

    other = tmp_path / "other.txt"
    other.write_bytes(ROOT.encode())
    sync_once(tmp_path / "relay", small(published.sticks[0], root=published.root))
    with pytest.raises(Misused, match="another centre"):
        sync_once(tmp_path / "relay", small(published.sticks[0], root=other))
    done = sync_once(tmp_path / "fresh", small(published.sticks[0], root=other))
    assert [type(trouble) for trouble in done.troubles] == [Refused]
    assert edition_at(tmp_path / "fresh") == 0


def forged(published: Published, folder: Path, damage: str) -> Path:
    copy = Path(shutil.copytree(published.sticks[1], folder))
    carrier = FolderCarrier(copy)
    # Without what leads on from the edition before: that would do as well (test_onward.py).
    rows = tuple(row for row in carrier.catalogue().listings if row.kind != "update")
    catalogue = Catalogue(carrier.catalogue().seal, rows)
    carrier.put_catalogue(catalogue)
    match damage:
        case "its number":
            header = bytearray(catalogue.seal)
            header[6:10] = (99).to_bytes(4, "big")
            carrier.put_catalogue(Catalogue(bytes(header), catalogue.listings))
        case "its signature":
            carrier.put_catalogue(Catalogue(catalogue.seal[:-1] + bytes([catalogue.seal[-1] ^ 1]), catalogue.listings))
        case "a pack that is missing":
            rows = tuple(row for row in catalogue.listings if row.kind != "full")
            carrier.put_catalogue(Catalogue(catalogue.seal, rows))
        case "packs of the edition before":
            before = FolderCarrier(published.sticks[0])
            for row in before.catalogue().listings:
                shutil.copy(published.sticks[0] / "parcels" / f"{row.name}.hlp", copy / "parcels")
            carrier.put_catalogue(Catalogue(catalogue.seal, before.catalogue().listings))
        case "a parcel that is damaged":
            row = next(row for row in catalogue.listings if row.kind == "full")
            file = copy / "parcels" / f"{row.name}.hlp"
            file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    return copy


@pytest.mark.parametrize(
    "damage",
    [
        "its number",
        "its signature",
        "a pack that is missing",
        "packs of the edition before",
        "a parcel that is damaged",
    ],
)
def test_an_edition_is_refused_that_is_forged_in(published: Published, tmp_path: Path, damage: str) -> None:
    sync_once(tmp_path / "relay", small(published.sticks[0], root=published.root))
    before = {
        path: file.read_bytes()
        for path in ("latest", "plain/index.html")
        if (file := tmp_path / "relay" / "www" / path).is_file()
    }
    done = sync_once(tmp_path / "relay", small(forged(published, tmp_path / "forged", damage)))
    assert len(done.troubles) == 1
    assert edition_at(tmp_path / "relay") == 1
    for path, content in before.items():
        assert (tmp_path / "relay" / "www" / path).read_bytes() == content
    # And the true one is still taken afterwards.
    assert sync_once(tmp_path / "relay", small(published.sticks[1])).edition == 2


def test_a_false_page_on_a_stick_is_not_handed_out(published: Published, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(published.sticks[0], tmp_path / "copy"))
    (copy / "plain" / "index.html").write_text("<p>false advice")
    (copy / "index.html").write_text("<script>steal()</script>")
    sync_once(tmp_path / "relay", small(copy, root=published.root))
    www = tmp_path / "relay" / "www"
    assert (www / "plain" / "index.html").read_bytes() == (published.sticks[0] / "plain" / "index.html").read_bytes()
    assert not any(b"steal()" in file.read_bytes() for file in www.rglob("*") if file.is_file())


def test_an_edition_that_is_too_large_is_refused_in_a_sentence(published: Published, tmp_path: Path) -> None:
    done = sync_once(tmp_path / "relay", small(published.sticks[0], root=published.root, edition_bytes=1))
    assert "larger than this relay holds" in done.troubles[0].what
    assert edition_at(tmp_path / "relay") == 0


def test_a_wrong_clock_keeps_no_edition_out(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year, folder in ((1970, published.sticks[0]), (2105, published.sticks[1])):
        moment = (year - 1970) * 31_556_952
        with monkeypatch.context() as patch:
            patch.setattr(time, "gmtime", lambda _=None, moment=moment: time.struct_time(_fields(moment)))
            sync_once(tmp_path / "relay", small(folder, root=published.root))
    assert edition_at(tmp_path / "relay") == 2


def _fields(moment: int) -> tuple[int, ...]:
    there = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=moment)
    return tuple(there.timetuple())


def test_newer_root_documents_are_taken_when_the_held_one_vouches(published: Published, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(published.sticks[0], tmp_path / "copy"))
    with (copy / "root.txt").open("ab") as file:
        file.write(b"holub root v1\nname forged\n")
    sync_once(tmp_path / "relay", small(copy, root=published.root))
    assert (tmp_path / "relay" / "root.txt").read_bytes() == published.root.read_bytes()
    assert json.loads((tmp_path / "relay" / "syncs").read_bytes()).keys() == {"folder"}
    bag = RelayBag(tmp_path / "relay", SMALL)
    bag.close()
