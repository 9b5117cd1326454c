"""Frames in a stream of bytes: whatever happens to the bytes, the records that are whole come out, and only these."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused
from holub.formats.frame import MOST_FRAME
from holub.transit.carriers.broadcast.records import MARKER, frames_in, record

FRAMES = st.lists(st.binary(min_size=1, max_size=MOST_FRAME), max_size=8)


def pieces(stream: bytes, chance: random.Random) -> list[bytes]:
    cuts = sorted({0, len(stream), *(chance.randrange(len(stream) + 1) for _ in range(5))})
    return [stream[a:b] for a, b in pairwise(cuts)] or [stream]


@given(FRAMES, st.binary(max_size=50), st.randoms(use_true_random=False))
def test_frames_come_back_in_whatever_pieces_with_junk_between(
    frames: list[bytes], junk: bytes, chance: random.Random
) -> None:
    stream = b"".join(junk + record(frame) for frame in frames) + junk
    assert list(frames_in(pieces(stream, chance))) == frames


def test_the_bytes_are_those_of_the_specification() -> None:
    # spec/broadcast.md: marker, length, frame, CRC-32 of length and frame (as gzip has it).
    assert record(b"pigeon").hex() == "1acffc1d0006706967656f6e39700fe8"


@given(st.integers(0, 10_000), st.integers(1, 3_000))
def test_after_a_gap_every_record_behind_it_comes(begin: int, length: int) -> None:
    frames = [random.Random(at).randbytes(1_000) for at in range(12)]
    stream = b"".join(map(record, frames))
    torn = stream[:begin] + stream[begin + length :]
    size = len(record(frames[0]))
    whole = [frame for at, frame in enumerate(frames) if (at + 1) * size <= begin or at * size >= begin + length]
    # Where the first byte behind the gap is the one that is lacking before it, the record there is whole as well.
    assert [frame for frame in frames if record(frame) in torn] == (found := list(frames_in([torn])))
    assert set(whole) <= set(found)


def test_a_turned_bit_costs_one_record() -> None:
    frames = [bytes([at]) * 300 for at in range(6)]
    stream = bytearray(b"".join(map(record, frames)))
    for at in range(0, len(stream), 37):
        damaged = stream.copy()
        damaged[at] ^= 1 << at % 8
        assert len(list(frames_in([bytes(damaged)]))) == 5


@pytest.mark.parametrize("piece", [1, 7, 1_000_000])
def test_a_false_marker_costs_no_true_record(piece: int) -> None:
    # The false ones say the greatest length, so each reaches over true records, the last beyond the end.
    true = [random.Random(at).randbytes(200) for at in range(10)]
    false = MARKER + MOST_FRAME.to_bytes(2, "big")
    stream = b"".join(false + record(frame) for frame in true)
    assert list(frames_in(stream[at : at + piece] for at in range(0, len(stream), piece))) == true


def test_a_marker_inside_a_frame_is_no_beginning() -> None:
    inner = record(b"inside")
    assert list(frames_in([record(inner)])) == [inner]


def test_endless_junk_holds_a_bounded_amount() -> None:
    chance = random.Random(1)

    def junk() -> Iterator[bytes]:
        for _ in range(400):
            yield chance.randbytes(4_096)
            yield MARKER * 500 + MARKER[:3]
            yield MARKER + b"\x05\x0a"

    tracemalloc.start()
    try:
        assert list(frames_in(junk())) == []
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


def test_no_record_is_made_of_what_is_no_frame() -> None:
    for wrong in (b"", bytes(MOST_FRAME + 1)):
        with pytest.raises(Misused):
            record(wrong)
