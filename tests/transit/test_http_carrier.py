"""HTTP as a carrier: mirrors that lie, break off, drip or never end; and what we say about ourselves."""

from __future__ import annotations

import secrets
import socket
import threading
from pathlib import Path

import pytest

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.transit.carriers import HttpCarrier
from holub.transit.catalogue import MAX_CATALOGUE_BYTES, SEAL_BYTES, Catalogue, list_parcel
from tests.transit.hostile_server import Answer, HostileServer, dripping, endless, socks_proxy, whole

PARCEL = secrets.token_bytes(100_000)
LISTING = list_parcel(PARCEL)
CATALOGUE = Catalogue.of(bytes(SEAL_BYTES), [LISTING])


def honest(connection: socket.socket, head: bytes) -> None:
    """A mirror as it should be: the catalogue, and the parcel with ranges."""
    if b"/latest" in head:
        return whole(CATALOGUE.encode())(connection, head)
    start = 0
    for line in head.decode().lower().split("\r\n"):
        if line.startswith("range: bytes="):
            start = int(line.removeprefix("range: bytes=").rstrip("-"))
    extra = f"Content-Range: bytes {start}-{len(PARCEL) - 1}/{len(PARCEL)}\r\n" if start else ""
    return whole(PARCEL[start:], "206 Partial Content" if start else "200 OK", extra)(connection, head)


def broken_off(connection: socket.socket, head: bytes) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(PARCEL)}\r\n\r\n".encode() + PARCEL[:70_000])


def test_mirrors_are_tried_in_order(tmp_path: Path) -> None:
    with (
        HostileServer(whole(b"", "503 Busy")) as first,
        HostileServer(honest) as second,
        HostileServer(honest) as third,
    ):
        with HttpCarrier([first.url, second.url, third.url]) as carrier:
            assert carrier.catalogue() == CATALOGUE
            assert carrier.fetch(LISTING, tmp_path).read_bytes() == PARCEL
        assert len(first.heads) == 2
        assert len(second.heads) == 2
        assert third.heads == []


def test_a_mirror_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    with HostileServer(honest) as gone:
        pass
    with HostileServer(honest) as mirror, HttpCarrier([gone.url, mirror.url]) as carrier:
        assert carrier.fetch(LISTING, tmp_path).read_bytes() == PARCEL


def test_what_broke_off_is_continued_at_another_mirror(tmp_path: Path) -> None:
    with HostileServer(broken_off) as first, HostileServer(honest) as second:
        with HttpCarrier([first.url]) as carrier, pytest.raises(Unavailable):
            carrier.fetch(LISTING, tmp_path)
        held = (tmp_path / f"{LISTING.name}.part").stat().st_size
        assert 0 < held <= 70_000
        assert not (tmp_path / f"{LISTING.name}.hlp").exists()
        with HttpCarrier([second.url]) as carrier:
            assert carrier.fetch(LISTING, tmp_path).read_bytes() == PARCEL
        assert f"range: bytes={held}-".encode() in second.heads[0].lower()


def test_a_mirror_without_ranges_starts_from_the_beginning(tmp_path: Path) -> None:
    (tmp_path / f"{LISTING.name}.part").write_bytes(PARCEL[:50_000])
    with HostileServer(whole(PARCEL)) as mirror, HttpCarrier([mirror.url]) as carrier:
        assert carrier.fetch(LISTING, tmp_path).read_bytes() == PARCEL


def test_a_lying_mirror_poisons_nothing_for_the_next(tmp_path: Path) -> None:
    altered = bytes(50_000) + PARCEL[50_000:]
    with HostileServer(whole(altered)) as liar, HostileServer(honest) as mirror:
        with HttpCarrier([liar.url, mirror.url]) as carrier:
            assert carrier.fetch(LISTING, tmp_path).read_bytes() == PARCEL
        assert b"range" not in mirror.heads[0].lower()


def test_another_range_than_asked_for_is_refused_and_the_whole_taken(tmp_path: Path) -> None:
    (tmp_path / f"{LISTING.name}.part").write_bytes(PARCEL[:50_000])

    def shifted(connection: socket.socket, head: bytes) -> None:
        if b"range:" in head.lower():
            extra = f"Content-Range: bytes 0-99/{len(PARCEL)}\r\n"
            return whole(PARCEL[:100], "206 Partial Content", extra)(connection, head)
        return honest(connection, head)

    with HostileServer(shifted) as mirror, HttpCarrier([mirror.url]) as carrier:
        assert carrier.fetch(LISTING, tmp_path).read_bytes() == PARCEL


