"""Stamps at a postbox and a relay: a lane, once; never a gate; a flood; what a seized disk tells."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from holub.errors import Forged
from holub.formats.root import split_chain, trust
from holub.formats.stamp import StampList, stamp_hash
from holub.office.office import Office, Publisher
from holub.office.stamps import print_stamps, stamp_list
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier
from holub.transit.errand import run_errand
from holub.transit.home import Home, What
from holub.transit.postbox import Limits, PostboxServer
from holub.transit.postbox.letterbox import PAGE, Letterbox
from holub.transit.relay import RelayLimits, RelayServer, Settings, sync_once
from holub.transit.relay.bag import RelayBag
from holub.transit.stampbook import BURNT, STAMPS, StampBook, take_stamps
from holub.transit.stick import Stick

NOW = 1_795_000_000
STAMPED = [secrets.token_bytes(10) for _ in range(40)]
LISTED = StampList(1, tuple(sorted(map(stamp_hash, STAMPED)))).encode()
ROOMS = RelayLimits(dict(zip(LETTER_SIZES, (8, 100, 4, 2), strict=True)))


def letter() -> bytes:
    return secrets.token_bytes(4_096)


def leave(url: str, body: bytes) -> int:
    return httpx.post(f"{url}/letters", content=body).status_code


@pytest.fixture
def postbox(tmp_path: Path) -> Iterator[PostboxServer]:
    data = tmp_path / "postbox"
    (data / "www").mkdir(parents=True)
    (data / "version").write_text("1\n")
    (data / "www" / STAMPS).write_bytes(LISTED)
    with PostboxServer(data, limits=Limits(reserve_bytes=0, capacity_bytes=128 * PAGE)) as server:
        yield server


def box_of(data: Path) -> Letterbox:
    return Letterbox(data / "letters.sqlite3", Limits(reserve_bytes=0))


def test_a_stamp_gives_one_letter_its_lane_and_is_burnt(tmp_path: Path) -> None:
    (tmp_path / STAMPS).write_bytes(LISTED)
    book = StampBook(tmp_path / STAMPS, tmp_path / BURNT)
    assert not book.claim(None)
    assert not book.claim(b"\x00" * 10)
    assert book.claim(STAMPED[0])
    assert not book.claim(STAMPED[0]), "two letters at once have one stamp's lane"
    book.give_back(STAMPED[0])
    assert book.claim(STAMPED[0])
    book.burn(STAMPED[0])
    assert not book.claim(STAMPED[0])
    assert not StampBook(tmp_path / STAMPS, tmp_path / BURNT).claim(STAMPED[0]), "after a restart as well"


def test_what_was_burnt_tells_no_order_and_goes_with_the_list(tmp_path: Path) -> None:
    (tmp_path / STAMPS).write_bytes(LISTED)
    book = StampBook(tmp_path / STAMPS, tmp_path / BURNT)
    for stamp in STAMPED[:5]:
        assert book.claim(stamp)
        book.burn(stamp)
    assert (tmp_path / BURNT).read_bytes() == b"".join(sorted(map(stamp_hash, STAMPED[:5])))
    rest = tuple(sorted(map(stamp_hash, STAMPED[4:])))
    (tmp_path / STAMPS).write_bytes(StampList(2, rest).encode())
    later = StampBook(tmp_path / STAMPS, tmp_path / BURNT)
    assert not later.claim(STAMPED[4])
    assert later.claim(STAMPED[5])
    later.burn(STAMPED[5])
    assert (tmp_path / BURNT).read_bytes() == b"".join(sorted(map(stamp_hash, STAMPED[4:6])))


@pytest.mark.parametrize("listed", [b"", b"junk", LISTED[:-1], LISTED + b"\x00"])
def test_without_a_list_that_can_be_read_letters_are_ordinary(tmp_path: Path, listed: bytes) -> None:
    (tmp_path / STAMPS).write_bytes(listed)
    assert not StampBook(tmp_path / STAMPS, tmp_path / BURNT).claim(STAMPED[0])


def test_a_stamp_is_never_a_gate(postbox: PostboxServer, tmp_path: Path) -> None:
    one, two, three, four = (letter() for _ in range(4))
    assert leave(postbox.url, one) == 201
    assert leave(postbox.url, secrets.token_bytes(10) + two) == 201  # as every page sends without a code
    assert leave(postbox.url, STAMPED[0] + three) == 201
    assert leave(postbox.url, STAMPED[0] + four) == 201  # burnt already
    assert leave(postbox.url, STAMPED[0] + three) == 201  # again, for the answer was lost
    postbox.stop()
    box = box_of(tmp_path / "postbox")
    assert set(box.collect(10).letters) == {one, two, three, four}
    assert box._stamped() == [sha256(three).digest()]
    box.close()


@pytest.mark.parametrize("size", [9, 10, 4_097, 4_105, 4_107, 1_048_587])
def test_no_other_size_is_taken(postbox: PostboxServer, size: int) -> None:
    assert leave(postbox.url, bytes(size)) in (400, 413)


def test_stamped_letters_are_handed_out_first(tmp_path: Path) -> None:
    box = box_of(tmp_path)
    pairs = [(sha256(one).digest(), one) for one in (letter() for _ in range(60))]
    box.store(pairs[:50])
    box.store(pairs[50:], stamped=True)
    first = box.collect(10).letters
    assert set(first) == {one for _, one in pairs[50:]}
    assert len(set(box.collect(4_096).letters)) == 60
    assert box.forget([digest for digest, _ in pairs[50:]]) == 10
    assert box._stamped() == []
    assert len(box) == 50
    box.close()


def test_a_postbox_full_of_junk_still_takes_stamped_letters(postbox: PostboxServer) -> None:
    answers = [leave(postbox.url, letter()) for _ in range(130)]
    assert answers[0] == 201
    assert answers[-1] == 507
    assert leave(postbox.url, letter()) == 507
    # A sixteenth of the room, and 40 stamps for it: what a centre prints should be no more than its postbox keeps.
    taken = [leave(postbox.url, stamp + letter()) for stamp in STAMPED[:5]]
    assert taken == [201] * 5


def test_a_relay_drowned_in_junk_keeps_stamped_letters(tmp_path: Path) -> None:
    data = tmp_path / "relay"
    with RelayServer(data, settings=Settings(limits=ROOMS)):
        pass
    (data / STAMPS).write_bytes(LISTED)
    with RelayServer(data, settings=Settings(limits=ROOMS)) as relay:
        stamped = {stamp: letter() for stamp in STAMPED}
        for stamp, one in stamped.items():
            assert leave(relay.url, stamp + one) == 201
        # Nine parts of junk for each place of the bag.
        with httpx.Client() as flood:
            for _ in range(900):
                flood.post(f"{relay.url}/letters", content=secrets.token_bytes(10) + letter())
        assert relay.bag.stamped() == len(STAMPED)
        held = set(relay.bag.collect(4_096).letters)
    assert set(stamped.values()) <= held
    # What a seized disk tells: no stamp, and not which letter had which.
    disk = b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert not any(stamp in disk for stamp in STAMPED)


def test_a_stamp_travels_with_a_letter_on_a_stick(postbox: PostboxServer, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "letters").mkdir(parents=True)
    one, two = letter(), letter()
    (stick / "letters" / "notes.bin").write_bytes(STAMPED[1] + one)
    (stick / "letters" / "other.bin").write_bytes(two)
    assert set(FolderCarrier(stick).collect_letters().letters) == {one, two}
    data = tmp_path / "relay"
    settings = Settings((str(stick),), limits=ROOMS)
    sync_once(data, settings)
    (data / STAMPS).write_bytes(LISTED)
    bag = RelayBag(data, ROOMS.rooms)
    assert bag.stamped() == 0
    bag.close()
    # At the postbox the stamp counts again: each place burns for itself.
    done = run_errand(Home(What.ADDRESS, postbox.url), Stick(stick), settings)
    assert (done.letters_in, done.letters_left) == (2, 0)
    postbox.stop()
    box = box_of(tmp_path / "postbox")
    assert len(box._stamped()) == 1
    box.close()


def test_a_postbox_that_does_not_run_burns_stamps_from_a_stick(postbox: PostboxServer, tmp_path: Path) -> None:
    postbox.stop()
    stick = tmp_path / "stick"
    (stick / "letters").mkdir(parents=True)
    for number in range(3):  # one stamp, three letters: the first one has the lane
        (stick / "letters" / f"{number}.bin").write_bytes(STAMPED[2] + letter())
    done = run_errand(Home(What.POSTBOX, str(tmp_path / "postbox")), Stick(stick), Settings())
    assert done.troubles == []
    assert done.letters_in == 3
    box = box_of(tmp_path / "postbox")
    assert len(box._stamped()) == 1
    assert len(box) == 3
    box.close()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre's root document and its first list of stamps, in one folder."""
    home = tmp_path_factory.mktemp("centre")
    with Office.create(home / "office", "six words that nobody has guessed", Publisher("Центр"), NOW) as office:
        print_stamps(office, 1)
        (home / STAMPS).write_bytes(stamp_list(office).encode())
        (home / "root.txt").write_bytes(office.root_file.read_bytes())
    return home


