"""Replies travel in the mailbags of several editions, are found by their writer, and go."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from holub.errors import Misused
from holub.formats import bagleaf, mailbag
from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.inbound.mailroom import answers
from holub.inbound.mailroom.intake import Opened
from holub.inbound.mailroom.letters import State
from tests.inbound.mailroom.conftest import NOW, Office


def texts(office: Office, edition: int, *sections: str) -> dict[str, list[str]]:
    bags = office.room.mailbag_inputs(edition, sections or ("main",))
    return {section: sorted(reply.text for reply in replies) for section, replies in bags.items()}


def test_a_reply_reaches_its_writer_and_nobody_else(office: Office) -> None:
    secret = os.urandom(32)
    office.room.open_batch([office.write("mine", secret=secret), *(office.write(str(n)) for n in range(5))], NOW)
    (mine,) = (line.number for line in office.room.rows() if line.first_words == "mine")
    office.room.reply(mine, "Так, можна.")
    bag = mailbag.build(office.room.mailbag_inputs(7)["main"], 7, os.urandom)
    directory = mailbag.Directory(bag.directory, mailbag.entry_of("main", bag))
    place = directory.find(mailbag.tag_of(secret, 7))
    assert place is not None
    body = bag.shards[0][place * bagleaf.BODY_SIZE :][: bagleaf.BODY_SIZE]
    assert mailbag.join([mailbag.open_part(body, secret, 7)]) == "Так, можна."
    assert directory.find(mailbag.tag_of(os.urandom(32), 7)) is None


def test_every_letter_that_wants_a_reply_gets_at_least_an_acknowledgement(office: Office) -> None:
    one, _ = office.receive("one", "two")
    quiet = Letter(Kind.NO_REPLY, wire.NO_SECRET, Body(Topic.FEEDBACK, "en", "main", "three"))
    office.room.open_batch([wire.seal(quiet, office.key, NOW)], NOW)
    office.room.reply(one, "an answer")
    assert texts(office, 1) == {"main": ["", "an answer"]}


def test_states_go_from_waiting_over_answered_to_done(office: Office) -> None:
    one, two = office.receive("one", "two")
    office.room.reply(one, "first try")
    office.room.reply(one, "an answer")
    assert office.room.view(one).reply == "an answer"
    assert office.room.counts() == {State.WAITING: 1, State.ANSWERED: 1, State.DONE: 0}
    office.room.mailbag_inputs(1)
    office.room.published(1, NOW)
    assert office.room.counts() == {State.WAITING: 1, State.ANSWERED: 0, State.DONE: 1}
    office.room.close(two, NOW)
    assert office.room.counts() == {State.WAITING: 0, State.ANSWERED: 0, State.DONE: 2}


def test_an_answer_travels_in_four_editions_and_is_shredded_with_its_letter(office: Office) -> None:
    one, _ = office.receive("one", "two")
    office.room.reply(one, "an answer")
    for edition in range(1, 5):
        office.restart()
        assert texts(office, edition) == {"main": ["", "an answer"]}
        office.room.published(edition, NOW)
    assert texts(office, 5) == {"main": []}
    with pytest.raises(Misused, match="no letter"):
        office.room.view(one)
    assert [line.first_words for line in office.room.rows()] == ["two"], "what waits for an answer stays"


def test_a_late_answer_travels_its_own_four_editions(office: Office) -> None:
    (one,) = office.receive("one")
    for edition in range(1, 6):
        office.room.mailbag_inputs(edition)
        office.room.published(edition, NOW)
    office.room.reply(one, "at last")
    for edition in range(6, 10):
        assert texts(office, edition) == {"main": ["at last"]}
        office.room.published(edition, NOW)
    assert office.room.rows() == []


def test_an_edition_counts_once_and_only_if_it_is_published(office: Office) -> None:
    (one,) = office.receive("one")
    office.room.reply(one, "an answer")
    for _ in range(9):
        assert texts(office, 1) == {"main": ["an answer"]}
    for _ in range(9):
        office.room.published(1, NOW)
    with pytest.raises(Misused, match="published already"):
        office.room.mailbag_inputs(1)
    for edition in (2, 3, 4):
        assert texts(office, edition) == {"main": ["an answer"]}
        office.room.published(edition, NOW)
    assert texts(office, 5) == {"main": []}


def test_a_reply_written_after_the_binding_counts_from_the_next_edition(office: Office) -> None:
    (one,) = office.receive("one")
    office.room.mailbag_inputs(1)
    office.room.reply(one, "an answer")
    office.room.published(1, NOW)
    assert office.room.counts()[State.ANSWERED] == 1
    for edition in range(2, 6):
        assert texts(office, edition) == {"main": ["an answer"]}
        office.room.published(edition, NOW)
    assert office.room.rows() == []


def test_answers_travel_in_the_section_that_the_writer_chose(office: Office) -> None:
    letters = [office.write(section=section) for section in ("kherson", "main", "no-such-section")]
    office.room.open_batch(letters, NOW)
    assert texts(office, 1, "main", "kherson", "mariupol") == {"main": ["", ""], "kherson": [""], "mariupol": []}
    with pytest.raises(Misused, match="main section"):
        office.room.mailbag_inputs(1, ())


def test_two_letters_with_one_secret_take_turns(office: Office) -> None:
    secret = os.urandom(32)
    office.room.open_batch([office.write("one", secret=secret), office.write("two", secret=secret)], NOW)
    first, second = (line.number for line in office.room.rows())
    office.room.reply(first, "an answer")
    assert texts(office, 1) == {"main": ["an answer"]}, "an acknowledgement never stands in an answer's way"
    office.room.reply(second, "another answer")
    seen = set()
    for edition in range(1, 9):
        (travelling,) = texts(office, edition)["main"]
        seen.add(travelling)
        office.room.published(edition, NOW)
    assert seen == {"an answer", "another answer"}
    assert office.room.rows() == []


def test_a_flood_does_not_push_answers_out_of_a_small_bag(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_RECORDS", 4)
    (one, *_) = office.receive("one", *(f"junk {n}" for n in range(30)))
    office.room.reply(one, "an answer " * 60)  # two records
    bag = texts(office, 1)["main"]
    assert len(bag) == 3
    assert bag[-1].startswith("an answer")


def test_misuse_is_said_in_one_sentence(office: Office) -> None:
    (one,) = office.receive("one")
    quiet = Letter(Kind.NO_REPLY, wire.NO_SECRET, Body(Topic.FEEDBACK, "en", "main", "quiet"))
    assert office.room.open_batch([wire.seal(quiet, office.key, NOW)], NOW) == Opened(opened=1)
    (silent,) = (line.number for line in office.room.rows() if not line.wants_reply)
    for number, text, sentence in (
        (one, " \n", "empty"),
        (one, "x" * 3825, "longer than 3824 bytes"),
        (silent, "hello", "wants no reply"),
        (99, "hello", "no letter 99"),
    ):
        with pytest.raises(Misused, match=sentence):
            office.room.reply(number, text)
    office.room.reply(one, "x" * 3824)
    with pytest.raises(Misused, match="not travelled yet"):
        office.room.close(one, NOW)


def test_the_desk_answers_while_letters_come_in(office: Office) -> None:
    numbers = office.receive(*(f"letter {n}" for n in range(30)))
    batches = [[office.write(f"new {at} {n}") for n in range(5)] for at in range(10)]
    with ThreadPoolExecutor(4) as staff:
        told = [staff.submit(office.room.open_batch, batch, NOW) for batch in batches]
        done = [staff.submit(office.room.reply, number, f"answer to {number}") for number in numbers]
        gone = [staff.submit(office.room.shred, number) for number in numbers[:5]]
        assert sum(future.result().opened for future in told) == 50
        for shredding in gone:
            shredding.result()
        failures = [future.exception() for future in done if future.exception() is not None]
    assert all(isinstance(failure, Misused) for failure in failures), "only a letter shredded meanwhile takes no reply"
    office.restart()
    lines = office.room.rows(limit=1000)
    assert len(lines) == 75
    assert {office.room.view(number).reply for number in numbers[5:]} == {f"answer to {n}" for n in numbers[5:]}
    assert len(office.slots.used(1)) == 151, "two keys a letter and the week's own"
