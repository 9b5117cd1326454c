"""A browser, phones, and a centre that has published five editions."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from bench.corpus import Corpus
from bench.page_browser import FLAGS
from holub.reader import page_code_if_built
from tests.journeys.centre import TOWN_GUIDE, Centre
from tests.journeys.phone import PATIENCE, RESOLVE, SMALL, Phone
from tests.journeys.realguides import Real, bind_real_guides
from tests.journeys.sites import Mirror
from tests.journeys.words import READER

NewPhone = Callable[..., Phone]
Serve = Callable[[Path], str]


# Scoped to this folder: while one of these is open no other part of the suite can open its own.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, browser_path: Path) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=browser_path, args=[*FLAGS, RESOLVE])
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def code() -> bytes:
    """The reading page's code, built if it is not there."""
    if page_code_if_built() is None:
        assert shutil.which("node"), "the reading page is not built, and there is no node to build it (make page)"
        subprocess.run(["node", str(READER / "build.mjs")], check=True, capture_output=True)
    built = page_code_if_built()
    assert built is not None
    return built


@pytest.fixture
def phone(browser: Browser) -> Iterator[NewPhone]:
    """phone(address, language="uk", scripts=True): somebody's phone, new, with the page open."""
    contexts = []
    problems: list[str] = []
    strangers: list[str] = []

    def new(address: str, language: str = "uk", scripts: bool = True) -> Phone:
        context = browser.new_context(
            viewport={"width": SMALL["width"], "height": SMALL["height"]},
            locale={"uk": "uk-UA", "ru": "ru-RU"}.get(language, language),
            accept_downloads=True,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("request", lambda request: strangers.append(request.url) if not _near(request.url) else None)
        made = Phone(tab, language)
        made.open(address)
        return made

    yield new
    for context in contexts:
        context.close()
    assert problems == []
    assert strangers == []


def _near(url: str) -> bool:
    return url.startswith(
        ("file:", "data:", "blob:", "about:", "http://reader.test:", "http://127.0.0.1:", "http://localhost:")
    )


@pytest.fixture
def serve() -> Iterator[Serve]:
    """serve(folder): the address of a plain web server that hands the folder out."""
    running: list[Mirror] = []

    def start(folder: Path) -> str:
        mirror = Mirror(folder)
        running.append(mirror.__enter__())
        return mirror.address

    yield start
    for mirror in running:
        mirror.__exit__(None, None, None)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory, corpus_path: Path) -> Corpus:
    """The real guides, as a repository; for tests marked `corpus`."""
    if corpus_path.is_dir():
        return Corpus(corpus_path)
    copy = tmp_path_factory.mktemp("corpus")
    subprocess.run(["git", "clone", "-q", "--bare", str(corpus_path), str(copy)], check=True, capture_output=True)
    return Corpus(copy)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus, code: bytes) -> Iterator[Real]:
    """A centre that has published five revisions of real guides; for tests marked `corpus`."""
    with bind_real_guides(tmp_path_factory.mktemp("real"), corpus, code) as made:
        yield made


@pytest.fixture
def centre(tmp_path: Path, code: bytes) -> Iterator[Centre]:
    """A centre that has published nothing yet."""
    with Centre(tmp_path, code) as made:
        yield made


@dataclass(frozen=True)
class History:
    """A centre that has published five editions. sticks: what a stick held after each edition, by its number."""

    centre: Centre
    sticks: dict[int, Path]

    def page(self, edition: int) -> Path:
        """The Ukrainian reading page of an edition, as it lay on the stick."""
        return self.sticks[edition] / "uk.html"


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, code: bytes) -> Iterator[History]:
    """Five editions, twelve days ago to today: guides change, come and go. Only to be read."""
    folder = tmp_path_factory.mktemp("history")
    sticks = {}
    with Centre(folder, code) as centre:
        for number, days in enumerate((12, 9, 6, 3, 0), 1):
            if number > 1:
                centre.add_to(TOWN_GUIDE, f"Доповнення видання {number}.")
                centre.write(f"news/day-{number}.md", f"# Новина {number}\n\nСталося {number}.\n")
            if number == 4:
                centre.remove("news/day-2.md")
            centre.bind(days)
            centre.send_to_stick()
            sticks[number] = Path(shutil.copytree(centre.stick, folder / f"stick-{number}"))
        centre.send_to_postbox()
        yield History(centre, sticks)
