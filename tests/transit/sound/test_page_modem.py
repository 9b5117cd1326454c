"""The reading page's own modem against the library: page to Python and Python to page, through rooms."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from holub.transit.carriers.sound.recording import RATE, at_rate, native
from holub.transit.carriers.sound.tones import MOST_MESSAGE, Pace, heard, tones
from tests.fakes.pagecode import NEEDS_PAGE, Tool, page_tool
from tests.fakes.room import Room, floats, shorts

pytestmark = [
    pytest.mark.package("ggwave"),
    NEEDS_PAGE,
]
BLOCKS = {Pace.SLOW: 9, Pace.NORMAL: 6, Pace.FAST: 3}
LENGTHS = [1, 2, 3, 4, 5, 19, 20, 64, 103, 127, 128, MOST_MESSAGE]
MESSAGES = [random.Random(length).randbytes(length) for length in LENGTHS]
BEFORE, AFTER = 9_001, 9_000
ROOMS = {
    "noise as strong as the sound": Room(snr=0),
    "echo": Room(snr=10, echo=0.3),
    "a small loudspeaker": Room(snr=10, low=500, high=4_500),
    "a faster clock": Room(snr=20, drift=100),
    "a slower clock": Room(snr=20, drift=-100),
}


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return page_tool("sound", tmp_path_factory.mktemp("tool"))


def spoken(tool: Tool, folder: Path, messages: list[bytes], pace: Pace) -> list[bytes]:
    """What the page plays for each message: little-endian 16-bit samples."""
    files = [folder / f"spoken-{at}" for at in range(len(messages))]
    tool(
        [
            {"file": str(file), "message": message.hex(), "pace": BLOCKS[pace]}
            for file, message in zip(files, messages, strict=True)
        ]
    )
    return [file.read_bytes() for file in files]


def understood(tool: Tool, folder: Path, sounds: list[array[int]], rate: int = RATE) -> list[list[bytes]]:
    """What the page hears in each sound."""
    requests = []
    for at, sound in enumerate(sounds):
        file = folder / f"heard-{at}"
        file.write_bytes(sound.tobytes())
        requests.append({"file": str(file), "rate": rate})
    return [[bytes.fromhex(one) for one in answer["messages"]] for answer in tool(requests)]


def in_room(sound: bytes, room: Room) -> array[int]:
    return shorts(room.through([0.0] * BEFORE + floats(sound) + [0.0] * AFTER), 0.5)


@pytest.mark.parametrize("pace", Pace)
def test_the_page_plays_what_the_library_plays(tool: Tool, tmp_path: Path, pace: Pace) -> None:
    for own, message in zip(spoken(tool, tmp_path, MESSAGES, pace), MESSAGES, strict=True):
        theirs = native(tones(message, pace))
        assert len(own) == 2 * len(theirs)
        # The library adds in single precision: its fades step by one part in a thousand.
        assert max(abs(a - b) for a, b in zip(native(own), theirs, strict=True)) <= 33


@pytest.mark.parametrize("pace", Pace)
def test_the_library_hears_the_page(tool: Tool, tmp_path: Path, pace: Pace) -> None:
    # Two check bytes, as up to three have, do not keep the library from guessing too early; no frame is so short.
    messages = MESSAGES[3:]
    for own, message in zip(spoken(tool, tmp_path, messages, pace), messages, strict=True):
        assert list(heard([native(own), array("h", bytes(9_000))])) == [message]


@pytest.mark.parametrize("pace", Pace)
def test_the_page_hears_the_library(tool: Tool, tmp_path: Path, pace: Pace) -> None:
    sounds = [array("h", bytes(2 * BEFORE)) + native(tones(message, pace)) for message in MESSAGES]
    for found, message in zip(understood(tool, tmp_path, sounds), MESSAGES, strict=True):
        assert message in found
        assert len([other for other in found if len(other) > 3]) == (len(message) > 3)


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS.keys())
def test_both_hear_one_another_in_a_room(tool: Tool, tmp_path: Path, room: Room) -> None:
    messages = [random.Random(seed).randbytes(103) for seed in range(2)]
    for own, message in zip(spoken(tool, tmp_path, messages, Pace.NORMAL), messages, strict=True):
        assert list(heard([in_room(own, room)])) == [message]
    sounds = [in_room(tones(message), room) for message in messages]
    assert understood(tool, tmp_path, sounds) == [[message] for message in messages]


@pytest.mark.parametrize("rate", [16_000, 44_100, 96_000])
def test_the_page_hears_at_the_rate_that_its_microphone_has(tool: Tool, tmp_path: Path, rate: int) -> None:
    message = MESSAGES[8]
    # As if RATE were the other one: `at_rate` goes from what it is told to RATE.
    whole = array("h", bytes(2 * BEFORE)) + native(tones(message))
    drawn = array("h")
    for part in at_rate([whole], RATE * RATE // rate):
        drawn += part
    assert understood(tool, tmp_path, [drawn], rate) == [[message]]


def test_the_page_hears_where_the_library_no_longer_does(tool: Tool, tmp_path: Path) -> None:
    rooms = [Room(snr=-11, seed=seed) for seed in range(4)]
    sounds = [in_room(tones(MESSAGES[8]), room) for room in rooms]
    ours = understood(tool, tmp_path, sounds)
    assert all(MESSAGES[8] in found for found in ours)
    assert sum(MESSAGES[8] in list(heard([sound])) for sound in sounds) < len(sounds)
