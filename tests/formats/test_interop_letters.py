"""What one language seals the other opens: Python at the office, TypeScript in the reading page."""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from holub.errors import Misused, Refused
from holub.formats import bagleaf, codename, letter, letterbody, letterkey, mailbag, narrow, narrowbody
from holub.formats.letter import NO_SECRET, SIZES, Kind, Letter
from holub.formats.letterbody import Body, Topic
from tests.fakes.pagecode import NEEDS_PAGE, page_tool
from tests.formats.lettervectors import load, names

pytestmark = NEEDS_PAGE
SEED = bytes(range(32))
SECRET_KEY = letterkey.generate(5, SEED)
KEY = SECRET_KEY.letter_key()
NOW = letterkey.EPOCH + 6 * letterkey.WEEK
SECRET = os.urandom(32)
JPEG = b"\xff\xd8\xff\xe0"
LETTERS = {
    "a question": Letter(Kind.LETTER, SECRET, Body(Topic.QUESTION, "uk", "main", "Чи є ліки? \U0001f54a\ufeff")),
    "from a town": Letter(Kind.LETTER, SECRET, Body(Topic.HELP, "zh-Hant", "kherson", "x" * 5_000, "Херсон")),
    "pictures": Letter(
        Kind.WITH_PICTURES, SECRET, Body(Topic.HAPPENED, "ru", "main", "", "", (JPEG + os.urandom(70_000), JPEG))
    ),
    "no reply": Letter(Kind.NO_REPLY, NO_SECRET, Body(Topic.FEEDBACK, "en", "a-1", "Thank you.")),
    "decoy": letter.decoy(),
}

NARROW_TEXTS = ("Чи є ліки? «Так» №1", "plain", "شكرا، وصلت", "ґ" * 160, "謝謝", "é" * 80, "\u0401\u200c\u067e")
NARROW = {
    "decoy": letter.decoy(),
    "no reply": Letter(Kind.NO_REPLY, NO_SECRET, Body(Topic.FEEDBACK, "en", "a-1", "Thank you.")),
    **{text: Letter(Kind.LETTER, SECRET, Body(Topic.HELP, "uk", "main", text)) for text in NARROW_TEXTS},
}

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The page's answer to one request."""
    tool = page_tool("letters", tmp_path_factory.mktemp("tool"))
    return lambda **request: tool([request])[0]


def as_json(body: Body | None) -> dict[str, Any] | None:
    if body is None:
        return None
    return {**dataclasses.asdict(body), "topic": int(body.topic), "pictures": [one.hex() for one in body.pictures]}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_sealed_in_the_page_opens_at_the_office(name: str, page: Ask) -> None:
    written = LETTERS[name]
    secret = None if written.secret == NO_SECRET else written.secret.hex()
    answer = page(do="seal", leaf=KEY.encode().hex(), now=NOW, body=as_json(written.body), secret=secret)
    sealed = bytes.fromhex(answer["sealed"])
    assert len(sealed) in SIZES
    assert letter.open_sealed(sealed, SECRET_KEY) == written


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_sealed_in_python_opens_in_the_page(name: str, page: Ask) -> None:
    written = LETTERS[name]
    sealed = letter.seal(written, KEY, NOW)
    answer = page(do="open", sealed=sealed.hex(), number=KEY.number, seed=SEED.hex())
    assert answer == {"kind": int(written.kind), "secret": written.secret.hex(), "body": as_json(written.body)}


@pytest.mark.parametrize("name", NARROW)
def test_a_narrow_letter_goes_from_the_page_to_the_office_and_back(name: str, page: Ask) -> None:
    written = NARROW[name]
    secret = None if written.secret == NO_SECRET else written.secret.hex()
    answer = page(do="sealNarrow", leaf=KEY.encode().hex(), now=NOW, body=as_json(written.body), secret=secret)
    sealed = bytes.fromhex(answer["sealed"])
    assert len(sealed) == letter.NARROW_SIZE
    assert narrow.open_sealed(sealed, KEY.number, SECRET_KEY.narrow_private()) == written
    sealed = narrow.seal(written, KEY, NOW)
    answer = page(do="openNarrow", sealed=sealed.hex(), number=KEY.number, seed=SEED.hex())
    assert answer == {"kind": int(written.kind), "secret": written.secret.hex(), "body": as_json(written.body)}


