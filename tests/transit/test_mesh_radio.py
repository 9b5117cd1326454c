"""Radios: Meshtastic's protocol as its own library writes it, cables, networks and programs."""

from __future__ import annotations

import contextlib
import os
import pty
import random
import select
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused, Unavailable
from holub.transit.carriers.mesh.linkradio import LinkRadio
from holub.transit.carriers.mesh.meshtastic import MAGIC, MOST_PACKET, hello, read_message, take_messages, to_radio
from holub.transit.carriers.mesh.radio import open_radio
from tests.fakes.meshtasticnode import CHAT, CONFIG_COMPLETE, ENCRYPTED, PRINTED, MeshtasticNodes, framed

# Written by Meshtastic's Python library 2.7.11: a packet for everybody, id 0x12345678, three hops, port 256, "pigeon".
SENT = bytes.fromhex("0a1915ffffffff220b0880021206706967656f6e35785634124803")
WANT_CONFIG = bytes.fromhex("1807")
# The same as a radio hands it over, with sender, time, strength, and fields that we do not know.
HEARD = bytes.fromhex(
    "080912350dddccbbaa15ffffffff220d0880021206706967656f6e480135050000003d00f1536545000060c04802609cffffffffffffffff01"
)


def test_what_we_write_is_what_their_library_writes() -> None:
    assert to_radio(b"pigeon", 0x12345678, 3) == framed(SENT)
    assert hello(7).endswith(framed(WANT_CONFIG))


def test_what_their_library_writes_is_read() -> None:
    assert read_message(HEARD) == b"pigeon"
    assert [read_message(one) for one in (CHAT, CONFIG_COMPLETE, ENCRYPTED, b"")] == [None] * 4


def test_messages_are_found_between_whatever_a_radio_prints() -> None:
    stream = PRINTED + framed(CHAT) + framed(HEARD) + MAGIC[:1] + PRINTED + framed(ENCRYPTED) + framed(HEARD)
    for piece in (1, 3, 1_000):
        held, found = bytearray(), []
        for at in range(0, len(stream), piece):
            held += stream[at : at + piece]
            found += list(take_messages(held))
        assert found == [b"pigeon"] * 2


@given(st.binary(max_size=600))
def test_no_bytes_from_a_radio_do_any_harm(noise: bytes) -> None:
    read_message(noise)
    held = bytearray(noise + framed(noise[:MOST_PACKET]))
    list(take_messages(held))
    assert len(held) <= MOST_PACKET + 4


def test_a_radio_that_never_ends_a_packet_holds_a_bounded_amount() -> None:
    held, chance = bytearray(), random.Random(1)
    for _ in range(500):
        held += MAGIC + b"\x02\x00" + chance.randbytes(200)
        list(take_messages(held))
        assert len(held) <= MOST_PACKET + 4 + 204


def test_a_message_that_no_packet_holds_is_the_callers_mistake() -> None:
    for message, hops in ((bytes(234), 3), (b"x", 8), (b"x", -1)):
        with pytest.raises(Misused):
            to_radio(message, 1, hops)


# Links.


def test_two_radios_in_the_network_hear_each_other() -> None:
    with MeshtasticNodes() as nodes:
        places = [f"tcp:127.0.0.1:{port}" for port in nodes.ports]
        with open_radio(places[0]) as one, open_radio(places[1]) as other:
            for at in range(5):
                one.put(bytes([at]) * 200)
            assert [other.get(20) for _ in range(5)] == [bytes([at]) * 200 for at in range(5)]
            other.put(b"back")
            assert one.get(20) == b"back"
            assert one.get(0.01) is None
            assert not one.ended


@contextlib.contextmanager
def cable() -> Iterator[tuple[int, str]]:
    """A serial cable: the radio's end, and the name of the program's."""
    radio, program = pty.openpty()
    try:
        yield radio, os.ttyname(program)
    finally:
        os.close(radio)
        os.close(program)


def test_a_radio_on_a_cable_is_spoken_to_without_changed_bytes() -> None:
    every = bytes(range(200))  # line ends, end of file and interrupt among them
    with cable() as (end, name), open_radio(f"serial:{name}") as radio:
        radio.put(every)
        written = b""
        while every not in written:
            written += os.read(end, 4_096)
        assert written.startswith(b"\xc3" * 32 + MAGIC)
        os.write(end, PRINTED + framed(HEARD))
        assert radio.get(20) == b"pigeon"


ECHO = "import os; [os.write(1, data) for data in iter(lambda: os.read(0, 4096), bytes())]"


def test_any_program_can_be_a_radio() -> None:
    with open_radio(f"program:{sys.executable} -c '{ECHO}'") as radio:
        radio.put(bytes(200))
        radio.put(b"two")
        assert (radio.get(20), radio.get(20)) == (bytes(200), b"two")


def test_a_program_that_ends_is_told() -> None:
    with open_radio(f"program:{sys.executable} -c pass") as radio:
        assert radio.get(20) is None
        assert radio.ended
        with pytest.raises(Unavailable, match="takes no messages"):
            radio.put(bytes(200))


def test_a_program_that_takes_nothing_does_not_hold_its_sender_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holub.transit.carriers.mesh.linkradio._TAKE", 0.05)
    monkeypatch.setattr("holub.transit.carriers.mesh.linkradio._END", 0.05)
    sleeps = f"program:{sys.executable} -c 'import time; time.sleep(1000)'"
    with open_radio(sleeps) as radio, pytest.raises(Unavailable, match="takes no messages"):
        radio.write(bytes(1 << 20))  # more than any pipe holds


@pytest.mark.parametrize("place", ["", "tcp:", "udp:1.2.3.4:5", "serial", "tcp:127.0.0.1:x", "tcp:127.0.0.1:70000"])
def test_what_is_no_radio_is_said(place: str) -> None:
    with pytest.raises(Misused), open_radio(place):
        pass


@pytest.mark.parametrize(
    "place", ["serial:/no/such", "serial:/dev/null", "tcp:127.0.0.1:1", "program:/no/such", "program:'", "program: "]
)
def test_a_radio_that_is_not_there_is_said(place: str) -> None:
    with pytest.raises(Unavailable), open_radio(place):
        pass


def test_a_silent_radio_is_reminded_that_somebody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, far = os.pipe()
    near, writing = os.pipe()
    monkeypatch.setattr("holub.transit.carriers.mesh.linkradio._ALIVE", 0.05)
    radio = LinkRadio(reading, writing, bytes, take_messages, lambda: None, b"alive")
    told, until = b"", time.monotonic() + 60
    while told.count(b"alive") < 2:
        assert time.monotonic() < until
        assert radio.get(0.1) is None
        if select.select([near], [], [], 0)[0]:
            told += os.read(near, 1_000)
    for one in (reading, far, near, writing):
        os.close(one)
