"""The vectors of the postbox: each exchange with a postbox of its own, each answer as a carrier takes it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from holub.errors import HolubError, Refused, Unavailable
from holub.transit.bagbytes import encode_bag, parse_bag
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.catalogue import parse_catalogue
from holub.transit.postbox import Limits, PostboxServer, admit_office
from holub.transit.postbox.token import token_hash
from tests.formats.lettervectors import Case, load, names
from tests.transit.hostile_server import HostileServer
from tests.transit.plain_http import connect, read

CLASSES: dict[str, type[HolubError]] = {"refused": Refused, "unavailable": Unavailable}


def expecting(case: Case, work: Callable[[], object]) -> None:
    if case["expect"] == "ok":
        work()
        return
    with pytest.raises(CLASSES[case["expect"]]) as caught:
        work()
    assert caught.value.todo


@pytest.mark.parametrize("name", names("postbox", "catalogue"))
def test_a_catalogue(name: str) -> None:
    case = load("postbox", name)
    data = bytes.fromhex(case["latest"])
    expecting(case, lambda: parse_catalogue(data))
    if case["expect"] == "ok":
        found = parse_catalogue(data)
        assert found.encode() == data
        rows = [
            (row.size, row.from_edition, row.kind, row.language, row.name, row.section, row.sha256.hex())
            for row in found.listings
        ]
        keys = ("bytes", "from", "kind", "language", "name", "section", "sha256")
        assert rows == [tuple(row[key] for key in keys) for row in case["listings"]]
        ends = [(row.to_edition, row.until_edition) for row in found.listings]
        assert ends == [(row["to"], row["until"]) for row in case["listings"]]


@pytest.mark.parametrize("name", names("postbox", "bag"))
def test_a_bag(name: str) -> None:
    case = load("postbox", name)
    data = bytes.fromhex(case["bag"])
    expecting(case, lambda: parse_bag(data))
    if case["expect"] == "ok":
        bag = parse_bag(data)
        assert encode_bag(bag) == data
        assert (bag.damaged, bag.waiting) == (case["damaged"], case["waiting"])
        assert [letter.hex() for letter in bag.letters] == case["letters"]


def bytes_of(told: Case) -> bytes:
    """A message of HTTP; none at all where it has no head."""
    lines = [*told["head"], "", ""] if told["head"] else []
    return "\r\n".join(lines).encode() + bytes.fromhex(told["body"])


@pytest.mark.parametrize("name", names("postbox", "exchange"))
def test_an_exchange(name: str, tmp_path: Path) -> None:
    case = load("postbox", name)
    www = tmp_path / "data" / "www"
    www.mkdir(parents=True)
    admit_office(tmp_path / "data", token_hash(case["token"]))
    tree = FolderCarrier(www)
    for parcel in case["parcels"]:
        tree.put(bytes.fromhex(parcel))
    if "latest" in case:
        tree.put_catalogue(parse_catalogue(bytes.fromhex(case["latest"])))
    expected = case["answer"]
    with PostboxServer(tmp_path / "data", limits=Limits(reserve_bytes=0)) as server:
        for _ in range(case["times"]):
            with connect(server.url) as connection:
                connection.sendall(bytes_of(case["request"]))
                answer = read(connection, case["request"]["head"][0].split()[0])
            assert answer.status == expected["status"]
            assert expected["headers"].items() <= answer.headers.items()
            assert not set(expected["without"]) & answer.headers.keys()
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            if expected["body"] is not None:
                assert answer.body.hex() == expected["body"]


def answering(answers: list[Case]) -> HostileServer:
    """Says one of these after another, and shuts the connection each time."""
    left = iter(answers)

    def say(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(bytes_of(next(left)))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass

    return HostileServer(say)


@pytest.mark.parametrize("name", names("postbox", "answer"))
def test_an_answer_to_a_letter(name: str) -> None:
    case = load("postbox", name)
    with answering(case["answers"]) as server, HttpCarrier([server.url]) as carrier:
        expecting(case, lambda: carrier.leave_letter(bytes(4_096)))
        assert len(server.heads) == 1


@pytest.mark.parametrize("name", names("postbox", "latest"))
def test_an_answer_to_whoever_asks_what_is_new(name: str) -> None:
    case = load("postbox", name)
    with answering([case]) as server, HttpCarrier([server.url]) as carrier:
        expecting(case, carrier.catalogue)
