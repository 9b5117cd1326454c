"""The vectors of a broadcast's records and datagrams, and of a mesh's asks."""

from __future__ import annotations

import pytest

from holub.errors import Misused, Refused
from holub.transit.carriers.broadcast.records import frames_in, record
from holub.transit.carriers.mesh.message import Ask, parse_ask
from holub.transit.oneway import undamaged, with_check
from tests.formats.lettervectors import load, names


@pytest.mark.parametrize("name", names("broadcast", "record"))
def test_a_record_is_made_or_refused_as_the_vector_says(name: str) -> None:
    case = load("broadcast", name)
    frame = bytes.fromhex(case["frame"])
    if case["expect"] == "ok":
        assert record(frame).hex() == case["record"]
        assert list(frames_in([record(frame)])) == [frame]
    else:
        assert case["expect"] == "Misused"
        with pytest.raises(Misused):
            record(frame)


@pytest.mark.parametrize("name", names("broadcast", "stream"))
def test_the_frames_of_a_stream_are_found_as_the_vector_says(name: str) -> None:
    case = load("broadcast", name)
    assert case["expect"] == "ok"
    assert [frame.hex() for frame in frames_in(map(bytes.fromhex, case["pieces"]))] == case["frames"]


@pytest.mark.parametrize("name", names("broadcast", "datagram"))
def test_a_datagram_is_kept_or_dropped_as_the_vector_says(name: str) -> None:
    case = load("broadcast", name)
    assert case["expect"] == "ok"
    datagram = bytes.fromhex(case["datagram"])
    assert [frame.hex() for frame in undamaged([datagram])] == case["frames"]
    if case["frames"]:
        assert with_check(bytes.fromhex(case["frames"][0])) == datagram


@pytest.mark.parametrize("name", names("mesh", "ask"))
def test_an_ask_is_read_or_refused_as_the_vector_says(name: str) -> None:
    case = load("mesh", name)
    message = bytes.fromhex(case["message"])
    if case["expect"] == "ok":
        assert parse_ask(message) == Ask(bytes.fromhex(case["id"]), case["more"])
        assert Ask(bytes.fromhex(case["id"]), case["more"]).encode() == message
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused):
            parse_ask(message)


@pytest.mark.parametrize("name", names("mesh", "other"))
def test_what_is_no_ask_is_left_to_others(name: str) -> None:
    assert parse_ask(bytes.fromhex(load("mesh", name)["message"])) is None
