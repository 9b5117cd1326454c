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
@pytest.mark.parametrize(("length", "rounds"), [(9, 1), (113, 2), (267, 1), (900, 1.5)])
def test_a_parcel_sounds_as_long_as_was_told(tmp_path: Path, length: int, rounds: float, pace: Pace) -> None:
    parcel = Parcel(Kind.SELECTION, bytes(length - 8)).encode()
    assert len(parcel) == length
    Sound(tmp_path / "a.wav", rounds, pace).send([parcel])
    with wave.open(str(tmp_path / "a.wav")) as sound:
        sounded = sound.getnframes() / sound.getframerate()
    assert sounded == pytest.approx(seconds_of(length, rounds=rounds, pace=pace))


@pytest.mark.parametrize("length", [0, -1, MOST_PARCEL + 1])
def test_what_no_sound_carries_is_not_told(length: int) -> None:
    with pytest.raises(Misused):
        seconds_of(length)
