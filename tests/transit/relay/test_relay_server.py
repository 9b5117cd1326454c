"""A running relay: what it answers, how it starts, ends and dies."""

from __future__ import annotations

import contextlib
import secrets
import select
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import HttpCarrier
from holub.transit.postbox import Limits
from holub.transit.relay import RelayLimits, RelayServer, Settings
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.have import AnswerReader, short_names, write_question
from holub.transit.relay.slotfile import DiskFailed
from tests.transit.ownprocess import kill_amid_a_letter, run
from tests.transit.plain_http import ask, connect, read
from tests.transit.relay.conftest import SMALL, StartRelay, letter, pair, small

START = """
from holub.transit.carrier import LETTER_SIZES
from holub.transit.relay import RelayLimits, Settings, run_relay
def start(data, ready):
    limits = RelayLimits(dict(zip(LETTER_SIZES, (4, 1024, 4, 2))))
    run_relay(data, port=0, settings=Settings(limits=limits), ready=ready)
"""


def held(data: Path) -> set[bytes]:
    """The letters of a stopped relay."""
    bag = RelayBag(data, SMALL)
    letters = set(bag.collect().letters)
    bag.close()
    return letters


def question(url: str, names: list[int], salt: bytes = bytes(16)) -> tuple[set[bytes], list[int]]:
    """The letters of the answer, and the places of what is lacking there."""
    reader = AnswerReader(len(names), 64)
    letters = reader.feed(httpx.post(f"{url}/relay/have", content=write_question(salt, names)).content)
    assert reader.ended
    return set(letters), reader.lacking


def test_letters_of_each_size_are_taken_and_the_same_again(relay: StartRelay) -> None:
    running = relay()
    letters = {letter(size) for size in LETTER_SIZES}
    for one in letters:
        for _ in range(2):
            answer = ask(running.url, "POST", "/letters", body=one)
            assert (answer.status, answer.body) == (201, b"stored\n")
    assert set(running.bag.collect().letters) == letters


def test_other_sizes_are_refused(relay: StartRelay) -> None:
    url = relay().url
    for size, status in {"1": 400, "4097": 400, "1048577": 413}.items():
        assert ask(url, "POST", "/letters", {"content-length": size}, length=False).status == status
    assert ask(url, "POST", "/letters", length=False).status == 411


def test_there_is_nothing_for_an_office_and_nothing_to_publish_with(relay: StartRelay) -> None:
    url = relay().url
    asked = [("GET", "/letters"), ("POST", "/letters/forget"), ("PUT", "/latest"), ("PUT", "/www/index.html")]
    asked += [("PUT", "/parcels/0011223344556677.hlp"), ("DELETE", "/parcels/0011223344556677.hlp"), ("GET", "/www")]
    for method, path in asked:
        answer = ask(url, method, path, {"authorization": f"Bearer {'0' * 64}"})
        assert answer.status in (404, 405), path


def test_answers_name_no_time_no_server_and_no_cookie(relay: StartRelay) -> None:
    running = relay()
    running.bag.store([pair(letter())])
    running.bag.turn()
    for method, path, body in (("GET", "/", b""), ("POST", "/letters", letter()), ("POST", "/relay/have", b"")):
        headers = ask(running.url, method, path, body=body or write_question(bytes(16), [])).headers
        assert not {"date", "server", "set-cookie", "last-modified"} & headers.keys()
        assert headers["referrer-policy"] == "no-referrer"


def test_before_an_edition_came_the_page_is_bland(relay: StartRelay) -> None:
    url = relay().url
    answer = ask(url, "GET", "/")
    assert answer.status == 200
    assert b"nothing here yet" in answer.body
    assert ask(url, "GET", "/latest").status == 404
    assert ask(url, "GET", "/healthz").status == 200


def test_no_path_climbs_out_of_the_tree(relay: StartRelay, tmp_path: Path) -> None:
    url = relay().url
    (tmp_path / "relay" / "www" / "index.html").symlink_to("/etc/passwd")
    for path in ("/../version", "/..%2fversion", "/%2e%2e/letters.small", "//etc/passwd", "/plain/../../syncs"):
        assert ask(url, "GET", path).status in (400, 404), path
    assert b"root:" not in ask(url, "GET", "/").body


