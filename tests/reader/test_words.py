"""The word lists of the codename: equal strength in every language, and no word that could be taken for another."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

READER = Path(__file__).parents[2] / "reader"
LISTS = READER / "src" / "words"
LANGUAGES = ("en", "uk", "ru")
CYRILLIC = ("uk", "ru")
ALPHABET = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "uk": "абвгдеєжзиіїйклмнопрстуфхцчшщьюя",
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
}
# What is left of a word for somebody whose keyboard, eyes or ears do not tell these letters apart.
ALIKE = str.maketrans("ґєёэіїйыщ", "геееииииш", "ьъ")


def words(language: str) -> list[str]:
    return (LISTS / f"{language}.txt").read_bytes().decode("utf-8").removesuffix("\n").split("\n")


def refused(language: str) -> re.Pattern[str]:
    lines = (READER / "words" / f"{language}.refused").read_text("utf-8").splitlines()
    patterns = [word for line in lines for word in line.split("#")[0].split()]
    assert patterns
    return re.compile("|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in patterns))


def one_edit_forms(word: str) -> set[str]:
    """Two words one letter apart (put in, taken out, changed) share at least one of these."""
    blanked = {word[:i] + "_" + word[i + 1 :] for i in range(len(word))}
    longer = {word[:i] + "_" + word[i:] for i in range(len(word) + 1)}
    return blanked | longer


def test_only_the_three_lists_are_there() -> None:
    assert sorted(path.stem for path in LISTS.glob("*.txt")) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_six_words_are_worth_77_bits_in_every_language(language: str) -> None:
    assert len(words(language)) == len(set(words(language))) == 7776
    assert 6 * math.log2(len(words(language))) > 77.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_has_one_form_only(language: str) -> None:
    content = (LISTS / f"{language}.txt").read_bytes()
    assert content == ("\n".join(sorted(words(language))) + "\n").encode("utf-8")
    assert content.decode("utf-8") == unicodedata.normalize("NFC", content.decode("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_three_to_nine_small_letters_of_its_alphabet(language: str) -> None:
    shape = re.compile(f"[{ALPHABET[language]}]{{3,9}}")
    assert [word for word in words(language) if not shape.fullmatch(word)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_reader_types_in_any_unicode_form_comes_to_the_same_word(language: str) -> None:
    for word in words(language):
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            typed = unicodedata.normalize(form, word.upper())
            assert unicodedata.normalize("NFKC", typed).lower() == word


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_words_differ_by_letters_that_are_taken_for_each_other(language: str) -> None:
    folded = Counter(word.translate(ALIKE) for word in words(language))
    assert [word for word, times in folded.items() if times > 1] == []


@pytest.mark.parametrize("language", CYRILLIC)
def test_five_letters_are_enough_to_find_a_word(language: str) -> None:
    beginnings = Counter(word.translate(ALIKE)[:5] for word in words(language))
    assert [beginning for beginning, times in beginnings.items() if times > 1] == []


@pytest.mark.parametrize("language", CYRILLIC)
def test_one_wrong_letter_never_makes_another_word(language: str) -> None:
    seen: dict[str, str] = {}
    clashes = []
    for word in words(language):
        for form in one_edit_forms(word.translate(ALIKE)):
            if form in seen:
                clashes.append((seen[form], word))
            seen[form] = word
    assert clashes == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_one_that_was_refused(language: str) -> None:
    pattern = refused(language)
    assert [word for word in words(language) if pattern.fullmatch(word)] == []
