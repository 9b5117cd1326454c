"""A reader without JavaScript reads: the plain pages of a mirror, from a file and over http."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import History, NewPhone, Serve

pytestmark = pytest.mark.browser
TITLE = "Фальшиві «соціологічні опитування»"


def follow(tab: Page, words: str) -> None:
    tab.get_by_role("link", name=re.compile(rf"^{re.escape(words)}$", re.IGNORECASE)).first.click()


def reads_by_links_alone(tab: Page) -> None:
    """From the list of languages to the topic, to the guide, and to another guide from there."""
    follow(tab, "українська")
    # The alert stands first, before the topics.
    assert tab.locator("main a").first.inner_text() == "Зразок сповіщення: телефонує фальшиве опитування"
    follow(tab, "Обережність")
    follow(tab, TITLE)
    assert tab.locator("h1").inner_text() == TITLE
    text = tab.locator("main").inner_text()
    assert "Дякую, я не беру участі в опитуваннях." in text
    assert "Доповнення видання 5." in text
    picture = "(image) => image.complete ? image.naturalWidth : 0"
    assert tab.locator("main img").first.evaluate(picture) > 100
    assert tab.evaluate("document.scripts.length") == 0
    # The page names no edition itself; the style sheet beside it does.
    shown = tab.evaluate("getComputedStyle(document.querySelector('footer .n'), '::before').content")
    assert "Випуск 5 · " in shown
    assert "Дійсний до " in shown
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    follow(tab, "тут")
    assert tab.locator("h1").inner_text() == "Шахраї та чутки"


def test_ukrainian_comes_first(history: History, phone: NewPhone) -> None:
    tab = phone(history.centre.address + "/plain/index.html", scripts=False).tab
    languages = tab.locator("main a").all_inner_texts()
    assert [language.lower() for language in languages] == ["українська", "english", "русский"]
    assert tab.evaluate("document.documentElement.lang") == "uk"


def test_over_http(history: History, phone: NewPhone) -> None:
    # Given a phone without scripts, when the postbox's plain pages are opened, then links lead to the guide.
    reader = phone(history.centre.address + "/plain/index.html", scripts=False)
    reads_by_links_alone(reader.tab)


def test_from_a_mirror_that_any_web_server_hands_out(history: History, phone: NewPhone, serve: Serve) -> None:
    reader = phone(serve(history.centre.stick) + "/plain/", scripts=False)
    reads_by_links_alone(reader.tab)


def test_from_a_file(history: History, phone: NewPhone) -> None:
    reader = phone((history.centre.stick / "plain" / "index.html").as_uri(), scripts=False)
    reads_by_links_alone(reader.tab)


def test_the_reading_page_itself_says_what_to_do(history: History, phone: NewPhone) -> None:
    # Given a phone without scripts, when the reading page is opened there, then it sends the reader to the plain pages.
    tab = phone(history.centre.address + "/plain/index.html", scripts=False).tab
    tab.goto(history.centre.address + "/")
    assert "відкрийте прості сторінки" in tab.locator("body").inner_text()
