"""Frames: cutting and collecting with loss, repetition, lies and poison; memory stays within its limits."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.formats.fountain import MOST_SYMBOL, MOST_SYMBOLS, Block, decode
from holub.formats.frame import MOST_FRAME, Frame, Split, parse_frame, symbol_size
from holub.formats.framecollection import FRAME_COST, SPARE
from holub.formats.framecollector import Arrived, Collector, Limits
from holub.formats.framecutter import Cutter
from holub.formats.parcel import parcel_id


def parcel(length: int, seed: int = 0) -> bytes:
    return Random(seed).randbytes(length)


def collect(collector: Collector, frames: list[bytes]) -> bytes | None:
    """The parcel, which must be complete only once."""
    arrived = [found for found in map(collector.add, frames) if found is not None]
    assert len(arrived) <= 1
    return arrived[0].parcel if arrived else None


@settings(max_examples=60, deadline=None)
@given(st.integers(8, 6_000), st.integers(1, 20), st.floats(0.3, 1), st.randoms(use_true_random=False))
def test_a_parcel_arrives_whatever_is_lost(length: int, step: int, kept: float, random: Random) -> None:
    data = random.randbytes(length)
    cutter = Cutter(data, 8 * step)
    frames = [frame for frame in cutter.frames(repair=3 * cutter.count + 30) if random.random() < kept]
    random.shuffle(frames)
    collector = Collector(os.urandom)
    for used, frame in enumerate(frames, 1):
        arrived = collector.add(frame)
        if arrived is not None:
            assert arrived == Arrived(parcel_id(data), data)
            assert cutter.count <= used <= cutter.count + SPARE
            assert collector.progress() == []
            return
    assert len(frames) < cutter.count + SPARE


def test_a_parcel_of_several_blocks_arrives() -> None:
    data = parcel(8 * 8_192 * 2 + 3)
    cutter = Cutter(data, 8)
    assert [cutter.split.symbols(block) for block in range(cutter.split.blocks)] == [5_462, 5_462, 5_461]
    assert collect(Collector(os.urandom), list(cutter.frames(repair=4_000, first=2_000))) == data
    first = [parse_frame(frame) for frame in list(cutter.frames())[:4]]
    assert [(frame.block, frame.number) for frame in first] == [(0, 0), (1, 0), (2, 0), (0, 1)]


@given(st.integers(8, 10**9), st.sampled_from([8, 112, 184, 504, 1_000, 1_272]))
def test_blocks_cover_the_parcel_without_gaps(length: int, symbol: int) -> None:
    if length > 256 * 8_192 * symbol:
        with pytest.raises(Misused):
            Split(length, symbol)
        return
    split = Split(length, symbol)
    assert sum(map(split.symbols, range(split.blocks))) == split.count
    at = 0
    for block in range(split.blocks):
        start, end = split.span(block)
        assert start == at
        assert -(-(end - start) // symbol) == split.symbols(block) <= 8_192
        at = end
    assert at == length


@pytest.mark.parametrize("symbol", [8, 56, 64, 504, MOST_SYMBOL])
def test_the_largest_block_is_not_divided_further(symbol: int) -> None:
    """Sub-blocks would put other bytes into a symbol than those that follow one another."""
    data = parcel(MOST_SYMBOLS * symbol - 5)
    block = Block(data, symbol)
    packets = block.packets(MOST_SYMBOLS + 8)
    assert b"".join(packet[4:] for packet in packets[:MOST_SYMBOLS]) == data + bytes(5)
    assert decode(packets[3:], len(data), symbol) == data
    assert {packet[0] for packet in packets} == {0}


@pytest.mark.parametrize(("frame", "symbol"), [(520, 504), (200, 184), (128, 112), (1_216, 1_200), (9_000, 1_272)])
def test_symbols_fill_the_frame(frame: int, symbol: int) -> None:
    assert symbol_size(frame, 200_000) == symbol
    assert len(Cutter(parcel(200_000), symbol).frame(0, 0)) == symbol + 16 <= frame


@pytest.mark.parametrize("frame", [0, 16, 23])
def test_a_frame_without_room_is_refused(frame: int) -> None:
    with pytest.raises(Misused):
        symbol_size(frame, 200_000)


@given(st.binary(max_size=MOST_FRAME + 2))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    for one in (data, b"\x01" + data):
        try:
            assert parse_frame(one).encode() == one
        except Refused:
            continue


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 400), st.integers(0, 255)), max_size=60))
def test_altered_frames_never_break_a_collector(changes: list[tuple[int, int, int]]) -> None:
    frames = list(Cutter(parcel(1_000), 104).frames(repair=30))
    collector = Collector(os.urandom, Limits(parcels=3, length=100_000, memory=50_000))
    for which, place, byte in changes:
        frame = bytearray(frames[which % len(frames)])
        frame[place % len(frame)] = byte
        try:
            collector.add(bytes(frame[: 1 + place]))
            collector.add(bytes(frame))
        except Refused:
            continue
        assert len(collector.progress()) <= 3


def test_progress_counts_each_frame_once() -> None:
    cutter = Cutter(parcel(40_000), 504)
    collector = Collector(os.urandom)
    for _ in range(3):
        for number in range(31):
            collector.add(cutter.frame(0, number))
    (progress,) = collector.progress()
    assert str(progress) == "31 of 80"
    assert (progress.id, progress.length) == (cutter.id, 40_000)


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), max_size=200), st.sampled_from([8 * 90, 8 * 8_192 + 800]), st.integers(1, 40))
def test_progress_counts_distinct_frames_whenever_it_is_asked(sent: list[int], length: int, pause: int) -> None:
    """What came twice before anybody looked is dropped too; with one block and with two."""
    collector, new = Collector(os.urandom), set[int]()
    for at, number in enumerate(sent, 1):
        assert collector.add(Frame(bytes(8), length, 0, number, number.to_bytes(8, "big")).encode()) is None
        new.add(number)
        if at % pause == 0:
            assert [one.received for one in collector.progress()] == [len(new)]


def test_a_frame_that_came_twice_does_not_end_a_collection() -> None:
    data = parcel(900)
    cutter = Cutter(data, 104)
    collector = Collector(os.urandom)
    frames = list(cutter.frames())
    assert collect(collector, [*frames[:-2], *frames[:3]]) is None
    assert collect(collector, frames[-2:]) == data


@pytest.mark.parametrize("place", ["first", "in between", "last"])
def test_one_forged_frame_among_the_first_k_only_delays_a_parcel(place: str) -> None:
    data = parcel(3_000)
    cutter = Cutter(data, 104)
    frames = list(cutter.frames(repair=400))
    at = {"first": 0, "in between": 10, "last": cutter.count - 1}[place]
    frames[at] = frames[at][:-104] + bytes(104)
    collector = Collector(Random(5).randbytes)
    assert collect(collector, frames[: 4 * cutter.count]) == data


def test_a_finished_parcel_is_not_collected_again() -> None:
    cutter = Cutter(parcel(900), 104)
    collector = Collector(os.urandom)
    assert collect(collector, list(cutter.frames()) * 4) is not None
    assert collector.progress() == []


def test_an_announced_length_above_the_limit_is_refused() -> None:
    collector = Collector(os.urandom, Limits(length=1_000_000))
    with pytest.raises(Refused, match="announces a parcel of 1,000,001 bytes"):
        collector.add(Frame(bytes(8), 1_000_001, 0, 0, bytes(504)).encode())
    with pytest.raises(Refused):
        collector.add(bytes([1]) + bytes(8) + b"\xff\xff\xff\xff\x7f" + bytes(508))
    assert collector.progress() == []


def test_forged_frames_under_its_own_id_do_not_keep_a_parcel_out() -> None:
    """A lying length, another symbol size: each is collected for itself."""
    data = parcel(5_000)
    cutter = Cutter(data, 104)
    collector = Collector(os.urandom)
    liars = [Frame(cutter.id, 9_999, 0, 0, bytes(104)), Frame(cutter.id, 5_000, 0, 0, bytes(504))]
    for liar in liars:
        collector.add(liar.encode())
    assert collect(collector, list(cutter.frames())) == data
    assert collector.progress() == []


@pytest.mark.parametrize("forged", [1, 2])
def test_a_poisoned_collection_recovers_with_other_frames(forged: int) -> None:
    data = parcel(3_000)
    cutter = Cutter(data, 104)
    random = Random(forged)
    collector = Collector(random.randbytes)
    for number in range(forged):
        collector.add(Frame(cutter.id, len(data), 0, 100 + number, random.randbytes(104)).encode())
    found = None
    for used, frame in enumerate(cutter.frames(repair=400), 1):
        found = collector.add(frame)
        if found is not None:
            assert used <= 4 * cutter.count
            break
    assert found == Arrived(cutter.id, data)


def test_a_hopeless_collection_begins_anew() -> None:
    """All that came first was forged; later frames are genuine."""
    data = parcel(3_000)
    cutter = Cutter(data, 104)
    random = Random(7)
    collector = Collector(random.randbytes)
    for number in range(cutter.count):
        collector.add(Frame(cutter.id, len(data), 0, number, random.randbytes(104)).encode())
    found = [arrived for frame in cutter.frames(repair=600) if (arrived := collector.add(frame))]
    assert found == [Arrived(cutter.id, data)]


def test_a_poisoned_collection_recovers_although_the_same_few_frames_come_again() -> None:
    """Half of a short carousel was forged before it came; nothing new will ever come."""
    data = parcel(200)
    cutter = Cutter(data, 104)
    random = Random(11)
    collector = Collector(random.randbytes)
    sent = list(cutter.frames(repair=4))
    for number in range(len(sent) // 2):
        collector.add(Frame(cutter.id, len(data), 0, number, random.randbytes(104)).encode())
    assert collect(collector, sent * 12) == data


def test_numbers_that_never_decode_do_not_hold_a_collection_up() -> None:
    """Far too many symbols that say the same: the collection starts anew instead of refusing all that follows."""
    data = parcel(3_000)
    cutter = Cutter(data, 104)
    held = Collector(os.urandom)
    for _ in range(5):
        for number in range(cutter.count - 1):
            held.add(cutter.frame(0, number))
    assert collect(held, list(cutter.frames(repair=SPARE, first=cutter.count - 1))) == data


def test_what_is_nearest_to_its_end_stays_when_strangers_flood() -> None:
    data = parcel(20_000)
    cutter = Cutter(data, 504)
    random = Random(3)
    collector = Collector(random.randbytes, Limits(parcels=4))
    found = []
    for frame in cutter.frames():
        found.append(collector.add(frame))
        for _ in range(3):
            found.append(collector.add(Frame(random.randbytes(8), 100_000, 0, 0, bytes(504)).encode()))
        assert len(collector.progress()) <= 4
    assert [one for one in found if one is not None] == [Arrived(cutter.id, data)]


def test_memory_is_bounded() -> None:
    limits = Limits(parcels=50, memory=60_000)
    collector = Collector(os.urandom, limits)
    for seed in range(40):
        for frame in list(Cutter(parcel(20_000, seed), 504).frames())[:10]:
            collector.add(frame)
            assert sum(one.received for one in collector.progress()) * 504 <= limits.memory
    assert collector.progress()


def test_memory_is_bounded_before_anybody_looks() -> None:
    limits = Limits(parcels=50, memory=20_000)
    collector = Collector(os.urandom, limits)
    cutter = Cutter(parcel(200_000), 504)
    for frame in list(cutter.frames())[:390]:
        collector.add(frame)
    assert sum(one.received for one in collector.progress()) * (504 + FRAME_COST) <= limits.memory


def test_a_collection_that_nobody_sends_any_more_goes_first() -> None:
    collector = Collector(os.urandom, Limits(parcels=2, idle=20))
    old, new = Cutter(parcel(20_000, 1), 504), Cutter(parcel(30_000, 2), 504)
    for frame in list(old.frames())[:30]:
        collector.add(frame)
    for frame in list(new.frames())[:25]:
        collector.add(frame)
    third = Cutter(parcel(9_000, 3), 504)
    collector.add(third.frame(0, 0))
    assert {one.id for one in collector.progress()} == {new.id, third.id}


def test_a_carousel_begins_where_it_is_told_and_then_anew() -> None:
    cutter = Cutter(parcel(1_000), 104)
    turning = cutter.carousel(repair=2, first=10)
    numbers = [parse_frame(next(turning)).number for _ in range(16)]
    assert numbers == [10, 11, *range(12), 0, 1]


@pytest.mark.parametrize(("length", "symbol"), [(7, 8), (100, 12), (100, 0), (100, 1_280), (2**32, 1_272), (2**25, 8)])
def test_a_split_outside_the_limits_is_misuse(length: int, symbol: int) -> None:
    with pytest.raises(Misused):
        Split(length, symbol)


@pytest.mark.parametrize(("block", "number"), [(1, 0), (-1, 0), (0, 1 << 24), (0, -1)])
def test_a_frame_that_there_is_not_is_misuse(block: int, number: int) -> None:
    with pytest.raises(Misused):
        Cutter(parcel(100), 104).frame(block, number)
