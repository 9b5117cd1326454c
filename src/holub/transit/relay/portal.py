"""The gate of a hotspot that leads nowhere else: phones that look for the internet are led to the page.

A phone that joins a network asks a known address and expects a known answer. Whatever it asks for under a
foreign name, and the known paths under any name, is answered by sending it to the relay's own address.
"""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# What systems ask for: Android, ChromeOS; Apple; Windows; Firefox; NetworkManager, GNOME, Ubuntu; Kindle.
PROBES = frozenset(
    {
        "/generate_204",
        "/gen_204",
        "/hotspot-detect.html",
        "/library/test/success.html",
        "/connecttest.txt",
        "/ncsi.txt",
        "/redirect",
        "/success.txt",
        "/canonical.html",
        "/check_network_status.txt",
        "/nm-check.txt",
        "/static/hotspot.txt",
        "/connectivity-check.html",
        "/kindle-wifi/wifistub.html",
    }
)
# Bland: whoever looks over a shoulder sees a page that waits.
WAITING = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<link rel="icon" href="data:,"><title>Start</title><p>There is nothing here yet. Come back later.</p></html>'
)


class Portal:
    """Sends strangers' requests to the start page; what is asked of the relay itself goes through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            own = _own_address(scope)
            if scope["path"] in PROBES or _asked_host(scope) not in (own, own.removesuffix(":80"), ""):
                await _lead(f"http://{own.removesuffix(':80')}/")(scope, receive, send)
                return
        await self._app(scope, receive, send)


def waiting() -> Response:
    """The start page while no edition is here."""
    return HTMLResponse(WAITING)


def _lead(url: str) -> Response:
    text = f'<!doctype html><title>Start</title><a href="{url}">Start</a>\n'
    return HTMLResponse(text, status_code=302, headers={"location": url, "cache-control": "no-store"})


def _own_address(scope: Scope) -> str:
    """The address at which this connection arrived: the relay needs no name, and knows none."""
    host, port = scope["server"]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _asked_host(scope: Scope) -> str:
    return next((bytes(value).decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"), "")
