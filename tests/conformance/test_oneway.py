"""One suite for every one-way carrier, each behind the blockade. A new member is one more line in oneways.py."""

from __future__ import annotations

import contextlib
import random
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, cycle, islice
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.formats.frame import frame_head, parse_frame, payload_id
from holub.formats.framecollector import Limits
from holub.formats.framecutter import Cutter
from holub.formats.parcel import Kind, Parcel, parcel_id
from holub.transit.oneway import collect, cut, undamaged, with_check
from tests.conformance.oneways import MEMBERS, Member, What, nothing
from tests.fakes.channel import WEATHERS, Channel, Weather


@pytest.fixture(params=[pytest.param(one, id=name, marks=one.needs) for name, one in MEMBERS.items()])
def member(request: pytest.FixtureRequest) -> Member:
    found: Member = request.param
    return found


def parcels(member: Member, seed: int = 1) -> list[bytes]:
    """A tiny one, one that fills a frame or two, and the largest."""
    chance = random.Random(1 if member.slow else seed)
    return [Parcel(member.kind, chance.randbytes(size - 8)).encode() for size in (9, 700, member.most_bytes)]


def carried(member: Member, home: Path, what: What, given: list[bytes]) -> list[bytes]:
    carrier = member.make(home, what)
    carrier.send(given)
    return list(carrier.receive())


def test_parcels_arrive_each_once(member: Member, tmp_path: Path) -> None:
    given = parcels(member)
    assert sorted(carried(member, tmp_path, nothing, given)) == sorted(given)


POISONS = {name: weather for name, weather in WEATHERS.items() if weather.damaged or weather.cut or weather.forged}


def bearable(member: Member, weather: Weather) -> Weather:
    """The weather, with no more loss than the medium is for."""
    return weather if weather.mean_loss <= member.most_loss else replace(weather, loss=member.most_loss, burst=None)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", [name for name in WEATHERS if name not in POISONS])
def test_parcels_arrive_through_any_weather(member: Member, tmp_path: Path, name: str, seed: int) -> None:
    channel = Channel(bearable(member, WEATHERS[name]), seed)
    given = parcels(member, seed)
    assert sorted(carried(member, tmp_path, channel.carry, given)) == sorted(given)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", POISONS)
def test_what_was_poisoned_comes_right_once_true_frames_come(
    member: Member, tmp_path: Path, name: str, seed: int
) -> None:
    """Wrong frames cannot be told from true ones on a medium without a check; nothing false is ever given for it.

    A large parcel: of a small one there are few numbers, and wrong frames may hold them all until the receiver is
    started again.
    """

    def what(frames: Iterable[bytes]) -> Iterator[bytes]:
        every = list(frames)
        yield from Channel(bearable(member, POISONS[name]), seed).carry(every)
        yield from every

    given = parcels(member, seed)[-1:]
    assert carried(member, tmp_path, what, given) == given


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", POISONS)
def test_nothing_false_is_ever_given(member: Member, tmp_path: Path, name: str, seed: int) -> None:
    given, arrived = parcels(member, seed), []
    carrier = member.make(tmp_path, Channel(POISONS[name], seed).carry)
    carrier.send(given)
    with contextlib.suppress(Unavailable, Refused):
        for parcel in carrier.receive():
            arrived.append(parcel)
    assert set(arrived) <= set(given)
    assert len(arrived) == len(set(arrived))


def test_the_frames_of_several_parcels_may_come_mixed(member: Member, tmp_path: Path) -> None:
    def mixed(frames: Iterable[bytes]) -> Iterable[bytes]:
        every = list(frames)
        random.Random(1).shuffle(every)
        return every

    given = parcels(member)
    assert sorted(carried(member, tmp_path, mixed, given)) == sorted(given)


def test_progress_says_how_many_frames_there_are_of_how_many(member: Member, tmp_path: Path) -> None:
    given = parcels(member)[-1:]
    carrier = member.make(tmp_path, nothing)
    sent: list[tuple[bytes, int, int]] = []
    come: list[tuple[bytes, int, int]] = []
    carrier.send(given, lambda *told: sent.append(told))
    assert list(carrier.receive(lambda *told: come.append(told))) == given
    needed = sent[0][2]
    assert {told[0] for told in (*sent, *come)} == {parcel_id(given[0])}
    assert {told[2] for told in (*sent, *come)} == {needed}
    assert [told[1] for told in come[:3]] == [1, 2, 3]
    assert all(done <= needed for _, done, needed in come)


# What hostile frames do. Each is put in before, among and after the true ones.


def _mixed_in(false: Callable[[bytes], bytes]) -> What:
    def what(frames: Iterable[bytes]) -> Iterator[bytes]:
        every = list(frames)
        yield from (false(one) for one in every[:20])
        for at, one in enumerate(every):
            if at % 3 == 0:
                yield false(one)
            yield one
        yield from (false(one) for one in every[-20:])

    return what


def _with_length(frame: bytes, length: int) -> bytes:
    read = parse_frame(frame)
    return frame_head(read.parcel_id, length) + payload_id(read.block, read.number) + read.symbol


