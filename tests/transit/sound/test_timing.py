"""What is told about how long a parcel sounds is how long it does."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from holub.errors import Misused
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.sound import Pace, Sound, seconds_of
from holub.transit.carriers.sound.sound import MOST_PARCEL


@pytest.mark.package("ggwave")
@pytest.mark.parametrize("pace", Pace)
@pytest.mark.parametrize("length", [9, 113, 267, 900])
def test_a_parcel_sounds_as_long_as_was_told(tmp_path: Path, length: int, pace: Pace) -> None:
    parcel = Parcel(Kind.SELECTION, bytes(length - 8)).encode()
    assert len(parcel) == length
    Sound(tmp_path / "a.wav", rounds=1, pace=pace).send([parcel])
    with wave.open(str(tmp_path / "a.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(seconds_of(length, rounds=1, pace=pace))


@pytest.mark.parametrize("length", [0, -1, MOST_PARCEL + 1])
def test_what_no_sound_carries_is_not_told(length: int) -> None:
    with pytest.raises(Misused):
        seconds_of(length)
