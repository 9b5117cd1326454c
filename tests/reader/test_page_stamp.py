"""A code from a leaflet in the page: never needed, a slip is noticed, and from outside nobody sees who had one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from holub.formats import letter, letterkey
from holub.formats.stamp import write_code
from holub.transit.carrier import split_stamp
from tests.reader.conftest import FakePostbox, Open
from tests.reader.opened import FakeEdition
from tests.reader.test_page_writing import WEEK, write

pytestmark = pytest.mark.browser
STAMP = bytes(range(20, 30))
FIELD = "Код з листівки, якщо він у вас є"


@pytest.fixture
def secret_key() -> letterkey.SecretKey:
    return letterkey.generate(WEEK, os.urandom(32))


def sealed_page(open_page: Open, postbox: FakePostbox, key: letterkey.SecretKey) -> Page:
    page = open_page(FakeEdition(key=key.public), postboxes=(postbox.url,))
    write(page, "Запитання")
    page.get_by_role("button", name="Далі").click()
    page.get_by_role("button", name="Я їх пам’ятаю").click()
    return page


def code_field(page: Page) -> Locator:
    """The field for a code, opened as somebody without a mouse does it."""
    line = page.locator("summary", has_text=FIELD)
    assert not page.get_by_label(FIELD).is_visible()
    line.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    field = page.get_by_label(FIELD)
    assert field.evaluate("(field) => field === document.activeElement")
    return field


def test_a_code_goes_with_the_letter_and_a_slip_is_said(
    open_page: Open, postbox: FakePostbox, secret_key: letterkey.SecretKey
) -> None:
    page = sealed_page(open_page, postbox, secret_key)
    field = code_field(page)
    assert field.get_attribute("autocomplete") == "off"
    code = write_code(STAMP)
    field.fill(code[:-1] + ("0" if code[-1] != "0" else "1"))
    page.get_by_role("button", name="Надіслати зараз").click()
    page.get_by_text("У коді помилка").wait_for()
    assert postbox.letters == []
    field.fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    assert postbox.stamps == [STAMP]
    assert letter.open_sealed(postbox.letters[0], secret_key).kind is letter.Kind.LETTER


def test_without_a_code_a_letter_looks_the_same_from_outside(
    open_page: Open, postbox: FakePostbox, secret_key: letterkey.SecretKey
) -> None:
    page = sealed_page(open_page, postbox, secret_key)
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    assert postbox.sizes == [4106]
    assert postbox.stamps[0] not in (None, bytes(10))


def test_a_file_that_is_handed_on_carries_the_code(
    open_page: Open, postbox: FakePostbox, secret_key: letterkey.SecretKey, tmp_path: Path
) -> None:
    page = sealed_page(open_page, postbox, secret_key)
    code_field(page).fill(write_code(STAMP))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Зробити файл").click()
    saved.value.save_as(tmp_path / "file")
    stamp, sealed = split_stamp((tmp_path / "file").read_bytes())
    assert stamp == STAMP
    assert letter.open_sealed(sealed, secret_key).kind is letter.Kind.LETTER
