"""What one language cuts the other collects: Python at a carrier, TypeScript in the reading page."""

from __future__ import annotations

import os
from random import Random

import pytest

from holub.formats.framecollector import Collector
from holub.formats.framecutter import Cutter
from tests.fakes.pagecode import NEEDS_PAGE, Tool, page_tool

pytestmark = NEEDS_PAGE
# Lengths and symbols: what QR, mesh, sound and broadcast use, with K = K' and without, and more than one block.
SIZES = [
    (40_000, 504),
    (200_000, 504),
    (10 * 504, 504),
    (11 * 184 - 1, 184),
    (3_000, 112),
    (500_000, 1_200),
    (8, 8),
    (66_000, 8),
]


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return page_tool("frames", tmp_path_factory.mktemp("tool"))


def test_the_page_cuts_the_same_frames(tool: Tool) -> None:
    parcels = [os.urandom(length) for length, _ in SIZES]
    requests = [
        {"parcel": parcel.hex(), "symbol": symbol, "repair": 150}
        for parcel, (_, symbol) in zip(parcels, SIZES, strict=True)
    ]
    for parcel, (_, symbol), answer in zip(parcels, SIZES, tool(requests), strict=True):
        assert answer["frames"] == [frame.hex() for frame in Cutter(parcel, symbol).frames(150)]


@pytest.mark.parametrize("loss", [0.3, 0.7])
def test_the_page_collects_what_python_cuts(loss: float, tool: Tool) -> None:
    random = Random(loss)
    parcels = [random.randbytes(length) for length, _ in SIZES]
    requests = []
    for parcel, (_, symbol) in zip(parcels, SIZES, strict=True):
        cutter = Cutter(parcel, symbol)
        sent = cutter.frames(3 * cutter.split.symbols(0) + 60)
        requests.append(
            {"frames": [frame.hex() for frame in sent if random.random() >= loss], "symbol": 0, "repair": 0}
        )
    for parcel, answer in zip(parcels, tool(requests), strict=True):
        assert answer["parcel"] == parcel.hex()


@pytest.mark.parametrize("loss", [0.3, 0.7])
def test_python_collects_what_the_page_cuts(loss: float, tool: Tool) -> None:
    random = Random(loss)
    parcels = [random.randbytes(length) for length, _ in SIZES]
    requests = [
        {"parcel": parcel.hex(), "symbol": symbol, "repair": 3 * min(-(-length // symbol), 8_192) + 60}
        for parcel, (length, symbol) in zip(parcels, SIZES, strict=True)
    ]
    for parcel, answer in zip(parcels, tool(requests), strict=True):
        collector = Collector(os.urandom)
        kept = (bytes.fromhex(frame) for frame in answer["frames"] if random.random() >= loss)
        arrived = next(found for found in map(collector.add, kept) if found is not None)
        assert arrived.parcel == parcel


def test_the_highest_numbers_mean_the_same_symbols(tool: Tool) -> None:
    """With padding their internal numbers need more than three bytes."""
    random = Random(24)
    parcels = [random.randbytes(count * 104) for count in (11, 80, 400)]
    requests = [
        {"parcel": parcel.hex(), "symbol": 104, "numbers": random.sample(range(2**24 - 500, 2**24), 450)}
        for parcel in parcels
    ]
    for parcel, answer in zip(parcels, tool(requests), strict=True):
        frames = map(bytes.fromhex, answer["frames"])
        collector = Collector(os.urandom)
        arrived = next(found for found in map(collector.add, frames) if found is not None)
        assert arrived.parcel == parcel
