"""What tests do with a page that shows codes, and with one that looks at them."""

from __future__ import annotations

from pathlib import Path

import segno
from playwright.sync_api import FilePayload, Page

from bench.film import photo
from tests.fakes.camera import shown
from tests.reader.opened import FakeEdition, bundle, fill


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


def photos_into(page: Page, photos: list[bytes]) -> None:
    files = [FilePayload(name=f"{at}.jpg", mimeType="image/jpeg", buffer=one) for at, one in enumerate(photos)]
    page.set_input_files("input[type=file]", files)


def code_photo(frame: bytes) -> bytes:
    """A photo of a code that another program made of a frame."""
    made = segno.make_qr(frame, error="l", version=15, mode="byte", boost_error=False)
    rows = list(made.matrix_iter(border=4))
    return photo("".join("1" if module else "0" for row in rows for module in row))
