"""A browser, a reading page on a fake library, and a postbox on loopback that remembers what it was handed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench import page_browser
from holub.transit.carrier import split_stamp
from tests.reader.opened import READER, FakeEdition, build_code, bundle, fill

# The last: a name that is no secure context, and still this machine.
FLAGS = [*page_browser.FLAGS, "--host-resolver-rules=MAP reader.test 127.0.0.1"]

PATIENCE = 60_000  # ms: a bound for a machine that is busy with other things, never a measure
Open = Callable[..., Page]


# Scoped to this folder: while it is open no other part of the suite can open its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if shutil.which("node") is None or not (READER / "node_modules").is_dir():
        pytest.skip("node or the reading page's packages are not installed (make page)")
    return build_code(tmp_path_factory.mktemp("page") / "page.html")


@pytest.fixture
def open_page(browser: Browser, code: bytes, tmp_path: Path) -> Iterator[Open]:
    """open_page(edition, language=…, postboxes=…, page=…, address=…, **context): a page with its first screen shown."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(
        edition: FakeEdition | None = None,
        language: str = "uk",
        postboxes: tuple[str, ...] = (),
        page: str = "",
        data: bytes | None = None,
        locale: str = "uk-UA",
        width: int = 360,
        scheme: str = "light",
    ) -> Page:
        edition = edition or FakeEdition()
        if data is None:
            data = bundle([edition.root(), edition.parcel()], language, postboxes, page)
        file = tmp_path / f"notes-{len(contexts)}.html"
        file.write_bytes(fill(code, data))
        context = browser.new_context(
            viewport={"width": width, "height": 740 if width < 700 else 800},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        tab.goto(file.as_uri())
        tab.wait_for_selector("h1")
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


class FakePostbox:
    """Takes letters, hands out what is in `files`; `answer` is the status for letters, `html` what pages are called."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.stamps: list[bytes | None] = []
        self.sizes: list[int] = []
        self.types: list[str] = []
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.files: dict[str, bytes] = {}
        self.answer = 201
        self.html = "text/html"
        box = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                box.headers.append({name.lower(): value for name, value in self.headers.items()})
                box.asked.append(f"POST {self.path}")
                box.types.append(self.headers["content-type"] or "")
                if box.answer == 201:
                    stamp, sealed = split_stamp(body)
                    box.stamps.append(stamp)
                    box.letters.append(sealed)
                    box.sizes.append(len(body))
                self._say(box.answer, b"")

            def do_GET(self) -> None:
                box.asked.append(self.path)
                found = box.files.get(self.path)
                self._say(404 if found is None else 200, found or b"")

            def do_OPTIONS(self) -> None:
                box.asked.append(f"OPTIONS {self.path}")
                self._say(405, b"")

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("access-control-allow-origin", "*")
                self.send_header("content-length", str(len(body)))
                if self.path.endswith(".html"):
                    self.send_header("content-type", box.html)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def postbox() -> Iterator[FakePostbox]:
    box = FakePostbox()
    yield box
    box.close()