def test_another_relay_gets_what_it_lacks_and_learns_what_is_lacking_here(relay: StartRelay) -> None:
    running = relay()
    mine, both = [letter() for _ in range(3)], [letter() for _ in range(2)]
    running.bag.store([pair(one) for one in (*mine, *both)])
    running.bag.turn()
    salt = secrets.token_bytes(16)
    theirs = short_names(salt, [sha256(one).digest() for one in (*both, b"theirs")])
    letters, lacking = question(running.url, sorted(theirs), salt)
    assert letters == set(mine)
    assert [theirs[sorted(theirs)[place]] for place in lacking] == [sha256(b"theirs").digest()]


def test_asking_again_and_again_does_not_tell_when_a_letter_came(relay: StartRelay) -> None:
    running = relay()
    one = letter()
    name = list(short_names(bytes(16), [sha256(one).digest()]))
    before = question(running.url, name)
    assert ask(running.url, "POST", "/letters", body=one).status == 201
    # Not even whether it is here: it is asked for, as one that is not.
    assert question(running.url, name) == before == (set(), [0])
    assert question(running.url, []) == (set(), [])
    running.bag.turn()
    assert question(running.url, []) == ({one}, [])


def test_a_question_that_is_none_is_refused(relay: StartRelay) -> None:
    url = relay().url
    for body in (b"", b"HLR\x02" + bytes(17), b"HLR\x01" + bytes(16) + b"\xff" * 5, bytes(400_000)):
        assert ask(url, "POST", "/relay/have", body=body).status == 400
    assert ask(url, "POST", "/relay/have", body=write_question(bytes(16), [])).status == 200


