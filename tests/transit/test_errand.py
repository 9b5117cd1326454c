"""A courier's errand: a stick and a relay, a postbox, a folder, an address; read-only, running, unplugged."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from holub.errors import Misused, Unavailable
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier
from holub.transit.errand import Errand, run_errand
from holub.transit.home import Home, What, find_home
from holub.transit.placing import world
from holub.transit.postbox import Limits, PostboxServer
from holub.transit.postbox.letterbox import Letterbox
from holub.transit.relay import RelayLimits, RelayServer, Settings
from holub.transit.stick import Stick
from tests.transit.test_giving import files, publish

SMALL = Settings(limits=RelayLimits(dict.fromkeys(LETTER_SIZES, 32)))


def letter(size: int = 4_096) -> bytes:
    return secrets.token_bytes(size)


def stick(folder: Path, *letters: bytes) -> Stick:
    folder.mkdir(exist_ok=True)
    for one in letters:
        FolderCarrier(folder).leave_letter(one)
    return Stick(folder)


def on(folder: Path) -> set[bytes]:
    return set(FolderCarrier(folder).letters(100))


def sync(home: Path | str, at: Stick) -> Errand:
    return run_errand(find_home(str(home), Path()), at, SMALL)


@pytest.fixture
def relay(tmp_path: Path) -> Path:
    with RelayServer(tmp_path / "relay", settings=SMALL):
        pass
    return tmp_path / "relay"


@pytest.fixture
def postbox(tmp_path: Path) -> Path:
    publish(tmp_path / "tree", 7)
    with PostboxServer(tmp_path / "postbox"):
        pass
    shutil.rmtree(tmp_path / "postbox" / "www")
    (tmp_path / "tree").rename(tmp_path / "postbox" / "www")
    return tmp_path / "postbox"


def collected(postbox: Path) -> set[bytes]:
    """What an office would fetch there."""
    box = Letterbox(postbox / "letters.sqlite3", Limits())
    try:
        return set(box.collect(100).letters)
    finally:
        box.close()


def test_a_relay_and_a_stick_exchange_copies(relay: Path, tmp_path: Path) -> None:
    one, two = letter(), letter(65_536)
    done = sync(relay, stick(tmp_path / "a", one))
    assert (done.letters_in, done.letters_out, done.letters_left) == (1, 0, 1)
    done = sync(relay, stick(tmp_path / "b", two))
    assert (done.letters_in, done.letters_out, done.letters_left) == (1, 1, 2)
    assert on(tmp_path / "b") == {one, two}
    assert done.edition is None
    assert done.troubles == []


def test_a_postbox_takes_the_letters_and_gives_its_edition(postbox: Path, tmp_path: Path) -> None:
    letters = {letter(), letter(256), letter(65_536)}
    carried = stick(tmp_path / "stick", *letters)
    done = sync(postbox, carried)
    assert (done.letters_in, done.letters_left, done.edition) == (3, 0, 7)
    assert done.given is not None
    assert (done.given.edition, done.given.parcels) == (7, 3)
    assert (carried.root / "notes.html").is_file()
    assert collected(postbox) == letters
    assert sync(postbox, carried).letters_in == 0


def test_a_folder_takes_the_letters_and_gives_its_edition(tmp_path: Path) -> None:
    tree, one = publish(tmp_path / "outbox", 7), letter()
    carried = stick(tmp_path / "stick", one)
    done = sync(tree, carried)
    assert (done.letters_in, done.letters_left, done.edition) == (1, 0, 7)
    assert on(tree) == {one}


def test_an_edition_from_a_stick_goes_into_no_postbox_and_no_folder(postbox: Path, tmp_path: Path) -> None:
    newer = publish(tmp_path / "newer", 9)
    outbox = publish(tmp_path / "outbox", 7)
    for home, tree in ((postbox, postbox / "www"), (outbox, outbox)):
        before = files(tree)
        done = sync(home, Stick(newer))
        assert done.edition == 7
        assert done.given is not None
        assert done.given.newer
        assert files(tree) == before


def test_a_stick_that_cannot_be_written_to_is_read_and_left_as_it_is(
    postbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = letter()
    carried = stick(tmp_path / "stick", one)
    before = files(carried.root)
    monkeypatch.setattr(Stick, "read_only", lambda _self: True)
    done = sync(postbox, carried)
    assert (done.read_only, done.letters_in, done.letters_left) == (True, 1, 1)
    assert files(carried.root) == before
    assert collected(postbox) == {one}


def test_what_a_pulled_out_stick_left_half_way_is_one_letter_in_the_end(
    postbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = {letter() for _ in range(5)}
    carried = stick(tmp_path / "stick", *letters)

    def gone(self: FolderCarrier, digests: object) -> int:
        with world(self._root):
            raise OSError(5, "Input/output error")

    with monkeypatch.context() as pulled:
        pulled.setattr(FolderCarrier, "forget_letters", gone)
        assert [type(error) for error in sync(postbox, carried).troubles] == [Unavailable]
    assert on(carried.root) == letters
    assert sync(postbox, carried).letters_left == 0
    assert collected(postbox) == letters


@pytest.fixture
def running(postbox: Path) -> Iterator[PostboxServer]:
    with PostboxServer(postbox) as server:
        yield server


def test_a_postbox_that_runs_is_synced_with_at_its_address(
    running: PostboxServer, postbox: Path, tmp_path: Path
) -> None:
    carried = stick(tmp_path / "stick", letter(), letter())
    with pytest.raises(Unavailable, match="another postbox is running") as told:
        sync(postbox, carried)
    assert "--home http://" in told.value.todo
    done = sync(running.url, carried)
    assert (done.letters_in, done.letters_left, done.edition) == (2, 0, 7)
    assert done.given is not None
    assert done.given.parcels == 3
    found = files(carried.root)
    assert found["notes.html"].endswith(b"reading page 7")
    assert found["README.txt"] == b"Open notes.html. 7"
    again = sync(running.url, carried).given
    assert again is not None
    assert (again.parcels, again.pages) == (0, 0)


def test_a_relay_that_runs_compares_letters_with_the_stick(tmp_path: Path) -> None:
    one, two = letter(), letter()
    with RelayServer(tmp_path / "relay", settings=SMALL) as server:
        sync(server.url, stick(tmp_path / "a", one))
        server.bag.turn()
        done = sync(server.url, stick(tmp_path / "b", two))
        assert (done.letters_in, done.letters_out, done.letters_left) == (1, 1, 2)
        with pytest.raises(Unavailable, match="running") as told:
            sync(tmp_path / "relay", stick(tmp_path / "b"))
        assert "--home http://" in told.value.todo
    assert on(tmp_path / "b") == {one, two}


def test_a_stick_that_is_not_plugged_in_is_said(relay: Path, postbox: Path, tmp_path: Path) -> None:
    for home in (relay, postbox, publish(tmp_path / "outbox", 7)):
        with pytest.raises(Unavailable, match="no stick"):
            sync(home, Stick(tmp_path / "no stick"))


def test_a_home_is_recognised_by_what_lies_in_it(relay: Path, postbox: Path, tmp_path: Path) -> None:
    outbox = publish(tmp_path / "outbox", 7)
    up = tmp_path / "up"
    up.mkdir()
    (up / "version").write_text("1\n")
    shutil.copytree(postbox, up / "postbox")
    assert find_home(str(relay), Path()) == Home(What.RELAY, str(relay))
    assert find_home(str(postbox), Path()) == Home(What.POSTBOX, str(postbox))
    assert find_home(str(up), Path()) == Home(What.POSTBOX, str(up / "postbox"))
    assert find_home(f"folder:{outbox}", Path()) == Home(What.TREE, str(outbox))
    assert find_home("http://127.0.0.1:8080", Path()).what is What.ADDRESS
    (tmp_path / "other").mkdir()
    assert find_home(str(tmp_path / "other"), Path()).what is What.TREE
    (tmp_path / "other" / "letter.txt").write_bytes(b"x")
    with pytest.raises(Misused, match="neither"):
        find_home(str(tmp_path / "other"), Path())
    with pytest.raises(Unavailable, match="no folder"):
        find_home(str(tmp_path / "nowhere"), Path())


def test_a_home_that_nobody_named_is_looked_for_and_never_guessed(relay: Path, postbox: Path, tmp_path: Path) -> None:
    assert find_home(None, relay) == Home(What.RELAY, str(relay), found=True)
    here = tmp_path / "here"
    here.mkdir()
    with pytest.raises(Misused, match="nothing here"):
        find_home(None, here)
    relay.rename(here / "holub-relay")
    assert find_home(None, here) == Home(What.RELAY, str(here / "holub-relay"), found=True)
    postbox.rename(here / "holub-postbox")
    with pytest.raises(Misused, match=" and "):
        find_home(None, here)


def test_letters_are_known_by_their_hash_alone(relay: Path, tmp_path: Path) -> None:
    one = letter()
    carried = stick(tmp_path / "stick", one)
    (carried.root / "letters" / "copy of a letter.bin").write_bytes(one)
    assert sync(relay, carried).letters_in == 1
    assert {sha256(found).digest() for found in on(carried.root)} == {sha256(one).digest()}


# As in test_giving: every change below a folder is one moment, and the process ends there as hard as a pulled plug.
PULLED = """
import os, sys
from pathlib import Path
from holub.transit.errand import run_errand
from holub.transit.home import find_home
from holub.transit.relay import Settings
from holub.transit.stick import Stick
home, stick, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
def watch(event, given):
    global left
    if event in ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir") and str(given[0]).startswith((home, stick)):
        if event == "open" and not (isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)):
            return
        left -= 1
        if left < 0:
            os._exit(9)
found = find_home(home, Path())
sys.addaudithook(watch)
run_errand(found, Stick(Path(stick)), Settings())
"""


def test_letters_survive_a_stick_that_is_pulled_out_at_any_moment(tmp_path: Path) -> None:
    letters = {letter() for _ in range(3)}
    tree = publish(tmp_path / "tree", 7)
    ended = False
    for moment in range(0, 300, 5):
        home, folder = Path(shutil.copytree(tree, tmp_path / f"home{moment}")), tmp_path / f"stick{moment}"
        carried = stick(folder, *letters)
        run = subprocess.run([sys.executable, "-c", PULLED, str(home), str(folder), str(moment)], check=False)
        assert run.returncode in (0, 9)
        assert on(home) | on(folder) == letters
        done = sync(home, carried)
        assert (done.troubles, done.letters_left) == ([], 0)
        assert on(home) == letters
        assert not list(folder.rglob("*.tmp"))
        if ended := run.returncode == 0:
            break
    assert ended
    assert moment > 15
