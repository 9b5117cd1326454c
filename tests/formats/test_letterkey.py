"""The week's letter key: its leaf, its spans, and the moment after which nothing is sealed to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.formats import letter, letterkey, narrow
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import EPOCH, LAST_NUMBER, WEEK, LetterKey, SecretKey, TooLate
from tests.formats.lettervectors import load, names

SEED = bytes(range(32))
PUBLIC = SecretKey(0, SEED).public
NARROW = SecretKey(0, SEED).narrow


@pytest.mark.parametrize("name", names("letter", "key"))
def test_a_key_leaf_parses_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("letter", name)
    leaf = bytes.fromhex(case["leaf"])
    if case["expect"] == "ok":
        key = letterkey.parse(leaf)
        assert (key.number, key.seal_until, key.opens_until) == (
            case["number"],
            case["seal_until"],
            case["opens_until"],
        )
        assert key.encode() == leaf
        assert letterkey.generate(key.number, bytes.fromhex(case["seed"])).letter_key() == key
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused):
            letterkey.parse(leaf)


@pytest.mark.parametrize("name", names("letter", "seal"))
def test_nothing_is_sealed_after_the_last_second(name: str) -> None:
    case = load("letter", name)
    key = letterkey.parse(bytes.fromhex(case["leaf"]))
    if case["expect"] == "ok":
        assert len(letter.seal(letter.decoy(), key, case["now"])) == 4096
        assert len(narrow.seal(letter.decoy(), key, case["now"])) == 256
    else:
        assert case["expect"] == "TooLate"
        with pytest.raises(TooLate, match="newer edition"):
            letter.seal(letter.decoy(), key, case["now"])
        with pytest.raises(TooLate, match="newer edition"):
            narrow.seal(letter.decoy(), key, case["now"])


def test_weeks_begin_on_mondays_from_the_fifth_of_january_2026() -> None:
    assert letterkey.week_of(EPOCH) == 0
    assert letterkey.week_of(EPOCH + WEEK - 1) == 0
    assert letterkey.week_of(EPOCH + WEEK) == 1
    assert letterkey.week_of(EPOCH + (LAST_NUMBER + 1) * WEEK - 1) == LAST_NUMBER
    for outside in (EPOCH - 1, EPOCH + (LAST_NUMBER + 1) * WEEK):
        with pytest.raises(Misused):
            letterkey.week_of(outside)


def test_spans_are_eight_and_sixteen_weeks_unless_the_centre_says_otherwise() -> None:
    assert letterkey.spans(3) == (EPOCH + 11 * WEEK, EPOCH + 19 * WEEK)
    assert letterkey.spans(3, seal_weeks=2, open_weeks=30) == (EPOCH + 5 * WEEK, EPOCH + 33 * WEEK)
    for seal_weeks, open_weeks in ((0, 1), (3, 2), (1, 10**7)):
        with pytest.raises(Misused):
            letterkey.spans(3, seal_weeks=seal_weeks, open_weeks=open_weeks)
    for number in (-1, LAST_NUMBER + 1):
        with pytest.raises(Misused):
            letterkey.spans(number)


def test_a_seed_of_another_length_is_the_callers_mistake() -> None:
    with pytest.raises(Misused):
        letterkey.generate(0, b"short")


def test_a_secret_key_does_not_show_its_seed() -> None:
    assert SEED.hex() not in repr(SecretKey(7, SEED))
    assert repr(SEED) not in repr(SecretKey(7, SEED))


def test_letters_and_secrets_do_not_show_in_a_repr() -> None:
    written = Letter(Kind.LETTER, SEED, Body(Topic.HELP, "uk", "main", "a private text", "a town"))
    assert "private" not in repr(written)
    assert "a town" not in repr(written)
    assert repr(SEED) not in repr(written)


def test_a_key_whose_curve_part_is_of_small_order_is_refused_when_sealing() -> None:
    key = LetterKey(0, EPOCH + WEEK, EPOCH + WEEK, PUBLIC[:1184] + bytes(32), NARROW)
    with pytest.raises(Refused):
        letter.seal(letter.decoy(), key, EPOCH)


def test_a_narrow_key_of_small_order_is_refused_when_sealing() -> None:
    key = LetterKey(0, EPOCH + WEEK, EPOCH + WEEK, PUBLIC, bytes(32))
    with pytest.raises(Refused):
        narrow.seal(letter.decoy(), key, EPOCH)


def test_the_two_keys_of_a_week_share_no_half() -> None:
    assert PUBLIC[1184:] != NARROW
    with pytest.raises(Refused, match="32"):
        LetterKey(0, EPOCH + WEEK, EPOCH + WEEK, PUBLIC, NARROW[:-1])


@given(st.integers(0, LAST_NUMBER), st.integers(1, 2**32 - 1), st.integers(0, 2**31))
def test_what_encodes_parses_to_the_same_key(number: int, seal_until: int, more: int) -> None:
    try:
        key = LetterKey(number, seal_until, seal_until + more, PUBLIC, NARROW)
    except Refused:
        assert not EPOCH + number * WEEK < seal_until <= seal_until + more < 2**32
    else:
        assert letterkey.parse(key.encode()) == key


@given(st.binary(max_size=40), st.integers(0, 1330))
def test_no_leaf_crashes_the_parser(patch: bytes, at: int) -> None:
    whole = LetterKey(9, EPOCH + 20 * WEEK, EPOCH + 30 * WEEK, PUBLIC, NARROW).encode()
    changed = whole[:at] + patch + whole[at + len(patch) :]
    try:
        assert letterkey.parse(changed).encode() == changed
    except Refused:
        assert changed != whole
