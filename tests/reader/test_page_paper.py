"""What goes on paper: a guide as a leaflet, the words by which a page can be told; nothing to press, and no letters."""

from __future__ import annotations

import os
from io import BytesIO

import pypdfium2  # type: ignore[import-untyped] # it brings no types along
import pytest
from playwright.sync_api import Page

from holub.formats.framecutter import Cutter
from holub.formats.letterbag import write_letters
from tests.reader.conftest import Open
from tests.reader.opened import FakeEdition
from tests.reader.screens import code_photo, photos_into

pytestmark = pytest.mark.browser
PRINT = "() => { window.print = () => (window.printed = (window.printed ?? 0) + 1) }"


def paper(page: Page) -> str:
    """Presses the button; gives the text of what a printer gets, in one line."""
    page.evaluate(PRINT)
    page.get_by_role("button", name="Надрукувати листівку").click()
    assert page.evaluate("window.printed") == 1
    with pypdfium2.PdfDocument(BytesIO(page.pdf(format="A4"))) as document:
        return " ".join(" ".join(one.get_textpage().get_text_range() for one in document).split())


def edition_date(page: Page) -> str:
    """The day that the first screen names."""
    return page.locator("h1").inner_text().removeprefix("Від ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_guide_is_a_leaflet_with_its_date_and_signer(open_page: Open, scheme: str) -> None:
    page = open_page(FakeEdition(), scheme=scheme)
    date = edition_date(page)
    page.get_by_text("Документи").first.click()
    page.locator(".row").first.click()
    line = page.locator(".paper")
    assert not line.is_visible()
    text = paper(page)
    for told in (
        "Фальшиве опитування: як відмовитися",
        "Перевірено 2 жовтня 2026",
        "Скажіть: «Мені ніколи».",
        f"Зі сторінки від {date}",
        "підписав: Центр «Міст»",
        "сказано в ній у розділі «Передати далі»",
    ):
        assert told in text, told
    for pressed in ("Закрити", "Назад", "Надрукувати", "Напишіть нам"):
        assert pressed not in text, pressed


def test_the_words_of_a_page_go_on_paper(open_page: Open) -> None:
    page = open_page(FakeEdition())
    date = edition_date(page)
    page.locator(".three button").nth(2).click()
    page.locator(".fingerprint li").nth(5).wait_for()
    words = page.locator(".fingerprint li").all_inner_texts()
    figures = page.locator("p.figures").inner_text()
    text = paper(page)
    for told in (*words, figures, "Чи вона справжня?", f"Зі сторінки від {date}", "Перевірити чужу сторінку"):
        assert told in text, told
    for pressed in ("Закрити", "Зберегти", "Показати кодом", "Надрукувати", "Вибрати"):
        assert pressed not in text, pressed


def test_paper_says_nothing_of_letters_that_are_carried(open_page: Open) -> None:
    page = open_page(FakeEdition())
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    parcel = write_letters([os.urandom(256)]).encode()
    photos_into(page, [code_photo(frame) for frame in Cutter(parcel, 504).frames(2)])
    page.get_by_text("Ви несете 1 лист").wait_for()
    while page.locator("button.back").count():
        page.locator("button.back").click()
    page.locator(".three button").nth(2).click()
    page.locator(".fingerprint li").nth(5).wait_for()
    assert page.get_by_text("Ви несете 1 лист").is_visible()
    assert "несете" not in paper(page)


@pytest.mark.parametrize("chosen", ["Темна", "Світла"])
def test_paper_is_dark_on_white_whatever_the_screen_is(open_page: Open, chosen: str) -> None:
    page = open_page(FakeEdition(), scheme="dark")
    page.locator("button.aa").click()
    page.get_by_label(chosen, exact=True).check()
    page.locator("button.back").click()
    page.get_by_text("Документи").first.click()
    page.locator(".row").first.click()
    page.emulate_media(media="print", color_scheme="dark")
    # The faintest text there is; on white it has a contrast of 7 to 1.
    assert page.locator(".under").evaluate("one => getComputedStyle(one).color") == "rgb(83, 88, 93)"
    assert page.locator("body").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
