"""Letter keys: one a week, kept over restarts, overwritten when their time is over."""

from __future__ import annotations

import pytest

from holub.errors import Unavailable
from holub.formats import letter as wire
from holub.formats import letterkey
from holub.formats.letterkey import WEEK
from holub.inbound.mailroom.intake import Opened
from tests.inbound.mailroom.conftest import NOW, Office


def test_a_week_has_one_key_also_after_a_restart(office: Office) -> None:
    key = office.room.letter_key(NOW)
    assert key.number == letterkey.week_of(NOW)
    office.restart()
    assert office.room.letter_key(NOW + 3600) == key
    assert office.room.letter_key(NOW + WEEK).number == key.number + 1


def test_an_older_key_still_opens_until_its_time_is_over(office: Office) -> None:
    sealed = office.write("old")
    office.move_to(NOW + 10 * WEEK)
    office.room.letter_key(NOW + 10 * WEEK)
    assert office.room.open_batch([sealed], NOW + 10 * WEEK) == Opened(opened=1)


def test_a_key_past_its_time_opens_nothing_and_is_overwritten(office: Office) -> None:
    sealed = office.write()
    key = office.room.letter_key(NOW)
    office.room.letter_key(NOW + WEEK)
    seed = office.room.keys.seeds(NOW)[key.number]
    assert office.room.keys.overwrite_due(key.opens_until - 1) == []
    assert office.room.keys.overwrite_due(key.opens_until) == [key.number]
    assert office.room.keys.overwrite_due(key.opens_until) == []
    assert office.room.keys.made() == {key.number, key.number + 1}
    assert seed not in office.room.keys.seeds(NOW).values()
    assert office.room.open_batch([sealed], NOW + WEEK) == Opened(too_late=1)


def test_letters_that_came_too_late_are_counted_by_key(office: Office) -> None:
    letters = [office.write(str(n)) for n in range(3)]
    key = office.room.letter_key(NOW)
    later = key.opens_until
    office.move_to(later)
    office.room.letter_key(later)
    assert office.room.open_batch(letters[:2], later) == Opened(too_late=2)
    office.room.keep_schedule(later)
    assert office.room.open_batch(letters[2:], later) == Opened(too_late=1)
    office.restart()
    assert office.room.late() == {key.number: 3}


def test_a_key_that_was_never_made_is_no_late_letter(office: Office) -> None:
    sealed = office.write()
    office.room.letter_key(NOW + 2 * WEEK)
    number = letterkey.week_of(NOW)
    others = [
        wire.Header(wire.VERSION, other).encode() + sealed[wire.HEADER_SIZE :] for other in (0, number + 1, number + 3)
    ]
    assert office.room.open_batch(others, NOW + 2 * WEEK) == Opened(refused=3)
    assert office.room.late() == {}


def test_a_key_that_was_overwritten_does_not_come_back(office: Office) -> None:
    key = office.room.letter_key(NOW)
    assert office.room.keys.overwrite_due(key.opens_until) == [key.number]
    with pytest.raises(Unavailable, match="destroyed already; publish again from 2026-12-28 on"):
        office.room.letter_key(NOW)
    assert office.room.letter_key(NOW + WEEK).number == key.number + 1


def test_a_fetch_overwrites_what_is_due_before_it_opens(office: Office) -> None:
    sealed, key = office.write(), office.room.letter_key(NOW)
    office.move_to(key.opens_until)
    assert office.room.open_batch([sealed], key.opens_until) == Opened(too_late=1)
    assert office.slots.used(1) == set()


def test_marks_go_with_their_key(office: Office) -> None:
    sealed = office.write()
    office.room.open_batch([sealed], NOW)
    assert office.room.open_batch([sealed], NOW) == Opened(replays=1)
    office.room.settle_clock(office.key.opens_until)
    with office.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM letter_seen").scalar() == 0
