"""Narrow letters: one size, a key of their own, the shortest writing, and the one refusal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.formats import letter, letterkey, narrow, narrowbody
from holub.formats.letter import NO_SECRET, Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import EPOCH, WEEK
from tests.formats.lettervectors import load, names
from tests.formats.test_letter import ONE_REFUSAL, as_body

SECRET_KEY = letterkey.generate(2, bytes(range(32)))
KEY = SECRET_KEY.letter_key()
NOW = EPOCH + 3 * WEEK
SECRET = bytes(range(1, 33))

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=160)
cyrillic = st.text(st.sampled_from("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя ,.!?«»—№\n"), min_size=1, max_size=160)


def letter_of(text: str) -> Letter:
    return Letter(Kind.LETTER, SECRET, Body(Topic.HELP, "uk", "main", text))


def open_with(sealed: bytes, key: letterkey.SecretKey = SECRET_KEY) -> Letter:
    return narrow.open_sealed(sealed, key.number, key.narrow_private())


@pytest.mark.parametrize("name", names("letter", "narrow"))
def test_a_narrow_letter_opens_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("letter", name)
    key = letterkey.generate(case["number"], bytes.fromhex(case["seed"]))
    sealed = bytes.fromhex(case["sealed"])
    if case["expect"] == "ok":
        opened = open_with(sealed, key)
        assert opened == Letter(Kind(case["kind"]), bytes.fromhex(case["secret"]), as_body(case["body"]))
        assert len(sealed) == 256
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused) as refused:
            open_with(sealed, key)
        assert type(refused.value) is Refused
        assert str(refused.value) == ONE_REFUSAL


@pytest.mark.parametrize("name", names("letter", "narrow-body"))
def test_a_narrow_body_parses_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("letter", name)
    raw = bytes.fromhex(case["raw"])
    if case["expect"] == "ok":
        body = narrowbody.parse(raw)
        assert body == as_body(case["body"])
        assert narrowbody.encode(body) == raw
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused):
            narrowbody.parse(raw)


@settings(max_examples=60)
@given(st.one_of(texts, cyrillic))
def test_what_is_sealed_narrow_opens_to_the_same_letter_or_does_not_fit(text: str) -> None:
    written = letter_of(text)
    try:
        sealed = narrow.seal(written, KEY, NOW)
    except Misused:
        assert len(text.encode()) > 160
        return
    assert len(sealed) == 256
    assert letter.read_header(sealed) == letter.Header(2, 2)
    assert open_with(sealed) == written


@pytest.mark.parametrize(
    ("sign", "most"), [("x", 160), ("ї", 160), ("ы", 160), ("ش", 160), ("é", 160), ("ä", 80), ("謝", 53)]
)
def test_160_signs_fit_where_a_single_byte_writing_has_them(sign: str, most: int) -> None:
    assert open_with(narrow.seal(letter_of(sign * most), KEY, NOW)) == letter_of(sign * most)
    with pytest.raises(Misused, match="too long"):
        narrow.seal(letter_of(sign * (most + 1)), KEY, NOW)


@pytest.mark.parametrize("parts", [{"town": "Херсон"}, {"pictures": (b"\xff\xd8\xff\xe0",)}])
def test_town_and_pictures_do_not_go_into_a_narrow_letter(parts: dict[str, Any]) -> None:
    body = Body(Topic.HELP, "uk", "main", "x", **parts)
    kind = Kind.WITH_PICTURES if body.pictures else Kind.LETTER
    with pytest.raises(Misused, match="neither"):
        narrow.seal(Letter(kind, SECRET, body), KEY, NOW)


def test_a_narrow_decoy_and_a_narrow_letter_look_alike_but_for_chance() -> None:
    one, other = narrow.seal(letter_of("x"), KEY, NOW), narrow.seal(letter.decoy(), KEY, NOW)
    assert len(one) == len(other)
    assert one[:5] == other[:5]
    assert one[5:] != other[5:]
    assert open_with(other) == Letter(Kind.DECOY, NO_SECRET, None)


def test_no_letter_opens_as_one_of_the_other_version() -> None:
    wide, short = letter.seal(letter_of("x"), KEY, NOW), narrow.seal(letter_of("x"), KEY, NOW)
    with pytest.raises(Refused, match="cannot be opened"):
        letter.open_sealed(short, SECRET_KEY)
    for changed in (wide, b"\x02" + wide[1:], wide[:256], b"\x02" + wide[1:256]):
        with pytest.raises(Refused, match="cannot be opened"):
            open_with(changed)


@given(st.integers(0, 255), st.integers(0, 7))
def test_a_changed_bit_anywhere_is_the_same_refusal(at: int, bit: int) -> None:
    sealed = bytearray(SEALED)
    sealed[at] ^= 1 << bit
    with pytest.raises(Refused) as refused:
        open_with(bytes(sealed))
    assert str(refused.value) == ONE_REFUSAL


SEALED = narrow.seal(letter_of("x"), KEY, NOW)


@given(st.binary(max_size=180))
def test_whatever_parses_as_a_narrow_body_encodes_to_the_same_bytes(raw: bytes) -> None:
    for known in (raw, b"\x01\x02uk\x04main" + raw, b"\x12\x02uk\x04main" + raw, b"\x23\x02uk\x04main" + raw):
        try:
            body = narrowbody.parse(known)
        except Refused:
            continue
        assert narrowbody.encode(body) == known


@given(st.binary(max_size=203), st.integers(0, 202))
def test_a_patched_narrow_plaintext_is_refused_or_encodes_to_the_same_bytes(patch: bytes, at: int) -> None:
    plain = narrow.encode_plain(letter_of("Привіт"))
    changed = (plain[:at] + patch + plain[at + len(patch) :])[:203]
    try:
        parsed = narrow.parse_plain(changed)
    except Refused:
        return
    assert narrow.encode_plain(parsed) == changed
