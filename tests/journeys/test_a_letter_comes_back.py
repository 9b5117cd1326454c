"""A letter comes back, over HTTP and on a stick: what was written on the phone is what the office opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from holub.inbound.mailroom.letters import State, Whole
from holub.office.views import Fetched
from tests.journeys.centre import Centre
from tests.journeys.conftest import NewPhone
from tests.journeys.words import word_list

pytestmark = pytest.mark.browser
TEXT = "Дзвонили «соціологи» й питали про сусідів. Що казати, якщо подзвонять ще? 🕊"
TOWN = "Нова Каховка"
ONE_LETTER = Fetched(opened=1, decoys=0, replays=0, refused=0, too_late=0)


def is_as_written(letter: Whole, *, topic: str, language: str = "uk") -> None:
    assert (letter.text, letter.line.town) == (TEXT, TOWN)
    assert (letter.line.topic, letter.line.language) == (topic, language)
    assert letter.line.state is State.WAITING
    assert letter.line.wants_reply


@pytest.mark.parametrize("opened_from", ["http", "file"])
def test_over_http(centre: Centre, phone: NewPhone, opened_from: str) -> None:
    # Given a published edition, open on a phone from the postbox or from a stick,
    centre.publish()
    writer = phone(centre.address if opened_from == "http" else (centre.stick / "uk.html").as_uri())
    # when somebody writes, is shown six words, and sends,
    words = writer.write(TEXT, topic="question", town=TOWN)
    assert len(words) == 6
    assert set(words) <= set(word_list("uk"))
    writer.send()
    # then the office fetches one letter, reads what was written, and the postbox has it no more.
    assert centre.fetch_from_postbox() == ONE_LETTER
    [letter] = centre.letters()
    is_as_written(letter, topic="question")
    assert centre.fetch_from_postbox().opened == 0


def test_on_a_stick(centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    # Given a phone without any network and the page from a stick,
    centre.publish()
    writer = phone((centre.stick / "uk.html").as_uri())
    writer.tab.context.set_offline(True)
    # when somebody writes, saves the sealed letter and puts the file on the stick as it is,
    writer.write(TEXT, topic="help", town=TOWN)
    letters = centre.stick / "letters"
    letters.mkdir(exist_ok=True)
    file = writer.save_letter(letters)
    assert file.stat().st_size == 4096
    assert TEXT.encode() not in file.read_bytes()
    # then the office reads it from the stick, and the stick is empty again.
    assert centre.fetch_from_stick() == ONE_LETTER
    [letter] = centre.letters()
    is_as_written(letter, topic="help")
    assert list(letters.iterdir()) == []


def test_in_other_languages_and_about_other_things(centre: Centre, phone: NewPhone) -> None:
    # Given pages in English and in Russian, when letters are written there about other things,
    centre.publish()
    for language, topic in (("en", "feedback"), ("ru", "happened")):
        writer = phone(f"{centre.address}/{language}.html", language)
        words = writer.write(TEXT, topic=topic, town=TOWN)
        assert set(words) <= set(word_list(language))
        writer.send()
    # then the office knows in which language and about what each was written.
    assert centre.fetch_from_postbox().opened == 2
    for letter in centre.letters():
        is_as_written(
            letter, topic="feedback" if letter.line.language == "en" else "happened", language=letter.line.language
        )
    assert {letter.line.language for letter in centre.letters()} == {"en", "ru"}


def test_a_letter_that_comes_twice_is_one_letter(centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    # Given a letter that was saved as a file and then sent as well,
    centre.publish()
    writer = phone(centre.address)
    writer.write(TEXT)
    file = writer.save_letter(tmp_path)
    letters = centre.stick / "letters"
    letters.mkdir(exist_ok=True)
    (letters / file.name).write_bytes(file.read_bytes())
    writer.send()
    # when the office fetches from the postbox and from the stick, then it has one letter and a replay.
    assert centre.fetch_from_postbox().opened == 1
    assert centre.fetch_from_stick() == Fetched(opened=0, decoys=0, replays=1, refused=0, too_late=0)
    assert len(centre.letters()) == 1
