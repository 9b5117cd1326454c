"""A clock that jumps destroys nothing until somebody calls it right; one that was set back makes and keeps nothing."""

from __future__ import annotations

import pytest

from holub.errors import Unavailable
from holub.formats.letterkey import EPOCH, WEEK, week_of
from holub.inbound.mailroom import tables
from holub.inbound.mailroom.clock import DAY, ClockDoubted, Decision, Doubt
from holub.inbound.mailroom.intake import Opened
from tests.inbound.mailroom.conftest import NOW, Office

YEAR = 365 * DAY

# How far the clock stands from the last run, and whether it is believed.
STEPS: dict[str, tuple[int, bool]] = {
    "an hour later": (3600, True),
    "a week later": (WEEK, True),
    "after a month away": (28 * DAY, True),
    "after a month and a day": (29 * DAY, False),
    "after four months switched off": (120 * DAY, False),
    "in another year": (5 * YEAR, False),
    "an hour before midnight": (-DAY, True),
    "two days back": (-2 * DAY, False),
    "a year back": (-YEAR, False),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_clock_is_believed_or_doubted(step: str, office: Office) -> None:
    jump, believed = STEPS[step]
    office.room.keep_schedule(NOW)
    if believed:
        assert office.room.keep_schedule(NOW + jump) == ([], 0)
    else:
        with pytest.raises(ClockDoubted, match="no key was destroyed; if the clock is right, say so"):
            office.room.keep_schedule(NOW + jump)


def test_a_new_office_has_nothing_to_doubt_by(office: Office) -> None:
    assert office.room.doubt(NOW + 9 * YEAR) is None


def test_the_sentence_names_both_days(office: Office) -> None:
    office.room.letter_key(NOW)
    assert office.room.doubt(NOW + 4 * YEAR) == Decision(Doubt("2030-12-20", "2026-12-21"), 1, 0)
    assert office.room.doubt(NOW - 9 * DAY) == Decision(Doubt("2026-12-12", "2026-12-21"), 0, 0)


def test_what_would_go_is_counted_before_and_is_what_goes(office: Office) -> None:
    office.receive("waits for an answer")
    office.receive("waits too")
    (number,) = office.receive("answered")
    office.room.reply(number, "An answer")
    for days, letters in ((100, 0), (200, 2), (3_000_000, 2)):  # unanswered ones stay for 180 days
        found = office.room.doubt(NOW + days * DAY)
        assert found is not None
        assert (found.letters, found.destroys) == (letters, letters > 0 or found.keys > 0)
    later = NOW + 200 * DAY
    found = office.room.doubt(later)
    assert found is not None
    keys, shredded = office.room.settle_clock(later)
    assert (len(keys), shredded) == (found.keys, found.letters)


def test_while_the_clock_is_doubted_nothing_is_destroyed_opened_or_made(office: Office) -> None:
    sealed, key = office.write("waits"), office.key
    (number,) = office.receive("read already")
    for wrong in (NOW + 5 * YEAR, NOW - YEAR):
        for _ in range(3):  # it is said every time
            for ask in (office.room.letter_key, office.room.keep_schedule):
                with pytest.raises(ClockDoubted):
                    ask(wrong)
            with pytest.raises(ClockDoubted):
                office.room.open_batch([sealed], wrong)
        office.restart()
    assert office.room.keys.made() == {key.number}
    assert office.room.late() == {}
    assert office.room.view(number).text == "read already"
    assert office.room.open_batch([sealed], NOW) == Opened(opened=1)


def test_an_office_that_was_switched_off_goes_on_by_one_word(office: Office) -> None:
    sealed, key = office.write(), office.key
    later = key.opens_until
    found = office.room.doubt(later)
    assert found is not None
    assert (found.keys, found.letters, found.destroys) == (1, 0, True)
    assert office.room.settle_clock(later) == ([key.number], 0)
    assert office.room.doubt(later) is None
    office.restart()
    assert office.room.letter_key(later).number == week_of(later)
    assert office.room.open_batch([sealed], later) == Opened(too_late=1)


def test_after_a_false_yes_the_clock_set_right_again_is_asked_about_and_keeps_no_key_for_years(office: Office) -> None:
    office.room.letter_key(NOW)
    office.room.settle_clock(NOW + 5 * YEAR)
    future = office.room.letter_key(NOW + 5 * YEAR)
    with pytest.raises(ClockDoubted):
        office.room.letter_key(NOW + WEEK)
    office.room.settle_clock(NOW + WEEK)
    fresh = office.room.letter_key(NOW + WEEK)
    assert fresh.number == week_of(NOW + WEEK)
    assert set(office.room.keys.seeds(NOW + WEEK)) == {fresh.number, future.number}
    assert office.room.keys.overwrite_due(NOW + WEEK + 17 * WEEK) == [fresh.number, future.number]


def test_a_key_of_a_week_that_is_not_yet_there_can_still_be_carried_when_it_comes(office: Office) -> None:
    office.room.letter_key(NOW)
    office.room.settle_clock(NOW + 12 * WEEK)
    early = office.room.letter_key(NOW + 12 * WEEK)
    office.room.settle_clock(NOW)
    for week in range(1, 13):
        key = office.room.letter_key(NOW + week * WEEK)
        assert key.encode()
    assert key.number == early.number
    assert key.seal_until <= key.opens_until <= NOW + 16 * WEEK


def test_an_office_from_before_has_its_newest_key_to_go_by(office: Office) -> None:
    key = office.key
    with office.database.write() as connection:
        connection.execute(tables.last_day.delete())
    assert office.room.doubt(NOW) is None
    found = office.room.doubt(NOW + YEAR)
    assert found is not None
    assert found.doubt.last == "2026-12-21"
    assert EPOCH + key.number * WEEK <= NOW


def test_one_day_is_kept_and_no_time(office: Office) -> None:
    for hour in range(4):
        office.room.keep_schedule(NOW + hour * 3600)
    with office.database.read() as connection:
        assert connection.execute(tables.last_day.select()).all() == [(NOW // DAY,)]


def test_a_clock_that_no_letter_key_knows_can_not_be_called_right(office: Office) -> None:
    office.room.letter_key(NOW)
    with pytest.raises(Exception, match="set the clock"):
        office.room.settle_clock(0)
    with pytest.raises(Unavailable):
        office.room.keep_schedule(0)
