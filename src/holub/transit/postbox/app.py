"""What a postbox answers (spec/postbox.md).

    POST   /letters            leave a sealed letter: 201 when it is durable
    GET    /latest             the catalogue
    GET    /parcels/NAME.hlp   a parcel
    GET    /PATH               a page; / is index.html
    GET    /healthz            200 while letters are taken

and for the office, with its token:

    GET    /letters?limit=N    a bag of letters       POST   /letters/forget   delete letters by hash
    PUT    /parcels/NAME.hlp   DELETE the same        PUT    /latest
    GET    /www                hashes of all pages    PUT    /www/PATH         DELETE the same
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from holub.errors import HolubError, Refused
from holub.formats.stamp import STAMP_BYTES
from holub.transit.bagbytes import encode_bag
from holub.transit.carrier import (
    LETTER_SIZES,
    MAX_BAG_LETTERS,
    MAX_PAGE_BYTES,
    SMALL_LETTER,
    STAMPED_SIZES,
    split_stamp,
)
from holub.transit.catalogue import MAX_CATALOGUE_BYTES
from holub.transit.names import PARCEL_SUFFIX
from holub.transit.postbox.answers import PublicHeaders, sentence
from holub.transit.postbox.fileanswer import FileAnswer
from holub.transit.postbox.letterbox import Letterbox
from holub.transit.postbox.limits import Limits
from holub.transit.postbox.publictree import PublicTree
from holub.transit.postbox.token import check_token
from holub.transit.postbox.writer import Outcome, Writer
from holub.transit.stampbook import StampBook

MAX_FORGET = 4_096
_LOG = logging.getLogger("holub.postbox")
_Endpoint = Callable[[Request], Awaitable[Response]]


class Counter:
    """The postbox's counter: takes letters and serves the office. One for each running postbox."""

    def __init__(
        self,
        writer: Writer,
        tree: PublicTree,
        hashes: Callable[[], tuple[str, ...]],
        limits: Limits,
        stamps: StampBook | None = None,
    ) -> None:
        self._writer = writer
        self._tree = tree
        self._hashes = hashes
        self._limits = limits
        self._stamps = stamps
        self._held = 0

    def app(self) -> ASGIApp:
        """The ASGI application."""
        office = self._office
        routes = [
            Route("/letters", office(self.collect), methods=["GET"]),
            Route("/letters/forget", office(self.forget), methods=["POST"]),
            Route("/healthz", self.health, methods=["GET"]),
            Route("/latest", office(self.put_latest), methods=["PUT"]),
            Route("/parcels/{file}", office(self.put_parcel), methods=["PUT"]),
            Route("/parcels/{file}", office(self.remove_parcel), methods=["DELETE"]),
            Route("/www", office(self.list_pages), methods=["GET"]),
            Route("/www/{path:path}", office(self.put_page), methods=["PUT"]),
            Route("/www/{path:path}", office(self.remove_page), methods=["DELETE"]),
            Route("/{path:path}", self.hand_out, methods=["GET"]),
        ]
        # Around everything, so that an answer about a fault has the headers too.
        return PublicHeaders(self._letters_first(Starlette(routes=routes, exception_handlers=SAID)))

    def _letters_first(self, others: ASGIApp) -> ASGIApp:
        # Letters come in masses and all alike: looking for a route and making a request object for each would cost
        # more than taking it does.
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] != "/letters" or scope["method"] != "POST":
                await others(scope, receive, send)
                return
            try:
                answer = await self.leave_letter(scope, receive)
            except Exception as error:  # noqa: BLE001 - whatever it was, the sender gets an answer
                answer = _fault(error)
            await answer(scope, receive, send)

        return app

    # For everybody.

    async def leave_letter(self, scope: Scope, receive: Receive) -> Response:
        """Any Content-Type is taken: text/plain spares a page that was opened as a file the preflight."""
        size = _declared(dict(scope["headers"]).get(b"content-length", b""))
        if size is None:
            return sentence(411, "the length is missing", "send a Content-Length", close=True)
        if size not in LETTER_SIZES and size not in STAMPED_SIZES:
            status = 413 if size > LETTER_SIZES[-1] else 400
            sizes = ", ".join(f"{one:,}" for one in LETTER_SIZES)
            return sentence(status, f"a sealed letter has {sizes} bytes", "seal it again", close=True)
        if not self._writer.open:
            return sentence(503, "no letters are taken now", "try again later", close=True)
        letter, more = bytearray(), True
        most = self._limits.pending_bytes // (1 if size <= SMALL_LETTER + STAMP_BYTES else 2)
        seconds = self._limits.body_seconds[size if size in LETTER_SIZES else size - STAMP_BYTES]
        try:
            async with asyncio.timeout(seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return Response(status_code=400)  # nobody is there to read it
                    more = message.get("more_body", False)
                    chunk = message.get("body", b"")
                    letter += chunk
                    self._held += len(chunk)
                    if self._held > most:
                        return sentence(503, "too many letters at once", "try again in a minute", close=True)
            outcome = await self._store(*split_stamp(bytes(letter)))
        except TimeoutError:
            return sentence(408, "the letter took too long to arrive", "try again", close=True)
        finally:
            self._held -= len(letter)
        return _OUTCOMES[outcome]

    async def _store(self, stamp: bytes | None, letter: bytes) -> Outcome:
        """A good stamp gives the letter its lane and is burnt, once the letter is stored; else it means nothing."""
        digest = hashlib.sha256(letter).digest()
        if stamp is None or self._stamps is None or not self._stamps.claim(stamp):
            return await self._writer.store(digest, letter)
        outcome = Outcome.CLOSED
        try:
            outcome = await self._writer.store(digest, letter, stamped=True)
        finally:
            if outcome is Outcome.STORED:
                # The letter is safe; a stamp that cannot be noted is burnt for as long as this runs.
                with contextlib.suppress(HolubError):
                    await anyio.to_thread.run_sync(self._stamps.burn, stamp)
            else:
                self._stamps.give_back(stamp)
        return outcome

    async def hand_out(self, request: Request) -> Response:
        path = request.path_params["path"]
        found = await anyio.to_thread.run_sync(self._tree.find, path)
        if found is not None:
            return FileAnswer(found)
        if path in ("", "latest"):
            return sentence(404, "nothing has been published here yet")
        return sentence(404, "there is nothing at this address")

    async def health(self, request: Request) -> Response:
        return sentence(200, "ok") if self._writer.open else sentence(503, "no letters are taken now")

    # For the office.

    def _office(self, endpoint: _Endpoint) -> _Endpoint:
        @functools.wraps(endpoint)
        async def guarded(request: Request) -> Response:
            if not check_token(request.headers.get("authorization", ""), self._hashes()):
                answer = sentence(401, "this needs the office's token", close=True)
                answer.headers["www-authenticate"] = "Bearer"
                return answer
            try:
                return await endpoint(request)
            except ClientDisconnect:
                return Response(status_code=400)

        return guarded

    async def collect(self, request: Request) -> Response:
        text = request.query_params.get("limit", str(MAX_BAG_LETTERS))
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= MAX_BAG_LETTERS):
            return sentence(400, f"limit is a number from 1 to {MAX_BAG_LETTERS}")
        limit = int(text)

        def work(box: Letterbox) -> bytes:
            return encode_bag(box.collect(limit))

        return Response(await self._writer.ask(work), media_type="application/octet-stream")

    async def forget(self, request: Request) -> Response:
        body = await self._body(request, MAX_FORGET * 32)
        if len(body) % 32:
            return sentence(400, "the body is not a row of 32-byte hashes")
        digests = [body[at : at + 32] for at in range(0, len(body), 32)]
        gone = await self._writer.ask(lambda box: box.forget(digests))
        return Response(str(gone), media_type="text/plain")

    async def put_parcel(self, request: Request) -> Response:
        name = request.path_params["file"].removesuffix(PARCEL_SUFFIX)
        size = _declared(request.headers.get("content-length", "").encode())
        if size is not None and size > self._limits.parcel_bytes:
            return sentence(413, f"a parcel has at most {self._limits.parcel_bytes:,} bytes", close=True)
        try:
            async with asyncio.timeout(self._limits.upload_seconds):
                new = await self._tree.take_parcel(name, _stream(request), self._limits.parcel_bytes)
        except TimeoutError:
            return sentence(408, "the parcel took too long to arrive", "send it again", close=True)
        return sentence(201 if new else 200, "stored")

    async def remove_parcel(self, request: Request) -> Response:
        name = request.path_params["file"].removesuffix(PARCEL_SUFFIX)
        await anyio.to_thread.run_sync(self._tree.remove_parcel, name)
        return Response(status_code=204)

    async def put_latest(self, request: Request) -> Response:
        body = await self._body(request, MAX_CATALOGUE_BYTES)
        await anyio.to_thread.run_sync(self._tree.put_catalogue, body)
        return sentence(201, "stored")

    async def list_pages(self, request: Request) -> Response:
        return Response(await anyio.to_thread.run_sync(self._tree.pages), media_type="application/json")

    async def put_page(self, request: Request) -> Response:
        body = await self._body(request, MAX_PAGE_BYTES)
        await anyio.to_thread.run_sync(self._tree.put_page, request.path_params["path"], body)
        return sentence(201, "stored")

    async def remove_page(self, request: Request) -> Response:
        await anyio.to_thread.run_sync(self._tree.remove_page, request.path_params["path"])
        return Response(status_code=204)

    async def _body(self, request: Request, most: int) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.upload_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise Refused(f"the body is larger than {most:,} bytes", "send less")
        except TimeoutError as error:
            raise Refused("the body took too long to arrive", "send it again") from error
        return bytes(body)


