"""Two relays without a network: an update and a letter go from one to the other over real Reticulum nodes."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.mesh.airtime import read_profile
from holub.transit.names import PARCELS, parcel_file
from holub.transit.relay import Air, RelayServer, Settings, read_status, sync_once
from tests.fakes.lossycable import LossyCable
from tests.transit.relay.conftest import Published, letter, published, small

__all__ = ["published"]
pytestmark = pytest.mark.package("RNS")
BOUND = 120.0  # seconds
HEAD, NARROW = 19, LETTER_SIZES[0]


def settings(radio: str, **does: object) -> Settings:
    air = Air(read_profile("short-turbo"), 1.0, **does)  # type: ignore[arg-type] # given by name
    return Settings((radio,), minutes=10_000, limits=small().limits, air=air)


def test_an_update_and_a_letter_go_from_relay_to_relay(published: Published, tmp_path: Path) -> None:
    one = letter(NARROW)
    newest = Path(shutil.copytree(published.sticks[1], tmp_path / "newest"))
    FolderCarrier(newest).leave_letter(one)
    for name, stick in (("near", newest), ("far", published.sticks[0])):
        sync_once(tmp_path / name, small(stick, root=published.root))
    rows = FolderCarrier(tmp_path / "near" / "www").catalogue().listings
    sweeps = {
        parcel_file(row.name) for row in rows if row.kind == "update" and (row.language, row.to_edition) == (None, 2)
    }
    sweeps |= {parcel_file(row.name) for row in rows if row.kind == "packstamps"}
    assert sweeps
    with LossyCable() as cable:
        near = settings(cable.node(0, tmp_path / "a"), sends=True, letters=5)
        far = settings(cable.node(1, tmp_path / "b"))
        with RelayServer(tmp_path / "far", settings=far) as listens:
            cable.wait_for(1)
            with RelayServer(tmp_path / "near", settings=near):
                until, came = time.monotonic() + BOUND, set[str]()
                while (not sweeps <= came or len(listens.bag) < 1) and time.monotonic() < until:
                    time.sleep(0.1)
                    folder = tmp_path / "far" / "heard" / PARCELS
                    came = {file.name for file in folder.iterdir()} if folder.is_dir() else set()
            assert sweeps <= came
            assert listens.bag.collect().letters == (one,)
            assert listens._rounds is not None
            done = listens._rounds.make()
            assert (done.edition, done.troubles) == (2, [])
            assert not list((tmp_path / "far" / "heard" / PARCELS).iterdir())
        assert cable.passed[1] == []  # the other one listens and is silent
        assert all(len(data) <= HEAD + 200 for data in cable.passed[0])
    assert set(read_status(tmp_path / "far").syncs) == {"folder", "mesh"}
    assert read_status(tmp_path / "near").letters[NARROW] == 1
