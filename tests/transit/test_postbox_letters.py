"""Leaving letters at a postbox: sizes, slowness, floods, and what it keeps of whoever writes."""

from __future__ import annotations

import hashlib
import secrets
import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import HttpCarrier
from holub.transit.postbox import PostboxServer
from tests.transit.conftest import Start
from tests.transit.plain_http import Answer, ask, connect, read


def leave(url: str, letter: bytes, **headers: str) -> Answer:
    return ask(url, "POST", "/letters", headers, letter)


def test_a_letter_of_each_size_is_stored(postbox: PostboxServer, office: HttpCarrier) -> None:
    letters = [secrets.token_bytes(size) for size in LETTER_SIZES]
    for letter in letters:
        assert leave(postbox.url, letter).status == 201
        # The same answer again: nobody can ask whether a letter is there.
        assert leave(postbox.url, letter).body == b"stored\n"
    assert set(office.collect_letters().letters) == set(letters)


SIZES = {
    "0": 400,
    "1": 400,
    "255": 400,
    "257": 400,
    "4095": 400,
    "4097": 400,
    "65535": 400,
    "1048575": 400,
    "1048577": 413,
    "9" * 15: 413,
}


def test_another_size_is_refused_before_a_byte_of_it_is_read(postbox: PostboxServer) -> None:
    for size, status in SIZES.items():
        answer = ask(postbox.url, "POST", "/letters", {"content-length": size}, length=False)
        assert (answer.status, answer.headers["connection"]) == (status, "close"), size


def test_a_letter_without_its_length_is_refused(postbox: PostboxServer) -> None:
    for headers in ({}, {"transfer-encoding": "chunked"}):
        assert ask(postbox.url, "POST", "/letters", headers, length=False).status == 411, headers


def test_a_length_that_is_none_is_refused(postbox: PostboxServer) -> None:
    for size in ("-1", "4096, 4096", "0x1000", "4096x", "9" * 40, ""):
        answer = ask(postbox.url, "POST", "/letters", {"content-length": size}, length=False)
        assert answer.status in (400, 411, 413), size


def test_two_lengths_are_refused(postbox: PostboxServer) -> None:
    with connect(postbox.url) as connection:
        connection.sendall(b"POST /letters HTTP/1.1\r\ncontent-length: 4096\r\ncontent-length: 1\r\n\r\n")
        assert read(connection).status == 400


def test_a_slow_letter_is_given_up_and_nothing_is_kept(start: Start, token: str) -> None:
    server = start(body_seconds={256: 0.3, 4_096: 0.3, 65_536: 0.3, 1_048_576: 0.3})
    with connect(server.url) as connection:
        connection.sendall(b"POST /letters HTTP/1.1\r\ncontent-length: 65536\r\n\r\n" + bytes(1_000))
        answer = read(connection)
    assert answer.status == 408
    assert leave(server.url, bytes(4_096)).status == 201
    with HttpCarrier([server.url], token=token) as office:
        assert office.collect_letters().letters == (bytes(4_096),)


def test_a_letter_that_is_cut_is_not_kept(postbox: PostboxServer, office: HttpCarrier) -> None:
    for sent in (0, 1, 4_095):
        with connect(postbox.url) as connection:
            connection.sendall(b"POST /letters HTTP/1.1\r\ncontent-length: 4096\r\n\r\n" + bytes(sent))
    assert office.collect_letters().letters == ()


def test_half_a_header_is_not_waited_for(start: Start) -> None:
    server = start(head_seconds=0.3)
    for half in (b"", b"POST /letters HT", b"POST /letters HTTP/1.1\r\nx: ", b"\r\n\r\n"):
        with connect(server.url) as connection:
            connection.sendall(half)
            assert read(connection).status == 0


