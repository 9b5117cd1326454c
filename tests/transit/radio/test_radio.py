"""A broadcast in the tones of a teletype: through noise and a voice channel, from its middle, out of any recorder."""

from __future__ import annotations

import random
import wave
from array import array
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.formats.letterbag import write_letters
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.radio import Radio, Speed
from holub.transit.carriers.radio.minimodem import read_tones
from holub.transit.carriers.radio.radio import MOST_PARCEL
from holub.transit.carriers.sound import Recording, write_recording
from holub.transit.carriers.sound.recording import RATE
from tests.fakes.room import Room, shorts

pytestmark = pytest.mark.program("minimodem")
PARCEL = Parcel(Kind.UPDATE, random.Random(1).randbytes(1_500)).encode()


def sent(path: Path, speed: Speed = Speed.FAST, rounds: float = 2.0) -> array[int]:
    """The samples of a broadcast of PARCEL."""
    Radio(path, rounds, speed).send([PARCEL])
    with Recording(path) as recording:
        return array("h", [value for block in recording.blocks() for value in block])


def heard(path: Path, sound: array[int], speed: Speed = Speed.FAST) -> list[bytes]:
    write_recording(path, [sound.tobytes()])
    return list(Radio(path, speed=speed).receive())


@pytest.mark.parametrize("speed", Speed)
def test_a_parcel_comes_back(tmp_path: Path, speed: Speed) -> None:
    path = tmp_path / "a.wav"
    Radio(path, 1, speed).send([PARCEL])
    assert list(Radio(path, speed=speed).receive()) == [PARCEL]


def test_one_who_joins_in_the_middle_hears_it_whole(tmp_path: Path) -> None:
    sound = sent(tmp_path / "a.wav", rounds=3)
    assert heard(tmp_path / "b.wav", sound[len(sound) // 3 :]) == [PARCEL]


@pytest.mark.parametrize(
    "room",
    [Room(snr=6), Room(snr=20, low=300, high=3_000), Room(snr=30, drift=100), Room(snr=30, drift=-100)],
    ids=["noise", "a voice channel", "a faster clock", "a slower clock"],
)
def test_a_parcel_survives(tmp_path: Path, room: Room) -> None:
    sound = room.through([value / 32_768 for value in sent(tmp_path / "a.wav", Speed.USUAL)])
    assert heard(tmp_path / "b.wav", shorts(sound, 0.4), Speed.USUAL) == [PARCEL]


def test_a_minute_of_noise_in_the_middle_costs_what_it_covers(tmp_path: Path) -> None:
    sound = sent(tmp_path / "a.wav", rounds=2)
    chance = random.Random(2)
    at = len(sound) // 4
    for place in range(at, at + len(sound) // 5):
        sound[place] = chance.randrange(-32_000, 32_000)
    assert heard(tmp_path / "b.wav", sound) == [PARCEL]


def test_a_telephone_line_and_two_channels_do(tmp_path: Path) -> None:
    sound = sent(tmp_path / "a.wav", Speed.USUAL)
    narrow = Room(high=3_000).through([value / 32_768 for value in sound])
    samples = shorts(narrow[::6], 0.5)
    with wave.open(str(tmp_path / "b.wav"), "wb") as file:
        file.setparams((2, 2, RATE // 6, 0, "NONE", ""))
        file.writeframes(array("h", [value for one in samples for value in (one, 0)]).tobytes())
    assert list(Radio(tmp_path / "b.wav").receive()) == [PARCEL]


def test_noise_and_silence_are_no_broadcast(tmp_path: Path) -> None:
    chance = random.Random(3)
    for sound in (array("h", [chance.randrange(-9_000, 9_000) for _ in range(5 * RATE)]), array("h", bytes(2 * RATE))):
        with pytest.raises(Unavailable, match="no frames came"):
            heard(tmp_path / "a.wav", sound)


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound")
    with pytest.raises(Refused, match="not a WAV recording"):
        list(Radio(tmp_path / "a.wav").receive())


def test_whoever_has_enough_leaves_no_program_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    Radio(path, 30, Speed.FAST).send([PARCEL])
    pieces = read_tones(path, Speed.FAST)
    assert next(pieces)
    pieces.close()
    assert list(Radio(path, speed=Speed.FAST).receive()) == [PARCEL]


def test_letters_are_never_sent(tmp_path: Path) -> None:
    with pytest.raises(Misused, match="letters are not sent by radio"):
        Radio(tmp_path / "a.wav").send([PARCEL, write_letters([bytes(256)]).encode()])
    with pytest.raises(Misused, match="hours"):
        Radio(tmp_path / "a.wav").send([bytes(MOST_PARCEL + 1)])
    with pytest.raises(Misused, match="one round"):
        Radio(tmp_path / "a.wav", 0.9)
    assert not (tmp_path / "a.wav").exists()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misused, match=r"ends in \.wav|no name of a sound file"):
        Radio(tmp_path / "a.txt").send([PARCEL])
    with pytest.raises(Unavailable, match="cannot be written"):
        Radio(tmp_path / "none" / "a.wav").send([PARCEL])


def test_where_the_program_is_missing_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="minimodem, which is not installed"):
        Radio(tmp_path / "a.wav").send([PARCEL])
