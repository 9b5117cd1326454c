"""What goes out when: turns, shares, a joiner's wait, a new edition in mid-carousel, and the pace."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused
from holub.formats.framecollector import Collector
from holub.formats.parcel import Kind, Parcel, parcel_id
from holub.transit.carriers.broadcast.pace import BURST, Pace
from holub.transit.carriers.broadcast.schedule import MOST_FRAME, Rank, Schedule, Turns, shares


def parcel(kind: Kind, size: int, seed: int = 0) -> bytes:
    return Parcel(kind, random.Random(f"{kind} {size} {seed}").randbytes(size - 8)).encode()


def edition(seed: int = 0) -> dict[str, bytes]:
    """An edition of some languages: alerts, the one update, packs' updates, packs, and pictures."""
    made = {f"alert {at}": parcel(Kind.SELECTION, 1_500, seed + at) for at in range(3)}
    made["sweep"] = parcel(Kind.SWEEP, 9_000, seed)
    made |= {f"update {at}": parcel(Kind.UPDATE, 1_500 + 700 * at, seed) for at in range(5)}
    made |= {f"pack {at}": parcel(Kind.FULL, 60_000 + 9_000 * at, seed) for at in range(4)}
    return made | {"pictures": parcel(Kind.PICTURES, 400_000, seed)}


def drawn(seed: int) -> Schedule:
    return Schedule(edition().values(), random.Random(seed).randbytes)


@given(st.dictionaries(st.integers(), st.integers(1, 10_000), min_size=1, max_size=40), st.integers(0, 5_000))
def test_from_any_moment_everybody_gets_a_fair_part(weights: Mapping[int, int], begin: int) -> None:
    turns, whole = Turns(weights), sum(weights.values())
    for _ in range(begin):
        turns.next()
    got: Counter[int] = Counter()
    for at in range(1, 2_000):
        got[turns.next()] += 1
        if at % 97 == 0:
            for one, weight in weights.items():
                # n frames within (n + 2) / f of all: after `at` of them at least at * f - 2, whole ones.
                assert got[one] > at * weight / whole - 3


def test_shares_go_to_those_who_are_there() -> None:
    assert shares({Rank.TEXT: 9}) == {Rank.TEXT: 8_400}
    assert shares({Rank.ALERT: 1, Rank.PICTURES: 5}) == {Rank.ALERT: 800, Rank.PICTURES: 8_400}
    assert shares({Rank.TEXT: 30, Rank.PICTURES: 10}) == {Rank.TEXT: 6_300, Rank.PICTURES: 2_100}


@pytest.mark.parametrize("pictures", [1, 10, 1_000, 10**9])
def test_pictures_never_take_more_than_half_and_never_nothing(pictures: int) -> None:
    found = shares({Rank.TEXT: 10, Rank.PICTURES: pictures})
    assert found[Rank.TEXT] >= 4_200
    assert found[Rank.PICTURES] >= 1


def wait(schedule: Schedule, wanted: set[bytes], loss: float, chance: random.Random) -> int:
    """The frames that pass until somebody who begins now has all that is wanted."""
    collector, missing = Collector(chance.randbytes), set(wanted)
    passed = 0
    while missing:
        passed += 1
        _, frame = schedule.next()
        if chance.random() >= loss and (arrived := collector.add(frame)):
            missing.discard(arrived.id)
    return passed


@pytest.mark.parametrize("seed", range(12))
def test_whoever_begins_at_any_moment_has_each_parcel_within_the_stated_time(seed: int) -> None:
    chance, made = random.Random(seed), edition()
    schedule = drawn(seed)
    for _ in range(chance.randrange(3_000)):
        schedule.next()
    symbols = Counter(dict.fromkeys(Rank, 0))
    counts = {}
    for _ in range(4_000):
        feed, _ = schedule.next()
        counts[feed.id] = (feed.rank, feed.count)
    for rank, count in counts.values():
        symbols[rank] += count
    weights = shares(symbols)
    name = chance.choice(list(made))
    rank, count = counts[parcel_id(made[name])]
    share = weights[rank] / sum(weights.values())
    most = ((count + 2 + 2) * symbols[rank] / count + 2) / share
    assert wait(schedule, {parcel_id(made[name])}, 0.0, chance) <= most


def test_an_alert_comes_many_times_before_everything_has_come_once() -> None:
    schedule, made = drawn(1), edition()
    alert, everything = wait(schedule, {parcel_id(made["alert 0"])}, 0, random.Random(1)), schedule.count
    assert alert * 6 < everything