def test_replies_bound_by_the_office_are_read_in_the_page(page: Ask) -> None:
    name, desk_id, week, edition = "річка тихий клен сім лампа берег", os.urandom(32), 30, 77
    key = codename.stretch(name, desk_id)
    mine = ["Відповідь.", "", "long " * 700]
    secrets = [codename.secret(key, week - back, counter) for back, counter in ((0, 31), (25, 0), (7, 15))]
    others = [mailbag.Reply(os.urandom(32), f"for a stranger {i}") for i in range(1_100)]
    replies = [mailbag.Reply(*pair) for pair in zip(secrets, mine, strict=True)]
    bag = mailbag.build(replies + others, edition, os.urandom)
    entry = mailbag.entry_of("main", bag)
    answer = page(
        do="replies",
        section=entry.section,
        records=entry.records,
        directoryHash=entry.directory_hash.hex(),
        directory=bag.directory.hex(),
        shards=[shard.hex() for shard in bag.shards],
        edition=edition,
        week=week,
        codename=name,
        deskId=desk_id.hex(),
    )
    assert sorted(answer["texts"]) == sorted(mine)


def again_body(raw: bytes) -> bytes:
    return letterbody.encode(letterbody.parse(raw, pictures=False))


def again_pictures(raw: bytes) -> bytes:
    return letterbody.encode(letterbody.parse(raw, pictures=True))


def again_plain(raw: bytes) -> bytes:
    return letter.encode_plain(letter.parse_plain(raw))[0]


def again_key(raw: bytes) -> bytes:
    return letterkey.parse(raw).encode()


def again_bags(raw: bytes) -> bytes:
    return bagleaf.encode_leaf(bagleaf.parse_leaf(raw))


def again_narrow_body(raw: bytes) -> bytes:
    return narrowbody.encode(narrowbody.parse(raw))


def again_narrow_plain(raw: bytes) -> bytes:
    return narrow.encode_plain(narrow.parse_plain(raw))


def valid(kind: str) -> list[bytes]:
    """Bytes that parse, to be changed."""
    if kind == "plain":
        return [letter.encode_plain(one)[0] for name, one in LETTERS.items() if name != "pictures"]
    if kind == "narrowPlain":
        return [narrow.encode_plain(one) for one in NARROW.values()]
    folder, case, field = {
        "body": ("letter", "body", "raw"),
        "pictures": ("letter", "body", "raw"),
        "narrowBody": ("letter", "narrow-body", "raw"),
        "key": ("letter", "key", "leaf"),
        "bags": ("mailbag", "leaf", "leaf"),
    }[kind]
    return [bytes.fromhex(load(folder, name)[field]) for name in names(folder, case)]


AGAIN: dict[str, Callable[[bytes], bytes]] = {
    "body": again_body,
    "pictures": again_pictures,
    "plain": again_plain,
    "narrowBody": again_narrow_body,
    "narrowPlain": again_narrow_plain,
    "key": again_key,
    "bags": again_bags,
}


@pytest.mark.parametrize("kind", AGAIN)
def test_both_languages_accept_and_refuse_the_same_bytes(kind: str, page: Ask) -> None:
    chance = random.Random(kind)
    inputs = valid(kind)
    for _ in range(400):
        changed = bytearray(chance.choice(inputs[: len(valid(kind))]))
        for _ in range(chance.randrange(1, 4)):
            # Mostly near the front, where the lengths and names are.
            at = chance.randrange(min(len(changed), chance.choice((8, 64, 4_096))) or 1)
            put = bytes(
                chance.choice((0, 1, 0x0A, 0x2D, 0x41, 0x61, 0x80, 0xC2, 0xFF, chance.randrange(256)))
                for _ in range(chance.randrange(3))
            )
            changed[at : at + chance.choice((len(put), 0, 1))] = put
        inputs.append(bytes(changed))
    expected: list[str | None] = []
    for raw in inputs:
        try:
            assert AGAIN[kind](raw) == raw
            expected.append(raw.hex())
        except Refused:
            expected.append(None)
    assert expected.count(None) not in (0, len(expected))
    assert page(do="parse", kind=kind, inputs=[raw.hex() for raw in inputs])["results"] == expected


def test_both_languages_read_codenames_alike(page: Ask) -> None:
    chance = random.Random("codenames")
    signs = "aZéİıßЇїҐЪёÉe\u0301\u0306и’ʼ`´\u2011\u2014-' \t\n\u00a0\u3000\u2028\u200b\ufeff\u1680\x1c\x85ΑΣς ﬁＡ１ق٠"
    inputs = [load("codename", name)["typed"] for name in names("codename", "normalise")]
    inputs += [" ".join("".join(chance.choices(signs, k=chance.randrange(1, 6))) for _ in range(6)) for _ in range(800)]
    expected: list[str | None] = []
    for typed in inputs:
        try:
            expected.append(codename.normalise(typed))
        except Misused:
            expected.append(None)
    assert expected.count(None) not in (0, len(expected))
    assert page(do="parse", kind="codename", inputs=inputs)["results"] == expected
