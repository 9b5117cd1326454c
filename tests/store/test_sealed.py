"""Sealed records, and the disk itself: after shredding, nothing on a raw ext4 image opens them again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holub.errors import Misused, Refused
from holub.store.sealed import Sealed, open_record, seal_record, seal_records, shred_records
from holub.store.slots import SLOT_BYTES, Slots
from holub.store.vault import FILE, Cost, Vault
from tests.fakes.rawdisk import RawDisk, raw_disk

KEY = bytes(32)


@pytest.fixture
def slots(tmp_path: Path) -> Iterator[Slots]:
    opened = Slots(tmp_path / "slots", KEY)
    yield opened
    opened.close()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(st.binary(max_size=3000), max_size=5))
def test_records_come_back(slots: Slots, records: list[bytes]) -> None:
    sealed = seal_records(slots, 1, [(b"what", record) for record in records])
    assert [open_record(slots, b"what", one) for one in sealed] == records
    assert all(len(one.ciphertext) % 512 == 16 for one in sealed)


def test_a_shredded_record_does_not_open(slots: Slots) -> None:
    sealed = seal_record(slots, 1, b"what", b"text")
    shred_records(slots, [sealed.slot])
    with pytest.raises(Misused, match="holds no key"):
        open_record(slots, b"what", sealed)


def test_a_record_stands_for_nothing_else(slots: Slots) -> None:
    one, two = seal_records(slots, 1, [(b"what", b"1"), (b"what", b"2")])
    for wrong, what in (
        (one, b"other"),
        (Sealed(two.slot, one.ciphertext), b"what"),
        (Sealed(one.slot, one.ciphertext[:-1]), b"what"),
        (Sealed(one.slot, b""), b"what"),
    ):
        with pytest.raises(Refused, match="damaged"):
            open_record(slots, what, wrong)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[RawDisk]:
    with raw_disk(tmp_path, 16) as made:
        yield made


def test_dead_keys_are_nowhere_on_a_raw_disk(disk: RawDisk) -> None:
    office = disk.mounted / "office"
    vault = Vault.create(office, "first words", Cost(memory=64, iterations=1))
    slots = Slots(office / "slots", vault.key("slots"))
    numbers = slots.put([os.urandom(32) for _ in range(200)], owner=1)
    raw = (office / "slots").read_bytes()
    cells = [raw[4096 + n * SLOT_BYTES :][:SLOT_BYTES] for n in numbers]
    vault.put("root", os.urandom(500))
    old_vault = (office / FILE).read_bytes()
    slots.shred(numbers[:100])
    vault.remove("root")
    vault.change_passphrase("first words", "second words", Cost(memory=64, iterations=1))
    slots.close()
    vault.close()
    disk.unmount()
    whole = disk.image.read_bytes()
    # The check can see: the living keys are found, sealed as they are.
    assert all(cell[4:] in whole for cell in cells[100:])
    assert not [number for number, cell in enumerate(cells[:100]) if cell[16:48] in whole]
    assert old_vault[26:102] not in whole, "the wrapping under the old passphrase"
    assert old_vault[-400:] not in whole, "the removed secret"
