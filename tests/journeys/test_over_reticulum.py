"""An edition's update over two real Reticulum nodes, each behind its own `holub mesh`, on a cable that loses much."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from holub.formats.root import split_chain, trust
from holub.transit.carriers import FolderCarrier
from holub.transit.names import PARCELS, parcel_file
from holub.transit.parcelfolder import open_shelf
from tests.faces.cli.station import Station
from tests.fakes.lossycable import LossyCable
from tests.journeys.command import HOLUB

pytestmark = pytest.mark.package("RNS")
# All of each hour: nobody else is on this cable. What is on the air, and the pauses, are counted as on any mesh.
FAST = ("--profile", "short-turbo", "--share", "100")
HEAD, ASK, LEAST = 19, 0x41, 1
BOUND = 120.0  # seconds


@contextmanager
def running(*words: object) -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on until Ctrl+C."""
    process = subprocess.Popen([*HOLUB, *map(str, words)], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            process.kill()  # whoever did not go by then fails the test, and stays no longer


def test_an_update_crosses_a_cable_that_loses_most_of_it_because_the_receiver_asks(tmp_path: Path) -> None:
    there = tmp_path / "there"
    with closing((station := Station(tmp_path)).office):
        (there / PARCELS).mkdir(parents=True)
        for row in FolderCarrier(station.stick).parcels():
            FolderCarrier(there).put(station.stick / PARCELS / parcel_file(row.name))
        words = " ".join(f"{number:x}" for number in random.Random(1).sample(range(1 << 20), 120))
        (station.guides / "uk" / "long.md").write_text(f"---\ntitle: Довге\n---\n\n{words}\n", "utf-8")
        station.publish()
        [update] = [
            row
            for row in FolderCarrier(station.stick).parcels()
            if row.kind == "update" and row.language is None and row.section is None and row.to_edition == 2
        ]
        root = tmp_path / "root.txt"
        root.write_bytes(station.root.read_bytes())
    publisher = trust(split_chain(root.read_bytes()))
    asked, heard = False, 0

    def loses(data: bytes) -> bool:
        """All but the first frame, until somebody asks."""
        nonlocal asked, heard
        asked = asked or any(one[HEAD : HEAD + 1] == bytes([ASK]) for one in cable.passed[1])
        heard += 1
        return not asked and heard > LEAST

    with LossyCable(loses) as cable:
        listens = ["mesh", "listen", there, "--root", root, "--ask"]
        with running(*listens, *FAST, "--radio", cable.node(1, tmp_path / "b")):
            cable.wait_for(1)
            parcel = station.stick / PARCELS / parcel_file(update.name)
            with running("mesh", "send", parcel, *FAST, "--radio", cable.node(0, tmp_path / "a")):
                until = time.monotonic() + BOUND
                arrived = there / PARCELS / parcel_file(update.name)
                while not arrived.exists() and time.monotonic() < until:
                    time.sleep(0.1)
    assert arrived.read_bytes() == parcel.read_bytes()
    shelf, wrong = open_shelf(publisher, [there / PARCELS])
    assert (shelf.edition, wrong) == (2, [])
    shelf.check_complete()
    assert asked
    assert heard > 3  # frames that make up the update
    assert all(len(data) <= HEAD + 200 for data in cable.passed[0] + cable.passed[1])
    assert list((tmp_path / "a").iterdir()) == [tmp_path / "a" / "config"]
