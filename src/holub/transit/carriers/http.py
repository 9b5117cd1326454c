"""HTTP as a carrier: a postbox, or any static server with the same tree.

Reading: several mirrors, tried in order; broken fetches continue where they stopped (Range), and
the whole is verified at the end, because a part may have come from a mirror that lied. Leaving a
letter: the first postbox that stores it. The office's own work (put, collect, forget) needs its
token and goes to one postbox at a time.

Nothing identifies the caller: no cookies are kept or sent, no user agent, no language, no
referrer; proxies come from the argument, never from the environment. Redirects are refused: a
mirror does not decide where this machine connects to.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import httpx

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.transit.bagbytes import MAX_BAG_ANSWER, parse_bag
from holub.transit.carrier import MAX_BAG_LETTERS, MAX_PAGE_BYTES, Bag, check_letter
from holub.transit.carriers.httptrouble import check_status, network
from holub.transit.catalogue import MAX_CATALOGUE_BYTES, Catalogue, Listing, list_parcel, parse_catalogue
from holub.transit.names import check_page_path, parcel_file
from holub.transit.placing import Part, world

T = TypeVar("T")

MAX_TREE_BYTES = 16 << 20
_CHUNK = 1 << 18
_FORGET_AT_ONCE = 4_096


class HttpCarrier:
    """See `holub.transit.carrier.Carrier`.

    mirrors: base URLs such as `http://127.0.0.1:8080`, tried in order · token: the office's, for one
    postbox · proxy: `socks5h://127.0.0.1:9050` for Tor (names are resolved by the proxy) ·
    silence: seconds without a byte, deadline: seconds for one whole answer, after which it is cut.
    """

    def __init__(
        self,
        mirrors: Iterable[str],
        *,
        token: str | None = None,
        proxy: str | None = None,
        silence: float = 60.0,
        deadline: float = 3_600.0,
    ) -> None:
        self._mirrors = [_base(mirror) for mirror in mirrors]
        if not self._mirrors:
            raise Misused("no mirror is given", "give at least one address, such as https://example.org")
        self._token = token
        self._deadline = deadline
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        # A reader's requests share no connection that would tie them together. The office's do, for as long as
        # a postbox certainly keeps one open: a connection that is just being closed loses the next request.
        pool = httpx.Limits(max_keepalive_connections=4 if token else 0, keepalive_expiry=2.0)
        try:
            self._client = httpx.Client(
                proxy=proxy, cookies=jar, timeout=silence, limits=pool, trust_env=False, follow_redirects=False
            )
        except ValueError as error:
            raise Misused(f"the proxy {proxy} is not understood", "use socks5h://127.0.0.1:9050") from error
        for header in ("user-agent", "accept", "accept-encoding"):
            del self._client.headers[header]

    def close(self) -> None:
        """Close the connections; the carrier cannot be used afterwards."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Outward, as a reader or a relay.

    def catalogue(self) -> Catalogue:
        return self._first(lambda mirror: parse_catalogue(self._get(f"{mirror}/latest", MAX_CATALOGUE_BYTES)))

    def parcels(self) -> tuple[Listing, ...]:
        return self.catalogue().listings

    def fetch(self, wanted: Listing, into: Path) -> Path:
        part = Part(wanted, into)
        if part.arrived():
            return part.target
        return self._first(lambda mirror: self._fetch_from(mirror, wanted, part))

    def leave_letter(self, letter: bytes, stamp: bytes | None = None) -> None:
        check_letter(letter)
        body = letter if stamp is None else stamp + letter

        def leave(mirror: str) -> None:
            self._send("POST", f"{mirror}/letters", body, expect=(201,))

        self._first(leave)

    # The office's own work, at one postbox.

    def put(self, parcel: bytes | Path) -> str:
        with world(parcel if isinstance(parcel, Path) else Path("parcel")):
            listing = list_parcel(parcel)
            url = f"{self._postbox()}/parcels/{parcel_file(listing.name)}"
            self._send("PUT", url, parcel, length=listing.size, expect=(200, 201))
        return listing.name

    def put_catalogue(self, catalogue: Catalogue) -> None:
        self._send("PUT", f"{self._postbox()}/latest", catalogue.encode(), expect=(200, 201))

    def pages(self) -> dict[str, bytes]:
        tree = self._get(f"{self._postbox()}/www", MAX_TREE_BYTES, office=True)
        try:
            rows = json.loads(tree)
            return {"/".join(check_page_path(path)): bytes.fromhex(digest) for path, digest in rows.items()}
        except (ValueError, RecursionError, AttributeError, TypeError) as error:
            raise Refused(
                "the postbox's list of pages is not understood", "check the address of the postbox"
            ) from error

    def put_page(self, path: str, page: bytes) -> None:
        if len(page) > MAX_PAGE_BYTES:
            raise Refused(f"the page {path} is larger than {MAX_PAGE_BYTES >> 20} MiB", "make it smaller")
        self._send("PUT", self._page_url(path), page, expect=(200, 201))

    def remove_page(self, path: str) -> None:
        self._send("DELETE", self._page_url(path), b"", expect=(200, 204))

    def collect_letters(self, limit: int = MAX_BAG_LETTERS) -> Bag:
        if not 0 < limit <= MAX_BAG_LETTERS:
            raise Misused(f"a bag holds 1 to {MAX_BAG_LETTERS} letters")
        return parse_bag(self._get(f"{self._postbox()}/letters?limit={limit}", MAX_BAG_ANSWER, office=True))

    def forget_letters(self, digests: Iterable[bytes]) -> int:
        url, every, gone = f"{self._postbox()}/letters/forget", list(digests), 0
        for start in range(0, len(every), _FORGET_AT_ONCE):
            answer = self._send(
                "POST", url, b"".join(every[start : start + _FORGET_AT_ONCE]), expect=(200,), office=True
            )
            if not answer.isdigit() or len(answer) > 9:
                raise Refused("the postbox's answer is not understood", "check the address of the postbox")
            gone += int(answer)
        return gone

    # One request.

    def _first(self, attempt: Callable[[str], T]) -> T:
        errors: list[HolubError] = []
        for mirror in self._mirrors:
            try:
                return attempt(mirror)
            except (Refused, Unavailable) as error:
                errors.append(error)
        raise errors[-1]

    def _postbox(self) -> str:
        if self._token is None:
            raise Misused("this needs the office's token", "give the token that the postbox was told about")
        if len(self._mirrors) != 1:
            raise Misused("the office speaks to one postbox at a time", "name one address")
        return self._mirrors[0]

    def _page_url(self, path: str) -> str:
        check_page_path(path)
        return f"{self._postbox()}/www/{quote(path)}"

    def _fetch_from(self, mirror: str, wanted: Listing, part: Part) -> Path:
        url = f"{mirror}/parcels/{parcel_file(wanted.name)}"
        start = part.held()
        try:
            return self._range(url, part, start)
        except Refused:
            # The part may have come from a mirror that lied: once more from the beginning.
            if not start:
                raise
            return self._range(url, part, 0)

    def _range(self, url: str, part: Part, start: int) -> Path:
        headers = {"range": f"bytes={start}-"} if start else {}
        with network(url), self._client.stream("GET", url, headers=headers) as answer:
            if start and answer.status_code == 206:
                if not answer.headers.get("content-range", "").startswith(f"bytes {start}-"):
                    raise Refused("the mirror sent another part than asked for", "try another mirror")
                return part.take(self._body(answer), start)
            check_status(answer, (200,))
            return part.take(self._body(answer), 0)

    def _get(self, url: str, most: int, *, office: bool = False) -> bytes:
        headers = {"authorization": f"Bearer {self._token}"} if office else {}
        with network(url), self._client.stream("GET", url, headers=headers) as answer:
            check_status(answer, (200,))
            return self._whole(answer, most)

    def _send(
        self,
        method: str,
        url: str,
        body: bytes | Path,
        *,
        expect: tuple[int, ...],
        length: int | None = None,
        office: bool = False,
    ) -> bytes:
        headers = {"content-type": "application/octet-stream"}
        if office or method != "POST":
            headers["authorization"] = f"Bearer {self._token}"
        if length is not None:
            headers["content-length"] = str(length)
        content = _file_chunks(body) if isinstance(body, Path) else body
        with network(url), self._client.stream(method, url, headers=headers, content=content) as answer:
            check_status(answer, expect)
            return self._whole(answer, 4_096)

    def _whole(self, answer: httpx.Response, most: int) -> bytes:
        data = bytearray()
        for chunk in self._body(answer):
            data += chunk
            if len(data) > most:
                raise Refused(f"the answer is longer than {most:,} bytes", "try another mirror")
        return bytes(data)

    def _body(self, answer: httpx.Response) -> Iterator[bytes]:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise Refused("the mirror answered in an encoding that was not asked for", "try another mirror")
        until = time.monotonic() + self._deadline
        # As the network brings them: gathered into even pieces, a drip would not be seen for hours.
        for chunk in answer.iter_raw():
            yield chunk
            # Silence is httpx's to notice; this one is for a body that drips.
            if time.monotonic() > until:
                raise Unavailable("the answer takes too long", "try again or another mirror; what came so far is kept")


def _base(mirror: str) -> str:
    try:
        url = httpx.URL(mirror)
    except httpx.InvalidURL as error:
        raise Misused(f"{mirror} is not an address", "give one such as https://example.org") from error
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment or url.userinfo:
        raise Misused(f"{mirror} is not the address of a mirror", "give one such as https://example.org")
    return mirror.rstrip("/")


def _file_chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
