"""Playing and hearing at once, by programs of the system: fakes on PATH, with real samples through real pipes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holub.errors import Misused, Unavailable
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.sound import Live, Pace
from holub.transit.carriers.sound.programs import PLAYERS, RECORDERS, play
from holub.transit.carriers.sound.recording import little
from tests.fakes.room import Room, floats, shorts
from tests.fakes.soundprograms import SoundPrograms

PARCEL = Parcel(Kind.UPDATE, bytes(range(40))).encode()
ROOMS = {Pace.SLOW: Room(snr=10), Pace.NORMAL: Room(snr=15, echo=0.2, wet=0.5, low=500), Pace.FAST: Room(drift=60)}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoundPrograms:
    """Nothing else can be found: what this machine has must not play a test aloud."""
    made = SoundPrograms(tmp_path / "programs")
    monkeypatch.setenv("PATH", str(made.folder))
    return made


@pytest.mark.package("ggwave")
@pytest.mark.parametrize("pace", list(Pace))
def test_what_is_played_in_a_room_is_heard(programs: SoundPrograms, pace: Pace) -> None:
    programs.player("aplay")
    programs.recorder("arecord")
    Live(rounds=1, pace=pace).send([PARCEL])
    programs.air.write_bytes(little(shorts(ROOMS[pace].through(floats(programs.air.read_bytes())))) + bytes(96_000))
    assert next(Live(seconds=60).receive()) == PARCEL


@pytest.mark.package("ggwave")
def test_listening_ends_when_it_is_stopped_and_no_recorder_is_left(programs: SoundPrograms) -> None:
    programs.player("aplay")
    programs.recorder("arecord")
    Live(rounds=1).send([PARCEL])
    programs.air.write_bytes(programs.air.read_bytes() + bytes(96_000))
    listener = Live()
    came = []
    for parcel in listener.receive():
        came.append(parcel)
        listener.stop()
    assert came == [PARCEL]
    programs.wait_until_gone()


@pytest.mark.package("ggwave")
def test_listening_ends_when_its_time_is_over(programs: SoundPrograms) -> None:
    programs.recorder("arecord")
    programs.air.write_bytes(bytes(96_000))
    with pytest.raises(Unavailable, match="no frames came"):
        list(Live(seconds=0.05).receive())
    programs.wait_until_gone()


@pytest.mark.parametrize("name", ["paplay", "aplay", "ffplay"])
def test_each_player_gets_the_samples_and_is_told_what_they_are(programs: SoundPrograms, name: str) -> None:
    programs.player(name)
    play([b"\1\2" * 100, b"\3\4" * 50_000])
    assert programs.air.read_bytes() == b"\1\2" * 100 + b"\3\4" * 50_000
    assert programs.asked() == [name, *PLAYERS[name]]


@pytest.mark.parametrize(("raw", "first"), [(True, ["pw-play", "--raw"]), (False, ["pw-play"])])
def test_a_newer_pipewire_is_told_that_the_pipe_has_no_head(
    programs: SoundPrograms, raw: bool, first: list[str]
) -> None:
    programs.pipewire("pw-play", raw=raw)
    play([bytes(100)])
    assert programs.asked() == [*first, *PLAYERS["pw-play"]]


def test_the_first_program_that_is_known_is_taken(programs: SoundPrograms) -> None:
    programs.player("ffplay")
    programs.player("aplay")
    play([bytes(100)])
    assert programs.asked()[0] == "aplay"


def test_what_ends_the_playing_ends_the_sound(programs: SoundPrograms) -> None:
    programs.player("aplay")

    def blocks() -> Iterator[bytes]:
        yield bytes(96_000)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(blocks())
    programs.wait_until_gone()


def test_without_a_program_it_is_said_what_to_install(programs: SoundPrograms) -> None:
    with pytest.raises(Unavailable, match=r"no program that plays sound.*paplay, aplay, pw-play, ffplay") as told:
        Live().send([PARCEL])
    assert "apt-get install alsa-utils" in told.value.todo
    with pytest.raises(Unavailable, match="no program that records sound"):
        Live().receive()


def test_a_program_that_gives_up_is_quoted(programs: SoundPrograms) -> None:
    programs.broken("aplay")
    programs.broken("arecord")
    with pytest.raises(Unavailable, match="no such device"):
        play([bytes(100)] * 3)
    with pytest.raises(Unavailable, match="no such device"):
        list(Live()._microphone.samples())
    assert set(RECORDERS) == {"parecord", "arecord", "pw-record"}


def test_a_recorder_that_does_not_end_is_ended_when_asked_again(programs: SoundPrograms) -> None:
    programs.recorder("arecord", deaf=True)
    programs.air.write_bytes(bytes(2_000))
    listener = Live()
    samples = listener._microphone.samples()
    assert len(next(samples)) == 1_000
    listener.stop()
    listener.stop()
    assert list(samples) == []
    programs.wait_until_gone()


def test_a_program_that_complains_without_end_holds_nothing_up(programs: SoundPrograms) -> None:
    programs.player("aplay", complains=True)
    programs.recorder("arecord", complains=True)
    play([b"\1\2" * 100])
    samples = Live()._microphone.samples()
    assert next(samples)[0] == 0x0201
    samples.close()
    programs.wait_until_gone()


def test_what_is_too_long_is_refused_before_anything_sounds(programs: SoundPrograms) -> None:
    programs.player("aplay")
    with pytest.raises(Misused, match="would sound for hours"):
        Live().send([bytes(40_000)])
    assert not programs.air.exists()
