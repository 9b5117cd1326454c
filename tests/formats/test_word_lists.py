"""Word lists in a page's data: one a language, in front of the root documents, strictly one encoding."""

from __future__ import annotations

import pytest

from holub.errors import Refused
from holub.formats.bundle import MAX_LIST, MAX_LISTS, WordList, cut_word_lists

UK, EN = WordList("uk", b"\xd0\xb0\n\x01\x02"), WordList("en", b"ab\n\x03")


def test_the_encoding_is_as_the_specification_says() -> None:
    assert EN.encode() == b"HLW1\x02enab\n\x03"
    assert WordList.parse(UK.encode()) == UK


def test_lists_are_cut_from_what_follows_them() -> None:
    rest = [b"holub root v1\n", UK.encode()]
    assert cut_word_lists([UK.encode(), EN.encode(), *rest]) == ((UK, EN), rest)
    assert cut_word_lists(rest) == ((), rest)
    assert cut_word_lists([]) == ((), [])


@pytest.mark.parametrize(
    "item",
    [
        b"HLW1",
        b"HLW1\x02en",
        b"HLW1\x00list",
        b"HLW1\x03EN list",
        b"HLW1\x02\xff\xfelist",
        b"HLW1\x40en",
        b"HLW1\x02en" + bytes(MAX_LIST + 1),
        b"HLP1\x02enlist",
    ],
)
def test_what_is_no_list_is_refused(item: bytes) -> None:
    with pytest.raises(Refused):
        WordList.parse(item)


def test_a_language_has_one_list_and_their_number_is_limited() -> None:
    with pytest.raises(Refused):
        cut_word_lists([EN.encode(), EN.encode()])
    most = [WordList(f"a{chr(97 + at)}", b"x").encode() for at in range(MAX_LISTS)]
    assert len(cut_word_lists(most)[0]) == MAX_LISTS
    with pytest.raises(Refused):
        cut_word_lists([*most, EN.encode()])
