"""The slot file: keys are written once, overwritten where they lie, and never lost or mixed by a crash."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Misused, Refused, Unavailable
from holub.store.slots import HEADER_BYTES, SLOT_BYTES, Slots

KEY = bytes(range(32))


def keys(count: int) -> list[bytes]:
    return [os.urandom(32) for _ in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "slots"


@pytest.fixture
def slots(path: Path) -> Iterator[Slots]:
    opened = Slots(path, KEY)
    yield opened
    opened.close()


def test_a_key_comes_back_also_after_a_restart(path: Path) -> None:
    first = Slots(path, KEY)
    secrets = keys(5)
    numbers = first.put(secrets, owner=1)
    first.close()
    again = Slots(path, KEY)
    assert [again.get(number) for number in numbers] == secrets
    assert again.used(1) == set(numbers)
    assert again.used(2) == set()
    again.close()


def test_a_key_never_lies_in_the_file_in_the_clear(slots: Slots, path: Path) -> None:
    secrets = keys(10)
    slots.put(secrets, owner=1)
    raw = path.read_bytes()
    assert not any(secret in raw for secret in secrets)


def test_shredding_overwrites_the_slot_in_place(slots: Slots, path: Path) -> None:
    numbers = slots.put(keys(3), owner=1)
    inode = path.stat().st_ino
    at = HEADER_BYTES + numbers[1] * SLOT_BYTES
    before = path.read_bytes()
    slots.shred([numbers[1], 4000])
    after = path.read_bytes()
    assert path.stat().st_ino == inode
    assert before[at + 4 : at + SLOT_BYTES] not in after
    assert after[at] == 0
    assert before[:at] == after[:at]
    assert before[at + SLOT_BYTES :] == after[at + SLOT_BYTES :]
    with pytest.raises(Misused, match="holds no key"):
        slots.get(numbers[1])


def test_a_shredded_slot_is_used_again_only_after_its_release(slots: Slots) -> None:
    numbers = slots.put(keys(4096), owner=1)
    slots.shred(numbers[:10])
    grown = slots.put(keys(10), owner=1)
    assert not set(grown) & set(numbers)
    slots.put(keys(4086), owner=1)
    slots.release([*numbers, 10**9])
    assert set(slots.put(keys(10), owner=1)) == set(numbers[:10])


def test_slots_that_no_record_points_at_are_swept(slots: Slots) -> None:
    mine, others = slots.put(keys(4), owner=1), slots.put(keys(2), owner=2)
    assert slots.sweep(1, live={mine[0]}) == 3
    assert slots.used(1) == {mine[0]}
    assert slots.used(2) == set(others)


def test_a_second_opener_is_told_so(slots: Slots, path: Path) -> None:
    with pytest.raises(Unavailable, match="in use by another holub"):
        Slots(path, KEY)


def test_a_second_process_is_told_so(slots: Slots, path: Path) -> None:
    code = (
        f"from pathlib import Path; from holub.store.slots import Slots; Slots(Path({str(path)!r}), bytes(range(32)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Unavailable" in run.stderr


def test_a_closed_file_takes_nothing_more(path: Path) -> None:
    slots = Slots(path, KEY)
    (number,) = slots.put(keys(1), owner=1)
    slots.close()
    slots.close()
    for act in (
        lambda: slots.put(keys(1), owner=1),
        lambda: slots.put(keys(5000), owner=1),
        lambda: slots.get(number),
        lambda: slots.shred([number]),
    ):
        with pytest.raises(Unavailable, match="closed"):
            act()


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (0, b"X", "not a slot file"),
        (16, b"\0\2", "version 2, this holub reads version 1"),
        (18, b"\0\x20", "damaged"),
        (100, b"X", "damaged"),
    ],
)
def test_a_header_of_another_kind_is_refused(path: Path, at: int, value: bytes, sentence: str) -> None:
    Slots(path, KEY).close()
    data = bytearray(path.read_bytes())
    data[at : at + len(value)] = value
    path.write_bytes(data)
    with pytest.raises(Refused, match=sentence):
        Slots(path, KEY)


@pytest.mark.parametrize("change", ["bit", "moved", "owner", "other vault"])
def test_a_key_that_was_tampered_with_is_refused(path: Path, change: str) -> None:
    slots = Slots(path, KEY)
    first, second = slots.put(keys(2), owner=1)
    slots.close()
    data = bytearray(path.read_bytes())
    one, two = (HEADER_BYTES + number * SLOT_BYTES for number in (first, second))
    if change == "bit":
        data[one + 40] ^= 1
    elif change == "moved":
        data[one : one + SLOT_BYTES] = data[two : two + SLOT_BYTES]
    elif change == "owner":
        data[one + 1] = 9
    path.write_bytes(data)
    again = Slots(path, bytes(32) if change == "other vault" else KEY)
    with pytest.raises(Refused, match="damaged"):
        again.get(first)
    again.close()


@settings(max_examples=40, deadline=None)
@given(junk=st.binary(max_size=5000))
def test_no_file_crashes_the_opener(junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("junk") / "slots"
    path.write_bytes(junk)
    with pytest.raises(Refused):
        Slots(path, KEY)


def test_a_growth_cut_half_way_is_taken_up_again(path: Path) -> None:
    slots = Slots(path, KEY)
    secrets = keys(3)
    numbers = slots.put(secrets, owner=1)
    slots.close()
    os.truncate(path, HEADER_BYTES + 10 * SLOT_BYTES + 17)
    again = Slots(path, KEY)
    more = again.put(keys(20), owner=1)
    assert len({*numbers, *more}) == 23
    assert [again.get(number) for number in numbers] == secrets
    again.close()


KILLED = """
    import os, sys
    from pathlib import Path
    from holub.store.slots import Slots
    slots = Slots(Path(sys.argv[1]), bytes(range(32)))
    while True:
        keys = [os.urandom(32) for _ in range(50)]
        numbers = slots.put(keys, owner=1)
        dead = numbers[::2]
        slots.shred(dead)
        for number, key in zip(numbers, keys):
            if number not in dead:
                print(number, key.hex())
        sys.stdout.flush()
"""


def test_keys_that_were_acknowledged_survive_a_kill(path: Path) -> None:
    kept: dict[int, str] = {}
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(200)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.read().splitlines(keepends=True)
        child.stdout.close()
        child.wait()
        for line in lines:
            number, space, key = line.partition(" ")
            if space and key.endswith("\n"):
                assert int(number) not in kept
                kept[int(number)] = key.strip()
        slots = Slots(path, KEY)
        assert {place: slots.get(place).hex() for place in kept} == kept
        for used in slots.used(1):
            slots.get(used)
        slots.close()


FULL = """
    import resource, sys
    from pathlib import Path
    from holub.errors import Unavailable
    from holub.store.slots import Slots
    slots = Slots(Path(sys.argv[1]), bytes(range(32)))
    numbers = slots.put([bytes(32)] * 4096, owner=1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    try:
        slots.put([bytes(32)], owner=1)
    except Unavailable as error:
        print(error)
    slots.shred(numbers[:1])  # overwriting needs no space
    slots.release(numbers[:1])
    print(slots.put([bytes(32)], owner=1) == numbers[:1])
"""


def test_a_full_disk_is_said_and_overwriting_still_works(path: Path) -> None:
    assert resource.RLIMIT_FSIZE >= 0
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(path)], capture_output=True, text=True, check=True
    )
    said, worked = run.stdout.splitlines()
    assert said.startswith("the disk is full, slots could not be written")
    assert worked == "True"
