"""An edition goes out, over HTTP and on a stick, and is read on a phone: the first guide is found by searching."""

from __future__ import annotations

import pytest

from tests.journeys.centre import NAME, TOWN_GUIDE, Centre
from tests.journeys.conftest import History, NewPhone
from tests.journeys.phone import Phone

pytestmark = pytest.mark.browser
TITLE = "Фальшиві «соціологічні опитування»"


def reads_the_guide(reader: Phone, *sentences: str) -> None:
    assert TITLE in reader.search("опитуван")
    reader.choose(TITLE)
    assert reader.heading() == TITLE
    for sentence in ("Дякую, я не беру участі в опитуваннях.", *sentences):
        assert sentence in reader.guide()


def test_over_http_on_a_name_that_is_no_secure_context(history: History, phone: NewPhone) -> None:
    # Given a centre that has published, when somebody opens its postbox's address on plain http,
    reader = phone(history.centre.address + "/")
    assert not reader.is_secure_context()
    assert reader.tab.title() == "notes"
    assert reader.sees("trust.line").inner_text().count(NAME) == 1
    # then the guide that they look for is there, as it was bound last.
    reads_the_guide(reader, "Доповнення видання 2.", "Доповнення видання 5.")


def test_on_a_stick_from_a_file(history: History, phone: NewPhone) -> None:
    # Given a stick that the centre has filled, when somebody opens the page on it from its file,
    reader = phone((history.centre.stick / "index.html").as_uri())
    # then the same guide is found and reads the same, with its picture.
    reads_the_guide(reader, "Доповнення видання 5.")
    picture = reader.tab.locator(".guide-body img").first
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 100


def test_the_page_in_every_language_holds_what_was_bound(history: History, phone: NewPhone) -> None:
    # Given the pages of the stick, when each is opened, then its first screen is in its own language.
    for language, word in (("uk", "Пошук"), ("en", "Search"), ("ru", "Поиск")):
        reader = phone((history.centre.stick / f"{language}.html").as_uri(), language)
        assert reader.tab.get_by_role("searchbox", name=word).is_visible()
        assert reader.tab.evaluate("document.documentElement.lang") == language
        assert reader.search("a" if language == "en" else "а")


def test_what_else_lies_on_a_stick_stays_there(centre: Centre) -> None:
    # Given somebody's stick with their own photographs and papers on it, and a letter for the office,
    own = {
        "photo.jpg": b"a photograph",
        "papers/diploma.pdf": b"a diploma",
        "letters/notes-abcd.bin": bytes(4096),
        "plain.txt": b"a note",
    }
    for name, data in own.items():
        file = centre.stick / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    # when two editions are sent to it, then nothing of theirs is gone or changed.
    centre.bind(days=1)
    centre.send_to_stick()
    centre.remove(TOWN_GUIDE)
    centre.write("safety/index.md", "# Обережність\n")
    centre.bind()
    centre.send_to_stick()
    assert {name: (centre.stick / name).read_bytes() for name in own if (centre.stick / name).is_file()} == own
    # What the centre withdrew is gone from the plain pages.
    assert not (centre.stick / "plain" / "uk" / "safety" / "polls.html").exists()


def test_straight_to_a_new_postbox(centre: Centre, phone: NewPhone) -> None:
    # Given an office and a postbox that has never been given anything,
    centre.write(TOWN_GUIDE, f"# {TITLE}\n\nДякую, я не беру участі в опитуваннях. Найперше видання.\n")
    centre.bind()
    # when the office sends its first edition there,
    sent = centre.send_to_postbox()
    # then it has arrived whole: who opens the address reads it.
    assert sent.edition == 1
    reads_the_guide(phone(centre.address), "Найперше видання.")
