"""The worked example of spec/postbox.md: the requests that it prints get the very answers that it prints."""

from __future__ import annotations

import socket
from pathlib import Path

from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, list_parcel
from holub.transit.postbox import Limits, PostboxServer
from tests.formats.workedexample import FIRST, blocks, bytes_of, edition, full
from tests.transit.plain_http import connect


def message(lines: list[str], sign: str) -> bytes:
    """A request (`>`) or an answer (`<`): its head, the empty line, its body; without them where there are none."""
    at = [number for number, line in enumerate(lines) if line[0] == sign]
    assert at == list(range(at[0], at[-1] + 1))
    assert lines[at[-1]] == sign, "the head does not end in an empty line"
    body: list[str] = []
    for line in lines[at[-1] + 1 :]:
        if line[0] in "<>":
            break
        body.append(line)
    listed = body.pop().encode() if body and body[-1].startswith("[") else b""
    head = "\r\n".join(lines[number][2:] for number in at) + "\r\n"
    return head.encode() + bytes_of(body) + listed


def said(connection: socket.socket, length: int) -> bytes:
    """So many bytes of an answer, and what follows them at once."""
    data = b""
    while len(data) < length and (chunk := connection.recv(65_536)):
        data += chunk
    return data


def test_a_postbox_says_every_byte_of_the_example(tmp_path: Path) -> None:
    shown = blocks("postbox", "## Example\n")
    assert len(shown) == 3
    parcel = full().encode()
    listing = list_parcel(parcel, "full", to_edition=1, section="main", language="en")
    tree = FolderCarrier(tmp_path / "data" / "www")
    (tmp_path / "data" / "www").mkdir(parents=True)
    tree.put(parcel)
    tree.put_catalogue(Catalogue.of(edition(1, FIRST)[0].signed(), [listing]))
    with PostboxServer(tmp_path / "data", limits=Limits(reserve_bytes=0)) as server:
        for lines in shown:
            question, answer = message(lines, ">"), message(lines, "<")
            with connect(server.url) as connection:
                connection.sendall(question)
                assert said(connection, len(answer)) == answer
