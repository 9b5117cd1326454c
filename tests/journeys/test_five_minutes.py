"""Somebody new to it, with a small and slow phone: finds, asks, closes, comes back, reads; no trace is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from holub.inbound.mailroom.letters import State
from tests.journeys.centre import Centre
from tests.journeys.own_browser import OwnBrowser, traces, traces_in_sequence
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser
QUESTION = "Мені дзвонили двічі й погрожували. Чи можу я просто мовчати?"
ANSWER = "Можете. Мовчання не порушення. Якщо погрожують, не відчиняйте й зателефонуйте рідним."
QUERY = "опитування"
Borrow = Callable[[], OwnBrowser]


@pytest.fixture
def borrow(playwright: Playwright, browser_path: Path, tmp_path: Path) -> Iterator[Borrow]:
    """Opens the browser of one and the same phone; whatever is left open is closed."""
    opened: list[OwnBrowser] = []

    def start() -> OwnBrowser:
        opened.append(OwnBrowser(playwright, browser_path, tmp_path / "profile"))
        return opened[-1]

    yield start
    for browser in opened:
        browser.close()


def finds_how_to_refuse(reader: Phone) -> None:
    """With nothing but what is on the screen: no sideways scrolling, one search, the advice in the guide."""
    assert reader.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert reader.tab.get_by_role("searchbox").is_visible()
    titles = reader.search(QUERY)
    reader.choose(next(title for title in titles if title.startswith("Фальшиві")))
    assert "Скажіть і покладіть слухавку." in reader.guide()


def asks(reader: Phone) -> tuple[str, ...]:
    words = reader.write(QUESTION, town="Нова Каховка")
    reader.send()
    return words


@pytest.mark.parametrize(("opened_from", "end"), [("file", "closed"), ("http", "killed")])
def test_five_minutes(centre: Centre, borrow: Borrow, tmp_path: Path, opened_from: str, end: str) -> None:
    # Given an edition on the site, and on a stick, and a phone that has never seen it,
    centre.publish(days=1)
    file = tmp_path / "notes.html"
    file.write_bytes((centre.stick / "uk.html").read_bytes())
    address = file.as_uri() if opened_from == "file" else centre.address + "/"
    # when somebody opens it, finds how to refuse a false poll, asks a question and closes,
    browser = borrow()
    reader = Phone(browser.tab())
    reader.open(address)
    assert reader.is_secure_context() is (opened_from == "file")
    finds_how_to_refuse(reader)
    words = asks(reader)
    if end == "closed":
        reader.press("sent.close")
        reader.tab.wait_for_url("about:blank")
        browser.close()
    else:
        browser.kill()
    # and the centre answers with its next edition,
    assert centre.fetch_from_postbox().opened == 1
    [letter] = centre.letters(State.WAITING)
    assert letter.text == QUESTION
    centre.office.mailroom.reply(letter.line.number, ANSWER)
    centre.publish()
    # and the page is opened on the same phone again, and six words are typed,
    browser = borrow()
    reader = Phone(browser.tab())
    reader.open(address)
    if opened_from == "file":
        reader.update_from_site()
        reader.is_updated()
    answers = reader.ask_for_answer(words)
    # then the answer is read;
    assert answers == [ANSWER]
    if end == "closed":
        reader.press("exit")
        reader.tab.wait_for_url("about:blank")
        browser.close()
    else:
        browser.kill()
    # and nothing of what was typed, shown or read is left on the phone.
    profile = tmp_path / "profile"
    assert traces(profile, QUESTION) == []
    assert traces(profile, QUESTION[:24]) == []
    assert traces(profile, "Нова Каховка") == []
    assert traces_in_sequence(profile, words) == []
    assert traces(profile, ANSWER) == []
    assert traces(profile, ANSWER[:24]) == []


def is_saved(profile: Path) -> bool:
    """Whether a browser that runs has saved the question."""
    try:
        return bool(traces(profile, QUESTION))
    except FileNotFoundError:  # it replaced a file meanwhile
        return False


@pytest.mark.parametrize("end", ["closed", "killed"])
def test_the_search_for_traces_finds_what_another_page_leaves(borrow: Borrow, tmp_path: Path, end: str) -> None:
    # Given a page like any other, with a field that forgets to forbid remembering,
    file = tmp_path / "other.html"
    file.write_text("<!doctype html><title>Тихий заголовок</title><h1>x</h1><textarea></textarea>", encoding="utf-8")
    # when somebody types into it and the browser ends, then the same search finds the text in the profile.
    browser = borrow()
    reader = Phone(browser.tab())
    reader.open(file.as_uri())
    reader.tab.locator("textarea").press_sequentially(QUESTION)
    profile = tmp_path / "profile"
    until = time.monotonic() + 60
    while not is_saved(profile):
        assert time.monotonic() < until, "the browser does not save what was typed"
        time.sleep(0.2)
    browser.kill() if end == "killed" else browser.close()
    assert traces(profile, QUESTION)
    assert traces(profile, "Тихий заголовок")
    assert traces_in_sequence(profile, ("погрожували", "Чи", "можу"))
