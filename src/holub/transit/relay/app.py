"""What a relay answers (spec/relay.md).

    POST   /letters            leave a sealed letter: 201 when it is on the disk
    POST   /relay/have         another relay compares its letters with ours
    GET    /latest /parcels/NAME.hlp /PATH /healthz      as a postbox does

There is nothing for an office here: nobody has a token for a relay, and nobody can publish to it from outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import anyio
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from holub.errors import Refused
from holub.transit.postbox.answers import PublicHeaders, sentence
from holub.transit.postbox.app import SAID, Counter
from holub.transit.postbox.publictree import PublicTree
from holub.transit.postbox.writer import Writer
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.have import MAX_QUESTION, compare, read_question, short_names, write_answer
from holub.transit.relay.limits import RelayLimits
from holub.transit.relay.portal import Portal, waiting
from holub.transit.stampbook import StampBook


class RelayCounter(Counter):
    """A relay's counter: takes letters from people, compares letters with other relays, hands out editions."""

    def __init__(
        self,
        writer: Writer,
        tree: PublicTree,
        bag: RelayBag,
        limits: RelayLimits,
        stamps: StampBook,
        *,
        hotspot: bool,
    ) -> None:
        super().__init__(writer, tree, tuple, limits.web, stamps)
        self._bag = bag
        self._hotspot = hotspot
        self._exchanges = asyncio.Semaphore(limits.exchanges)

    def app(self) -> ASGIApp:
        routes = [
            Route("/relay/have", self.have, methods=["POST"]),
            Route("/healthz", self.health, methods=["GET"]),
            Route("/{path:path}", self.hand_out, methods=["GET"]),
        ]
        app = self._letters_first(Starlette(routes=routes, exception_handlers=SAID))
        return PublicHeaders(Portal(app) if self._hotspot else app)

    async def hand_out(self, request: Request) -> Response:
        if request.path_params["path"] == "" and await anyio.to_thread.run_sync(self._tree.find, "") is None:
            return waiting()
        return await super().hand_out(request)

    async def have(self, request: Request) -> Response:
        """Answers with the places of what is lacking here, and the letters that are lacking there."""
        try:
            salt, names = read_question(await self._question(request))
        except ClientDisconnect:
            return Response(status_code=400)
        return _Comparison(self._bag, salt, names, self._exchanges)

    async def _question(self, request: Request) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds[65_536]):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > MAX_QUESTION:
                        raise Refused("the list is longer than a list of letters can be", "send less")
        except TimeoutError as error:
            raise Refused("the list took too long to arrive", "send it again") from error
        return bytes(body)


class _Comparison(Response):
    """The answer to a question, one letter in memory at a time; only so many at once."""

    def __init__(self, bag: RelayBag, salt: bytes, names: list[int], room: asyncio.Semaphore) -> None:
        self._bag = bag
        self._salt = salt
        self._names = names
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._room.locked():
            busy = sentence(503, "other relays are being answered", "try again in a minute", close=True)
            return await busy(scope, receive, send)
        async with self._room:
            pieces = await anyio.to_thread.run_sync(self._compare)
            headers = [(b"content-type", b"application/octet-stream")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while (piece := await anyio.to_thread.run_sync(next, pieces, None)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        return None

    def _compare(self) -> Iterator[bytes]:
        lacking, wanted = compare(self._names, short_names(self._salt, self._bag.offered()))
        return write_answer(lacking, self._bag.letters(wanted))
