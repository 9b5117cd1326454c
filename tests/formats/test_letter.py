"""Sealed letters: sizes, kinds, limits, and one refusal for everything that is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.formats import letter, letterbody, letterkey
from holub.formats.letter import NO_SECRET, SIZES, Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import EPOCH
from tests.formats.lettervectors import load, names

SECRET_KEY = letterkey.generate(2, bytes(range(32)))
KEY = SECRET_KEY.letter_key()
NOW = EPOCH + 3 * letterkey.WEEK
SECRET = bytes(range(1, 33))
JPEG = b"\xff\xd8\xff\xe0"

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=300)
towns = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
pictures = st.lists(st.binary(max_size=60).map(lambda tail: JPEG + tail), max_size=3).map(tuple)
bodies = st.builds(
    Body,
    st.sampled_from(Topic),
    st.sampled_from(["uk", "en", "crh", "zh-Hant"]),
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True),
    texts,
    towns,
    pictures,
)


def letter_of(body: Body, *, reply: bool = True) -> Letter:
    if not reply and not body.pictures:
        return Letter(Kind.NO_REPLY, NO_SECRET, body)
    return Letter(Kind.WITH_PICTURES if body.pictures else Kind.LETTER, SECRET, body)


def as_body(told: dict[str, Any] | None) -> Body | None:
    if told is None:
        return None
    images = tuple(bytes.fromhex(one) for one in told["pictures"])
    return Body(Topic(told["topic"]), told["language"], told["section"], told["text"], told["town"], images)


@pytest.mark.parametrize("name", names("letter", "open"))
def test_a_letter_opens_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("letter", name)
    key = letterkey.generate(case["number"], bytes.fromhex(case["seed"]))
    sealed = bytes.fromhex(case["sealed"])
    if case["expect"] == "ok":
        opened = letter.open_sealed(sealed, key)
        assert opened == Letter(Kind(case["kind"]), bytes.fromhex(case["secret"]), as_body(case["body"]))
        assert letter.encode_plain(opened)[1] == len(sealed)
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused) as refused:
            letter.open_sealed(sealed, key)
        assert type(refused.value) is Refused
        assert str(refused.value) == ONE_REFUSAL


ONE_REFUSAL = "a letter cannot be opened; drop it; nothing else can be done with it"


@pytest.mark.parametrize("name", names("letter", "body"))
def test_a_body_parses_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("letter", name)
    raw = bytes.fromhex(case["raw"])
    if case["expect"] == "ok":
        body = letterbody.parse(raw, pictures=case["pictures"])
        assert body == as_body(case["body"])
        assert letterbody.encode(body) == raw
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused):
            letterbody.parse(raw, pictures=case["pictures"])


@settings(max_examples=40)
@given(bodies, st.booleans())
def test_what_is_sealed_opens_to_the_same_letter(body: Body, reply: bool) -> None:
    written = letter_of(body, reply=reply)
    sealed = letter.seal(written, KEY, NOW)
    assert len(sealed) in SIZES
    assert letter.read_header(sealed).number == 2
    assert letter.open_sealed(sealed, SECRET_KEY) == written


@pytest.mark.parametrize(("room", "size"), [(2919, 4_096), (2920, 65_536), (60_000, 65_536)])
def test_the_smallest_size_that_fits_is_taken(room: int, size: int) -> None:
    layout = len(letterbody.encode(Body(Topic.HELP, "uk", "main", "x"))) - 1
    text = "x" * (room - layout)
    assert len(letter.seal(letter_of(Body(Topic.HELP, "uk", "main", text)), KEY, NOW)) == size


def test_a_letter_with_many_pictures_takes_the_largest_size_and_no_more() -> None:
    picture = JPEG + bytes(500_000)
    written = letter_of(Body(Topic.HAPPENED, "uk", "main", "x", "", (picture, picture)))
    sealed = letter.seal(written, KEY, NOW)
    assert len(sealed) == SIZES[-1]
    assert letter.open_sealed(sealed, SECRET_KEY) == written
    too_long = letter_of(Body(Topic.HAPPENED, "uk", "main", "x", "", (picture, picture, picture)))
    with pytest.raises(Misused, match="too long"):
        letter.seal(too_long, KEY, NOW)


def test_a_decoy_and_a_letter_look_alike_but_for_chance() -> None:
    written = letter_of(Body(Topic.HELP, "uk", "main", "x"))
    one, other = letter.seal(written, KEY, NOW), letter.seal(letter.decoy(), KEY, NOW)
    assert len(one) == len(other)
    assert one[:5] == other[:5]
    assert one[5:] != other[5:]


def test_two_seals_of_one_letter_share_nothing_but_the_header() -> None:
    written = letter_of(Body(Topic.HELP, "uk", "main", "x"))
    one, other = letter.seal(written, KEY, NOW), letter.seal(written, KEY, NOW)
    assert sum(a == b for a, b in zip(one[5:], other[5:], strict=True)) < 100  # 16 by chance


@pytest.mark.parametrize("at", [0, 1, 4, 5, 700, 1092, 1093, 1124, 1125, 2000, 4079, 4080, 4095])
def test_every_flipped_bit_gives_the_same_refusal(at: int) -> None:
    sealed = bytearray(letter.seal(letter_of(Body(Topic.HELP, "uk", "main", "x")), KEY, NOW))
    for bit in range(8):
        sealed[at] ^= 1 << bit
        with pytest.raises(Refused) as refused:
            letter.open_sealed(bytes(sealed), SECRET_KEY)
        assert str(refused.value) == ONE_REFUSAL
        sealed[at] ^= 1 << bit
    letter.open_sealed(bytes(sealed), SECRET_KEY)


@given(st.binary(max_size=300), st.sampled_from([*SIZES[:2], 0, 1, 4095]))
def test_no_bytes_crash_the_opening(raw: bytes, size: int) -> None:
    for header in (b"", b"\x01\x00\x00\x00\x02"):
        with pytest.raises(Refused, match="cannot be opened"):
            letter.open_sealed((header + raw).ljust(size, b"\x07")[: max(size, len(raw))], SECRET_KEY)


@given(st.binary(max_size=200), st.booleans())
def test_whatever_parses_as_a_body_encodes_to_the_same_bytes(raw: bytes, with_pictures: bool) -> None:
    try:
        body = letterbody.parse(raw, pictures=with_pictures)
    except Refused:
        return
    assert letterbody.encode(body) == raw


@given(bodies, st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_a_patched_body_is_refused_or_encodes_to_the_same_bytes(body: Body, where: int, patch: bytes) -> None:
    raw = letterbody.encode(body)
    at = where % len(raw)
    changed = raw[:at] + patch + raw[at + len(patch) :]
    try:
        parsed = letterbody.parse(changed, pictures=bool(body.pictures))
    except Refused:
        return
    assert letterbody.encode(parsed) == changed


@given(bodies, st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_a_patched_plaintext_is_refused_or_encodes_to_the_same_bytes(body: Body, where: int, patch: bytes) -> None:
    plain, _ = letter.encode_plain(letter_of(body))
    at = where % 400
    changed = plain[:at] + patch + plain[at + len(patch) :]
    try:
        parsed = letter.parse_plain(changed)
    except Refused:
        return
    assert letter.encode_plain(parsed)[0] == changed


@pytest.mark.parametrize(
    "parts",
    [
        {"secret": b"short"},
        {"secret": NO_SECRET},
        {"body": None},
        {"kind": Kind.NO_REPLY},
        {"kind": Kind.WITH_PICTURES},
        {"kind": Kind.DECOY},
    ],
)
def test_parts_that_do_not_fit_are_the_callers_mistake(parts: dict[str, Any]) -> None:
    whole = {"kind": Kind.LETTER, "secret": SECRET, "body": Body(Topic.HELP, "uk", "main", "x")}
    with pytest.raises(Misused):
        Letter(**{**whole, **parts})


@pytest.mark.parametrize(
    "parts",
    [
        {"text": "x" * 60_001},
        {"text": "a\x00b"},
        {"text": chr(0xD800)},
        {"text": ""},
        {"town": "x" * 81},
        {"town": "a\nb"},
        {"pictures": (JPEG,) * 9},
        {"pictures": (b"\x89PNG",)},
        {"pictures": (JPEG + bytes(1_000_000),)},
    ],
)
def test_a_body_past_its_limits_is_the_callers_mistake(parts: dict[str, Any]) -> None:
    whole = {"topic": Topic.HELP, "language": "uk", "section": "main", "text": "x"}
    with pytest.raises(Misused):
        Body(**{**whole, **parts})
