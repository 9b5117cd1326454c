"""How a letter ends that another device took off the screen or heard: in words, and with the page closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.reader.conftest import Open
from tests.reader.opened import FakeEdition
from tests.reader.screens import show
from tests.reader.sounds import LOUDSPEAKER

pytestmark = pytest.mark.browser
ENDS = "а звідси зникне, щойно ви закриєте сторінку"
REMEMBER = "Закрийте цю сторінку: шість слів — усе, що вам треба"
NO_REPLY = "Відповіді не буде, як ви й хотіли"


def seal(page: Page, *, wants_reply: bool) -> None:
    page.locator(".three button").first.click()
    page.locator("textarea").fill("Питання")
    if not wants_reply:
        page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    if wants_reply:
        page.locator(".codename li").first.wait_for()
        page.get_by_role("button", name="Я їх пам’ятаю").click()
    page.get_by_role("button", name="Показати кодом").wait_for()


def ends(page: Page, words: str) -> None:
    """It is told where a screen reader hears it, and the page closes from there."""
    told = page.get_by_role("status").filter(has_text=ENDS)
    told.wait_for()
    assert words in told.inner_text()
    told.get_by_role("button", name="Закрити сторінку").click()
    page.wait_for_url("about:blank")


@pytest.mark.parametrize(("wants_reply", "words"), [(True, REMEMBER), (False, NO_REPLY)])
def test_a_letter_that_was_shown_ends_like_one_that_was_sent(open_page: Open, wants_reply: bool, words: str) -> None:
    page = open_page()
    seal(page, wants_reply=wants_reply)
    page.get_by_role("button", name="Показати кодом").click()
    assert page.get_by_text(ENDS).count() == 0
    show(page, 1)
    ends(page, words)


@pytest.mark.parametrize(("wants_reply", "words"), [(True, REMEMBER), (False, NO_REPLY)])
def test_a_letter_that_was_played_ends_so_too(open_page: Open, wants_reply: bool, words: str) -> None:
    page = open_page()
    seal(page, wants_reply=wants_reply)
    page.get_by_role("button", name="Зіграти звуком").click()
    page.get_by_role("button", name="Грати").click()
    page.get_by_role("button", name="Зупинити").click()
    # Not before it was heard whole.
    page.get_by_role("button", name="Грати").wait_for()
    assert page.get_by_text(ENDS).count() == 0
    page.evaluate(LOUDSPEAKER)
    page.get_by_role("button", name="Грати").click()
    page.get_by_text("Зіграно").wait_for()
    ends(page, words)


def test_an_edition_that_was_shown_is_no_letter(open_page: Open) -> None:
    page = open_page(FakeEdition())
    page.locator(".three button").nth(2).click()
    page.get_by_role("button", name="Показати кодом").click()
    show(page, 1)
    assert page.get_by_text(ENDS).count() == 0
    assert page.get_by_role("button", name="Закрити сторінку").count() == 0
