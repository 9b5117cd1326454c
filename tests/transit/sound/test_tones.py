"""Messages as tones, through rooms and back, by the library."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator

import pytest

from holub.errors import Misused, Unavailable
from holub.transit.carriers.sound.recording import RATE, native
from holub.transit.carriers.sound.tones import MOST_MESSAGE, Pace, heard, library, tones
from tests.fakes.room import Room, floats, shorts

pytestmark = pytest.mark.package("ggwave")

SILENCE = array("h", bytes(2 * RATE // 2))
MESSAGE = random.Random(7).randbytes(103)


def pieces(sound: array[int], size: int = 4_000) -> Iterator[array[int]]:
    for at in range(0, len(sound), size):
        yield sound[at : at + size]


@pytest.mark.parametrize("pace", Pace)
@pytest.mark.parametrize("length", [1, 3, 4, 20, 103, 128, MOST_MESSAGE])
def test_a_message_comes_back(length: int, pace: Pace) -> None:
    message = random.Random(length).randbytes(length)
    assert list(heard(pieces(SILENCE + native(tones(message, pace))))) == [message]


def test_messages_of_different_paces_come_back_in_their_order() -> None:
    messages = [bytes([at]) * 20 for at in range(1, 7)]
    sound = array("h")
    for at, message in enumerate(messages):
        sound += native(tones(message, list(Pace)[at % 3]))
    assert list(heard(pieces(sound))) == messages


def test_one_who_comes_late_hears_what_is_left() -> None:
    one, two, three = (native(tones(bytes([at]) * 40)) + SILENCE for at in (1, 2, 3))
    assert list(heard(pieces((one + two + three)[len(one) // 2 :]))) == [bytes([2]) * 40, bytes([3]) * 40]


@pytest.mark.parametrize("length", [0, MOST_MESSAGE + 1])
def test_what_the_library_would_cut_or_drop_is_not_sent(length: int) -> None:
    with pytest.raises(Misused, match=rf"1 to {MOST_MESSAGE} bytes, not {length}"):
        tones(bytes(length))


@pytest.mark.parametrize(
    "room",
    [
        Room(snr=0),
        Room(snr=10, echo=0.3),
        Room(snr=10, low=500, high=4_500),
        Room(snr=20, drift=100),
        Room(snr=20, drift=-100),
    ],
    ids=["noise as strong as the sound", "echo", "a small loudspeaker", "a faster clock", "a slower clock"],
)
def test_a_message_survives(room: Room) -> None:
    sound = shorts(room.through([0.0] * 9_001 + floats(tones(MESSAGE)) + [0.0] * 9_000), 0.5)
    assert list(heard(pieces(sound))) == [MESSAGE]


def test_noise_and_silence_are_no_message() -> None:
    chance = random.Random(3)
    noise = array("h", [chance.randrange(-20_000, 20_000) for _ in range(10 * RATE)])
    assert list(heard(pieces(noise + SILENCE))) == []


def test_after_a_message_that_was_spoilt_the_next_but_one_is_heard() -> None:
    spoilt = native(tones(MESSAGE))
    spoilt[len(spoilt) // 3 :] = array("h", bytes(2 * (len(spoilt) - len(spoilt) // 3)))
    true = native(tones(MESSAGE)) + SILENCE
    assert MESSAGE in list(heard(pieces(spoilt + SILENCE + true + true)))


def test_a_process_hears_four_recordings_at_once_and_says_so_at_the_fifth() -> None:
    message = native(tones(b"one"))
    listening = [heard(iter([message + SILENCE + message])) for _ in range(4)]
    try:
        assert [next(one) for one in listening] == [b"one"] * 4
        with pytest.raises(Unavailable, match="four recordings"):
            next(heard(iter([SILENCE])))
    finally:
        for one in listening:
            one.close()
    assert list(heard(iter([message, SILENCE]))) == [b"one"]


def test_the_library_has_the_protocols_that_it_is_asked_for() -> None:
    ggwave = library()
    # What the paces are numbers of, and what is switched off by number.
    assert ggwave.getDefaultParameters()["sampleRate"] == RATE
    seconds = {pace: len(tones(MESSAGE, pace)) / 2 / RATE for pace in Pace}
    blocks = {Pace.SLOW: 9, Pace.NORMAL: 6, Pace.FAST: 3}
    chunks = -(-(3 + 103 + 40) // 3)
    assert seconds == {pace: (32 + chunks * blocks[pace]) * 1_024 / RATE for pace in Pace}
