"""What stands before every page: which names are answered, what a browser may do with an answer, how much may come in.

Rules
- Another name than the desk's own in the address bar is not answered: a page elsewhere that points its name at this
  machine gets nothing. Other names of this machine are led to the desk's own, so that its cookie goes to no neighbour
  that listens on another port.
- A form counts only when the browser says that it came from the desk itself (Sec-Fetch-Site, Origin) and it carries
  the session's token (visit.py).
- Nothing is stored, framed, referred to or fetched from elsewhere.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holub.errors import Refused

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",  # none at all would take the Origin from the desk's own forms, too
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), clipboard-read=()",
    "x-robots-tag": "noindex",
}
MOST_BODY: Final = 256 * 1024  # a reply is four kilobytes; a pasted one may be longer before it is refused
MOST_FIELDS: Final = 20
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard:
    """The outermost layer of the desk."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        host = Headers(scope=scope).get("host", "")
        name = _name_of(host)
        if name in self._hosts:
            await self._app(scope, receive, sealed)
        elif name in _THIS_MACHINE and self._hosts[0] in _THIS_MACHINE and scope["method"] == "GET":
            port = urlsplit(f"//{host}").port
            place = self._hosts[0] + (f":{port}" if port else "")
            await RedirectResponse(f"{scope['scheme']}://{place}{scope['path']}", 307)(scope, receive, sealed)
        else:
            await PlainTextResponse("The desk does not answer to this name.\n", 421)(scope, receive, sealed)


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def is_own(request: Request) -> bool:
    """Whether the browser says that this form was sent from one of the desk's pages."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    if site not in (None, "same-origin"):
        return False
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, the last one of each name. Raises Refused where it is no form or too long."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused("this is no form of the desk", "go back and try again")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            raise Refused("the form is too long", "shorten the text")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused("the form is not text", "go back and try again") from None
    return {name: value.replace("\r\n", "\n") for name, value in pairs}
