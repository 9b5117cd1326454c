"""A town behind a blockade: phones and relays that meet at random, an edition that spreads, letters that find out.

Time goes in steps of half a day. What is drawn: who meets whom, what is lost at a meeting, which relays are seized and
when, who writes. Everything else follows the rules that relays have (a bounded bag, chance decides who gives way,
stamped letters stay before others, a letter is there once, no times). docs/blockade.md says what this leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = 0.5  # days
LONG = 1e9  # a day that never comes

Random = np.random.Generator
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Town:
    """What one run assumes. Rates are a day; a meeting counts when something is handed over at it.

    meets: of a phone with phones · visits: of a phone at relays · trips: of couriers from one relay to another, for
    each relay; they take 1 to 3 days · crossings: of sticks through the blockade, all together; they take 2 to 5 days ·
    pace: times all of these · loss: share of meetings at which nothing comes through · seized: share of relays taken
    away, each on some day of the first week; one of the relays has the only uplink · places: for small letters in a
    relay's bag · letters: that people write, for `writing` days · junk: share of junk among all letters handed in ·
    stamped: share of people's letters with a stamp · helpers: phones that each take a copy of a letter along ·
    sticks: phones that get the edition by a stick from outside, after 2 to 5 days · days: how long it is followed ·
    burst: all junk comes in the middle of the writing, within one day, three relays for each, instead of all along ·
    uplink: False where it is taken away on the first day.
    """

    phones: int = 10_000
    relays: int = 50
    meets: float = 0.3
    visits: float = 0.2
    trips: float = 0.5
    crossings: float = 0.4
    pace: float = 1.0
    loss: float = 0.3
    seized: float = 0.0
    places: int = 3_584
    letters: float = 100.0
    writing: float = 28.0
    junk: float = 0.5
    stamped: float = 0.0
    helpers: int = 2
    sticks: int = 3
    days: float = 56.0
    burst: bool = False
    uplink: bool = True

    def seizures(self, random: Random) -> Floats:
        """The day on which each relay is taken away; LONG for those that stay. Relay 0 has the uplink."""
        until = np.full(self.relays, LONG)
        taken = random.choice(self.relays, round(self.seized * self.relays), replace=False)
        until[taken] = random.uniform(0, 7, taken.size)
        if not self.uplink:
            until[0] = 0.0
        return until


def edition_days(town: Town, seed: int) -> Floats:
    """The day on which each phone gets the edition of day 0; LONG where it does not within `days`."""
    random = np.random.default_rng([seed, 1])
    until = town.seizures(random)
    phone, relay = np.full(town.phones, LONG), np.full(town.relays, LONG)
    relay[0] = 0.0
    # Sticks that came through: their carriers' phones.
    phone[: town.sticks] = random.uniform(2, 5, town.sticks)
    for now in np.arange(0, town.days, STEP):
        through = town.pace * STEP
        one, other = _pairs(random, town.phones, town.phones, town.meets / 2 * town.phones * through, town.loss)
        _hand_over(phone, phone, one, other, now)
        guest, host = _pairs(random, town.phones, town.relays, town.visits * town.phones * through, town.loss)
        stands = until[host] > now
        _hand_over(phone, relay, guest[stands], host[stands], now)
        start, goal = _pairs(random, town.relays, town.relays, town.trips * town.relays * through, town.loss)
        takes = (relay[start] <= now) & (until[start] > now)
        arrival = now + random.uniform(1, 3, start.size)
        takes &= until[goal] > arrival
        np.minimum.at(relay, goal[takes], arrival[takes])
    return phone


def _pairs(random: Random, ones: int, others: int, mean: float, loss: float) -> tuple[Any, Any]:
    count = random.poisson(mean * (1 - loss))
    return random.integers(0, ones, count), random.integers(0, others, count)


def _hand_over(left: Floats, right: Floats, one: Any, other: Any, now: float) -> None:
    """Whoever has the edition at `now` gives it to the other."""
    gives, takes = left[one] <= now, right[other] <= now
    np.minimum.at(right, other[gives & ~takes], now + STEP)
    np.minimum.at(left, one[takes & ~gives], now + STEP)


@dataclass(frozen=True)
class Letters:
    """What became of the letters of one run: of people's letters, days under way (LONG: lost) and whether stamped."""

    days: Floats
    stamped: NDArray[np.bool_]