def test_the_clock_runs_again_for_the_second_request(start: Start) -> None:
    server = start(head_seconds=2.0, idle_seconds=60)
    with connect(server.url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        assert read(connection).status == 200
        connection.sendall(b"GET /healthz HTTP/1.1\r\nx-half: ")
        assert read(connection).status == 0


def test_dripping_line_ends_after_an_answer_do_not_hold_a_connection(start: Start) -> None:
    server = start(head_seconds=2.0, idle_seconds=60)
    with connect(server.url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        assert read(connection).status == 200
        connection.sendall(b"\r\n")
        assert read(connection).status == 0


def test_an_endless_header_is_cut(start: Start) -> None:
    server = start(head_seconds=60.0, head_bytes=8_192)
    with connect(server.url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        try:
            for _ in range(2_000):
                connection.sendall(b"x-more: " + b"x" * 1_000 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            return
        assert read(connection).status == 0


def test_an_answer_that_is_not_read_is_cut(start: Start, token: str) -> None:
    server = start(stall_seconds=0.3)
    page = bytes(40 << 20)
    with HttpCarrier([server.url], token=token) as office:
        office.put_page("large.bin", page)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(20)
        host, port = server.url.removeprefix("http://").split(":")
        connection.connect((host, int(port)))
        connection.sendall(b"GET /large.bin HTTP/1.1\r\n\r\n")
        assert connection.recv(1)
        # Reads nothing more until the postbox has cut it; only then what the network still holds.
        while server.open_connections():
            time.sleep(0.05)
        received = 0
        try:
            while chunk := connection.recv(1 << 20):
                received += len(chunk)
        except ConnectionResetError:
            pass
    assert received < len(page)


def test_a_flood_of_large_letters_leaves_room_for_small_ones(start: Start) -> None:
    server = start(pending_bytes=1 << 20)
    with ExitStack() as stack:
        held = [stack.enter_context(connect(server.url)) for _ in range(4)]
        for connection in held:
            connection.sendall(b"POST /letters HTTP/1.1\r\ncontent-length: 1048576\r\n\r\n" + bytes(200_000))
        assert 503 in [read(next(iter(select.select(held, [], [], 20)[0]))).status]
        assert leave(server.url, bytes(4_096)).status == 201


def test_many_at_once_are_all_stored(postbox: PostboxServer, office: HttpCarrier) -> None:
    letters = [secrets.token_bytes(4_096) for _ in range(200)]
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda letter: leave(postbox.url, letter).status, letters))
    assert set(statuses) == {201}
    assert set(office.collect_letters().letters) == set(letters)


def test_past_the_number_of_connections_a_new_one_is_sent_away(start: Start) -> None:
    server = start(connections=4)
    with ExitStack() as stack:
        held = [stack.enter_context(connect(server.url)) for _ in range(6)]
        # The first four are idle, the fifth is answered that there is no room, the sixth is dropped.
        held[4].sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        assert read(held[4]).status == 503
        assert read(held[5]).status == 0


def test_any_content_type_is_taken_and_any_page_may_send(postbox: PostboxServer) -> None:
    for kind in ("application/octet-stream", "text/plain", "text/plain;charset=UTF-8", "x"):
        answer = leave(postbox.url, secrets.token_bytes(4_096), **{"content-type": kind, "origin": "null"})
        assert answer.status == 201, kind
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


def test_the_preflight_of_a_page_from_a_file_is_answered(postbox: PostboxServer) -> None:
    asked = {
        "origin": "null",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = ask(postbox.url, "OPTIONS", "/letters", asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "content-type" in answer.headers["access-control-allow-headers"]


def test_other_pages_cannot_use_what_is_the_offices(postbox: PostboxServer, token: str) -> None:
    for method, path in (("GET", "/letters"), ("POST", "/letters/forget"), ("PUT", "/latest"), ("GET", "/www")):
        answer = ask(postbox.url, method, path, {"origin": "null", "authorization": f"Bearer {token}"})
        assert "access-control-allow-origin" not in answer.headers


OFFICE_ONLY = [
    ("GET", "/letters"),
    ("POST", "/letters/forget"),
    ("PUT", "/latest"),
    ("PUT", f"/parcels/{'0' * 16}.hlp"),
    ("DELETE", f"/parcels/{'0' * 16}.hlp"),
    ("GET", "/www"),
    ("PUT", "/www/index.html"),
    ("DELETE", "/www/index.html"),
]
WRONG = {
    "none": {},
    "empty": {"authorization": ""},
    "another": {"authorization": "Bearer " + "0" * 64},
    "no bearer": {"authorization": "0" * 64},
    "not ASCII": {"authorization": "Bearer ключ"},
    "the hash itself": {"authorization": "Bearer HASH"},
}


def test_without_the_token_nothing_of_the_offices_is_done(postbox: PostboxServer, token: str) -> None:
    digest = hashlib.sha256(token.encode()).hexdigest()
    for method, path in OFFICE_ONLY:
        for case, wrong in WRONG.items():
            headers = {name: value.replace("HASH", digest) for name, value in wrong.items()}
            answer = ask(postbox.url, method, path, headers)
            assert (answer.status, answer.body) == (401, b"this needs the office's token\n"), (method, path, case)


def test_a_postbox_keeps_letters_and_nothing_about_who_wrote_them(
    tmp_path: Path, start: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    server = start()
    marks = ["Mozilla/5.0 (Planted)", "planted-referrer", "203.0.113.77", "planted-cookie", "planted-query"]
    headers = {
        "user-agent": marks[0],
        "referer": f"http://{marks[1]}/",
        "x-forwarded-for": marks[2],
        "cookie": f"a={marks[3]}",
    }
    assert ask(server.url, "POST", f"/letters?{marks[4]}", headers, bytes(4_096)).status == 201
    assert ask(server.url, "GET", f"/{marks[4]}", headers).status == 404
    server.stop()
    everything = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    for mark in [*marks, "127.0.0.1"]:
        assert mark.encode() not in everything
    assert capfd.readouterr() == ("", "")


NONSENSE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
    "a path without its slash": b"GET x HTTP/1.1\r\n\r\n",
    "a tunnel": b"CONNECT x:1 HTTP/1.1\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    "a length and chunks": b"POST /letters HTTP/1.1\r\ncontent-length: 4096\r\ntransfer-encoding: chunked\r\n\r\n",
    "a half escape": b"GET /%e HTTP/1.1\r\n\r\n",
    "an escaped zero": b"GET /%00 HTTP/1.1\r\n\r\n",
    "another address": b"GET http://elsewhere.example/ HTTP/1.1\r\n\r\n",
    "an unknown verb": b"BREW / HTTP/1.1\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\n\r\n",
}


def test_nonsense_is_refused_and_the_postbox_goes_on(postbox: PostboxServer, capfd: pytest.CaptureFixture[str]) -> None:
    for case, nonsense in NONSENSE.items():
        with connect(postbox.url) as connection:
            connection.sendall(nonsense)
            connection.shutdown(socket.SHUT_WR)
            assert read(connection).status in (0, 400, 404, 405, 411), case
        assert leave(postbox.url, bytes(4_096)).status == 201, case
    assert capfd.readouterr() == ("", "")
