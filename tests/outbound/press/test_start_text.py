"""The read-me of a stick: every language of the edition, nothing that is not true, the page's own words."""

from __future__ import annotations

import pytest

from holub.outbound.press.page import Fingerprint
from holub.outbound.press.start_text import WORDS, start_text

EXPIRY = 1_800_000_000  # 15 January 2027
MARK = Fingerprint(bytes(32), b"\x01" * 32, b"\x02" * 32, 7, "uk")
LISTS = {"en": [f"word{number}" for number in range(2_000)], "uk": [f"слово{number}" for number in range(2_000)]}


def text(*languages: str, mark: Fingerprint | None = MARK) -> str:
    return start_text(languages, 7, EXPIRY, mark, LISTS).decode()


@pytest.mark.parametrize("language", WORDS)
def test_each_language_says_what_to_open_how_to_check_it_and_until_when(language: str) -> None:
    said = text(language)
    assert "notes.html" in said
    assert MARK.short in said
    assert MARK.in_words(LISTS.get(language, LISTS["en"])) in said
    assert "2027-01-15" in said
    assert "{" not in said


def test_the_first_language_of_the_edition_comes_first_and_unknown_ones_get_english() -> None:
    said = text("uk", "en-GB", "de", "fr")
    assert said.index("Відкрийте") < said.index("Open the file")
    assert said.count("Open the file") == 1
    assert "folder more" in said
    assert "folder more" not in text("en")
    assert said.replace("\r\n", "").count("\n") == 0


def test_without_a_reading_page_it_names_the_plain_one_and_no_fingerprint() -> None:
    said = text("en", mark=None)
    assert "plain/index.html" in said
    assert "notes.html" not in said
    assert MARK.short not in said


def test_all_languages_say_the_same_things() -> None:
    fields = {
        name: {part for part in ("{file}", "{words}", "{short}", "{number}", "{day}") if part in getattr(words, name)}
        for words in [WORDS["en"]]
        for name in words.__slots__
    }
    for words in WORDS.values():
        for name, parts in fields.items():
            assert {part for part in parts if part in getattr(words, name)} == parts
            assert getattr(words, name)