def test_all_text_alone_takes_at_most_a_fifth_longer_than_sending_it_once() -> None:
    made = {name: one for name, one in edition().items() if name != "pictures"}
    text = {parcel_id(one) for name, one in made.items() if name.startswith("pack")}
    schedule = Schedule(made.values(), random.Random(3).randbytes)
    once = sum(-(-len(one) // 1_200) for name, one in made.items() if name.startswith("pack"))
    assert wait(schedule, text, 0.0, random.Random(3)) <= 1.2 * once + 30


def test_beside_pictures_the_text_takes_at_most_twice_that() -> None:
    made = edition()
    text = {parcel_id(one) for name, one in made.items() if name.startswith("pack")}
    once = sum(-(-len(one) // 1_200) for name, one in made.items() if name.startswith("pack"))
    assert wait(drawn(4), text, 0.0, random.Random(4)) <= 2 * 1.2 * once + 60


@pytest.mark.parametrize("loss", [0.3, 0.5, 0.7])
def test_who_loses_frames_waits_longer_and_gets_everything(loss: float) -> None:
    made = edition()
    everything = {parcel_id(one) for one in made.values()}
    none, some = (wait(drawn(5), everything, share, random.Random(5)) for share in (0.0, loss))
    assert some <= none * 1.5 / (1 - loss)


def test_a_new_edition_replaces_the_old_one_and_its_alert_goes_out_first() -> None:
    schedule, old = drawn(6), edition()
    kept = old["pack 0"]
    for _ in range(500):
        schedule.next()
    alert = parcel(Kind.SELECTION, 3_000, 99)
    schedule.replace([kept, alert, old["alert 0"], parcel(Kind.FULL, 50_000, 99)])
    first = [schedule.next()[0].id for _ in range(3)]
    assert first == [parcel_id(alert)] * 3
    later = {schedule.next()[0].id for _ in range(2_000)}
    assert later == {parcel_id(one) for one in (kept, alert, old["alert 0"], parcel(Kind.FULL, 50_000, 99))}


def test_what_stays_goes_on_where_it_was() -> None:
    whole = parcel(Kind.FULL, 120_000)
    schedule = Schedule([whole], lambda size: bytes(size))
    before = [schedule.next()[1] for _ in range(40)]
    schedule.replace([whole, parcel(Kind.UPDATE, 500)])
    after = [frame for feed, frame in (schedule.next() for _ in range(60)) if feed.id == parcel_id(whole)]
    assert not set(before) & set(after)


def test_an_edition_that_cannot_go_out_changes_nothing() -> None:
    schedule = drawn(7)
    for wrong in ([], [b"no parcel"], [parcel(Kind.LETTERS, 300)]):
        with pytest.raises(Misused):
            schedule.replace(wrong)
    assert schedule.count == drawn(7).count


def test_letters_never_go_out() -> None:
    with pytest.raises(Misused, match="letters do not go out"):
        Schedule([parcel(Kind.FULL, 900), parcel(Kind.LETTERS, 300)])


@pytest.mark.parametrize("size", [9, 5_000, 3_000_000])
def test_no_frame_is_longer_than_a_datagram_takes(size: int) -> None:
    schedule = Schedule([parcel(Kind.FULL, size)])
    assert max(len(schedule.next()[1]) for _ in range(20)) <= MOST_FRAME


# The pace.


@given(
    st.floats(100, 1e6),
    st.lists(st.tuples(st.integers(20, 1_268), st.floats(-100, 100)), min_size=1, max_size=60),
)
def test_however_the_clock_goes_no_span_carries_more_than_the_rate(rate: float, steps: list[tuple[int, float]]) -> None:
    pace, clock, true = Pace(rate), 1_000.0, 0.0
    sent: list[tuple[float, int]] = []
    for size, jump in steps:
        if jump < 0:
            clock += jump  # somebody turns the clock back: no true time passes
        else:
            clock, true = clock + jump / 100, true + jump / 100
        pause = pace.wait(size, clock)
        assert pause >= 0
        clock, true = clock + pause, true + pause
        sent.append((true, size))
    for at, (begin, _) in enumerate(sent):
        for end in range(at, len(sent)):
            size = sum(one for _, one in sent[at + 1 : end + 1])
            assert size <= rate * (sent[end][0] - begin) + BURST + 1e-3 * rate


def test_a_clock_that_jumps_ahead_gives_no_more_than_the_burst() -> None:
    pace = Pace(1_000)
    pace.wait(BURST, 0)
    assert pace.wait(BURST + 1_000, 1e9) == pytest.approx(1)


@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_a_rate_that_is_none_is_said(rate: float) -> None:
    with pytest.raises(Misused, match="rate"):
        Pace(rate)
