"""A hotspot that leads nowhere else: phones are led to the page, and nothing says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from holub.transit.relay import RelayServer
from tests.transit.plain_http import ask, connect, read
from tests.transit.relay.conftest import StartRelay, letter

# (host, path) as the systems ask.
PROBES = {
    "Android": ("connectivitycheck.gstatic.com", "/generate_204"),
    "ChromeOS": ("www.google.com", "/gen_204"),
    "Apple": ("captive.apple.com", "/hotspot-detect.html"),
    "older Apple": ("www.apple.com", "/library/test/success.html"),
    "Windows": ("www.msftconnecttest.com", "/connecttest.txt"),
    "older Windows": ("www.msftncsi.com", "/ncsi.txt"),
    "Firefox": ("detectportal.firefox.com", "/success.txt"),
    "Firefox's page": ("detectportal.firefox.com", "/canonical.html"),
    "NetworkManager": ("nmcheck.gnome.org", "/check_network_status.txt"),
    "any other address": ("example.org", "/news/today"),
}


def get(url: str, host: str, path: str) -> tuple[int, dict[str, str], bytes]:
    with connect(url) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
        answer = read(connection)
    return answer.status, answer.headers, answer.body


@pytest.fixture
def gate(relay: StartRelay) -> RelayServer:
    return relay("gate", hotspot=True)


@pytest.mark.parametrize(("host", "path"), PROBES.values(), ids=PROBES.keys())
def test_a_phone_is_led_to_the_page(gate: RelayServer, host: str, path: str) -> None:
    status, headers, body = get(gate.url, host, path)
    assert (status, headers["location"], headers["cache-control"]) == (302, f"{gate.url}/", "no-store")
    assert b"holub" not in body.lower()


def test_under_its_own_address_it_hands_out_what_it_has(gate: RelayServer, tmp_path: Path) -> None:
    (tmp_path / "gate" / "www" / "index.html").write_text("<title>page</title>")
    own = gate.url.removeprefix("http://")
    assert get(gate.url, own, "/")[::2] == (200, b"<title>page</title>")
    assert get(gate.url, own, "/generate_204")[0] == 302
    assert get(gate.url, own, "/nothing")[0] == 404


def test_letters_are_taken_under_any_name(gate: RelayServer) -> None:
    assert ask(gate.url, "POST", "/letters", body=letter()).status == 201


def test_without_a_hotspot_nobody_is_led_anywhere(relay: StartRelay) -> None:
    url = relay("plain").url
    assert {get(url, host, path)[0] for host, path in PROBES.values()} == {404}


def test_the_waiting_page_is_bland(gate: RelayServer) -> None:
    status, _, body = get(gate.url, gate.url.removeprefix("http://"), "/")
    assert status == 200
    assert b"holub" not in body.lower()
    assert b"letter" not in body.lower()
