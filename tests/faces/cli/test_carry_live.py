"""`holub carry` by this machine's loudspeaker and microphone: the programs are fakes on PATH, their pipes are real."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from holub.faces import cli
from holub.formats.parcel import Kind, Parcel
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier
from tests.fakes.soundprograms import SoundPrograms

LETTER = hashlib.shake_256(b"a letter").digest(LETTER_SIZES[0])


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoundPrograms:
    """The only programs that can be found; temporary files would lie in a folder that stays empty."""
    made = SoundPrograms(tmp_path / "programs")
    made.player("aplay")
    made.recorder("arecord")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(made.folder))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "empty"))
    monkeypatch.chdir(tmp_path / "empty")
    return made


def press_ctrl_c_once_a_letter_is_at(folder: Path) -> threading.Thread:
    def wait() -> None:
        for _ in range(6_000):
            if FolderCarrier(folder).collect_letters().letters:
                break
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    pressing = threading.Thread(target=wait)
    pressing.start()
    return pressing


@pytest.mark.package("ggwave")
def test_a_letter_is_played_and_heard_and_ctrl_c_ends_the_listening(
    programs: SoundPrograms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, stick = tmp_path / "notes-abcd.bin", tmp_path / "stick"
    saved.write_bytes(LETTER)
    stick.mkdir()
    assert cli.run(["carry", "out", str(saved), "sound:live", "--pace", "fast", "--rounds", "1"]) == 0
    told = capsys.readouterr()
    assert "sound:live: 14 s of sound, pace fast" in told.err
    assert "1 parcel (267 bytes) played" in told.out
    programs.air.write_bytes(programs.air.read_bytes() + bytes(96_000))
    pressing = press_ctrl_c_once_a_letter_is_at(stick)
    assert cli.run(["carry", "in", "sound:live", str(stick)]) == 0
    pressing.join()
    told = capsys.readouterr()
    assert "Listening until you press Ctrl+C" in told.err
    assert "1 letter came" in told.err
    assert "1 letter carried" in told.out
    assert FolderCarrier(stick).collect_letters().letters == (LETTER,)
    programs.wait_until_gone()
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.package("ggwave")
def test_listening_for_a_time_that_brings_nothing_says_so(
    programs: SoundPrograms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    programs.air.write_bytes(bytes(96_000))
    assert cli.run(["carry", "in", "sound:live", str(tmp_path), "--for", "0.1", "--json"]) == 4
    assert json.loads(capsys.readouterr().err)["error"]["what"] == "no frames came"


def test_without_programs_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "small.hlp").write_bytes(Parcel(Kind.UPDATE, bytes(100)).encode())
    assert cli.run(["carry", "out", str(tmp_path / "small.hlp"), "sound:live"]) == 4
    assert "apt-get install alsa-utils" in capsys.readouterr().err
    assert cli.run(["carry", "in", "sound:live", str(tmp_path)]) == 4
    assert "apt-get install alsa-utils" in capsys.readouterr().err


@pytest.mark.package("ggwave")
def test_a_place_that_takes_nothing_ends_the_listening(programs: SoundPrograms, tmp_path: Path) -> None:
    (tmp_path / "alert.hlp").write_bytes(Parcel(Kind.UPDATE, bytes(40)).encode())
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "parcels").write_bytes(b"no folder")
    assert cli.run(["carry", "out", str(tmp_path / "alert.hlp"), "sound:live", "--pace", "fast", "--rounds", "1"]) == 0
    programs.air.write_bytes(programs.air.read_bytes() + bytes(96_000))
    assert cli.run(["carry", "in", "sound:live", str(tmp_path / "stick"), "--for", "60"]) == 4
    programs.wait_until_gone()


def test_what_would_sound_for_hours_is_refused_in_the_same_words_aloud_and_into_a_file(
    programs: SoundPrograms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "long.hlp").write_bytes(Parcel(Kind.UPDATE, bytes(40_000)).encode())
    for goal in ("sound:live", f"sound:{tmp_path / 'a.wav'}"):
        assert cli.run(["carry", "out", str(tmp_path / "long.hlp"), goal]) == 2
        told = capsys.readouterr().err
        assert "a parcel of 40,008 bytes would sound for hours" in told
        assert "a stick, paper or radio carries more" in told
    assert not programs.air.exists()
    assert not (tmp_path / "a.wav").exists()
