"""The vectors of frames, and that their generator still writes them."""

from __future__ import annotations

import hashlib
import os

import pytest

from holub.errors import Refused
from holub.formats.frame import parse_frame
from holub.formats.framecollector import Collector, Limits
from holub.formats.framecutter import Cutter
from tests.formats.lettervectors import load, names


def parcel(seed: str, length: int) -> bytes:
    pieces = (hashlib.sha256(f"{seed}/{at}".encode()).digest() for at in range(-(-length // 32)))
    return b"".join(pieces)[:length]


@pytest.mark.parametrize("name", names("frame", "parse"))
def test_a_frame_is_read_or_refused_as_the_vector_says(name: str) -> None:
    case = load("frame", name)
    data = bytes.fromhex(case["frame"])
    if case["expect"] == "ok":
        frame = parse_frame(data)
        told = (case["id"], case["length"], case["block"], case["number"], case["symbol"])
        assert (frame.parcel_id.hex(), frame.length, frame.block, frame.number, frame.symbol.hex()) == told
        assert frame.encode() == data
    else:
        assert case["expect"] == "Refused"
        with pytest.raises(Refused):
            parse_frame(data)
        with pytest.raises(Refused):
            Collector(os.urandom).add(data)


@pytest.mark.parametrize("name", names("frame", "cut"))
def test_a_parcel_is_cut_as_the_vector_says(name: str) -> None:
    case = load("frame", name)
    cutter = Cutter(parcel(case["seed"], case["length"]), case["symbol"])
    frames = list(cutter.frames(case["repair"]))
    assert (cutter.id.hex(), cutter.count, cutter.split.blocks) == (case["id"], case["count"], case["blocks"])
    assert (len(frames), frames[0].hex(), frames[-1].hex()) == (case["frames"], case["first"], case["last"])
    assert hashlib.sha256(b"".join(frames)).hexdigest() == case["sha256"]


@pytest.mark.parametrize("name", names("frame", "collect"))
def test_frames_are_collected_as_the_vector_says(name: str) -> None:
    case = load("frame", name)
    collector = Collector(os.urandom, Limits(**case.get("limits", {})))
    arrived, refused = [], []
    for at, frame in enumerate(case["frames"]):
        try:
            found = collector.add(bytes.fromhex(frame))
        except Refused:
            refused.append(at)
            continue
        if found is not None:
            arrived.append(found.parcel)
    assert arrived == [parcel(one["seed"], one["length"]) for one in case["arrives"]]
    assert refused == case.get("refused", [])
    if "received" in case:
        assert [[one.received, one.needed] for one in collector.progress()] == case["received"]
