"""One HTTP connection that cannot be held open by doing little.

uvicorn waits for ever for the rest of a half-sent header and for a client that does not read. Here
a request's line and headers must be whole within `head_seconds` and `head_bytes`; between requests
a dripping connection falls under the same clock; an answer that is not read for `stall_seconds` is
cut; and past the number of connections and a quarter a new one is dropped before it says anything.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from holub.transit.postbox.limits import Limits


class Connection(HttpToolsProtocol):
    """uvicorn's connection with clocks; make one class per postbox with `connection_class`."""

    limits: ClassVar[Limits]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_clock: asyncio.TimerHandle | None = None
        self._stall_clock: asyncio.TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # TCP alone comes
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections * 5 // 4:
            transport.abort()
            return
        self._start_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head()
        self._stop_stall()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_clock is None and self._idle():
            # The first bytes after an answer: a new request, or drip.
            self._start_head()
        if self._head_clock is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        # What is still unfinished now is all header: bodies are counted elsewhere.
        if self._head_clock is not None and self._head_bytes > self.limits.head_bytes:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        self._stop_head()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_closing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._expect_closing()

    def shutdown(self) -> None:
        super().shutdown()
        self._expect_closing()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_stall()

    def resume_writing(self) -> None:
        self._stop_stall()
        super().resume_writing()

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _start_head(self) -> None:
        self._head_bytes = 0
        self._head_clock = self.loop.call_later(self.limits.head_seconds, self._cut)

    def _stop_head(self) -> None:
        if self._head_clock is not None:
            self._head_clock.cancel()
            self._head_clock = None

    def _start_stall(self) -> None:
        if self._stall_clock is None:
            self._stall_clock = self.loop.call_later(self.limits.stall_seconds, self._cut)

    def _stop_stall(self) -> None:
        if self._stall_clock is not None:
            self._stall_clock.cancel()
            self._stall_clock = None

    def _expect_closing(self) -> None:
        # A transport that is closing still waits for the other side to read what is in its buffer.
        if self.transport.is_closing():
            self._start_stall()

    def _cut(self) -> None:
        self.transport.abort()


def connection_class(limits: Limits) -> type[Connection]:
    """A connection class that holds to `limits` (uvicorn takes a class, not an instance)."""
    return type("LimitedConnection", (Connection,), {"limits": limits})
