"""From one page's screen into another page's camera: a newer edition, a letter to carry on; and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from holub.formats import letter, letterkey
from tests.reader.conftest import FakePostbox, Open
from tests.reader.fakecamera import Lens, camera_on, film, photo, shown
from tests.reader.opened import FakeEdition, bundle, fill

pytestmark = pytest.mark.browser


def show(page: Page, count: int) -> list[str]:
    """Presses "show", gives the next codes, and stops it."""
    page.get_by_role("button", name="Показувати").click()
    codes = shown(page, count)
    page.get_by_role("button", name="Зупинити").click()
    return codes


def show_edition(page: Page, count: int) -> list[str]:
    page.locator(".three button").nth(2).click()
    page.get_by_role("button", name="Показати кодом").click()
    return show(page, count)


def look(page: Page) -> None:
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    page.get_by_role("button", name="Відкрити камеру").click()


def file_of(folder: Path, code: bytes, edition: FakeEdition, postboxes: tuple[str, ...] = ()) -> str:
    file = folder / "own.html"
    file.write_bytes(fill(code, bundle([edition.root(), edition.parcel()], postboxes=postboxes)))
    return file.as_uri()


def test_a_newer_edition_goes_from_screen_to_camera(
    browser: Browser, open_page: Open, code: bytes, tmp_path: Path
) -> None:
    newer = open_page(FakeEdition(number=6, age_days=1))
    codes = show_edition(newer, 14)
    with camera_on(browser, film(codes, tmp_path / "film.mjpeg", lens=Lens(missed=0.1)), locale="uk-UA") as page:
        page.goto(file_of(tmp_path, code, FakeEdition(number=5)))
        look(page)
        page.get_by_text("Готово: тепер сторінка від").wait_for()
        page.get_by_role("button", name="Закрити камеру").click()
        page.locator("button.back").click()
        page.locator("button.back").click()
        page.get_by_text("1 день тому").wait_for()
