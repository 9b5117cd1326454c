"""Everybody can use it: axe-core finds nothing on the page's views with real data, nor on the plain pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from holub.inbound.mailroom.letters import State
from tests.journeys.centre import Centre, days_ago
from tests.journeys.conftest import NewPhone
from tests.journeys.phone import AXE, Phone

pytestmark = pytest.mark.browser
# Arabic for journeys alone: a topic, a guide with steps, a list to tick and a link, and an alert.
ARABIC = {
    "safety/index.md": "---\ntitle: السلامة\nsummary: كيف تحمي نفسك.\norder: 1\n---\n",
    "safety/polls.md": "---\ntitle: استطلاع مزيّف\nreviewed: 2026-11-20\nsummary: كيف ترفض بهدوء.\n---\n\n"
    "لا تذكر اسمك.\n\n1. قل: لا أشارك.\n2. أغلق الهاتف.\n\n- [ ] رقم المتصل\n\n## بعد ذلك\n\nاقرأ [هذا](calls.md).\n",
    "safety/calls.md": "---\ntitle: مكالمات غريبة\nreviewed: 2026-11-20\n---\n\nلا تجب.\n",
    "safety/alert.md": "---\ntitle: تنبيه: مكالمات باسم باحثين\nkind: alert\nreviewed: 2026-11-20\n"
    "summary: لا تجب.\n---\n\nلا تجب.\n",
}
# Set to a folder (tests/screenshots) to have the views drawn there, for somebody to look at.
SHOTS = os.environ.get("HOLUB_SCREENSHOTS", "")
SEARCH = {"uk": "опитуван", "en": "poll", "ar": "استطلاع"}


@pytest.fixture(scope="module")
def answered(
    tmp_path_factory: pytest.TempPathFactory, code: bytes, browser: Browser
) -> Iterator[tuple[Centre, tuple[str, ...]]]:
    """A centre in four languages with one letter answered; gives its writer's words too."""
    with Centre(tmp_path_factory.mktemp("everybody"), code) as centre:
        for path, text in ARABIC.items():
            centre.write(path, text, "ar")
        centre.publish(days=2)
        context = browser.new_context()
        writer = Phone(context.new_page(), "en")
        writer.open(centre.address + "/en.html")
        words = writer.write("May I hang up?")
        writer.send()
        context.close()
        assert centre.fetch_from_postbox().opened == 1
        [letter] = centre.letters(State.WAITING)
        centre.office.mailroom.reply(letter.line.number, "Yes.\n\nTake care.")
        centre.publish()
        yield centre, words


def walk(reader: Phone, words: tuple[str, ...]) -> Iterator[str]:
    """Every main view, one after the other; gives its name while it is on the screen."""
    tab = reader.tab

    def from_home(*presses: tuple[str, str]) -> None:
        reader.home()
        for name, within in presses:
            reader.press(name, within)

    yield "home"
    reader.search(SEARCH[reader.language])
    yield "search"
    tab.locator("section[aria-label] > .rows .row").first.click()
    yield "guide"
    reader.home()
    tab.get_by_role("searchbox").fill("")
    tab.locator(".rows.two .row").first.click()
    yield "topic"
    reader.home()
    reader.press("trust.line")
    yield "trust"
    reader.home()
    tab.locator("button.aa").click()
    yield "settings"
    from_home(("home.update", "body"))
    yield "update"
    reader.press("camera.title")
    yield "camera"
    reader.press("back")
    reader.press("listen.title")
    yield "listen"
    from_home(("pass.title", "nav"))
    tab.locator(".fingerprint li").nth(5).wait_for()
    yield "pass on"
    from_home(("write.title", "nav"))
    yield "write"
    tab.locator("textarea").fill("?")
    reader.press("next")
    tab.locator(".codename li").nth(5).wait_for()
    yield "six words"
    reader.press("codename.known")
    reader.sees("send.title")
    yield "sealed"
    reader.press("show.title")
    reader.press("show.start")
    yield "codes"
    reader.press("show.stop")
    yield "shown"
    reader.press("back")
    reader.press("play.title")
    yield "play"
    reader.press("back")
    reader.send()
    yield "sent"
    from_home(("replies.title", "nav"))
    yield "replies"
    tab.get_by_label("English", exact=True).check()
    for at, word in enumerate(words):
        tab.locator(".word input").nth(at).fill(word)
    reader.press("replies.find")
    tab.locator(".answer").wait_for()
    yield "answer"


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (make page)")
@pytest.mark.parametrize(("language", "scheme"), [("uk", "light"), ("uk", "dark"), ("en", "light"), ("ar", "dark")])
def test_the_reading_page(
    answered: tuple[Centre, tuple[str, ...]], phone: NewPhone, language: str, scheme: str
) -> None:
    centre, words = answered
    reader = phone(f"{centre.address}/{language}.html", language)
    reader.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = {name: wrong for name in walk(reader, words) if (wrong := reader.violations())}
    assert found == {}


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (make page)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_plain_pages(answered: tuple[Centre, tuple[str, ...]], phone: NewPhone, scheme: str) -> None:
    centre, _ = answered
    reader = phone((centre.stick / "plain" / "index.html").as_uri())
    reader.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = {}
    for language in ("", "uk", "en", "ar"):
        for page in ("index.html", "safety/index.html", "safety/polls.html"):
            file = centre.stick / "plain" / language / page
            if language or page == "index.html":
                reader.open(file.as_uri())
                if wrong := reader.violations():
                    found[f"{language}/{page}"] = wrong
    assert found == {}


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (make page)")
@pytest.mark.parametrize("language", ["uk", "en", "ar"])
def test_what_takes_the_whole_screen(answered: tuple[Centre, tuple[str, ...]], phone: NewPhone, language: str) -> None:
    # An expired edition, by a phone whose clock is a year ahead.
    centre, _ = answered
    reader = phone((centre.stick / f"{language}.html").as_uri(), language)
    reader.tab.clock.set_fixed_time(days_ago(-365))
    reader.tab.reload()
    reader.tab.locator("main.alarm").wait_for()
    assert reader.violations() == []


if SHOTS:

    @pytest.mark.parametrize("language", ["uk", "ar"])
    @pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_reading_page_is_drawn(
        answered: tuple[Centre, tuple[str, ...]], phone: NewPhone, language: str, width: int, height: int, scheme: str
    ) -> None:
        centre, words = answered
        reader = phone(f"{centre.address}/{language}.html", language)
        reader.tab.set_viewport_size({"width": width, "height": height})
        reader.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        Path(SHOTS).mkdir(parents=True, exist_ok=True)

        def draw(name: str) -> None:
            file = Path(SHOTS) / f"page-{name.replace(' ', '-')}-{language}-{width}-{scheme}.png"
            # As high as the view, so that what sticks to the screen's edges lies over nothing.
            whole = reader.tab.evaluate("document.documentElement.scrollHeight")
            reader.tab.set_viewport_size({"width": width, "height": max(height, whole)})
            reader.tab.screenshot(path=str(file))
            reader.tab.set_viewport_size({"width": width, "height": height})

        for place, name in enumerate(walk(reader, words)):
            draw(f"{place:02d}-{name}")
        reader.open((centre.stick / f"{language}.html").as_uri())
        reader.tab.clock.set_fixed_time(days_ago(-365))
        reader.tab.reload()
        reader.tab.locator("main.alarm").wait_for()
        draw("99-expired")