def test_only_so_many_relays_are_answered_at_once_and_each_place_comes_free(tmp_path: Path) -> None:
    limits = RelayLimits(SMALL, exchanges=1)
    with RelayServer(tmp_path / "relay", settings=Settings(limits=limits)) as running:
        running.bag.store([pair(letter(LETTER_SIZES[3])) for _ in range(2)])
        running.bag.store([pair(letter(LETTER_SIZES[2])) for _ in range(4)])
        running.bag.turn()
        body = write_question(bytes(16), [])
        with connect(running.url) as reading:
            # More than the buffers on the way hold, and nobody reads it.
            reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            reading.sendall(b"POST /relay/have HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
            select.select([reading], [], [], 10)
            statuses = {ask(running.url, "POST", "/relay/have", body=body).status for _ in range(3)}
        assert statuses <= {200, 503}
        until = time.monotonic() + 60
        while ask(running.url, "POST", "/relay/have", body=body).status != 200:
            assert time.monotonic() < until


def test_half_a_header_is_cut(tmp_path: Path) -> None:
    limits = RelayLimits(SMALL, web=Limits(head_seconds=0.2, reserve_bytes=0))
    with (
        RelayServer(tmp_path / "relay", settings=Settings(limits=limits)) as running,
        connect(running.url) as connection,
    ):
        connection.sendall(b"POST /letters HTT")
        assert read(connection).status == 0


def test_a_slow_letter_is_cut(tmp_path: Path) -> None:
    limits = RelayLimits(SMALL, web=Limits(body_seconds=dict.fromkeys(LETTER_SIZES, 0.2), reserve_bytes=0))
    with (
        RelayServer(tmp_path / "relay", settings=Settings(limits=limits)) as running,
        connect(running.url) as connection,
    ):
        connection.sendall(b"POST /letters HTTP/1.1\r\nhost: x\r\ncontent-length: 4096\r\n\r\nslow")
        assert read(connection).status == 408


def test_a_full_bag_goes_on_taking_letters(relay: StartRelay) -> None:
    running = relay()
    with HttpCarrier([running.url]) as carrier:
        kept = 0
        for _ in range(3 * SMALL[4_096]):
            with contextlib.suppress(Unavailable):
                carrier.leave_letter(letter())
                kept += 1
        # The fuller it was, the oftener the new letter has the highest lot.
        assert SMALL[4_096] < kept < 3 * SMALL[4_096]
    lost = [ask(running.url, "POST", "/letters", body=letter()) for _ in range(10 * SMALL[4_096])]
    assert {(one.status, one.body.partition(b";")[0]) for one in lost} <= {
        (201, b"stored\n"),
        (507, b"there is no room for this letter"),
    }
    assert len(running.bag) == SMALL[4_096]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    process, url = run(START, tmp_path / "data")
    one = letter()
    assert ask(url, "POST", "/letters", body=one).status == 201
    process.send_signal(number)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0
    assert held(tmp_path / "data") == {one}


def test_after_kills_under_load_no_answered_letter_is_lost(tmp_path: Path) -> None:
    answered: set[bytes] = set()
    for kill in range(12):
        process, url = run(START, tmp_path / "data")
        try:
            with HttpCarrier([url]) as carrier, ThreadPoolExecutor(4) as pool:
                letters = [letter() for _ in range(8 + kill)]
                list(pool.map(carrier.leave_letter, letters))
                answered |= set(letters)
                kill_amid_a_letter(process, url)
        finally:
            process.kill()
            process.communicate(timeout=30)
    assert held(tmp_path / "data") - {bytes(4_096)} == answered


def test_a_taken_port_is_said_and_nothing_is_left_locked(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=f"port {port} on 127.0.0.1 cannot be used"):
            RelayServer(tmp_path / "data", port=port, settings=small()).start()
    with RelayServer(tmp_path / "data", settings=small()):
        pass


def test_a_second_relay_on_the_same_data_is_turned_away_and_the_first_goes_on(
    relay: StartRelay, tmp_path: Path
) -> None:
    first = relay()
    with pytest.raises(Unavailable, match="another relay is running on relay"):
        RelayServer(tmp_path / "relay", settings=small()).start()
    process, url = run(START, tmp_path / "relay")
    _, err = process.communicate(timeout=30)
    assert (process.returncode, url) == (4, "")
    assert "another relay is running" in err
    assert ask(first.url, "POST", "/letters", body=letter()).status == 201


FOLDERS = {
    "a newer relay's": ("holub relay 2\n", "newer holub"),
    "a postbox's": ("1\n", "not the data folder of a relay"),
    "nobody's": ("what", "not the data folder of a relay"),
}


@pytest.mark.parametrize(("version", "says"), FOLDERS.values(), ids=FOLDERS.keys())
def test_a_folder_is_left_alone_that_is(tmp_path: Path, version: str, says: str) -> None:
    (tmp_path / "version").write_text(version)
    with pytest.raises(Refused, match=says):
        RelayServer(tmp_path, settings=small()).start()
    assert [file.name for file in tmp_path.iterdir()] == ["version"]


def test_a_folder_with_other_peoples_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"a picture")
    with pytest.raises(Refused, match="not the data folder"):
        RelayServer(tmp_path, settings=small()).start()
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        RelayServer(tmp_path / "file", settings=small()).start()


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_is_none_is_the_callers_mistake(tmp_path: Path, port: int) -> None:
    with pytest.raises(Misused):
        RelayServer(tmp_path, port=port, settings=small()).start()


def test_after_a_disk_error_it_takes_no_more_and_says_so(relay: StartRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    running = relay()
    first = letter()
    assert ask(running.url, "POST", "/letters", body=first).status == 201

    def broken(*_: object, **__: object) -> list[bool]:
        raise DiskFailed(OSError(5, "Input/output error"))

    monkeypatch.setattr(running.bag, "store", broken)
    assert ask(running.url, "POST", "/letters", body=letter()).status == 503
    with pytest.raises(Unavailable, match="so the relay has ended"):
        running.wait(30)
    running._broken = None  # the fixture stops it once more


def test_what_a_killed_relay_had_not_finished_is_swept_away(tmp_path: Path) -> None:
    with RelayServer(tmp_path / "data", settings=small()):
        pass
    parcels = tmp_path / "data" / "www" / "parcels"
    (parcels / "0123456789abcdef.tmp").write_bytes(b"half")
    (tmp_path / "data" / "incoming").mkdir(exist_ok=True)
    (tmp_path / "data" / "incoming" / "0123456789abcdef.part").write_bytes(b"half")
    with RelayServer(tmp_path / "data", settings=small()):
        assert list(parcels.iterdir()) == []
        assert not (tmp_path / "data" / "incoming").exists()