async def _stream(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        yield chunk


def _declared(length: bytes) -> int | None:
    return int(length) if length.isdigit() and len(length) < 16 else None


_OUTCOMES = {
    Outcome.STORED: sentence(201, "stored"),
    Outcome.FULL: sentence(507, "there is no room for this letter", "try another place, or again later"),
    Outcome.CLOSED: sentence(503, "the letter may not have been stored", "send it again later", close=True),
}


async def _say_status(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = {404: "there is nothing at this address", 405: "this cannot be done at this address"}.get(status, "refused")
    return sentence(status, what, close=status == 405)


async def _say_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HolubError):
        raise error
    status = 400 if isinstance(error, Refused) else 507 if _is_full(error) else 503
    return sentence(status, error.what, error.todo, close=True)


def _is_full(error: HolubError) -> bool:
    return isinstance(error.__cause__, OSError) and error.what.startswith("there is no space")


async def _say_fault(request: Request, error: Exception) -> Response:
    return _fault(error)


def _fault(error: Exception) -> Response:
    # The kind of error and nothing of the request: a log must not tell who asked for what.
    _LOG.error("an answer failed: %s", type(error).__name__)
    return sentence(500, "the postbox has a fault", "try again later", close=True)


# What went wrong, and who says so.
SAID = {HTTPException: _say_status, HolubError: _say_error, Exception: _say_fault}
