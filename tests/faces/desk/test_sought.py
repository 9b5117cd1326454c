"""Which texts hold the words that somebody types, in the desk's languages and beyond."""

from __future__ import annotations

import pytest

from holub.faces.desk.sought import Sought, fold

HELD = {
    "capitals of Ukrainian": ("ЇЖАК Є ґанок", "Їжак є Ґанок"),
    "the letter that keyboards lack": ("ганок", "Ґанок"),
    "yo typed as ye": ("елка", "Ёлка"),
    "a stress mark over a vowel": ("замок", "за́мок"),
    "short i written in two signs": ("чай", "ЧАИ\u0306"),
    "an apostrophe of another keyboard": ("об'єкт", "об’єкт"),
    "a sharp s": ("STRASSE", "Straße"),
    "an i with a dot of Turkish": ("istanbul", "İstanbul"),
    "a sigma at the end": ("ΟΔΟΣ", "οδος"),
    "an accent": ("cafe", "Café"),
    "letters of full width": ("paper", "ｐａｐｅｒ"),
    "alef with hamza": ("اخبار", "أخبار"),
    "teh marbuta typed as heh": ("مدرسه", "مدرسة"),
    "vowel points and tatweel": ("كتاب", "كِتَـــاب"),
    "Farsi yeh and kaf": ("کتابی", "كتابي"),
    "figures of Arabic": ("12", "١٢"),
    "a mark of direction that was copied along": ("\u200fماء\u200e", "ماء"),
    "a joiner inside a word": ("ab", "a\u200db"),
    "part of a longer word": ("паспорт", "без паспорта"),
    "signs around the words": ("«школа», паспорт?", "паспорт і школа"),
    "words in another order": ("b a", "a b"),
    "a word twice": ("a a", "a"),
    "spaces of other kinds": ("a\u00a0\t\u2003b", "b a"),
}
NOT_HELD = {
    "one of two words": ("школа паспорт", "школа"),
    "short i is a letter of its own": ("мии", "мий"),
    "so is yi": ("іжак", "їжак"),
    "another alphabet": ("pac", "рас"),
}


@pytest.mark.parametrize(("typed", "text"), HELD.values(), ids=HELD.keys())
def test_a_text_holds_the_words(typed: str, text: str) -> None:
    assert Sought.of(typed).held_by(text)


@pytest.mark.parametrize(("typed", "text"), NOT_HELD.values(), ids=NOT_HELD.keys())
def test_a_text_does_not_hold_them_all(typed: str, text: str) -> None:
    assert not Sought.of(typed).held_by(text)


@pytest.mark.parametrize("typed", ["", "  \t\n", "«?» … !", "\u200f\u200d", "\u0301"])
def test_where_no_word_is_left_nothing_is_searched_for(typed: str) -> None:
    assert not Sought.of(typed)


def test_to_fold_twice_changes_nothing() -> None:
    for typed, text in (*HELD.values(), *NOT_HELD.values()):
        for one in (typed, text):
            assert fold(fold(one)) == fold(one)


def test_no_report_of_a_mistake_quotes_the_words() -> None:
    assert "школа" not in repr(Sought.of("школа"))
