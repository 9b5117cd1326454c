"""`holub carry` and `holub postbox`: parcels out, letters in, over folders and a real postbox on loopback."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from holub.faces import cli
from holub.formats.header import Header, Moment
from holub.formats.parcel import Kind, Parcel
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.sound import write_recording
from holub.transit.catalogue import Catalogue, list_parcel
from holub.transit.names import parcel_name
from tests.faces.cli.command import PROGRAM, Run, is_told

PARCELS = (b"a full pack" * 100, b"an update" * 50)


def seal(edition: int) -> bytes:
    """A seal as transit sees it: a header and 64 bytes that nobody here verifies."""
    return Header(Moment(edition, 1_700_000_000, 1_800_000_000), 3, bytes(32)).encode() + bytes(64)


def letter(number: int) -> bytes:
    return hashlib.shake_256(number.to_bytes(4, "big")).digest(LETTER_SIZES[0])


def publish(folder: Path, edition: int, parcels: tuple[bytes, ...] = PARCELS) -> FolderCarrier:
    folder.mkdir(exist_ok=True)
    carrier = FolderCarrier(folder)
    for parcel in parcels:
        carrier.put(parcel)
    carrier.put_catalogue(Catalogue.of(seal(edition), [list_parcel(parcel, "full") for parcel in parcels]))
    return carrier


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path / "home", 7).put_page("plain/uk/index.html", b"<!doctype html><title>holub</title>")
    return tmp_path / "home"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_a_stick_gets_parcels_pages_and_the_list(home: Path, stick: Path, run: Run) -> None:
    answer = run("carry", "out", home, f"folder:{stick}")
    assert answer == {"parcels": 2, "bytes": sum(map(len, PARCELS)), "pages": 1, "edition": 7}
    carrier = FolderCarrier(stick)
    assert [row.kind for row in carrier.catalogue().listings] == ["full", "full"]
    assert (stick / "plain" / "uk" / "index.html").read_bytes().startswith(b"<!doctype html>")


def test_nobodys_own_files_are_carried_to_where_all_can_read_them(home: Path, stick: Path, run: Run) -> None:
    site = ("index.html", "zh-Hant.html", "uk.html.br", "root.txt", "start.txt", "stamps", "mailbag/7/main/directory")
    for name in (*site, "vault", "office.db", "slots", "press/facts", "diary.txt", "photo.jpg", "my notes.html"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(b"x")
    assert run("carry", "out", home, stick)["pages"] == len(site) + 1
    assert FolderCarrier(stick).pages().keys() == {*site, "plain/uk/index.html"}


def test_parcels_as_the_press_wrote_them_are_no_place(stick: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "bound").mkdir()
    (tmp_path / "bound" / "0123456789abcdef.hlp").write_bytes(PARCELS[0])
    for way in ("out", "sync"):
        error = run("carry", way, tmp_path / "bound", stick, code=2)
        assert "holub mirror DIR --parcels" in error["todo"]
    assert list(stick.iterdir()) == []


def test_a_damaged_parcel_on_a_stick_is_mended(home: Path, stick: Path, run: Run) -> None:
    run("carry", "out", home, stick)
    file = stick / "parcels" / f"{parcel_name(hashlib.sha256(PARCELS[0]).digest())}.hlp"
    file.write_bytes(bytes(len(PARCELS[0])))
    run("carry", "out", home, stick)
    assert file.read_bytes() == PARCELS[0]


def test_an_old_list_does_not_replace_a_newer_one(home: Path, stick: Path, run: Run) -> None:
    publish(stick, 9, (b"newer" * 9,))
    assert run("carry", "out", home, stick)["edition"] == 9
    assert run("carry", "out", home, stick, "--replace")["edition"] == 7


def test_one_parcel_file_can_be_carried(home: Path, stick: Path, run: Run) -> None:
    file = next((home / "parcels").iterdir())
    assert run("carry", "out", file, stick)["parcels"] == 1
    assert (stick / "parcels" / file.name).read_bytes() == file.read_bytes()


def test_letters_leave_the_stick_once_they_are_stored(home: Path, stick: Path, run: Run) -> None:
    for number in range(5):
        FolderCarrier(stick).leave_letter(letter(number))
    assert run("carry", "in", stick, home) == {"letters": 5, "damaged": 0}
    assert set(FolderCarrier(home).collect_letters().letters) == {letter(number) for number in range(5)}
    assert FolderCarrier(stick).collect_letters().letters == ()


def test_letters_stay_where_the_target_cannot_store_them(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    FolderCarrier(stick).leave_letter(letter(1))
    assert cli.run(["carry", "in", str(stick), str(tmp_path / "unplugged")]) == 4
    assert "to do:" in capsys.readouterr().err
    assert FolderCarrier(stick).collect_letters().letters == (letter(1),)


def test_sync_carries_parcels_there_and_letters_back(home: Path, stick: Path, run: Run) -> None:
    FolderCarrier(stick).leave_letter(letter(3))
    answer = run("carry", "sync", home, stick)
    assert answer == {"parcels": 2, "edition": 7, "letters": 1, "damaged": 0}
    assert FolderCarrier(home).collect_letters().letters == (letter(3),)


MISTAKES = {
    "one place is not enough": (["carry", "out", "folder:/tmp"], 2),
    "a place of an unknown kind": (["carry", "out", "ftp://example.org", "/tmp"], 2),
    "a stick that is not plugged in": (["carry", "in", "folder:/no/such/stick", "/no/such/home"], 4),
    "a parcel that is not there": (["carry", "out", "/no/such/parcel.hlp", "."], 4),
    "a port that is none": (["postbox", "serve", "--data", "x", "--port", "70000"], 2),
    "an office let in where no postbox is": (["postbox", "admit", "00", "--data", "/no/such/postbox"], 2),
}


@pytest.mark.parametrize(("words", "code"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_has_its_code_and_says_what_to_do(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    is_told(words, code, capsys)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def postbox(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A postbox started as a person starts it; gives its URL and its folder."""
    data = tmp_path / "postbox"
    command = [*PROGRAM, "postbox", "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ, PYTHONUNBUFFERED="1")) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        assert line.startswith("postbox: http://127.0.0.1:"), line
        yield line.removeprefix("postbox: ").strip(), data
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_a_postbox_is_filled_and_emptied_by_carrying(
    postbox: tuple[str, Path], home: Path, stick: Path, tmp_path: Path, run: Run
) -> None:
    url, data = postbox
    token = tmp_path / "token"
    digest = run("postbox", "token", token)["hash"]
    run("postbox", "admit", digest, "--data", data)
    # Somebody hands over a stick: its letters go to the postbox without any token.
    FolderCarrier(stick).leave_letter(letter(8))
    assert run("carry", "in", stick, url)["letters"] == 1
    # The office publishes with its token and carries the letters home.
    assert run("carry", "out", home, url, "--token-file", token)["edition"] == 7
    assert run("carry", "in", url, home, "--token-file", token)["letters"] == 1
    assert FolderCarrier(home).collect_letters().letters == (letter(8),)
    # A courier takes the edition from the postbox without any token.
    assert run("carry", "out", url, stick)["parcels"] == 2


@pytest.mark.package("ggwave")
def test_a_letter_and_a_parcel_go_by_sound(stick: Path, tmp_path: Path, run: Run) -> None:
    saved, parcel = tmp_path / "notes-abcd.bin", tmp_path / "small.hlp"
    saved.write_bytes(letter(1))
    parcel.write_bytes(Parcel(Kind.UPDATE, bytes(100)).encode())
    sound = f"sound:{tmp_path / 'message.wav'}"
    assert run("carry", "out", saved, parcel, sound) == {"parcels": 2, "bytes": 267 + 108, "seconds": 97}
    answer = run("carry", "in", sound, stick)
    assert answer == {"letters": 1, "damaged": 0, "parcels": 1, "bytes": 108, "refused": 0, "edition": 0}
    assert FolderCarrier(stick).collect_letters().letters == (letter(1),)
    assert [row.size for row in FolderCarrier(stick).parcels()] == [108]


@pytest.mark.package("ggwave")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["out", "{tmp}/text", "sound:{tmp}/a.wav"], 2, "neither a parcel nor a sealed letter"),
        (["out", "{tmp}/none.hlp", "sound:{tmp}/a.wav"], 4, "cannot be read"),
        (["out", "{tmp}/wrong.hlp", "sound:{tmp}/a.wav"], 3, "not a parcel"),
        (["out", "{tmp}/text", "sound:"], 2, "names no file"),
        (["out", "{tmp}/text", "{tmp}/a", "--pace", "slow"], 2, "--pace is for sound"),
        (["out", "{tmp}/text", "radio:{tmp}/a.wav", "--pace", "slow"], 2, "--pace is for sound"),
        (["out", "{tmp}/text", "qr:{tmp}/a.pdf", "--rounds", "3"], 2, "--rounds is for sound and radio"),
        (["out", "{tmp}/text", "sound:{tmp}/a.wav", "--pace", "brisk"], 2, "slow"),
        (["in", "sound:{tmp}/text", "{tmp}"], 3, "not a WAV recording"),
        (["in", "sound:{tmp}/silence.wav", "{tmp}"], 4, "no frames came"),
    ],
)
def test_what_cannot_go_by_sound_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    (tmp_path / "text").write_bytes(b"a text")
    (tmp_path / "wrong.hlp").write_bytes(b"no parcel at all")
    write_recording(tmp_path / "silence.wav", [bytes(96_000)])
    assert cli.run(["carry", *(word.format(tmp=tmp_path) for word in words)]) == code
    assert said in capsys.readouterr().err