def test_a_relay_takes_a_list_from_a_stick_when_its_centre_signed_it(centre: Path, tmp_path: Path) -> None:
    stick, data = tmp_path / "stick", tmp_path / "relay"
    stick.mkdir()
    settings = Settings((str(stick),), centre / "root.txt", limits=ROOMS)
    (stick / STAMPS).write_bytes(LISTED)
    assert [type(trouble) for trouble in sync_once(data, settings).troubles] == [Forged]
    assert not (data / STAMPS).exists()
    shutil.copy(centre / STAMPS, stick)
    assert sync_once(data, settings).troubles == []
    assert (data / STAMPS).read_bytes() == (centre / STAMPS).read_bytes()
    assert (data / "www" / STAMPS).read_bytes() == (centre / STAMPS).read_bytes()


def test_an_older_list_does_not_replace_a_newer_one(centre: Path, tmp_path: Path) -> None:
    publisher = trust(split_chain((centre / "root.txt").read_bytes()))
    good = (centre / STAMPS).read_bytes()
    assert take_stamps(tmp_path / STAMPS, good, publisher)
    assert not take_stamps(tmp_path / STAMPS, good, publisher)
    # A damaged one is replaced by the same.
    (tmp_path / STAMPS).write_bytes(good[:-1])
    assert take_stamps(tmp_path / STAMPS, good, publisher)
