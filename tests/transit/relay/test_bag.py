"""The bag: bounded, fair by chance, on the disk."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.transit.carrier import LETTER_SIZES
from holub.transit.placing import FIXED_TIME
from holub.transit.relay import RelayLimits, rooms
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.room import Room
from holub.transit.relay.slotfile import HEAD, DiskFailed, Slot, SlotFile
from tests.transit.relay.conftest import SMALL, letter, pair

PLACES = SMALL[4_096]


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[RelayBag]:
    made = RelayBag(tmp_path, SMALL)
    yield made
    made.close()


def held(bag: RelayBag) -> set[bytes]:
    return set(bag.collect().letters)


def test_letters_of_all_sizes_come_back_after_a_start(tmp_path: Path) -> None:
    letters = {letter(size) for size in LETTER_SIZES for _ in range(2)}
    bag = RelayBag(tmp_path, SMALL)
    assert bag.store([pair(one) for one in letters]) == [True] * 8
    assert bag.store([pair(min(letters))], stamped=True) == [True]
    assert held(bag) == letters
    bag.close()
    again = RelayBag(tmp_path, dict.fromkeys(SMALL, 1))
    assert (held(again), again.capacity(), again.counts()) == (letters, sum(SMALL.values()), dict.fromkeys(SMALL, 2))
    again.close()
    with pytest.raises(Unavailable):
        again.store([pair(letter())])


def test_a_full_room_keeps_its_number_and_each_size_its_own(bag: RelayBag) -> None:
    large = [letter(LETTER_SIZES[3]) for _ in range(2)]
    bag.store([pair(one) for one in large])
    for _ in range(5 * PLACES):
        bag.store([pair(letter())])
    assert bag.counts() == {256: 0, 4_096: PLACES, 65_536: 0, 1_048_576: 2}
    assert set(large) <= held(bag)


class Counted:
    """A file of places that nobody writes to."""

    count = 16

    def slots(self) -> list[Slot]:
        return []


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> random.Random:
    """The letters, and the key that their lots are drawn with: drawn, and the same in every run."""
    drawn = random.Random(6)
    monkeypatch.setattr("holub.transit.relay.room.secrets.token_bytes", drawn.randbytes)
    return drawn


def offered(room: Room, many: int, chance: random.Random) -> list[bytes]:
    digests = [chance.randbytes(32) for _ in range(many)]
    for digest in digests:
        room.place(digest, "visitors", stamped=False)
    return digests


def test_a_letter_that_loses_is_told_so_and_one_that_wins_takes_a_place(tmp_path: Path) -> None:
    bag = RelayBag(tmp_path, {256: 1, 4_096: 4, 65_536: 1, 1_048_576: 1})
    bag.store([pair(letter()) for _ in range(4)])
    for _ in range(30):
        new = letter()
        before = held(bag)
        stored = bag.store([pair(new)])
        assert (new in held(bag)) == stored[0]
        assert len(held(bag) & before) == 4 - stored[0]
    bag.close()


def test_a_flood_after_the_letters_is_worth_no_more_than_one_before(chance: random.Random) -> None:
    for flood_first in (False, True):
        kept = 0
        for _ in range(60):
            room = Room(cast(SlotFile, Counted()))
            if flood_first:
                offered(room, 9 * Counted.count, chance)
            letters = offered(room, Counted.count, chance)
            if not flood_first:
                offered(room, 9 * Counted.count, chance)
            assert len(room) == Counted.count
            kept += sum(digest in room for digest in letters)
        # One in ten stays: 96 of 960, give or take what chance does.
        assert 55 < kept < 140


def test_after_a_flood_of_yesterday_a_letter_finds_a_place_again(chance: random.Random) -> None:
    room = Room(cast(SlotFile, Counted()))
    offered(room, 10_000, chance)
    room.renew()
    assert len(room) == Counted.count
    # Sixteen in seventeen find one, where one in six hundred would without new lots.
    assert any(room.place(chance.randbytes(32), "visitors", stamped=False) for _ in range(8))


def test_a_noisy_carrier_takes_no_more_than_its_share(bag: RelayBag) -> None:
    quiet = [letter() for _ in range(PLACES // 2)]
    bag.store([pair(one) for one in quiet], carrier="quiet")
    for _ in range(10 * PLACES):
        bag.store([pair(letter())], carrier="noisy")
    assert set(quiet) <= held(bag)
    # And what it took when nobody else came, it gives back.
    for _ in range(PLACES):
        bag.store([pair(letter())], carrier="third")
    assert len(held(bag) & set(quiet)) >= PLACES // 3


def test_in_one_batch_a_carrier_has_no_advantage(bag: RelayBag) -> None:
    quiet = [letter() for _ in range(PLACES // 2)]
    bag.store([pair(one) for one in quiet], carrier="quiet")
    flood = [letter() for _ in range(10 * PLACES)]
    stored = bag.store([pair(one) for one in flood], carrier="noisy")
    assert sum(stored) == PLACES // 2
    assert held(bag) == set(quiet) | {one for one, kept in zip(flood, stored, strict=True) if kept}


def test_the_stamped_lane_stays(bag: RelayBag) -> None:
    stamped = [letter() for _ in range(PLACES // 2)]
    bag.store([pair(one) for one in stamped], stamped=True)
    for _ in range(5 * PLACES):
        bag.store([pair(letter())])
    assert set(stamped) <= held(bag)
    assert bag.stamped() == PLACES // 2
    bag.store([pair(letter()) for _ in range(PLACES)], stamped=True)
    assert bag.stamped() == PLACES
    assert bag.store([pair(letter())]) == [False]


def test_forgotten_letters_are_gone_from_the_file_and_their_places_are_used_again(
    bag: RelayBag, tmp_path: Path
) -> None:
    letters = [letter() for _ in range(PLACES)]
    bag.store([pair(one) for one in letters])
    gone = [sha256(one).digest() for one in letters[: PLACES // 2]]
    assert bag.forget([*gone, bytes(32)]) == PLACES // 2
    raw = (tmp_path / "letters.small").read_bytes()
    for place, one in enumerate(letters):
        assert (one[:64] in raw, one[-64:] in raw, sha256(one).digest() in raw) == (place >= PLACES // 2,) * 3
    assert bag.store([pair(letter()) for _ in range(PLACES // 2)]) == [True] * (PLACES // 2)
    assert set(letters[PLACES // 2 :]) <= held(bag)


def test_evicted_letters_are_gone_from_the_file(bag: RelayBag, tmp_path: Path) -> None:
    letters = [letter() for _ in range(6 * PLACES)]
    for one in letters:
        bag.store([pair(one)])
    raw = (tmp_path / "letters.small").read_bytes()
    kept = held(bag)
    assert len(kept) == PLACES
    for one in letters:
        assert (one[:64] in raw) == (one[-64:] in raw) == (one in kept)


def test_what_a_postbox_has_is_not_taken_again_until_the_next_start(bag: RelayBag, tmp_path: Path) -> None:
    one = letter()
    bag.store([pair(one)])
    bag.forget([sha256(one).digest()], delivered=True)
    assert bag.store([pair(one)]) == [True]
    assert held(bag) == set()
    again = RelayBag(tmp_path, SMALL)
    again.store([pair(one)])
    assert held(again) == {one}
    again.close()


def test_letters_are_handed_on_only_after_a_turn(bag: RelayBag) -> None:
    one, two = letter(), letter()
    bag.store([pair(one)])
    assert bag.offered() == []
    bag.turn()
    bag.store([pair(two)])
    assert list(bag.letters(bag.offered())) == [one]


def test_files_do_not_tell_when_how_many_or_in_which_order(tmp_path: Path) -> None:
    bag = RelayBag(tmp_path, SMALL)
    lengths = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    letters = [letter() for _ in range(PLACES)]
    for one in letters:
        bag.store([pair(one)])
    assert {file.name: file.stat().st_size for file in tmp_path.iterdir()} == lengths
    assert {file.stat().st_mtime for file in tmp_path.iterdir()} == {FIXED_TIME}
    raw = (tmp_path / "letters.small").read_bytes()
    order = [raw.index(one[:64]) for one in letters]
    assert order != sorted(order)
    assert order != sorted(order, reverse=True)
    bag.close()


@pytest.mark.parametrize("cut", [1, 40, HEAD, HEAD + 2_000, HEAD + 4_095])
def test_a_write_that_was_cut_leaves_an_empty_place_and_harms_no_neighbour(tmp_path: Path, cut: int) -> None:
    bag = RelayBag(tmp_path, SMALL)
    letters = [letter() for _ in range(PLACES)]
    bag.store([pair(one) for one in letters])
    bag.close()
    file = tmp_path / "letters.small"
    raw = bytearray(file.read_bytes())
    slot = HEAD + 4_096
    hit = raw[7 * slot : 8 * slot]
    # Other bytes, each of them: random ones may be what was there.
    raw[7 * slot : 7 * slot + cut] = bytes(byte ^ 0xA5 for byte in hit[:cut])
    file.write_bytes(raw)
    again = RelayBag(tmp_path, SMALL)
    assert held(again) == set(letters) - {bytes(hit[HEAD:])}
    assert again.store([pair(letter())]) == [True]
    again.close()


def test_damage_while_it_runs_is_noticed(bag: RelayBag, tmp_path: Path) -> None:
    one = letter()
    bag.store([pair(one)])
    raw = (tmp_path / "letters.small").read_bytes()
    with (tmp_path / "letters.small").open("r+b") as file:
        file.seek(raw.index(one[:64]) + 100)
        file.write(b"x" * 8)
    assert held(bag) == set()


def test_a_disk_without_space_for_the_bag_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(Unavailable, match="no space left"):
        RelayBag(tmp_path, SMALL)
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_that_runs_full_in_place_loses_nothing(bag: RelayBag, monkeypatch: pytest.MonkeyPatch) -> None:
    one = letter()
    bag.store([pair(one)])

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        assert bag.store([pair(letter())]) == [False]
    assert bag.store([pair(letter())]) == [True]
    assert one in held(bag)


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_a_failed_write_is_final(bag: RelayBag, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def broken(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, call, broken)
    with pytest.raises(DiskFailed, match="EIO"):
        bag.store([pair(letter())])


def test_a_file_that_is_no_bag_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.small").write_bytes(bytes(4_097))
    with pytest.raises(Refused, match="not a relay's file"):
        RelayBag(tmp_path, SMALL)
    (tmp_path / "letters.small").unlink()
    (tmp_path / "letters.small").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="is a link"):
        RelayBag(tmp_path, SMALL)


def test_rooms_make_up_the_bag_and_large_letters_have_a_third_of_its_bytes() -> None:
    for letters in (128, 1_000, 4_096, 65_536):
        made = rooms(letters)
        assert sum(made.values()) == letters
        assert min(made.values()) >= 1
    assert rooms(4_096) == {256: 512, 4_096: 3_104, 65_536: 448, 1_048_576: 32}
    for wrong in (0, 127, 65_537):
        with pytest.raises(Misused):
            rooms(wrong)
    with pytest.raises(Misused):
        RelayLimits(editions=0)


def test_whatever_comes_in_whatever_order_the_index_and_the_disk_agree(tmp_path: Path) -> None:
    chance = random.Random(4)
    bag = RelayBag(tmp_path, SMALL)
    known: list[bytes] = []
    for _ in range(150):
        batch = [letter(chance.choice(LETTER_SIZES[:2])) for _ in range(chance.randrange(1, 5))]
        batch += chance.sample(known, min(len(known), 2))
        known += batch
        bag.store([pair(one) for one in batch], carrier=chance.choice("abc"), stamped=chance.random() < 0.2)
        if chance.random() < 0.2:
            bag.forget(sha256(one).digest() for one in chance.sample(known, 2))
    now, stamped = held(bag), bag.stamped()
    bag.close()
    again = RelayBag(tmp_path, SMALL)
    assert (held(again), again.stamped()) == (now, stamped)
    assert now <= set(known)
    again.close()
