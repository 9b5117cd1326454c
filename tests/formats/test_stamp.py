"""Stamps: codes as people type them, and lists that parse to the byte or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.formats.stamp import CODE_LETTERS, StampList, read_code, read_stamps, stamp_hash, write_code
from tests.formats.lettervectors import load, names

EXAMPLE = bytes(range(10))


def test_the_example_of_the_specification() -> None:
    assert write_code(EXAMPLE) == "000G40-R40M30-E2097V"
    assert stamp_hash(EXAMPLE).hex() == "f818ad3992ea93613745"


@given(st.binary(min_size=10, max_size=10))
def test_a_code_is_read_as_it_was_written_however_it_is_typed(stamp: bytes) -> None:
    code = write_code(stamp)
    assert read_code(code) == stamp
    assert read_code(code.lower().replace("-", " ")) == stamp
    assert read_code(code.replace("0", "O").replace("1", "l").replace("-", "")) == stamp


@given(st.binary(min_size=10, max_size=10), st.integers(0, CODE_LETTERS - 1), st.integers(1, 31))
def test_nearly_every_slip_is_noticed(stamp: bytes, place: int, by: int) -> None:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    code = write_code(stamp).replace("-", "")
    slipped = code[:place] + letters[(letters.index(code[place]) + by) % 32] + code[place + 1 :]
    try:
        assert read_code(slipped) != stamp  # one slip in about a thousand looks like another code
    except Refused:
        return


@pytest.mark.parametrize("text", ["", "abc", "U" * 18, "0" * 19, "0" * 17, "०" * 18, "000G40-R40M30-E2097"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_code(text)


def test_a_stamp_of_another_length_is_the_callers_mistake() -> None:
    with pytest.raises(Misused):
        write_code(b"short")


def sample(count: int = 5) -> StampList:
    return StampList(3, tuple(sorted(stamp_hash(bytes([n]) * 10) for n in range(count))), b"\x07" * 64)


@given(st.binary(max_size=200))
def test_whatever_parses_encodes_to_the_same_bytes(data: bytes) -> None:
    for bytes_ in (data, b"HST\x01" + data, sample().encode() + data):
        try:
            assert read_stamps(bytes_).encode() == bytes_
        except Refused:
            continue


def test_a_list_is_refused_that_is_cut_too_long_or_in_disorder() -> None:
    whole = sample().encode()
    assert read_stamps(whole) == sample()
    for damaged in (whole[:-1], whole + b"\x00", b"HST\x02" + whole[4:], whole[:8] + b"\xff" * 4 + whole[12:]):
        with pytest.raises(Refused):
            read_stamps(damaged)
    hashes = sample().hashes
    for disorder in (hashes[::-1], (hashes[0], hashes[0])):
        with pytest.raises(Refused, match="order"):
            StampList(3, disorder)


@pytest.mark.parametrize("name", names("stamp", "code"))
def test_a_code_is_read_as_the_vector_says(name: str) -> None:
    case = load("stamp", name)
    if case["expect"] == "ok":
        assert read_code(case["typed"]).hex() == case["stamp"]
    else:
        with pytest.raises(Refused):
            read_code(case["typed"])


@pytest.mark.parametrize("name", names("stamp", "list"))
def test_a_list_is_read_as_the_vector_says(name: str) -> None:
    case = load("stamp", name)
    data = bytes.fromhex(case["list"])
    if case["expect"] == "ok":
        assert read_stamps(data).encode() == data
    else:
        with pytest.raises(Refused):
            read_stamps(data)
