"""Word lists in a page's data: those that are the code's are used and passed on, others are neither."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from holub.formats import letter, letterkey
from holub.outbound.press.page import Fingerprint
from tests.reader.conftest import FakePostbox, Open
from tests.reader.opened import (
    DESK_ID,
    FakeEdition,
    bundle,
    code_hash,
    fill,
    list_item,
    packed_lists,
)
from tests.reader.test_page_writing import a_bag, as_entry, shown_words, type_words, word_list, write

pytestmark = pytest.mark.browser
OFFERED = "[...document.querySelectorAll('main input[type=radio]')].map((one) => one.value)"


def data_with(lists: dict[str, bytes], edition: FakeEdition | None = None, postboxes: tuple[str, ...] = ()) -> bytes:
    edition = edition or FakeEdition()
    return bundle([edition.root(), edition.parcel()], lists=lists, postboxes=postboxes)


def some(*languages: str) -> dict[str, bytes]:
    return {language: packed_lists()[language] for language in languages}


def save(page: Page) -> bytes:
    page.locator(".three button").nth(2).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Зберегти як файл").click()
    return Path(saved.value.path()).read_bytes()


def test_without_the_own_list_another_is_offered(open_page: Open) -> None:
    page = open_page(data=data_with(some("en", "ru")))
    write(page, "Текст")
    page.get_by_role("button", name="Далі").click()
    assert set(shown_words(page)) <= set(word_list("en"))
    assert page.evaluate(OFFERED) == ["en", "ru"]
    page.get_by_label("Русский").check()
    page.wait_for_function("() => document.querySelector('.codename').lang === 'ru'")
    assert set(shown_words(page)) <= set(word_list("ru"))


def test_without_any_list_a_letter_goes_without_an_answer(open_page: Open, postbox: FakePostbox) -> None:
    secret_key = letterkey.generate(46, os.urandom(32))
    page = open_page(data=data_with({}, FakeEdition(key=secret_key.public), (postbox.url,)))
    write(page, "Текст")
    page.get_by_role("button", name="Далі").click()
    page.locator("h1:text-is('Ця копія не може запропонувати слова')").wait_for()
    page.get_by_role("button", name="Назад до листа").click()
    assert page.locator("textarea").input_value() == "Текст"
    page.get_by_role("button", name="Далі").click()
    page.get_by_role("button", name="Надіслати без відповіді").click()
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    opened = letter.open_sealed(postbox.letters[0], secret_key)
    assert opened.body is not None
    assert (opened.body.text, opened.kind) == ("Текст", letter.Kind.NO_REPLY)


@pytest.mark.parametrize("lists", [(), ("en", "ru")])
def test_a_codename_of_a_list_that_is_not_here_is_typed_freely(open_page: Open, lists: tuple[str, ...]) -> None:
    words = word_list("uk")[:6000:1000]
    edition = FakeEdition(bags=[as_entry(a_bag(words, ["Так."]), directory=True, bodies=True)])
    page = open_page(data=data_with(some(*lists), edition))
    type_words(page, [word.upper() for word in words])
    page.locator("h1:text-is('Вам 1 відповідь')").wait_for()


def test_a_list_that_is_here_still_names_slips(open_page: Open) -> None:
    page = open_page(data=data_with(some("en")))
    page.locator(".three button").nth(1).click()
    assert page.evaluate(OFFERED) == ["en", ""]
    page.get_by_label("English").check()
    boxes = page.locator(".word input")
    for at in range(6):
        boxes.nth(at).fill("ґґґ" if at == 3 else word_list("en")[at])
    page.get_by_role("button", name="Шукати відповідь").click()
    assert "Слова 4, «ґґґ», у списку немає" in page.get_by_role("alert").inner_text()


def test_a_list_that_is_not_the_codes_is_named_not_used_and_not_passed_on(open_page: Open, code: bytes) -> None:
    lists = some("uk", "ru")
    edition = FakeEdition()
    rest = [edition.root(), edition.parcel()]
    changed = {**lists, "uk": lists["uk"][:-1] + bytes([lists["uk"][-1] ^ 1]), "en": lists["ru"]}
    page = open_page(data=bundle(rest, lists=changed))
    file = save(page)
    assert file == fill(code, bundle(rest, lists={"ru": lists["ru"]}))
    note = page.locator(".note.loud").first.inner_text()
    assert "Список слів тут не наш" in note
    assert "Українська · English" in note
    page.locator("button.back").click()
    page.locator(".three button").nth(1).click()
    assert page.evaluate(OFFERED) == ["ru", ""]


def test_lists_travel_on_with_the_page(open_page: Open, code: bytes) -> None:
    data = data_with(some("uk", "en"))
    page = open_page(data=data)
    assert save(page) == fill(code, data)
    assert page.locator(".note.loud").count() == 0


@pytest.mark.parametrize(
    "items",
    [
        [list_item("uk", b"a"), list_item("uk", b"b")],
        [list_item("UK", b"a")],
        [list_item("uk", b"")],
        [b"HLW1\x40uk"],
        [list_item("uk", bytes(65_537))],
    ],
)
def test_lists_that_are_none_show_nothing(open_page: Open, items: list[bytes]) -> None:
    edition = FakeEdition()
    page = open_page(data=bundle([*items, edition.root(), edition.parcel()], lists={}))
    assert page.locator("main.alarm").count() == 1
    assert "Документи" not in page.content()


@pytest.mark.parametrize(("language", "words_of"), [("uk", "uk"), ("ru", "ru"), ("en", "en"), ("ar", "en")])
def test_the_page_and_the_command_line_say_the_same_fingerprint(
    open_page: Open, code: bytes, language: str, words_of: str
) -> None:
    page = open_page(language=language)
    page.locator(".three button").nth(2).click()
    page.locator(".fingerprint li").first.wait_for()
    own = bytes.fromhex(code_hash(code))
    mark = Fingerprint(bytes(32), own, bytes.fromhex(DESK_ID), 5, language)
    assert page.locator(".fingerprint li").all_inner_texts() == mark.in_words(word_list(words_of)).split()
    assert page.locator(".figures").inner_text() == mark.short


def test_the_code_names_the_lists_and_holds_none(code: bytes) -> None:
    for packed in packed_lists().values():
        assert hashlib.sha256(packed).hexdigest().encode() in code
        assert base64.b64encode(packed)[200:300] not in code
