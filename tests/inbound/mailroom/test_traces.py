"""After shredding and after the schedule, the office's folder gives nothing back: not even to who has its vault key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from holub.errors import Misused, Unavailable
from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.inbound.mailroom import letters, tables
from holub.inbound.mailroom.room import Mailroom
from holub.store import slots as slot_file
from holub.store.slots import HEADER_BYTES, SLOT_BYTES
from tests.fakes.rawdisk import raw_disk
from tests.inbound.mailroom.conftest import DAY, NOW, Office

PLANTED = "ПРИХОВАНИЙ planted sentence 4711"


def everything(folder: Path) -> bytes:
    """All bytes of all files of the office."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def planted(office: Office, secret: bytes) -> bytes:
    body = Body(Topic.HELP, "uk", "main", PLANTED, "Таємне Місто", (b"\xff\xd8\xff" + b"planted picture" * 9,))
    return wire.seal(Letter(Kind.WITH_PICTURES, secret, body), office.key, NOW)


def test_what_people_wrote_never_lies_in_the_clear(office: Office) -> None:
    secret = os.urandom(32)
    sealed = planted(office, secret)
    office.room.open_batch([sealed], NOW)
    (line,) = office.room.rows()
    office.room.reply(line.number, "planted answer 0815")
    office.room.mailbag_inputs(1)
    raw = everything(office.folder)
    for text in (PLANTED, "Таємне", "planted answer", "planted picture", "planted"):
        assert text.encode() not in raw
        assert text.encode("utf-16-le") not in raw
    assert secret not in raw
    assert sealed[100:200] not in raw
    with office.database.read() as connection:
        row = connection.execute(tables.letter.select()).mappings().one()
    clear = {name: value for name, value in row.items() if not name.endswith(("sealed", "slot"))}
    assert clear == {
        "number": 1,
        "state": "answered",
        "day": "2026-12-21",
        "closed_day": None,
        "size": 0,
        "has_pictures": True,
        "version": 1,
        "travelled": 0,
    }


def living_keys(office: Office) -> dict[int, bytes]:
    """Every key in the slot file, as someone with the vault would read them."""
    return {number: office.slots.get(number) for number in office.slots.used(tables.OWNER)}


def cells(office: Office) -> dict[int, bytes]:
    raw = (office.folder / "slots").read_bytes()
    return {n: raw[HEADER_BYTES + n * SLOT_BYTES :][:SLOT_BYTES] for n in office.slots.used(tables.OWNER)}


@pytest.mark.parametrize("way", ["shred", "schedule", "journeys", "reply changed"])
def test_a_dead_record_opens_with_no_key_that_is_left(office: Office, way: str) -> None:
    secret = os.urandom(32)
    office.room.open_batch([planted(office, secret)], NOW)
    (line,) = office.room.rows()
    office.room.reply(line.number, "first answer")
    with office.database.read() as connection:
        row = connection.execute(tables.letter.select()).one()
    dead_cells = cells(office)
    sealed = [row.return_sealed] if way == "reply changed" else [row.sealed, row.pictures_sealed, row.return_sealed]
    dead_slots = {row.return_slot} if way == "reply changed" else set(letters.slots_of(row))
    if way == "shred":
        office.room.shred(line.number)
        office.room.shred(line.number)
    elif way == "schedule":
        office.room.mailbag_inputs(1)
        office.room.published(1, NOW)
        with office.database.write() as connection:
            connection.execute(tables.letter.update().values(state="waiting"))
        office.room.settle_clock(NOW + 200 * DAY)
    elif way == "journeys":
        for edition in range(1, 5):
            office.room.mailbag_inputs(edition)
            office.room.published(edition, NOW)
    else:
        office.room.reply(line.number, "second answer")
    raw = everything(office.folder)
    assert all(dead_cells[number][16:] not in raw for number in dead_slots)
    for key in living_keys(office).values():
        for ciphertext in sealed:
            with pytest.raises(InvalidTag):
                ChaCha20Poly1305(key).decrypt(bytes(12), ciphertext, None)
    if way != "reply changed":
        with pytest.raises(Misused, match="no letter"):
            office.room.view(line.number)


def test_a_dead_letter_key_opens_no_letter_that_somebody_kept(office: Office) -> None:
    sealed = planted(office, os.urandom(32))
    key = office.key
    office.room.settle_clock(key.opens_until)
    office.restart()
    assert office.room.keys.seeds(NOW) == {}
    for number, left in living_keys(office).items():
        raise AssertionError(f"slot {number} still holds {left.hex()}")
    assert office.room.open_batch([sealed], key.opens_until).too_late == 1


def test_nothing_planted_or_dead_is_on_a_raw_disk(tmp_path: Path) -> None:
    with raw_disk(tmp_path, 32) as disk:
        office = Office(disk.mounted / "office")
        numbers = office.receive(*(f"{PLANTED} {n}" for n in range(60)))
        secrets = [reply.secret for reply in office.room.mailbag_inputs(1)["main"]]
        for number in numbers[:40]:
            office.room.reply(number, f"{PLANTED} answered")
        before = cells(office)
        for number in numbers[:30]:
            office.room.shred(number)
        office.room.settle_clock(office.key.opens_until)
        alive = cells(office)
        office.close()
        disk.unmount()
        raw = disk.image.read_bytes()
    assert PLANTED.encode() not in raw
    assert not any(secret in raw for secret in secrets)
    assert all(cell[16:] in raw for cell in alive.values()), "the check finds what is there"
    dead = [cell for number, cell in before.items() if number not in alive]
    assert len(dead) == 61
    assert not any(cell[16:] in raw for cell in dead)


def test_a_crash_between_slots_and_rows_is_finished_at_the_next_start(office: Office) -> None:
    one, two, three = office.receive("one", "two", "three")
    with office.database.read() as connection:
        row = connection.execute(tables.letter.select().where(tables.letter.c.number == two)).one()
    office.slots.shred([row.slot])  # as if the power had failed before the row was taken out
    assert [line.number for line in office.room.rows()] == sorted((one, three))
    with pytest.raises(Misused, match="no letter"):
        office.room.view(two)
    orphans = office.slots.put([bytes(32)] * 3, tables.OWNER)  # as if it had failed before rows were written
    others = office.slots.put([bytes(32)], tables.OWNER + 1)
    office.restart()
    assert sorted(line.number for line in office.room.rows()) == sorted((one, three))
    assert len(office.slots.used(tables.OWNER)) == 5
    assert not any(office.slots.holds(number) and office.slots.get(number) == bytes(32) for number in orphans)
    assert office.slots.holds(others[0])


def test_a_seed_shredded_before_its_row_was_changed_stays_dead(office: Office) -> None:
    office.room.open_batch([office.write()], NOW)
    with office.database.read() as connection:
        row = connection.execute(tables.letter_key.select()).one()
    office.slots.shred([row.slot])
    office.restart()
    assert office.room.keys.seeds(NOW) == {}
    with pytest.raises(Unavailable, match="destroyed"):
        office.room.letter_key(NOW)


def test_the_revisions_make_the_tables_that_the_code_uses(office: Office) -> None:
    with office.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "mailroom_version"})
        assert compare_metadata(context, tables.metadata) == []


def test_two_mailrooms_on_one_office_are_refused(office: Office) -> None:
    with pytest.raises(Unavailable, match="in use"):
        slot_file.Slots(office.folder / "slots", bytes(range(32)))
    assert Mailroom(office.database, office.slots).counts() == office.room.counts()
