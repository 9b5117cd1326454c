"""An office with letters and guides, a desk over it, somebody signed in; and a real browser on a real desk."""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.applications import Starlette

from bench.page_browser import FLAGS
from holub import sample
from holub.faces.desk import DeskServer, DeskSettings, create_desk, editions, entrance, letters
from holub.faces.desk.visit import Desk
from holub.formats import letter as wire
from holub.formats.letter import NO_SECRET, Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import EPOCH, WEEK
from holub.office import keepers
from holub.office.office import Office, Publisher
from holub.transit.carriers import MemoryCarrier

NOW = EPOCH + 46 * WEEK + 40_000
PASSPHRASE = "чотири слова для офісу"
PASSWORD = "тихий ранок над озером"
NAME = "Марта"
SECRET = "HOLUBTESTSECRETOFTHEDESKABCDEFGH"  # of the authenticator; the clock stands, so every code is known
HOST = "https://localhost"
PATIENCE = 60_000  # ms: a bound for a machine that is busy with other things, never a measure
TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Clock:
    """The desk's clock, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


def jpeg(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "JPEG")
    return out.getvalue()


class Straight(httpx.BaseTransport):
    """Requests go straight into the application, without a socket; in a thread, as a browser's driver has the loop."""

    def __init__(self, app: Starlette) -> None:
        self._inner = httpx.ASGITransport(app)
        self._thread = ThreadPoolExecutor(1)

    def close(self) -> None:
        self._thread.shutdown()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def ask() -> httpx.Response:
            asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
            answer = await self._inner.handle_async_request(asked)
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

        return self._thread.submit(lambda: asyncio.run(ask())).result()


@dataclass
class Somebody:
    """A browser without scripts that is at the desk: follows links, sends forms with their tokens."""

    client: httpx.Client
    desk: Desk
    clock: Clock
    office: Office
    carrier: MemoryCarrier
    secret: str = ""
    heading: dict[str, str] = field(default_factory=lambda: {"sec-fetch-site": "same-origin", "origin": HOST})

    def open(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.text

    def token(self, page: str) -> str:
        found = TOKEN.search(page)
        assert found is not None
        return found.group(1)

    def send(self, page: str, path: str, status: int = 200, /, **fields: str) -> str:
        """Opens a page, sends its form to `path`, gives the page that it leads to."""
        text = self.open(page)
        answer = self.client.post(path, data={"token": self.token(text), **fields}, headers=self.heading)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.text

    def code(self, later: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(self.clock.now) + 30 * later)

    def make_account(self) -> None:
        """The first run, as somebody does it who reads the terminal."""
        first = self.desk.code
        page = self.send("/first-run", "/first-run", code=first, name=NAME, password=PASSWORD, again=PASSWORD)
        self.secret = "".join(re.findall(r"<li>([A-Z2-7]{4})</li>", page))
        self.send("/first-run/code", "/first-run/code", code=self.code())

    def sign_in(self, status: int = 200, *, password: str = PASSWORD, code: str = "", name: str = NAME) -> str:
        self.clock.now += 30
        return self.send("/sign-in", "/sign-in", status, name=name, password=password, code=code or self.code())

    def receive(
        self,
        text: str,
        topic: Topic = Topic.QUESTION,
        language: str = "uk",
        *,
        town: str = "",
        pictures: tuple[bytes, ...] = (),
        wants: bool = True,
        now: int = NOW,
    ) -> int:
        """A reader's letter, opened at `now`; gives its number."""
        body = Body(topic, language, "main", text, town, pictures)
        kind = Kind.WITH_PICTURES if pictures else Kind.LETTER if wants else Kind.NO_REPLY
        room = self.office.mailroom
        sealed = wire.seal(Letter(kind, os.urandom(32) if wants else NO_SECRET, body), room.letter_key(NOW), now)
        room.clock.accept(now)  # a letter of days ago
        before = {line.number for line in room.rows(limit=1000)}
        room.open_batch([sealed], now)
        (number,) = {line.number for line in room.rows(limit=1000)} - before
        return number


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost little."""
    monkeypatch.setattr(keepers, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def office(tmp_path: Path, cheap: None) -> Iterator[Office]:
    with Office.create(tmp_path / "office", PASSPHRASE, Publisher("Центр «Міст»"), NOW) as made:
        yield made


@pytest.fixture
def newcomer(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Somebody]:
    """Somebody at the desk of a new office, where jobs are waited for, so that no test depends on how fast they are."""
    monkeypatch.setattr(letters, "SOON", 60)
    monkeypatch.setattr(editions, "PATIENCE", 60)
    monkeypatch.setattr(entrance, "new_secret", lambda: SECRET)
    clock, carrier = Clock(), MemoryCarrier()
    settings = DeskSettings(sample.guides(), tmp_path / "parcels", [("postbox", carrier)], clock=clock)
    app = create_desk(office, settings)
    desk: Desk = app.state.desk
    headers = {"accept-language": "en"}
    with httpx.Client(transport=Straight(app), base_url=HOST, headers=headers, follow_redirects=True) as client:
        yield Somebody(client, desk, clock, office, carrier)
    desk.work.close()


@pytest.fixture
def keeper(newcomer: Somebody) -> Somebody:
    """Somebody who is signed in."""
    newcomer.make_account()
    return newcomer


# Scoped to this folder: while it is open no other part of the suite can open its own.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def server(newcomer: Somebody, office: Office, tmp_path: Path) -> Iterator[DeskServer]:
    """A desk that listens on this machine, over the same office as `newcomer`, whose account is made."""
    newcomer.make_account()
    settings = DeskSettings(
        sample.guides(), tmp_path / "parcels", [("postbox", newcomer.carrier)], clock=newcomer.clock
    )
    with DeskServer(office, settings) as running:
        yield running


@pytest.fixture
def context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """context(width, height, scheme, locale, scripts): a new, empty profile."""
    opened: list[BrowserContext] = []

    def make(
        width: int = 1280, height: int = 800, scheme: str = "light", locale: str = "en-GB", *, scripts: bool = True
    ) -> BrowserContext:
        one = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            locale=locale,
            java_script_enabled=scripts,
        )
        one.set_default_timeout(PATIENCE)
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.close()


def signed_in(server: DeskServer, somebody: Somebody, context: BrowserContext, language: str = "en") -> Page:
    """A page of a browser that somebody signed in with, by the sign-in form."""
    page = context.new_page()
    page.goto(f"{server.url}/language/{language}?back=/sign-in")
    somebody.clock.now += 30
    page.fill("#name", NAME)
    page.fill("#password", PASSWORD)
    page.fill("#code", somebody.code())
    page.click("main button")
    page.wait_for_selector("nav.rooms")
    # Keys mean something only once the script of the page is there.
    page.wait_for_load_state()
    return page


def by_palette(page: Page, words: str) -> None:
    """Goes where the palette leads with these words."""
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog[open]")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


@pytest.fixture
def desk(
    server: DeskServer, newcomer: Somebody, context: Callable[..., BrowserContext]
) -> Iterator[Callable[..., Page]]:
    """desk(language, **context): a signed-in page; at the end, nothing was asked of anybody but the desk."""
    asked: list[str] = []
    problems: list[str] = []

    def opened(language: str = "en", **how: object) -> Page:
        one = context(**how)
        one.on("request", lambda request: asked.append(request.url))
        one.on(
            "console",
            lambda said: (
                problems.append(said.text) if said.type == "error" and "status of 4" not in said.text else None
            ),
        )
        page = signed_in(server, newcomer, one, language)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield opened
    home = urlsplit(server.url).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {home}
    assert problems == []