def letter_days(town: Town, seed: int) -> Letters:
    """Lets people write, junk be handed in, and couriers carry; follows every letter to the exit or its loss."""
    # The same meetings and people whatever is sent beside: towns of one seed that differ in junk can be compared.
    world, people, random = (np.random.default_rng([seed, number]) for number in (1, 2, 3))
    until = town.seizures(world)
    honest = people.poisson(town.letters * town.writing)
    written = people.uniform(0, town.writing, honest)
    lane = people.random(honest) < town.stamped
    false = round(honest * town.junk / (1 - town.junk))
    count = honest + false
    stamped = np.concatenate([lane, np.zeros(false, bool)])
    when, letter, host = _by_day(
        _handed_in(town, people, written, 0),
        _burst(town, random, false, honest)
        if town.burst
        else _handed_in(town, random, random.uniform(0, town.writing, false), honest),
    )
    bag, left = np.zeros((town.relays, count), bool), np.full(count, LONG)
    under_way: list[tuple[float, int, Any]] = []  # (day, relay or the exit, letters)
    at = 0
    for now in np.arange(0, town.days, STEP):
        bag[until <= now] = False
        upto = np.searchsorted(when, now + STEP)
        fresh = slice(at, upto)
        stands = until[host[fresh]] > now
        bag[host[fresh][stands], letter[fresh][stands]] = True
        at = int(upto)
        arrived = [trip for trip in under_way if trip[0] <= now]
        under_way = [trip for trip in under_way if trip[0] > now]
        for _, goal, carried in arrived:
            if goal < 0:
                left[carried] = np.minimum(left[carried], now)
            elif until[goal] > now:
                bag[goal, carried] = True
        through = town.pace * STEP
        start, goals = _pairs(world, town.relays, town.relays, town.trips * town.relays * through, town.loss)
        for one, other in zip(start, goals, strict=True):
            day = now + world.uniform(1, 3)
            if until[one] > now:
                under_way.append((day, int(other), np.flatnonzero(bag[one])))
        for one in world.integers(0, town.relays, world.poisson(town.crossings * through * (1 - town.loss))):
            day = now + world.uniform(2, 5)
            if until[one] > now:
                under_way.append((day, -1, np.flatnonzero(bag[one])))
        if world.random() >= town.loss and until[0] > now:
            left[bag[0]] = np.minimum(left[bag[0]], now + STEP)
        # What the uplink has handed on is forgotten, and not taken again.
        bag[0, left < LONG] = False
        for row in bag:
            evict(row, town.places, stamped, random)
    return Letters(np.where(left[:honest] < LONG, left[:honest] - written, LONG), lane)


def _handed_in(town: Town, random: Random, written: Floats, first: int) -> tuple[Any, Any, Any]:
    """(day, letter, relay) of every copy that a writer or a helper brings to a relay; letters count from `first`."""
    rate = town.pace * (1 - town.loss)
    count = written.size
    waits = [random.exponential(1 / (rate * town.visits), count)]
    met = np.zeros(count)
    for _ in range(town.helpers):
        met = met + random.exponential(1 / (rate * town.meets), count)
        waits.append(met + random.exponential(1 / (rate * town.visits), count))
    when = np.concatenate([written + wait for wait in waits])
    return when, first + np.tile(np.arange(count), len(waits)), random.integers(0, town.relays, when.size)


def _burst(town: Town, random: Random, count: int, first: int) -> tuple[Any, Any, Any]:
    when = town.writing / 2 + random.uniform(0, 1, 3 * count)
    return when, first + np.tile(np.arange(count), 3), random.integers(0, town.relays, 3 * count)


def _by_day(*copies: tuple[Any, Any, Any]) -> list[Any]:
    joined = [np.concatenate(column) for column in zip(*copies, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    return [column[order] for column in joined]


def evict(row: NDArray[np.bool_], places: int, stamped: NDArray[np.bool_], random: Random) -> None:
    """A bag that holds too many lets chance decide who goes: unstamped letters first."""
    excess = int(np.count_nonzero(row)) - places
    if excess <= 0:
        return
    for lane in (~stamped, stamped):
        members = np.flatnonzero(row & lane)
        gone = min(excess, members.size)
        row[random.choice(members, gone, replace=False, shuffle=False)] = False
        excess -= gone


def flooded(places: int, offers: NDArray[np.bool_], seed: int) -> tuple[float, float]:
    """One bag, one day: the shares of people's letters (True in `offers`) and of junk that are in it afterwards.

    The rule of a relay's room for letters of one lane and one carrier: the highest lots go. A lot has nothing to do
    with when its letter came, so the order of the offers means nothing.
    """
    random = np.random.default_rng([seed, 3])
    kept = np.zeros(offers.size, bool)
    kept[np.argsort(random.random(offers.size), kind="stable")[:places]] = True
    return float(kept[offers].mean()), float(kept[~offers].mean())