def _of_another(frame: bytes) -> bytes:
    """A frame of another parcel under the true one's id, as far as anybody can tell before it is whole."""
    read = parse_frame(frame)
    other = Cutter(bytes([7]) * read.length, len(read.symbol))
    return frame_head(read.parcel_id, read.length) + other.frame(0, 1 << 10)[-len(read.symbol) - 4 :]


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "they lie about the length": lambda frame: _with_length(frame, parse_frame(frame).length + 1),
    "they announce the largest parcel there is": lambda frame: _with_length(frame, 60_000_000),
    "they announce 100 GB": lambda frame: frame[:9] + bytes.fromhex("80d0dbc3f402") + frame[11:],
    "they are of a version that does not exist": lambda frame: b"\x09" + frame[1:],
    "they are empty": lambda frame: b"",
    "they are longer than any frame": lambda frame: frame + bytes(100_000),
    "they are of parcels that nobody sends": lambda frame: frame[:1] + random.randbytes(8) + frame[9:],
}


@pytest.mark.parametrize("false", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_frames_hold_up_nothing_when(member: Member, tmp_path: Path, false: Callable[[bytes], bytes]) -> None:
    given = parcels(member)[-1:]
    assert carried(member, tmp_path, _mixed_in(false), given) == given


def test_frames_of_another_parcel_with_the_same_id_do_not_spoil_it(member: Member, tmp_path: Path) -> None:
    def what(frames: Iterable[bytes]) -> Iterator[bytes]:
        every = list(frames)
        yield _of_another(every[0])
        yield from every

    given = parcels(member)[-1:]
    assert carried(member, tmp_path, what, given) == given


def test_an_endless_carousel_gives_each_parcel_once_and_holds_a_bounded_amount(member: Member, tmp_path: Path) -> None:
    given = parcels(member)
    # A true carousel has no end; this one stops so that the test does.
    assert sorted(carried(member, tmp_path, lambda frames: islice(cycle(frames), 3_000), given)) == sorted(given)


def test_whoever_has_enough_stops_asking(member: Member, tmp_path: Path) -> None:
    given = parcels(member)[:1]
    carrier = member.make(tmp_path, lambda frames: cycle(list(frames)))
    carrier.send(given)
    assert next(iter(carrier.receive())) == given[0]


def test_where_nothing_is_whole_one_sentence_says_how_far_it_came(member: Member, tmp_path: Path) -> None:
    given = parcels(member)[-1:]

    def few(frames: Iterable[bytes]) -> Iterable[bytes]:
        return islice(frames, 5)

    with pytest.raises(Unavailable, match=r"5 of \d+ frames .* no parcel is whole"):
        carried(member, tmp_path, few, given)
    (tmp_path / "again").mkdir()
    with pytest.raises(Unavailable, match="no frames came"):
        carried(member, tmp_path / "again", lambda frames: [], given)


def test_bytes_that_are_no_parcel_are_the_senders_mistake(member: Member, tmp_path: Path) -> None:
    with pytest.raises(Misused):
        member.make(tmp_path, nothing).send([b""])


# What every member stands on.


def test_a_flood_of_announcements_holds_a_bounded_amount() -> None:
    chance = random.Random(3)

    def flood() -> Iterator[bytes]:
        for _ in range(4_000):
            length = chance.randrange(10_000, 60_000_000)
            yield frame_head(chance.randbytes(8), length) + payload_id(0, chance.randrange(1 << 20)) + bytes(1_000)

    true = Parcel(Kind.LETTERS, chance.randbytes(20_000)).encode()
    limits = Limits(parcels=8, memory=1 << 20)
    tracemalloc.start()
    try:
        assert list(collect(chain(flood(), cut([true], 1_017, 0.0)), limits=limits)) == [true]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 << 20


def test_a_parcel_that_is_larger_than_allowed_is_said_where_nothing_else_came() -> None:
    head = frame_head(bytes(8), 100 << 20)
    with pytest.raises(Refused, match="announces a parcel of 104,857,600 bytes"):
        list(collect([head + payload_id(0, 5) + bytes(1_000)]))


def test_behind_a_checksum_damaged_frames_are_only_lost_ones() -> None:
    true = Parcel(Kind.LETTERS, random.Random(4).randbytes(40_000)).encode()
    sent = map(with_check, cut([true], 516, 0.5))
    weather = Weather(damaged=0.1, cut=0.1, junk=1.0)
    assert list(collect(undamaged(Channel(weather, 1).carry(sent)))) == [true]


def test_the_same_weather_and_seed_give_the_same_arrivals() -> None:
    frames = [bytes([at]) * 40 for at in range(200)]
    one, two = (list(Channel(WEATHERS["all of it at once"], 7).carry(frames)) for _ in range(2))
    assert one == two
    assert one != list(Channel(WEATHERS["all of it at once"], 8).carry(frames))


@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
def test_a_weather_loses_the_share_that_it_says(weather: Weather) -> None:
    channel = Channel(weather, 1)
    for _ in channel.carry(bytes(40) for _ in range(40_000)):
        pass
    assert abs(channel.lost / channel.sent - weather.mean_loss) < 0.02
