"""The batch opener and the one-by-one opener of the formats are the same scheme: what one opens the other opens."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import EPOCH, WEEK, SecretKey
from holub.inbound.mailroom.records import Pictures, Records, Return, Words, records_of
from holub.inbound.mailroom.unsealing import Unsealer
from tests.primitives.packaged import hpke

SEED = bytes(range(32))
WEEK_NUMBER = 7
NOW = EPOCH + WEEK_NUMBER * WEEK
SECRET_KEY = SecretKey(WEEK_NUMBER, SEED)
KEY = SECRET_KEY.letter_key()
UNSEALER = Unsealer(WEEK_NUMBER, SEED)


def open_batchwise(sealed: bytes) -> Letter:
    return wire.parse_plain(UNSEALER.unseal(sealed, UNSEALER.agree(sealed)))


LETTERS = [
    wire.decoy(),
    Letter(Kind.LETTER, bytes(31) + b"\1", Body(Topic.HELP, "uk", "kherson", "Привіт", "Херсон")),
    Letter(Kind.NO_REPLY, wire.NO_SECRET, Body(Topic.FEEDBACK, "ar", "main", "شكرا")),
    Letter(Kind.LETTER, b"\2" * 32, Body(Topic.QUESTION, "en", "main", "x" * 50_000)),
    Letter(
        Kind.WITH_PICTURES, b"\3" * 32, Body(Topic.HAPPENED, "ru", "main", "", "", (b"\xff\xd8\xff1", b"\xff\xd8\xff2"))
    ),
]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.kind.name.lower())
def test_both_openers_find_the_same_letter(letter: Letter) -> None:
    sealed = wire.seal(letter, KEY, NOW)
    assert open_batchwise(sealed) == wire.open_sealed(sealed, SECRET_KEY) == letter


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 4095), bit=st.integers(0, 7))
def test_a_changed_bit_anywhere_is_the_same_refusal(at: int, bit: int) -> None:
    sealed = bytearray(wire.seal(LETTERS[1], KEY, NOW))
    sealed[at] ^= 1 << bit
    with pytest.raises(Refused) as one:
        wire.open_sealed(bytes(sealed), SECRET_KEY)
    with pytest.raises(Refused) as many:
        open_batchwise(bytes(sealed))
    assert str(one.value) == str(many.value) == "a letter cannot be opened; drop it; nothing else can be done with it"


@pytest.mark.parametrize(
    "share", [bytes(32), b"\1" + bytes(31), (2**255 - 19).to_bytes(32, "little")], ids=["zero", "one", "modulus"]
)
def test_a_share_of_small_order_is_refused_like_everything_else(share: bytes) -> None:
    sealed = wire.seal(LETTERS[1], KEY, NOW)
    end = wire.HEADER_SIZE + wire.ENCAPSULATED_SIZE
    bad = sealed[: end - 32] + share + sealed[end:]
    with pytest.raises(Refused, match="cannot be opened"):
        wire.open_sealed(bad, SECRET_KEY)
    with pytest.raises(Refused, match="cannot be opened"):
        open_batchwise(bad)


def test_another_weeks_or_another_offices_key_opens_nothing() -> None:
    sealed = wire.seal(LETTERS[1], KEY, NOW)
    for other in (Unsealer(WEEK_NUMBER + 1, SEED), Unsealer(WEEK_NUMBER, os.urandom(32))):
        with pytest.raises(Refused, match="cannot be opened"):
            other.open(sealed, other.agree(sealed))
    with pytest.raises(Misused, match="32 bytes"):
        Unsealer(WEEK_NUMBER, b"short")


def kept_of(letter: Letter) -> Records:
    sealed = wire.seal(letter, KEY, NOW)
    return records_of(UNSEALER.open(sealed, UNSEALER.agree(sealed)))


@pytest.mark.parametrize("letter", LETTERS[1:], ids=lambda letter: letter.kind.name.lower())
def test_what_is_kept_comes_back(letter: Letter) -> None:
    kept, body = kept_of(letter), letter.body
    assert kept
    assert body is not None
    words, answer = Words.parse(kept[0]), Return.parse(kept[1])
    assert (words.topic, words.language, words.section, words.town, words.text) == (
        body.topic,
        body.language,
        body.section,
        body.town,
        body.text,
    )
    assert words.wants_reply == answer.wanted == (letter.kind is not Kind.NO_REPLY)
    assert (answer.secret, answer.section, answer.text) == (letter.secret, body.section, "")
    assert kept[2] == b"" or Pictures.parse(kept[2]) == Pictures(body.pictures)
    assert bool(kept[2]) == bool(body.pictures)
    assert words.pictures == len(body.pictures)
    replied = Return(answer.secret, answer.section, "Так")
    assert Return.parse(replied.encode()) == replied


def test_a_decoy_leaves_nothing_to_keep() -> None:
    assert kept_of(wire.decoy()) == ()


def test_what_was_opened_does_not_show_itself() -> None:
    sealed = wire.seal(LETTERS[1], KEY, NOW)
    inside = UNSEALER.open(sealed, UNSEALER.agree(sealed))
    assert inside.body is not None
    shown = repr(inside) + repr(inside.body)
    assert "kherson" not in shown
    assert "\\x" not in shown


def test_the_key_agreement_is_the_drafts() -> None:
    one = hpke("hpke-pq-test-vectors", 0x647A)
    sealed = wire.Header(wire.VERSION, 0).encode() + bytes.fromhex(one["enc"])
    agreed = Unsealer(0, bytes.fromhex(one["skRm"])).agree(sealed.ljust(wire.SIZES[0], b"\0"))
    assert agreed is not None
    assert agreed.hex() == one["shared_secret"]
