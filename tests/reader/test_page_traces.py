"""Where the page is opened, and what is left of it: plain http on a hotspot, and a browser's profile afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bench.film import camera_flags, film
from bench.screen import codes
from holub.formats import letter, letterkey
from holub.formats.framecutter import Cutter
from holub.formats.letterbag import write_letters
from tests.reader.conftest import FLAGS, PATIENCE, FakePostbox
from tests.reader.opened import READER, FakeEdition, bundle, fill

pytestmark = pytest.mark.browser
TYPED = "Сонцевир квітучий"
TOWN = "Межиріччя-планове"
FIRST_WORD = (READER / "src" / "words" / "uk.txt").read_text("utf-8").split()[0]


def test_the_place_that_served_the_page_is_its_last_postbox(
    browser: Browser, code: bytes, postbox: FakePostbox
) -> None:
    key = letterkey.generate(46, os.urandom(32))
    edition = FakeEdition(key=key.public, bags=[{"section": "main", "records": 1, "hash": "00" * 32}])
    other = FakePostbox()
    other.answer = 503
    try:
        for name, boxes in (("alone", ()), ("after", (other.url,))):
            page_file = fill(code, bundle([edition.root(), edition.parcel()], postboxes=boxes))
            postbox.files[f"/books/{name}.html"] = page_file
            context = browser.new_context(locale="uk-UA")
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{postbox.url}/books/{name}.html")
            page.locator(".three button").first.click()
            page.locator("textarea").fill(TYPED)
            page.get_by_label("Хочу отримати відповідь").uncheck()
            page.get_by_role("button", name="Далі").click()
            page.get_by_role("button", name="Надіслати зараз").click()
            page.locator("h1:text-is('Лист пішов')").wait_for()
            page.get_by_role("button", name="На початок").click()
            page.locator(".three button").nth(1).click()
            for box in page.locator(".word input").all():
                box.fill(FIRST_WORD)
            page.get_by_role("button", name="Шукати відповідь").click()
            page.get_by_text("скринька не відповіла").wait_for()
            context.close()
    finally:
        other.close()
    assert [letter.open_sealed(sealed, key).kind for sealed in postbox.letters] == [letter.Kind.NO_REPLY] * 2
    assert postbox.asked.count("/mailbag/5/main/directory") == 2
    assert other.asked.count("POST /letters") == 1
    assert other.asked.count("/mailbag/5/main/directory") == 1


def test_on_a_plain_http_hotspot_the_page_writes_and_updates_itself(
    browser: Browser, code: bytes, postbox: FakePostbox
) -> None:
    key = letterkey.generate(46, os.urandom(32))
    edition, newer = FakeEdition(number=5, age_days=3, key=key.public), FakeEdition(number=6, age_days=1, follows=5)
    site = f"http://reader.test:{postbox.port}"
    postbox.files["/books/notes.html"] = fill(code, bundle([edition.root(), edition.parcel()], postboxes=[site]))
    update = newer.parcel()
    digest = hashlib.sha256(update).hexdigest()
    line = {"kind": "update", "from": 5, "until": 5, "to": 6, "section": "main", "language": "uk", "bytes": len(update)}
    postbox.files["/books/latest"] = bytes(118) + json.dumps([{**line, "name": digest[:16], "sha256": digest}]).encode()
    postbox.files[f"/books/parcels/{digest[:16]}.hlp"] = update
    context = browser.new_context(locale="uk-UA")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{site}/books/notes.html")
    assert page.evaluate("isSecureContext") is False
    assert page.evaluate("crypto.subtle === undefined")
    page.locator(".three button").first.click()
    page.locator("textarea").fill(TYPED)
    page.get_by_role("button", name="Далі").click()
    page.locator(".codename li").first.wait_for()
    page.get_by_role("button", name="Я їх пам’ятаю").click()
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    opened = letter.open_sealed(postbox.letters[0], key)
    assert opened.body is not None
    assert opened.body.text == TYPED
    # The newer edition came along with the letter.
    page.get_by_role("button", name="На початок").click()
    page.get_by_text("1 день тому").wait_for()
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З інтернету").click()
    page.get_by_text("Нічого новішого немає").wait_for()
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length, history.length]") == [
        "",
        0,
        0,
        2,
    ]
    assert page.url == f"{site}/books/notes.html"
    context.close()


def test_nothing_that_was_typed_or_shown_is_left_in_the_profile(browser: Browser, code: bytes, tmp_path: Path) -> None:
    edition = FakeEdition()
    file = tmp_path / "notes.html"
    file.write_bytes(fill(code, bundle([edition.root(), edition.parcel()])))
    profile = tmp_path / "profile"
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=shutil.which("chromium"), args=FLAGS, locale="uk-UA"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(file.as_uri())
    page.locator("input[type=search]").press_sequentially("опитування")
    page.locator(".rows:visible .row").first.click()
    page.locator("button.back").click()
    page.locator("input[type=search]").fill("")
    page.locator(".three button").first.click()
    page.locator("textarea").press_sequentially(TYPED)
    page.get_by_label("Місто або село, якщо хочете").press_sequentially(TOWN)
    page.get_by_role("button", name="Далі").click()
    page.locator(".codename li").first.wait_for()
    words = page.locator(".codename li").all_inner_texts()
    page.locator("button.back").click()
    page.locator(".three button").nth(1).click()
    for at, word in enumerate(words):
        page.locator(".word input").nth(at).press_sequentially(word)
    page.wait_for_timeout(500)
    context.close()

    needles = [TYPED, TYPED.split()[0], TOWN, "опитування", " ".join(words), "Покладіть слухавку"]
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert any(b"notes.html" in path.read_bytes() for path in files)  # the grep does find what is there
    for path in files:
        held = path.read_bytes()
        for needle in needles:
            assert needle.encode() not in held, (path, needle)
            assert needle.encode("utf-16-le") not in held, (path, needle)


def test_nothing_that_came_from_a_screen_is_left_in_the_profile(browser: Browser, code: bytes, tmp_path: Path) -> None:
    newer, sealed = FakeEdition(number=6, age_days=1), os.urandom(256)
    parcels = [newer.parcel(), write_letters([sealed]).encode()]
    frames = [frame for parcel in parcels for frame in Cutter(parcel, 504).frames(3)]
    edition = FakeEdition(number=5)
    file = tmp_path / "notes.html"
    file.write_bytes(fill(code, bundle([edition.root(), edition.parcel()])))
    profile = tmp_path / "profile"
    flags = [*FLAGS, *camera_flags(film(codes(frames), tmp_path / "film.mjpeg"))]
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=shutil.which("chromium"), args=flags, locale="uk-UA"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(file.as_uri())
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    page.get_by_role("button", name="Відкрити камеру").click()
    for words in ("Ви несете 1 лист", "Готово: тепер сторінка від"):
        page.get_by_text(words).wait_for(timeout=60_000)
    page.get_by_role("button", name="Показати кодом").click()
    page.get_by_role("button", name="Показувати").click()
    page.wait_for_timeout(500)
    context.close()

    needles = [sealed[:32], frames[0][30:62], "Покладіть слухавку".encode(), "Покладіть слухавку".encode("utf-16-le")]
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert any(b"notes.html" in path.read_bytes() for path in files)
    for path in files:
        held = path.read_bytes()
        assert not any(needle in held for needle in needles), path
