"""Another relay or a postbox over HTTP, as a relay meets it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from enum import Enum
from urllib.parse import quote

import httpx

from holub.errors import Refused, Unavailable
from holub.formats.header import HEADER_BYTES, Header
from holub.transit.carriers.http import HttpCarrier
from holub.transit.carriers.httptrouble import check_status, network
from holub.transit.catalogue import SEAL_BYTES
from holub.transit.names import ROOT_PAGE
from holub.transit.relay.datafolder import MAX_ROOTS
from holub.transit.relay.have import AnswerReader

_NO_RELAY = (404, 405)


class Peer(HttpCarrier):
    """One address. See `holub.transit.carriers.http.HttpCarrier` for what it shows of whoever asks: nothing."""

    def __init__(self, address: str, *, proxy: str | None = None) -> None:
        super().__init__([address], proxy=proxy)
        self._address = self._mirrors[0]

    def compare(self, question: bytes, asked: int, most: int, take: Callable[[list[bytes]], None]) -> list[int] | None:
        """Ask which letters differ; `take` gets what is lacking here as it comes.

        Gives the places in the question of what is lacking there; None where no relay answers, but a postbox. Raises
        Refused (an answer that is none, or too much), Unavailable (broken off: what came whole was taken).
        """
        url = f"{self._address}/relay/have"
        reader = AnswerReader(asked, most)
        headers = {"content-type": "application/octet-stream"}
        with network(url), self._client.stream("POST", url, headers=headers, content=question) as answer:
            if answer.status_code in _NO_RELAY:
                return None
            check_status(answer, (200,))
            for chunk in self._body(answer):
                if letters := reader.feed(chunk):
                    take(letters)
        if not reader.ended:
            raise Unavailable("the other relay broke off", "nothing to do: the next round goes on")
        return reader.lacking

    def edition(self) -> int:
        """The edition that its list names, not verified, for the list's first bytes alone. Raises Refused, Unavailable.

        The list grows to tens of kilobytes, and is asked for each round.
        """
        url, data = f"{self._address}/latest", b""
        headers = {"range": f"bytes=0-{SEAL_BYTES - 1}"}
        with network(url), self._client.stream("GET", url, headers=headers) as answer:
            check_status(answer, (200, 206))
            for chunk in self._body(answer):
                data += chunk
                if len(data) >= SEAL_BYTES:
                    break
        if len(data) < SEAL_BYTES:
            raise Refused("the list of parcels is cut short", "try another place")
        return Header.parse(data[:HEADER_BYTES]).moment.edition

    def roots(self) -> bytes:
        """The root documents that lie there; empty where there are none."""
        return self.page(ROOT_PAGE, MAX_ROOTS)

    def page(self, path: str, most: int) -> bytes:
        """A page that lies there, at most `most` bytes; empty where there is none."""
        try:
            return self._get(f"{self._address}/{quote(path)}", most)
        except Unavailable:
            return b""

    def final(self) -> bool:
        """Whether what answers is the place that is meant: then a postbox's 201 is the end of a letter's way.

        On a bare http connection anybody on the way may have answered, so a letter is kept as well.
        """
        url = httpx.URL(self._address)
        if url.scheme == "https" or url.host.endswith(".onion") or url.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(url.host).is_loopback
        except ValueError:
            return False


class Kind(Enum):
    """What a place turned out to be; the words of `holub relay status`."""

    FOLDER = "folder"
    POSTBOX = "postbox"
    RELAY = "relay"
    MESH = "mesh"
