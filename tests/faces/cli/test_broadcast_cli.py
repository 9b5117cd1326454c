"""`holub broadcast` and `holub carry in broadcast:…`: an edition goes on the air, and a relay far away has it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from holub.errors import Misused
from holub.faces import cli
from holub.faces.cli.broadcast import read_rate
from holub.formats.parcel import Kind, Parcel, parcel_id, parse_parcel
from holub.formats.proof import read_selection
from holub.formats.root import RootDocument, split_chain, trust
from holub.formats.shelf import Shelf
from holub.office.alerts import alert_parcels
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.broadcast.records import frames_in, record
from holub.transit.parcelfolder import read_parcel_files, shelve
from tests.faces.cli.command import PROGRAM, Run, is_told
from tests.faces.cli.station import Station
from tests.fakes.channel import Channel, Weather
from tests.fakes.ports import free_ports

NOW = 1_795_000_000
BOUND = 90.0  # seconds


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station(tmp_path)
    yield made
    made.office.close()


@pytest.fixture
def relay(tmp_path: Path) -> Path:
    (tmp_path / "relay").mkdir()
    return tmp_path / "relay"


def held(folder: Path, root: Path) -> Shelf:
    publisher: RootDocument = trust(split_chain(root.read_bytes()))
    found, _ = read_parcel_files([folder / "parcels"])
    return shelve(Shelf(publisher), found)[0]


def names(folder: Path) -> set[str]:
    return {row.name for row in FolderCarrier(folder).parcels()}


def test_an_edition_goes_through_a_file_of_which_a_third_is_lost(
    station: Station, relay: Path, tmp_path: Path, run: Run
) -> None:
    stream = tmp_path / "stream.bin"
    # So often that of the smallest parcel, too, a frame comes through for certain; after three rounds one run in a
    # hundred lacks one.
    sent = run("broadcast", station.stick, "--to", f"file:{stream}", "--rounds", 12)
    records = [record(frame) for frame in frames_in([stream.read_bytes()])]
    assert len(records) == sent["frames"]
    weather = Weather(loss=0.33, damaged=0.02, cut=0.02, junk=0.3)
    stream.write_bytes(b"".join(Channel(weather, 1).carry(records)))
    heard = run("carry", "in", f"broadcast:file:{stream}", relay, "--root", station.root)
    assert heard["edition"] == 1
    assert heard["parcels"] == len(station.listed()) + 3  # and the alerts of three languages
    assert station.listed() < names(relay)
    assert held(relay, station.root).check_complete().moment.edition == 1


def test_alerts_are_parcels_of_their_own_and_come_first(station: Station, tmp_path: Path, run: Run) -> None:
    alerts = list(alert_parcels(one.data for one in read_parcel_files([station.stick / "parcels"])[0]))
    assert len(alerts) == 3
    publisher = trust(split_chain(station.root.read_bytes()))
    for alert in alerts:
        guides = read_selection(parse_parcel(alert).body, publisher)
        assert all(b"kind: alert" in text for _, text in guides)
    stream = tmp_path / "stream.bin"
    run("broadcast", station.stick, "--to", f"file:{stream}", "--rounds", 1)
    frames = sum(-(-len(alert) // 1_200) for alert in alerts)
    first = [frame[1:9] for frame in frames_in([stream.read_bytes()])][: frames + len(alerts)]
    assert set(first) == {parcel_id(alert) for alert in alerts}


def test_without_a_root_document_everybodys_parcels_are_kept(
    station: Station, relay: Path, tmp_path: Path, run: Run
) -> None:
    foreign, stream = tmp_path / "foreign.hlp", tmp_path / "stream.bin"
    foreign.write_bytes(Parcel(Kind.SELECTION, random.Random(1).randbytes(5_000)).encode())
    run("broadcast", foreign, station.stick, "--to", f"file:{stream}")
    heard = run("carry", "in", f"broadcast:file:{stream}", relay)
    assert (heard["refused"], heard["edition"]) == (0, 0)
    other = tmp_path / "other"
    other.mkdir()
    checked = run("carry", "in", f"broadcast:file:{stream}", other, "--root", station.root)
    assert checked["refused"] >= 1
    assert len(names(relay)) > len(names(other))


def test_only_what_leads_to_the_newest_edition_goes_out_and_nothing_twice(
    station: Station, tmp_path: Path, run: Run
) -> None:
    for _ in range(2):
        station.publish()
    stream = tmp_path / "stream.bin"
    run("broadcast", station.stick, "--to", f"file:{stream}")
    seen = {frame[1:9].hex() for frame in frames_in([stream.read_bytes()])}
    alerts = {
        parcel_id(alert).hex()
        for alert in alert_parcels(one.data for one in read_parcel_files([station.stick / "parcels"])[0])
    }
    assert station.listed() == seen - alerts


def test_letters_that_lie_at_the_place_stay_there(station: Station, relay: Path, tmp_path: Path, run: Run) -> None:
    carrier, stream = FolderCarrier(station.stick), tmp_path / "stream.bin"
    carrier.leave_letter(random.Random(1).randbytes(256))
    bag = tmp_path / "bag.hlp"
    bag.write_bytes(Parcel(Kind.LETTERS, random.Random(2).randbytes(256)).encode())
    run("broadcast", bag, station.stick, "--to", f"file:{stream}")
    run("carry", "in", f"broadcast:file:{stream}", relay)
    assert parcel_id(bag.read_bytes()).hex() not in names(relay)
    assert not (relay / "letters").exists()
    assert len(carrier.collect_letters().letters) == 1


MISTAKES = {
    "no such place": (["broadcast", "/no/such/place", "--to", "file:x"], 4),
    "no such parcel": (["broadcast", "/no/such.hlp", "--to", "file:x"], 4),
    "no place for a broadcast": (["broadcast", ".", "--to", "tcp:1.2.3.4:5"], 2),
    "a name instead of an address": (["broadcast", ".", "--to", "udp:example.org:5007"], 2),
    "a rate that is none": (["broadcast", "x.hlp", "--to", "file:x", "--rate", "fast"], 4),
    "a stream that is not there": (["carry", "in", "broadcast:file:/no/such/stream", "."], 4),
    "a broadcast of nothing known": (["carry", "in", "broadcast:tcp:1.2.3.4:5", "."], 2),
    "a root document that is not there": (["carry", "in", "broadcast:file:x", ".", "--root", "/no/root"], 4),
}


@pytest.mark.parametrize(("words", "code"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_has_its_code_and_says_what_to_do(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    is_told(words, code, capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_stream_of_nothing_but_noise_says_that_nothing_came(
    relay: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "noise").write_bytes(random.Random(1).randbytes(500_000))
    assert cli.run(["carry", "in", f"broadcast:file:{tmp_path / 'noise'}", str(relay)]) == 4
    assert "no frames came" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "rate"), [("300B", 300), ("20kB", 20_000), ("1.5MB", 1_500_000)])
def test_a_rate_is_bytes_a_second(text: str, rate: float) -> None:
    assert read_rate(text) == rate


@pytest.mark.parametrize("text", ["", "20", "0kB", "20 kB", "-1kB", "20kb", "1e9B", "∞kB"])
def test_what_is_no_rate_is_said(text: str) -> None:
    with pytest.raises(Misused, match="rate"):
        read_rate(text)


# Two programs and a network between them.


@contextmanager
def ended(*programs: subprocess.Popen[bytes]) -> Iterator[None]:
    """Programs that go on by themselves: a test that fails does not wait for them."""
    try:
        yield
    except BaseException:
        for program in programs:
            program.kill()
        raise


def until(true: Callable[[], bool], *programs: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + BOUND
    while not true():
        assert time.monotonic() < end, "it took too long"
        assert all(program.poll() is None for program in programs), "a program ended"
        time.sleep(0.1)


def test_a_new_edition_reaches_a_relay_that_listens(
    station: Station, relay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"udp:127.0.0.1:{free_ports()[0]}"
    # The station looks again for a new edition after 30 s; in this test, after a fifth of a second.
    quick = "import holub.transit.carriers.broadcast.station as s; s.LOOK_AGAIN = 0.2; "
    station_program = [sys.executable, "-c", quick + PROGRAM[2], "broadcast", str(station.stick)]
    with (
        subprocess.Popen([*station_program, "--to", place, "--rate", "400kB"], stdout=subprocess.PIPE) as sender,
        subprocess.Popen(
            [*PROGRAM, "carry", "in", f"broadcast:{place}", str(relay), "--root", str(station.root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as listener,
        ended(sender, listener),
    ):
        until(lambda: station.listed() <= names(relay), sender, listener)
        station.publish()
        until(lambda: station.listed() <= names(relay), sender, listener)
        for program in (sender, listener):
            program.send_signal(signal.SIGINT)
        assert (sender.wait(BOUND), listener.wait(BOUND)) == (130, 130)
    assert held(relay, station.root).check_complete().moment.edition == 2


def test_a_pipe_carries_it_and_ends_in_silence_when_nobody_listens_any_more(station: Station, relay: Path) -> None:
    command = [*PROGRAM, "broadcast", str(station.stick), "--to", "-", "--rate", "5MB"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as sender:
        assert sender.stdout is not None
        assert sender.stderr is not None
        reader = [*PROGRAM, "carry", "in", "broadcast:-", str(relay), "--root", str(station.root)]
        with (
            subprocess.Popen(reader, stdin=sender.stdout, stdout=subprocess.PIPE, env=dict(os.environ)) as listener,
            ended(sender, listener),
        ):
            until(lambda: station.listed() <= names(relay), sender, listener)
            listener.send_signal(signal.SIGINT)
            assert listener.wait(BOUND) == 130
        sender.stdout.close()
        assert sender.wait(BOUND) == 141
        assert sender.stderr.read() == b""
