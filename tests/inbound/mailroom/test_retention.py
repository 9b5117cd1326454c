"""How long things are kept is the centre's to set, and stays set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holub.errors import Misused
from holub.formats import letterkey
from holub.formats.letterkey import WEEK
from holub.inbound.mailroom.intake import Opened
from holub.inbound.mailroom.retention import Retention
from tests.inbound.mailroom.conftest import DAY, NOW, Office


def test_where_nothing_is_set_the_defaults_hold_and_what_is_set_stays(office: Office) -> None:
    assert office.room.retention == Retention()
    for retention in (Retention(seal_weeks=2, open_weeks=30), Retention(editions=7, done_days=3, waiting_days=90)):
        office.room.retain(retention)
        office.restart()
        assert office.room.retention == retention


def test_letters_stay_as_long_as_the_centre_says(office: Office) -> None:
    one, two, three = office.receive("one", "two", "three")
    office.room.retain(Retention(editions=1, done_days=10, waiting_days=20))
    office.room.reply(one, "an answer")
    office.room.mailbag_inputs(1)
    office.room.published(1, NOW)
    office.room.close(two, NOW)
    assert office.room.keep_schedule(NOW + 9 * DAY) == ([], 0)
    assert office.room.keep_schedule(NOW + 10 * DAY) == ([], 2)
    assert [line.number for line in office.room.rows()] == [three]
    assert office.room.keep_schedule(NOW + 20 * DAY) == ([], 1)


def test_an_answer_travels_in_as_many_editions_as_the_centre_says(office: Office) -> None:
    (one,) = office.receive("one")
    office.room.retain(Retention(editions=2))
    office.room.reply(one, "an answer")
    for edition in (1, 2):
        (travelling,) = office.room.mailbag_inputs(edition)["main"]
        assert travelling.text == "an answer"
        office.room.published(edition, NOW)
    assert office.room.mailbag_inputs(3) == {"main": []}
    assert office.room.rows() == []


def test_new_spans_are_for_the_next_key_and_an_older_one_keeps_its_dates(office: Office) -> None:
    before, sealed = office.key, office.write("old")
    office.room.retain(Retention(seal_weeks=2, open_weeks=30))
    assert office.room.letter_key(NOW) == before
    key = office.room.letter_key(NOW + WEEK)
    start = letterkey.EPOCH + key.number * WEEK
    assert (key.seal_until, key.opens_until) == (start + 2 * WEEK, start + 30 * WEEK)
    assert office.room.keep_schedule(NOW + WEEK) == ([], 0)
    assert office.room.open_batch([sealed], NOW + WEEK) == Opened(opened=1)


def test_what_would_go_is_told_before_it_goes(office: Office) -> None:
    office.receive("one", "two")
    shorter = Retention(waiting_days=5)
    assert (office.room.letters_due(NOW + 4 * DAY, shorter), office.room.letters_due(NOW + 5 * DAY, shorter)) == (0, 2)
    assert office.room.keep_schedule(NOW + 5 * DAY) == ([], 0)
    office.room.retain(shorter)
    assert office.room.keep_schedule(NOW + 5 * DAY) == ([], 2)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("editions", (0, 33), "an answer travels in 1 to 32 editions, not"),
        ("done_days", (-1, 366), "an answered letter stays for 0 to 365 days"),
        ("waiting_days", (0, 731), "an unanswered letter stays for 1 to 730 days"),
        ("seal_weeks", (0, 53), "a letter key seals for 1 to 52 weeks"),
        ("open_weeks", (0, 53), "a letter key opens for 1 to 52 weeks"),
        ("open_weeks", (7,), "letters sealed in 8 weeks could not all be opened in 7"),
    ],
)
def test_spans_out_of_their_bounds_are_refused(name: str, values: tuple[int, ...], said: str) -> None:
    for value in values:
        with pytest.raises(Misused, match=said):
            replace(Retention(), **{name: value})
