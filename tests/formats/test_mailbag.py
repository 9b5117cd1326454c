"""Mailbags: what is built is found by its writer alone, and nothing altered is accepted."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Forged, Misused, Refused
from holub.formats import bagleaf, codename, mailbag
from holub.formats.bagleaf import BODY_SIZE, SHARD, BagEntry
from holub.formats.mailbag import Directory, Mailbag, Reply
from tests.formats.lettervectors import load, names

EDITION = 9


def read(bag: Mailbag, entry: BagEntry, secrets: list[bytes], edition: int) -> list[str]:
    """What a page does: check, find, open, join."""
    directory = Directory(bag.directory, entry)
    for index, shard in enumerate(bag.shards):
        directory.check_shard(index, shard)
    texts = []
    for secret in secrets:
        parts = []
        for part in range(mailbag.MOST_PARTS):
            place = directory.find(mailbag.tag_of(mailbag.part_secret(secret, part), edition))
            if place is None:
                break
            start = place % SHARD * BODY_SIZE
            body = bag.shards[place // SHARD][start : start + BODY_SIZE]
            parts.append(mailbag.open_part(body, secret, edition, part))
        if parts:
            texts.append(mailbag.join(parts))
    return texts


@pytest.mark.parametrize("name", names("mailbag", "bag"))
def test_a_bag_is_read_or_refused_as_the_vector_says(name: str) -> None:
    case = load("mailbag", name)
    shards = tuple(bytes.fromhex(shard) for shard in case["shards"])
    bag = Mailbag(case["records"], bytes.fromhex(case["directory"]), shards)
    entry = BagEntry(case["section"], case["records"], bytes.fromhex(case["directory_hash"]))
    secrets = codename.candidates(bytes.fromhex(case["key"]), case["number"])
    if case["expect"] == "ok":
        assert sorted(read(bag, entry, secrets, case["edition"])) == sorted(case["texts"])
    else:
        assert case["expect"] == "Forged"
        with pytest.raises(Forged):
            read(bag, entry, secrets, case["edition"])


@pytest.mark.parametrize("name", names("mailbag", "leaf"))
def test_a_leaf_parses_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("mailbag", name)
    leaf = bytes.fromhex(case["leaf"])
    if case["expect"] == "ok":
        entries = bagleaf.parse_leaf(leaf)
        told = [(one["section"], one["records"], bytes.fromhex(one["directory_hash"])) for one in case["entries"]]
        assert [(one.section, one.records, one.directory_hash) for one in entries] == told
        assert bagleaf.encode_leaf(entries) == leaf
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused):
            bagleaf.parse_leaf(leaf)


@pytest.mark.parametrize("name", names("mailbag", "record"))
def test_a_record_opens_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("mailbag", name)
    parts = (bytes.fromhex(case["body"]), bytes.fromhex(case["secret"]), case["edition"], case["part"])
    if case["expect"] == "ok":
        opened = mailbag.open_part(*parts)
        assert (opened.whole, opened.data.hex()) == (case["whole"], case["data"])
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused) as refused:
            mailbag.open_part(*parts)
        assert str(refused.value) == "this record is no reply to this letter; look in the next edition"


replies = st.lists(
    st.builds(
        Reply, st.binary(min_size=32, max_size=32), st.text(st.characters(exclude_categories=["Cs"]), max_size=900)
    ),
    max_size=12,
    unique_by=lambda reply: reply.secret,
)


@settings(max_examples=40)
@given(replies, st.integers(1, 70))
def test_every_reply_reaches_its_writer_and_nobody_else(answers: list[Reply], step: int) -> None:
    bag = mailbag.build(answers, EDITION, os.urandom, step=step)
    entry = mailbag.entry_of("main", bag)
    assert bag.waiting == ()
    assert bag.records % step == 0
    assert bag.records >= step
    for answer in answers:
        assert read(bag, entry, [answer.secret], EDITION) == [answer.text]
    assert read(bag, entry, [os.urandom(32)], EDITION) == []
    assert read(bag, entry, [answer.secret for answer in answers], EDITION + 1) == []


@given(replies)
def test_records_give_away_nothing_but_their_number(answers: list[Reply]) -> None:
    bag = mailbag.build(answers, EDITION, os.urandom)
    bodies = b"".join(bag.shards)
    assert len(bodies) == bag.records * BODY_SIZE
    for answer in answers:
        assert answer.secret not in bodies
        # Of fewer bytes some come by chance.
        assert len(answer.text.encode()) < 10 or answer.text.encode() not in bodies


def test_a_second_reply_to_one_letter_waits_for_the_next_edition() -> None:
    secret = os.urandom(32)
    answers = [Reply(secret, "first"), Reply(os.urandom(32), "other"), Reply(secret, "second")]
    bag = mailbag.build(answers, EDITION, os.urandom)
    assert bag.waiting == (2,)
    assert read(bag, mailbag.entry_of("main", bag), [secret], EDITION) == ["first"]


def test_a_repeated_reply_shares_no_bytes_with_the_last_edition() -> None:
    answer = Reply(os.urandom(32), "the same again")
    first, second = (mailbag.build([answer], edition, os.urandom, step=1) for edition in (1, 2))
    assert first.directory[:8] != second.directory[:8]
    assert sum(a == b for a, b in zip(first.shards[0], second.shards[0], strict=True)) < 30  # 2 by chance


def test_a_bag_of_more_than_one_shard() -> None:
    answers = [Reply(os.urandom(32), f"reply {i}") for i in range(2_500)]
    bag = mailbag.build(answers, EDITION, os.urandom)
    entry = mailbag.entry_of("main", bag)
    assert bag.records == 2_560
    assert [len(shard) // BODY_SIZE for shard in bag.shards] == [1_000, 1_000, 560]
    assert read(bag, entry, [answers[0].secret, answers[-1].secret], EDITION) == ["reply 0", "reply 2499"]
    directory = Directory(bag.directory, entry)
    with pytest.raises(Forged):
        directory.check_shard(0, bag.shards[1])
    with pytest.raises(Misused):
        directory.check_shard(3, bag.shards[2])


@pytest.mark.parametrize("length", [0, 1, 477, 478, 479, 956, 957, 3_823, 3_824])
def test_replies_of_every_number_of_parts(length: int) -> None:
    answer = Reply(os.urandom(32), "z" * length)
    bag = mailbag.build([answer], EDITION, os.urandom, step=1)
    assert bag.records == max(1, -(-length // 478))
    assert read(bag, mailbag.entry_of("main", bag), [answer.secret], EDITION) == [answer.text]


def test_a_reply_too_long_is_the_callers_mistake() -> None:
    with pytest.raises(Misused, match="3824"):
        mailbag.build([Reply(bytes(32), "z" * 3_825)], EDITION, os.urandom)
    with pytest.raises(Misused):
        mailbag.build([], EDITION, os.urandom, step=0)


def test_parts_of_different_replies_do_not_join() -> None:
    whole = [mailbag.Part(900, b"a" * 478), mailbag.Part(900, b"a" * 422)]
    assert mailbag.join(whole) == "a" * 900
    for wrong in ([], whole[:1], whole + whole[:1], [whole[0], mailbag.Part(899, b"a" * 421)]):
        with pytest.raises(Refused):
            mailbag.join(wrong)
    with pytest.raises(Refused):
        mailbag.join([mailbag.Part(1, b"\xff")])


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_no_altered_byte_of_a_directory_is_accepted(where: int, change: int) -> None:
    bag = SMALL
    changed = bytearray(bag.directory)
    changed[where % len(changed)] ^= change
    with pytest.raises(Forged):
        Directory(bytes(changed), mailbag.entry_of("main", bag))


@given(st.binary(max_size=200))
def test_whatever_parses_as_a_leaf_encodes_to_the_same_bytes(raw: bytes) -> None:
    for leaf in (raw, b"\x03" + raw, b"\x03\x01\x04main\0\0\0\x40" + raw):
        try:
            entries = bagleaf.parse_leaf(leaf)
        except Refused:
            continue
        assert bagleaf.encode_leaf(entries) == leaf


@given(st.binary(max_size=600), st.integers(0, 7))
def test_no_record_crashes_the_opening(raw: bytes, part: int) -> None:
    for body in (raw, raw.ljust(BODY_SIZE, b"\0")):
        with pytest.raises(Refused):
            mailbag.open_part(body, bytes(32), EDITION, part)


def test_entries_that_no_edition_may_carry_are_not_encoded() -> None:
    whole: dict[str, Any] = {"section": "main", "records": 64, "directory_hash": hashlib.sha256(b"").digest()}
    bagleaf.encode_leaf([BagEntry(**whole)])
    for change in ({"records": 0}, {"records": 1_000_001}, {"section": "Main"}, {"directory_hash": b""}):
        with pytest.raises(Refused):
            bagleaf.encode_leaf([BagEntry(**{**whole, **change})])
    with pytest.raises(Refused):
        bagleaf.encode_leaf([BagEntry(**whole)] * 2)


SMALL = mailbag.build([Reply(bytes(31) + b"\x01", "small")], EDITION, os.urandom, step=4)
