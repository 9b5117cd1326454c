"""Codenames: generated evenly, read forgivingly, stretched to the same key everywhere."""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused
from holub.formats import codename
from tests.formats.lettervectors import load, names

WORDS = [f"w{i:04}" for i in range(codename.LIST_SIZE)]


@pytest.mark.parametrize("name", names("codename", "normalise"))
def test_a_codename_takes_its_one_form_as_the_vector_says(name: str) -> None:
    case = load("codename", name)
    if case["expect"] == "ok":
        assert codename.normalise(case["typed"]) == case["codename"]
    else:
        assert case["expect"] == "Misused"
        with pytest.raises(Misused):
            codename.normalise(case["typed"])


@pytest.mark.parametrize("name", names("codename", "propose"))
def test_words_are_drawn_as_the_vector_says(name: str) -> None:
    case = load("codename", name)
    drawn = bytes.fromhex(case["random"])
    if case["expect"] == "ok":
        assert codename.propose(WORDS, drawn) == case["codename"]
    else:
        assert case["expect"] == "Misused"
        with pytest.raises(Misused):
            codename.propose(WORDS, drawn)


@pytest.mark.parametrize("name", names("codename", "stretch"))
def test_the_key_of_a_codename_is_the_vectors(name: str) -> None:
    case = load("codename", name)
    assert codename.stretch(case["codename"], bytes.fromhex(case["desk_id"])).hex() == case["key"]


@pytest.mark.parametrize("name", names("codename", "secret"))
def test_the_secret_of_a_letter_is_the_vectors(name: str) -> None:
    case = load("codename", name)
    parts = (bytes.fromhex(case["key"]), case["number"], case["counter"])
    if case["expect"] == "ok":
        assert codename.secret(*parts).hex() == case["secret"]
    else:
        assert case["expect"] == "Misused"
        with pytest.raises(Misused):
            codename.secret(*parts)


@pytest.mark.parametrize("name", names("codename", "candidates"))
def test_the_candidates_are_the_vectors(name: str) -> None:
    case = load("codename", name)
    found = codename.candidates(bytes.fromhex(case["key"]), case["number"])
    assert len(found) == case["count"]
    assert hashlib.sha256(b"".join(found)).hexdigest() == case["sha256"]


def test_a_returning_writer_finds_the_secret_of_any_letter_of_26_weeks() -> None:
    key = os.urandom(32)
    found = codename.candidates(key, 60)
    assert len(set(found)) == len(found) == 832
    assert codename.secret(key, 60, 5) in found
    assert codename.secret(key, 35, 31) in found
    assert codename.secret(key, 34, 0) not in found
    assert codename.secret(key, 61, 0) not in found


def test_argon2id_agrees_with_rfc_9106() -> None:
    # RFC 9106, section 5.3.
    kdf = Argon2id(
        salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=32, secret=b"\x03" * 8, ad=b"\x04" * 12
    )
    assert kdf.derive(b"\x01" * 32).hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


def test_every_word_is_equally_likely() -> None:
    # With all 65,536 numbers drawn once, every word comes eight times and none is favoured.
    source = random.Random(1)
    numbers = list(range(65_536))
    source.shuffle(numbers)
    drawn: Counter[str] = Counter()
    for at in range(0, len(numbers), 6):
        six = numbers[at : at + 6]
        accepted = [number for number in six if number < 62_208]
        raw = b"".join(number.to_bytes(2, "big") for number in accepted).ljust(64, b"\0")
        drawn.update(codename.propose(WORDS, raw).split(" ")[: len(accepted)])
    assert set(drawn.values()) == {8}
    assert len(drawn) == codename.LIST_SIZE
    rejected = b"".join(number.to_bytes(2, "big") for number in range(62_208, 62_208 + 32))
    with pytest.raises(Misused):
        codename.propose(WORDS, rejected)


def test_a_short_list_or_too_few_random_bytes_are_the_callers_mistake() -> None:
    with pytest.raises(Misused):
        codename.propose(WORDS[:-1], os.urandom(64))
    with pytest.raises(Misused):
        codename.propose(WORDS, os.urandom(63))
    with pytest.raises(Misused):
        codename.stretch("a b c d e f", b"short")
    with pytest.raises(Misused):
        codename.stretch("A b c d e f", bytes(32))


def test_slips_of_the_finger_are_pointed_at() -> None:
    assert codename.unknown("w0001 w0002 w9999 w0003 x w0004", WORDS) == [2, 4]


@given(st.text(max_size=80))
def test_the_one_form_of_a_codename_is_stable(typed: str) -> None:
    try:
        once = codename.normalise(typed)
    except Misused:
        return
    assert codename.normalise(once) == once
    assert once.count(" ") == 5
