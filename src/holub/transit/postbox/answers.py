"""What every answer of a postbox carries, and what none does.

No cookies, no Server, no Date, nothing from third parties. The reading page is one file with
inline code, so its policy allows that and no code from elsewhere; it may fetch from the postboxes
that its settings name. Plain pages run no code at all.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:; media-src blob:; worker-src blob:; connect-src http: https:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PLAIN_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PLAIN = "/plain/"

_PAGE = (b"content-security-policy", PAGE_POLICY.encode())
_PLAIN = (b"content-security-policy", PLAIN_POLICY.encode())
_FIXED = ((b"referrer-policy", b"no-referrer"), (b"x-content-type-options", b"nosniff"))
_SHARED = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"content-range, etag"))
_UNKEPT = (b"cache-control", b"no-store")


class PublicHeaders:
    """Adds the fixed headers, answers preflights, and lets pages from elsewhere (file:// too) use what is public."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path, method = scope["path"], scope["method"]
        shared = _shared(path, method)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *_FIXED, _PLAIN if path.startswith(PLAIN) else _PAGE]
                if shared:
                    headers += _SHARED
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(_UNKEPT)
                message["headers"] = headers
            await send(message)

        if method == "OPTIONS" and shared:
            await _preflight(path)(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def _shared(path: str, method: str) -> bool:
    if path == "/letters":
        return method in ("POST", "OPTIONS")
    public = path == "/latest" or path.startswith(("/parcels/", "/mailbag/"))
    return public and method in ("GET", "HEAD", "OPTIONS")


def _preflight(path: str) -> Response:
    headers = {
        "access-control-allow-methods": "POST" if path == "/letters" else "GET, HEAD",
        "access-control-allow-headers": "content-type, range, if-none-match",
        # A page from a file may speak to a hotspot on the local network.
        "access-control-allow-private-network": "true",
        "access-control-max-age": "86400",
    }
    return Response(status_code=204, headers=headers)


def sentence(status: int, what: str, todo: str = "", *, close: bool = False) -> Response:
    """A short answer in plain text; `close` where the rest of a body will not be read."""
    text = f"{what}; {todo}\n" if todo else f"{what}\n"
    headers = {"connection": "close"} if close else {}
    return Response(text, status_code=status, media_type="text/plain", headers=headers)
