"""The exchange between relays, as bytes."""

from __future__ import annotations

import os
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Refused
from holub.formats.wire import Reader, varint
from holub.transit.carrier import LETTER_SIZES
from holub.transit.relay.have import (
    ANSWER,
    AnswerReader,
    compare,
    read_list,
    read_question,
    short_names,
    write_answer,
    write_list,
    write_question,
)
from tests.transit.relay.conftest import letter

SALT = bytes(range(16))


@given(st.sets(st.integers(0, 2**32 - 1), max_size=60))
def test_a_question_comes_back(names: set[int]) -> None:
    assert read_question(write_question(SALT, names)) == (SALT, sorted(names))


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reading_of_a_question(data: bytes) -> None:
    for given_bytes in (data, write_question(SALT, [])[:-1] + data):
        try:
            salt, names = read_question(given_bytes)
        except Refused:
            continue
        assert write_question(salt, names) == given_bytes


@given(st.binary(max_size=200), st.integers(1, 50))
def test_no_bytes_crash_the_reading_of_an_answer(data: bytes, step: int) -> None:
    reader = AnswerReader(5, 2)
    try:
        for at in range(0, len(data), step):
            reader.feed(data[at : at + step])
    except Refused:
        return
    assert all(place < 5 for place in reader.lacking)


def test_the_examples_of_the_specification() -> None:
    assert write_question(bytes(16), []) == bytes.fromhex("484c5201" + "00" * 16 + "00")
    assert b"".join(write_answer([], iter(()))) == bytes.fromhex("484c52020000")


@pytest.mark.parametrize("step", [1, 7, 4_097, 1 << 20])
def test_an_answer_arrives_in_pieces_of_any_size(step: int) -> None:
    letters = [letter(size) for size in LETTER_SIZES[:3]]
    data = b"".join(write_answer([0, 200, 4_095], iter(letters)))
    reader, found = AnswerReader(4_096, 3), []
    for at in range(0, len(data), step):
        found += reader.feed(data[at : at + step])
    assert (found, reader.lacking, reader.ended) == (letters, [0, 200, 4_095], True)


def test_an_answer_that_was_cut_is_not_at_its_end() -> None:
    data = b"".join(write_answer([1], iter([letter()])))
    reader = AnswerReader(2, 3)
    assert len(reader.feed(data[:-1])) == 1
    assert not reader.ended


LYING = {
    "says nothing of the kind": b"HTTP",
    "names a place that was not asked for": ANSWER + write_list([5]) + bytes(40),
    "names more places than were asked for": ANSWER + varint(6) + bytes(60),
    "sends a letter of no size": ANSWER + b"\x00\x05" + bytes(10),
    "goes on after its end": ANSWER + b"\x00\x00\x00",
    "sends more letters than fit": ANSWER + b"\x00" + (b"\x02" + bytes(4_096)) * 3,
}


@pytest.mark.parametrize("data", LYING.values(), ids=LYING.keys())
def test_a_lying_answer_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        AnswerReader(5, 2).feed(data)


def test_lists_are_strictly_ascending_and_bounded() -> None:
    assert read_list(Reader(write_list([0, 1, 9]), "a list"), 3, 10) == [0, 1, 9]
    for most, limit in ((2, 10), (3, 9)):
        with pytest.raises(Refused):
            read_list(Reader(write_list([0, 1, 9]), "a list"), most, limit)


def test_both_sides_learn_what_they_lack() -> None:
    # Always the same: of drawn ones two have one short name now and then.
    ours, theirs, common = (
        [sha256(b"%s %d" % (whose, number)).digest() for number in range(count)]
        for whose, count in ((b"ours", 50), (b"theirs", 50), (b"common", 30))
    )
    names = sorted(short_names(SALT, [*ours, *common]))
    by_name = short_names(SALT, [*ours, *common])
    lacking, wanted = compare(names, short_names(SALT, [*theirs, *common]))
    assert {by_name[names[place]] for place in lacking} == set(ours)
    assert set(wanted) == set(theirs)


def test_lists_under_two_salts_have_nothing_in_common() -> None:
    digests = [sha256(os.urandom(8)).digest() for _ in range(2_000)]
    first, second = (short_names(os.urandom(16), digests) for _ in range(2))
    # By chance 2,000 x 2,000 / 2**32 of them.
    assert len(first.keys() & second.keys()) < 3
    assert len(first) > 1_990
