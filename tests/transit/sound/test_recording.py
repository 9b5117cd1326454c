"""Recordings of every make, and files that are none."""

from __future__ import annotations

import math
import random
import struct
import tracemalloc
import wave
from array import array
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.sound import Recording, Sound
from holub.transit.carriers.sound.recording import RATE, at_rate, native, sixteen, write_recording
from holub.transit.carriers.sound.sound import MOST_PARCEL, frame_size
from holub.transit.carriers.sound.tones import tones

SECOND = [math.sin(i / 20) for i in range(RATE)]


def saved(path: Path, rate: int, channels: int, width: int, sound: list[float]) -> Path:
    """A WAVE file as other programs write it; `sound` in the last channel, the others silent."""
    raw = bytearray()
    for value in sound:
        if width == 1:
            sample = bytes([round(value * 127) + 128])
            raw += b"\x80" * (channels - 1) + sample
        else:
            sample = round(value * (2 ** (8 * width - 1) - 1)).to_bytes(width, "little", signed=True)
            raw += bytes(width) * (channels - 1) + sample
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(bytes(raw))
    return path


def heard_samples(path: Path) -> array[int]:
    whole = array("h")
    with Recording(path) as recording:
        for block in recording.samples():
            whole += block
    return whole


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_of_every_width_are_the_same_sound(tmp_path: Path, width: int, channels: int) -> None:
    samples = heard_samples(saved(tmp_path / "a.wav", RATE, channels, width, SECOND))
    assert len(samples) == RATE
    # The other channel is silent, and the mean is taken.
    assert all(abs(got - value * 32_767 / channels) <= 400 for got, value in zip(samples, SECOND, strict=True))


@pytest.mark.parametrize("rate", [14_000, 16_000, 44_100, 96_000, 192_000])
def test_other_rates_are_drawn_at_ours(tmp_path: Path, rate: int) -> None:
    slow = [math.sin(2 * math.pi * 100 * i / rate) for i in range(rate)]
    samples = heard_samples(saved(tmp_path / "a.wav", rate, 1, 2, slow))
    assert abs(len(samples) - RATE) <= 4
    wanted = [32_767 * math.sin(2 * math.pi * 100 * i / RATE) for i in range(len(samples))]
    assert max(abs(got - value) for got, value in zip(samples, wanted, strict=True)) < 200


def test_how_the_sound_is_cut_into_blocks_changes_nothing() -> None:
    sound = array("h", [round(20_000 * value) for value in SECOND])
    whole = [value for part in at_rate([sound], 44_100) for value in part]
    chance = random.Random(1)
    blocks, at = [], 0
    while at < len(sound):
        size = chance.choice((0, 1, 2, 7, 1_000))
        blocks.append(sound[at : at + size])
        at += size
    assert [value for part in at_rate(blocks, 44_100) for value in part] == whole


def test_the_two_highest_bytes_of_a_sample_count() -> None:
    assert list(sixteen(b"\xff\x34\x12\x00\x00\x80", 3)) == [0x1234, -0x8000]


BROKEN = {
    "nothing": b"",
    "a text": b"this is no sound",
    "a head and no more": b"RIFF\x24\x00\x00\x00WAVE",
    "no samples": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16),
    "compressed sound": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
    + struct.pack("<HHIIHH", 85, 1, RATE, 0, 1, 0)
    + b"data\0\0\0\0",
    "no channel": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
    + struct.pack("<HHIIHH", 1, 0, RATE, 0, 0, 16)
    + b"data\0\0\0\0",
    "samples of no bits": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
    + struct.pack("<HHIIHH", 1, 1, RATE, 0, 2, 0)
    + b"data\0\0\0\0",
    "two thousand channels": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
    + struct.pack("<HHIIHH", 1, 2_000, RATE, 0, 4_000, 16)
    + b"data\0\0\0\0",
    "samples of 64 bits": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
    + struct.pack("<HHIIHH", 1, 1, RATE, 8 * RATE, 8, 64)
    + b"data\0\0\0\0",
    "a rate that no recorder has": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
    + struct.pack("<HHIIHH", 1, 1, 2**32 - 1, 0, 2, 16)
    + b"data\0\0\0\0",
    "a telephone's rate": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
    + struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)
    + b"data\0\0\0\0",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_recording_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"broken\.wav") as refused:
        Recording(path)
    assert "WAV file" in refused.value.todo


def test_an_empty_recording_is_said_to_be_cut(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"")
    with pytest.raises(Refused, match=r"\(it is cut\)"):
        Recording(tmp_path / "x.wav")


def test_random_changes_of_a_head_are_read_or_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path / "a.wav", RATE, 1, 2, SECOND[:500]).read_bytes()
    chance = random.Random(5)
    for _ in range(500):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(60)] = chance.randrange(256)
        (tmp_path / "b.wav").write_bytes(data)
        try:
            samples = heard_samples(tmp_path / "b.wav")
        except Refused:
            continue
        assert len(samples) < 500 * RATE / 1_000


def test_a_recording_that_was_broken_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.wav", RATE, 1, 2, SECOND)
    whole = bytearray(path.read_bytes()[:-3_001])
    whole[4:8] = whole[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(whole)
    assert len(heard_samples(path)) == RATE - 1_501


def test_a_recording_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        Recording(tmp_path / "none.wav")
    with pytest.raises(Unavailable, match="cannot be written"):
        write_recording(tmp_path / "none" / "a.wav", [])


@pytest.mark.package("ggwave")
def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    path, parcel = tmp_path / "hour.wav", Parcel(Kind.LETTERS, bytes(20)).encode()
    minute = bytes(2 * RATE * 60)
    sender = Sound(path, rounds=1)
    sender.send([parcel])
    message = path.read_bytes()[44:]
    write_recording(path, [*[minute] * 59, message])
    tracemalloc.start()
    try:
        assert list(Sound(path).receive()) == [parcel]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2 << 20


@pytest.mark.package("ggwave")
def test_other_peoples_messages_are_passed_over(tmp_path: Path) -> None:
    parcel = Parcel(Kind.LETTERS, bytes(300)).encode()
    path = tmp_path / "a.wav"
    Sound(path, rounds=1).send([parcel])
    with Recording(path) as recording:
        own = b"".join(block.tobytes() for block in recording.samples())
    write_recording(path, [tones(b"hello"), tones(b"\x01"), own, tones(b"https://example.org/")])
    assert list(Sound(path).receive()) == [parcel]


def test_a_parcel_that_would_sound_for_hours_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(Misused, match="hours"):
        Sound(tmp_path / "a.wav").send([bytes(MOST_PARCEL + 1)])
    assert not (tmp_path / "a.wav").exists()
    with pytest.raises(Misused, match="one round"):
        Sound(tmp_path / "a.wav", rounds=0.5)


@pytest.mark.parametrize("length", [9, 112, 113, 127, 128, 267, 700, 16_383, 16_384, MOST_PARCEL])
def test_frames_are_few_and_hardly_padded(length: int) -> None:
    size = frame_size(length)
    assert size <= 128
    head = 1 + 8 + (1 if length < 128 else 2 if length < 16_384 else 3) + 4
    count = -(-length // (size - head))
    assert count == -(-length // 112)
    assert (size - head) * count - length < 8 * count


def test_samples_are_little_endian() -> None:
    assert list(native(b"\x01\x00\xff\xff")) == [1, -1]
