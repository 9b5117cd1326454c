"""Writing and finding the answer: what leaves the page opens at the office, and what the office sends back is found."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from holub.formats import codename, letter, letterbody, letterkey, mailbag
from tests.reader.conftest import FakePostbox, Open
from tests.reader.opened import DESK_ID, READER, FakeEdition

pytestmark = pytest.mark.browser
WEEK = 46


@pytest.fixture
def secret_key() -> letterkey.SecretKey:
    return letterkey.generate(WEEK, os.urandom(32))


def word_list(language: str) -> list[str]:
    return (READER / "src" / "words" / f"{language}.txt").read_text("utf-8").split()


def write(page: Page, text: str) -> None:
    page.locator(".three button").first.click()
    page.locator("textarea").fill(text)


def shown_words(page: Page) -> list[str]:
    page.locator(".codename li").first.wait_for()
    return page.locator(".codename li").all_inner_texts()


def test_a_letter_leaves_sealed_and_opens_at_the_office(
    open_page: Open, postbox: FakePostbox, secret_key: letterkey.SecretKey
) -> None:
    page = open_page(FakeEdition(key=secret_key.public), postboxes=("http://127.0.0.1:1", postbox.url))
    write(page, "Чи можна не відповідати? 🕊")
    page.get_by_label("Мені потрібна допомога").check()
    page.get_by_label("Місто або село, якщо хочете").fill("  Нова   Каховка ")
    page.get_by_role("button", name="Далі").click()
    words = shown_words(page)
    assert len(words) == 6
    assert set(words) <= set(word_list("uk"))
    page.get_by_role("button", name="Я їх пам’ятаю").click()
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    assert "Надсилаємо" not in page.inner_text("main")

    [sealed] = postbox.letters
    assert len(sealed) == 4096
    assert postbox.types == ["text/plain"]
    # No preflight; and the same look at the site that an update takes.
    assert sorted(postbox.asked) == ["/latest", "POST /letters"]
    assert not {"cookie", "referer"} & set(postbox.headers[0])
    opened = letter.open_sealed(sealed, secret_key)
    assert opened.kind is letter.Kind.LETTER
    assert opened.body is not None
    assert (opened.body.text, opened.body.town) == ("Чи можна не відповідати? 🕊", "Нова Каховка")
    assert (opened.body.topic, opened.body.language, opened.body.section) == (letterbody.Topic.HELP, "uk", "main")
    key = codename.stretch(" ".join(words), bytes.fromhex(DESK_ID))
    assert opened.secret in [codename.secret(key, WEEK, counter) for counter in range(32)]


def test_nothing_of_the_letter_is_left_once_it_is_sealed(open_page: Open, postbox: FakePostbox) -> None:
    page = open_page(postboxes=(postbox.url,))
    write(page, "Таємні слова")
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    assert "Відповіді не буде" in page.locator("main").inner_text()
    page.get_by_role("button", name="На початок").click()
    page.locator(".three button").first.click()
    assert page.locator("textarea").input_value() == ""
    assert "Таємні" not in page.content()


def test_going_away_and_back_keeps_the_draft(open_page: Open) -> None:
    page = open_page()
    write(page, "Ще не все")
    page.locator("button.aa").click()
    page.get_by_label("English").first.check()
    page.locator("button.back").click()
    assert page.locator("h1").inner_text() == "Write to us"
    assert page.locator("textarea").input_value() == "Ще не все"


def test_a_letter_about_a_guide_names_it(
    open_page: Open, postbox: FakePostbox, secret_key: letterkey.SecretKey
) -> None:
    page = open_page(FakeEdition(key=secret_key.public), postboxes=(postbox.url,))
    page.get_by_role("button", name="Phone").click()
    page.get_by_role("button", name="Що телефон знає про вас").click()
    page.get_by_role("button", name="Це ще так? Напишіть нам").click()
    assert page.get_by_label("Про ці поради").is_checked()
    page.locator("textarea").fill("Застаріло.")
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    opened = letter.open_sealed(postbox.letters[0], secret_key)
    assert opened.kind is letter.Kind.NO_REPLY
    assert opened.body is not None
    assert opened.body.topic is letterbody.Topic.FEEDBACK
    assert opened.body.text == "[phone/traces.md] Що телефон знає про вас\n\nЗастаріло."


def test_other_words_are_other_words_and_may_be_of_another_language(open_page: Open) -> None:
    page = open_page()
    write(page, "?")
    page.get_by_role("button", name="Далі").click()
    first = shown_words(page)
    page.get_by_role("button", name="Інші слова").click()
    assert shown_words(page) != first
    page.get_by_label("English").check()
    assert set(shown_words(page)) <= set(word_list("en"))


def test_a_postbox_that_refuses_loses_nothing(open_page: Open, postbox: FakePostbox) -> None:
    postbox.answer = 503
    page = open_page(postboxes=(postbox.url,))
    write(page, "?")
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    page.get_by_role("button", name="Надіслати зараз").click()
    page.get_by_text("Не пішло").first.wait_for()
    postbox.answer = 201
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    assert len(postbox.letters) == 1


def test_who_taps_again_sends_one_letter_and_sees_how_it_goes(open_page: Open, postbox: FakePostbox) -> None:
    postbox.answer = 503
    page = open_page(postboxes=(postbox.url,))
    page.set_viewport_size({"width": 360, "height": 740})
    write(page, "?")
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    send = page.get_by_role("button", name="Надіслати зараз")
    send.evaluate("one => { for (let tap = 0; tap < 5; tap++) one.click() }")
    told = page.locator(".problem", has_text="Не пішло")
    told.wait_for()
    box = told.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 740
    tries = postbox.asked.count("POST /letters")
    postbox.answer = 201
    send.evaluate("one => { for (let tap = 0; tap < 5; tap++) one.click() }")
    page.locator("h1:text-is('Лист пішов')").wait_for()
    assert len(postbox.letters) == 1
    assert tries == 1


def test_a_letter_can_be_a_file_with_a_bland_name(open_page: Open, secret_key: letterkey.SecretKey) -> None:
    page = open_page(FakeEdition(key=secret_key.public))
    write(page, "Передайте далі")
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Зробити файл").click()
    assert re.fullmatch(r"notes-[a-z]{4}\.bin", saved.value.suggested_filename)
    opened = letter.open_sealed(Path(saved.value.path()).read_bytes(), secret_key)
    assert opened.body is not None
    assert opened.body.text == "Передайте далі"


def test_after_seal_until_nothing_is_written(open_page: Open) -> None:
    page = open_page(FakeEdition(age_days=20, seal_days=10))
    page.locator(".three button").first.click()
    assert "надто стара" in page.locator("main").inner_text()
    assert page.locator("textarea, input").count() == 0


def test_an_empty_or_too_long_letter_is_not_sealed(open_page: Open) -> None:
    page = open_page()
    write(page, "  ")
    page.get_by_role("button", name="Далі").click()
    assert "порожній" in page.get_by_role("alert").inner_text()
    page.locator("textarea").fill("ї" * 30_001)
    page.get_by_role("button", name="Далі").click()
    assert "завеликий" in page.get_by_role("alert").inner_text()


def photograph() -> bytes:
    """A large JPEG with a place, a camera and a note in it."""
    image = Image.effect_noise((2400, 1600), 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "PLANTED-MAKER"
    exif[0x8825] = {1: "N", 2: (46.0, 40.0, 1.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"PLANTED-COMMENT")
    return out.getvalue()


def test_a_picture_goes_without_what_was_hidden_in_it(
    open_page: Open, postbox: FakePostbox, secret_key: letterkey.SecretKey
) -> None:
    page = open_page(FakeEdition(key=secret_key.public), postboxes=(postbox.url,))
    write(page, "Дивіться")
    page.set_input_files("input[type=file]", {"name": "дім.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    page.locator(".pictures li").wait_for()
    removed = page.locator(".pictures .hint").inner_text()
    assert {"місце зйомки", "модель телефона", "приховані нотатки", "назва файлу"} <= set(re.split(r" · |: ", removed))
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    page.get_by_role("button", name="Надіслати зараз").click()
    page.locator("h1:text-is('Лист пішов')").wait_for()
    [sealed] = postbox.letters
    assert len(sealed) == 1_048_576
    opened = letter.open_sealed(sealed, secret_key)
    assert opened.body is not None
    [jpeg] = opened.body.pictures
    assert b"PLANTED" not in jpeg
    assert b"Exif" not in jpeg
    assert max(Image.open(io.BytesIO(jpeg)).size) <= 1280
    assert len(jpeg) <= 240_000


def test_what_is_no_picture_is_not_taken(open_page: Open) -> None:
    page = open_page()
    write(page, "?")
    page.set_input_files("input[type=file]", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xffno"})
    page.get_by_text("не вдалося відкрити").wait_for()
    assert page.locator(".pictures li").count() == 0


def a_bag(words: list[str], texts: list[str], edition: int = 5) -> mailbag.Mailbag:
    key = codename.stretch(" ".join(words), bytes.fromhex(DESK_ID))
    replies = [mailbag.Reply(codename.secret(key, WEEK - at, at % 32), text) for at, text in enumerate(texts)]
    return mailbag.build(replies, edition, os.urandom, step=3000)


def as_entry(bag: mailbag.Mailbag, *, directory: bool, bodies: bool) -> dict[str, object]:
    entry: dict[str, object] = {
        "section": "main",
        "records": bag.records,
        "hash": hashlib.sha256(bag.directory).hexdigest(),
    }
    if directory:
        entry["directory"] = base64.b64encode(bag.directory).decode()
    if bodies:
        entry["bodies"] = base64.b64encode(b"".join(bag.shards)).decode()
    return entry


def type_words(page: Page, words: list[str]) -> None:
    """As a person does it: a few letters, then the word from the list."""
    page.locator(".three button").nth(1).click()
    for at, word in enumerate(words):
        box = page.locator(".word input").nth(at)
        box.fill("")
        box.press_sequentially(word[:3])
        option = page.get_by_role("option", name=word, exact=True)
        if option.count():
            option.click()
        else:
            box.fill(word)
    page.get_by_role("button", name="Шукати відповідь").click()


def test_six_words_find_the_answers_that_travel_with_the_page(open_page: Open) -> None:
    words = word_list("uk")[:6000:1000]
    bag = a_bag(words, ["Так, можна.\n\nБережіть себе. 🕊", "Ї" * 700, ""])
    page = open_page(FakeEdition(bags=[as_entry(bag, directory=True, bodies=True)]))
    type_words(page, words)
    page.locator("h1:text-is('Вам 2 відповіді')").wait_for()
    first, second = page.locator(".answer").all_inner_texts()
    assert "Так, можна." in first
    assert "Бережіть себе. 🕊" in first
    assert second.strip() == "Ї" * 700
    assert not any(word in page.content() for word in words)


def test_a_whole_word_closes_the_list_though_longer_ones_begin_with_it(open_page: Open) -> None:
    listed = word_list("uk")
    short, long = next((one, two) for one, two in pairwise(listed) if two.startswith(one))
    page = open_page()
    page.locator(".three button").nth(1).click()
    box, offered = page.locator(".word input").nth(5), page.get_by_role("option", name=long, exact=True)
    box.fill(short)
    assert box.get_attribute("aria-expanded") == "false"
    assert not offered.is_visible()
    box.press_sequentially(long[len(short)])
    offered.click()
    assert box.input_value() == long


def test_words_that_nobody_answered_find_nothing(open_page: Open) -> None:
    words = word_list("uk")[:6000:1000]
    bag = a_bag(words, ["Не ваше."])
    page = open_page(FakeEdition(bags=[as_entry(bag, directory=True, bodies=True)]))
    type_words(page, list(reversed(words)))
    page.locator("h1:text-is('Поки що нічого')").wait_for()
    assert "Не ваше" not in page.content()


def test_online_exactly_one_shard_is_asked_for_with_and_without_an_answer(
    open_page: Open, postbox: FakePostbox
) -> None:
    words = word_list("uk")[5:6005:1000]
    bag = a_bag(words, ["Коротко."])
    postbox.files["/mailbag/5/main/directory"] = bag.directory
    for at, shard in enumerate(bag.shards):
        postbox.files[f"/mailbag/5/main/shard/{at}"] = shard
    edition = FakeEdition(bags=[as_entry(bag, directory=False, bodies=False)])
    for typed, title in ((words, "Вам 1 відповідь"), (list(reversed(words)), "Поки що нічого")):
        page = open_page(edition, postboxes=(postbox.url,))
        postbox.asked.clear()
        type_words(page, typed)
        page.locator(f"h1:text-is('{title}')").wait_for()
        directory, shard_path = postbox.asked
        assert directory == "/mailbag/5/main/directory"
        assert re.fullmatch(r"/mailbag/5/main/shard/[012]", shard_path)


def test_a_false_directory_or_shard_is_not_believed(open_page: Open, postbox: FakePostbox) -> None:
    words = word_list("uk")[:6000:1000]
    bag, other = a_bag(words, ["Справжнє."]), a_bag(words, ["Підробка."])
    postbox.files["/mailbag/5/main/directory"] = other.directory
    for at, shard in enumerate(other.shards):
        postbox.files[f"/mailbag/5/main/shard/{at}"] = shard
    edition = FakeEdition(bags=[as_entry(bag, directory=False, bodies=False)])
    page = open_page(edition, postboxes=(postbox.url,))
    type_words(page, words)
    page.get_by_text("скринька не відповіла").wait_for()
    assert "Підробка" not in page.content()


def test_a_slip_of_the_finger_is_named(open_page: Open) -> None:
    page = open_page()
    page.locator(".three button").nth(1).click()
    boxes = page.locator(".word input")
    for at, word in enumerate(word_list("uk")[:6]):
        boxes.nth(at).fill(word if at != 3 else "ґґґ")
    page.get_by_role("button", name="Шукати відповідь").click()
    assert "Слова 4, «ґґґ», у списку немає" in page.get_by_role("alert").inner_text()
    boxes.nth(5).fill("")
    boxes.nth(3).fill("")
    page.get_by_role("button", name="Шукати відповідь").click()
    assert "Бракує слова 4" in page.get_by_role("alert").inner_text()


def test_the_list_of_words_can_be_used_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.locator(".three button").nth(1).click()
    box = page.locator(".word input").first
    start = word_list("uk")[100][:2]
    wanted = [word for word in word_list("uk") if word.startswith(start)][1]
    box.press_sequentially(start)
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    box.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert chosen.inner_text() == wanted
    box.press("Enter")
    assert box.input_value() == wanted
    assert page.evaluate("document.activeElement === document.querySelectorAll('.word input')[1]")


def test_no_field_lets_the_browser_remember(open_page: Open) -> None:
    page = open_page()
    fields = (
        "[...document.querySelectorAll('input, textarea')].map((f) => f.autocomplete === 'off' || f.type === 'file')"
    )
    seen = []
    seen += page.evaluate(fields)
    for at in range(3):
        page.locator(".three button").nth(at).click()
        seen += page.evaluate(fields)
        page.locator("button.back").click()
    assert len(seen) > 10
    assert all(seen)