LIES = {
    "altered in one byte": whole(PARCEL[:-1] + bytes([PARCEL[-1] ^ 1])),
    "too long": whole(PARCEL + b"\x00"),
    "cut short, with the length to match": whole(PARCEL[:-1]),
    "empty": whole(b""),
    "endless": endless,
    "a redirect": whole(b"", "302 Found", "Location: http://127.0.0.1:1/\r\n"),
    "a redirect to the right thing": whole(PARCEL, "301 Moved", "Location: /elsewhere\r\n"),
    "compressed": whole(PARCEL, "200 OK", "Content-Encoding: gzip\r\n"),
    "no HTTP": lambda connection, head: connection.sendall(b"220 mail.example ESMTP\r\n"),
    "nothing at all": lambda connection, head: None,
    "broken off": broken_off,
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_an_answer_is_refused_that_is(tmp_path: Path, lie: Answer) -> None:
    with HostileServer(lie) as mirror, HttpCarrier([mirror.url]) as carrier:
        with pytest.raises((Refused, Unavailable)):
            carrier.fetch(LISTING, tmp_path)
        with pytest.raises((Refused, Unavailable)):
            carrier.catalogue()
    assert not list(tmp_path.glob("*.hlp"))


def test_a_redirect_is_never_followed(tmp_path: Path) -> None:
    with HostileServer(honest) as elsewhere:
        redirect = whole(b"", "307 Temporary Redirect", f"Location: {elsewhere.url}/latest\r\n")
        with HostileServer(redirect) as mirror, HttpCarrier([mirror.url]) as carrier:
            with pytest.raises(Refused, match="elsewhere"):
                carrier.catalogue()
            with pytest.raises(Refused, match="elsewhere"):
                carrier.leave_letter(bytes(4_096))
        assert elsewhere.heads == []


def test_a_dripping_answer_is_cut_and_what_came_is_kept(tmp_path: Path) -> None:
    stop = threading.Event()
    with HostileServer(dripping(stop)) as mirror, HttpCarrier([mirror.url], deadline=0.2) as carrier:
        with pytest.raises(Unavailable, match="too long"):
            carrier.fetch(LISTING, tmp_path)
        stop.set()


def test_a_silent_mirror_is_given_up(tmp_path: Path) -> None:
    stop = threading.Event()

    def silent(connection: socket.socket, head: bytes) -> None:
        stop.wait()

    with HostileServer(silent) as mirror, HttpCarrier([mirror.url], silence=0.2) as carrier:
        with pytest.raises(Unavailable, match="in time"):
            carrier.fetch(LISTING, tmp_path)
        stop.set()


def test_a_catalogue_past_its_limit_is_refused() -> None:
    too_much = whole(bytes(MAX_CATALOGUE_BYTES + 1))
    with (
        HostileServer(too_much) as mirror,
        HttpCarrier([mirror.url]) as carrier,
        pytest.raises(Refused, match="longer"),
    ):
        carrier.catalogue()


def test_nothing_in_a_request_identifies_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    cookie = whole(CATALOGUE.encode(), "200 OK", "Set-Cookie: who=you; Path=/\r\n")
    with HostileServer(cookie) as mirror, HttpCarrier([mirror.url]) as carrier:
        carrier.catalogue()
        carrier.catalogue()
        with pytest.raises(HolubError):
            carrier.leave_letter(bytes(4_096))
    for head in mirror.heads:
        names = {line.split(b":")[0].lower() for line in head.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]}
        assert names <= {b"host", b"connection", b"content-length", b"content-type"}


def test_names_are_resolved_by_the_proxy(tmp_path: Path) -> None:
    with (
        HostileServer(honest) as mirror,
        socks_proxy(("127.0.0.1", mirror.port)) as (proxy, asked),
        HttpCarrier(["http://postbox.onion"], proxy=proxy) as carrier,
    ):
        assert carrier.fetch(LISTING, tmp_path).read_bytes() == PARCEL
    assert [b"postbox.onion" in request for request in asked] == [True]


@pytest.mark.parametrize(
    "mirror", ["ftp://x", "file:///etc/passwd", "no address", "http://", "http://me:pw@x", "http://x/?q"]
)
def test_what_is_no_mirror_is_the_callers_mistake(mirror: str) -> None:
    with pytest.raises(Misused):
        HttpCarrier([mirror])


def test_no_mirror_and_no_token_are_the_callers_mistakes() -> None:
    with pytest.raises(Misused):
        HttpCarrier([])
    with pytest.raises(Misused):
        HttpCarrier(["http://127.0.0.1:1"], proxy="carrier-pigeon://x")
    with HttpCarrier(["http://127.0.0.1:1"]) as carrier, pytest.raises(Misused, match="token"):
        carrier.collect_letters()
    two = ["http://127.0.0.1:1", "http://127.0.0.1:2"]
    with HttpCarrier(two, token="0" * 64) as carrier, pytest.raises(Misused, match="one postbox"):
        carrier.put(b"HLP")
