"""Rotation: an old root document leads to the new one, and nothing else does; no crash loses a key that is needed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Forged, HolubError, Misused, OtherPublisher, Refused, Unavailable
from holub.formats.bundle import CLOSE, OPEN, Settings
from holub.formats.root import Delegation, RootDocument, parse_root, split_chain, trust
from holub.formats.shelf import Shelf
from holub.office.editions import Editions
from holub.office.office import WARN, Office, Publisher, expires_soon
from holub.office.post import Parcels
from holub.office.rotation import (
    HOLDER,
    PROPOSAL,
    Change,
    differences,
    export_holder,
    rotate,
    sign_apart,
    take_signed,
)
from holub.outbound.press.page import build_page, check_page, choose_parcels, open_page
from holub.outbound.press.signing import Pen, new_root, next_root, sign_root
from holub.store import files
from holub.store.keyfile import read_key, write_key
from tests.office.conftest import NOW, PASSPHRASE

DAY = 86_400
CODE = b"<!doctype html><title>notes</title>" + OPEN + CLOSE + b"<p>code"
A, B, C, EDITION, NEXT, STRANGER = (Pen(bytes([n]) * 32) for n in range(1, 7))


def chain_of(office: Office) -> list[bytes]:
    return split_chain(office.root_file.read_bytes())


def parcel(office: Office, number: int, kind: str, language: str | None = "uk") -> bytes:
    record = Editions(office).entry_rows(number)
    (entry,) = (e for e in record.parcels if (e.kind, e.language) == (kind, language))
    return office.archive.parcel(entry)


def test_a_new_expiry_keeps_every_key(office: Office) -> None:
    before, pen, names = office.root, office.pen().public, office.vault.names()
    told = rotate(office, Change(life=100 * DAY), NOW + DAY)
    assert told.taken
    assert (
        office.root
        == told.document
        == replace(before, serial=2, expiry=NOW + 101 * DAY, first=before.identity, signatures=told.document.signatures)
    )
    assert (office.pen().public, office.vault.names()) == (pen, names)
    assert len(chain_of(office)) == 2
    assert office.root.identity == before.identity


def test_an_old_page_takes_the_rotated_edition_only_through_the_chain(
    office: Office, guides: Path, tmp_path: Path
) -> None:
    # Given a page of edition 1, and then a new edition key and edition 2,
    Editions(office).bind(guides, tmp_path / "one", NOW)
    old = office.root
    first = Parcels(tmp_path / "one", office.root_file.read_bytes())
    seed = office.vault.get("edition/1")
    told = rotate(office, Change(edition=True), NOW + DAY)
    (guides / "uk" / "new.md").write_text("# Нова порада\n", encoding="utf-8")
    Editions(office).bind(guides, tmp_path / "two", NOW + 2 * DAY)
    update = parcel(office, 2, "update")
    # then the old document alone takes neither the update nor the full parcel,
    for data in (update, parcel(office, 2, "full")):
        with pytest.raises(Forged):
            first.shelf.receive(data)
    # the chain takes the update on top of what was held, and the new full parcel,
    newest = trust(chain_of(office))
    held = Shelf(newest, first.shelf.packs).receive(update)
    assert held.packs["main", "uk"].moment.edition == 2
    assert "new.md" in held.packs["main", "uk"].pack.guides
    assert Shelf(newest).receive(parcel(office, 2, "full")).edition == 2
    # what the old key signs from now on counts for nothing,
    with pytest.raises(Forged):
        Shelf(newest).receive(parcel(office, 1, "full"))
    # and the old key is gone, also from the vault's file.
    assert told.removed == ("edition/1",)
    assert told.made == ("edition/2",)
    assert "edition/1" not in office.vault.names()
    assert seed not in (office.folder / "vault").read_bytes()
    assert office.pen().public in newest.edition_keys
    assert not set(newest.edition_keys) & set(old.edition_keys)


def test_pages_carry_the_whole_chain(office: Office, guides: Path, tmp_path: Path) -> None:
    first = office.root
    rotate(office, Change(edition=True), NOW)
    rotate(office, Change(root_keys=3, threshold=2), NOW)
    Editions(office).bind(guides, tmp_path / "out", NOW, code=CODE)
    opened = Parcels(tmp_path / "out", (tmp_path / "out" / "root.txt").read_bytes())
    chosen = choose_parcels(opened.shelf, [one.data for one in opened.found], "uk")
    page = build_page(CODE, Settings("uk"), opened.roots, chosen, lists={})
    assert open_page(page).roots == tuple(chain_of(office))
    assert parse_root(open_page(page).roots[0]) == first
    assert check_page(page, office.root).shelf.edition == 1
    # A page that leaves the middle document out is not opened at all.
    with pytest.raises(Refused, match="serial 3 can not follow serial 1"):
        build_page(CODE, Settings("uk"), [opened.roots[0], opened.roots[2]], chosen, lists={})


def test_what_the_old_key_signed_stays_valid_where_the_centre_says_so(
    office: Office, guides: Path, tmp_path: Path
) -> None:
    Editions(office).bind(guides, tmp_path / "out", NOW)
    old = office.root.edition_keys[0]
    rotate(office, Change(edition=True, keep_old=True), NOW + DAY)
    assert office.pen().public != old
    assert old in office.root.edition_keys
    assert office.vault.names() == ["edition/2", "root/1"]
    assert Shelf(office.root).receive(parcel(office, 1, "full")).edition == 1
    rotate(office, Change(edition=True), NOW + 2 * DAY)
    assert old not in office.root.edition_keys
    assert len(office.root.edition_keys) == 1


def test_new_root_keys_are_signed_in_by_the_old_and_the_old_are_forgotten(office: Office) -> None:
    old = office.root
    told = rotate(office, Change(root_keys=3, threshold=2), NOW)
    assert (told.removed, office.root.threshold) == (("root/1",), 2)
    assert [name for name in office.vault.names() if name.startswith("root/")] == ["root/2-1", "root/2-2", "root/2-3"]
    assert old.root_keys[0] in told.document.signatures
    assert rotate(office, Change(name="Інша назва"), NOW).document.name == "Інша назва"
    assert trust(chain_of(office)).serial == 3


def test_a_dry_run_writes_nothing(office: Office) -> None:
    before = {file.name: file.read_bytes() for file in office.folder.iterdir() if file.is_file()}
    told = rotate(office, Change(edition=True, root_keys=2, threshold=2), NOW, dry_run=True)
    assert told.removed == ("edition/1", "root/1")
    assert told.made == ("edition/2", "root/2-1", "root/2-2")
    assert told.document.serial == 2
    assert {file.name: file.read_bytes() for file in office.folder.iterdir() if file.is_file()} == before


@pytest.mark.parametrize(
    "change",
    [
        Change(threshold=2),
        Change(root_keys=2, threshold=3),
        Change(root_keys=17),
        Change(name=" "),
        Change(name="x" * 81),
    ],
)
def test_what_no_reader_would_take_is_not_made(office: Office, change: Change) -> None:
    before = office.root_file.read_bytes(), office.vault.names()
    with pytest.raises(Misused):
        rotate(office, change, NOW)
    assert (office.root_file.read_bytes(), office.vault.names()) == before


def test_a_crash_at_any_write_leaves_an_office_that_signs(
    office: Office, guides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = Change(edition=True, root_keys=2, threshold=2)
    real = files.replace
    crashed = 0
    for fatal in range(1, 20):
        writes = 0

        def fail(path: Path, data: bytes, fatal: int = fatal) -> None:
            nonlocal writes
            writes += 1
            if writes == fatal:
                raise Unavailable("the power went", "begin again")
            real(path, data)

        serial = office.root.serial
        monkeypatch.setattr(files, "replace", fail)
        try:
            rotate(office, change, NOW)
            ended = True
        except Unavailable:
            ended = False
            crashed += 1
        monkeypatch.undo()
        office.close()
        office = Office.open(office.folder, PASSPHRASE)
        assert office.root.serial in (serial, serial + 1)
        assert office.pen().public in office.root.edition_keys
        if ended:
            Editions(office).bind(guides, None, NOW)
            break
    else:
        pytest.fail("the rotation never came to its end")
    assert crashed >= 6
    # Whatever crashes left behind is gone after a rotation that ended.
    assert len(office.vault.names()) == 3
    assert {pen.public for _, pen in office.pens("root")} == set(office.root.root_keys)
    office.close()


def test_holders_sign_apart(tmp_path: Path) -> None:
    # Given an office with three root keys, two needed, each moved into a holder's own file,
    with Office.create(tmp_path / "office", PASSPHRASE, Publisher("Центр", 3, 2), NOW) as office:
        holders = [tmp_path / f"holder{number}" for number in (1, 2, 3)]
        for number, file in enumerate(holders, 1):
            seeds = [office.vault.get(name) for name in office.vault.names() if name.startswith("root/")]
            public = export_holder(office, number, file, f"passphrase {number}")
            assert public == read_key(file).public == office.root.root_keys[number - 1]
            assert not any(seed in file.read_bytes() for seed in seeds)
        assert not office.pens("root")
        with pytest.raises(Misused, match="not in this office"):
            export_holder(office, 1, tmp_path / "again", "x")
        # when a new edition key is wanted, the office only proposes,
        before = office.root
        told = rotate(office, Change(edition=True), NOW)
        assert (told.taken, told.missing) == (False, (2, 2))
        assert office.root == before
        assert office.pen().public in before.edition_keys
        proposal = office.folder / PROPOSAL
        with pytest.raises(Misused, match="missing"):
            take_signed(office, [])
        # each holder signs a copy, and one of two is not enough;
        copies = []
        for number in (1, 3):
            copy = tmp_path / f"copy{number}"
            copy.write_bytes(proposal.read_bytes())
            signed = sign_apart(copy, holders[number - 1], f"passphrase {number}")
            assert signed.body() == told.document.body()
            copies.append(copy)
        with pytest.raises(Misused, match="1 signatures"):
            take_signed(office, copies[:1])
        assert office.root == before
        # with two the chain has it, and the office signs with the new key.
        taken = take_signed(office, copies[1:])
        assert taken.taken
        assert taken.removed == ("edition/1",)
        assert trust(chain_of(office)) == office.root == taken.document
        assert not proposal.exists()
        assert office.pen().public == office.root.edition_keys[0]


def test_a_document_that_the_office_did_not_propose_is_not_taken(tmp_path: Path) -> None:
    with Office.create(tmp_path / "office", PASSPHRASE, Publisher("Центр", 2, 2), NOW) as office:
        export_holder(office, 1, tmp_path / "one", "passphrase 1")
        export_holder(office, 2, tmp_path / "two", "passphrase 2")
        with pytest.raises(Misused, match="proposed no rotation"):
            take_signed(office, [])
        told = rotate(office, Change(edition=True), NOW)
        other = replace(told.document, edition_keys=(STRANGER.public,))
        forged = tmp_path / "forged"
        forged.write_bytes(other.body())
        for file, word in (("one", "passphrase 1"), ("two", "passphrase 2")):
            sign_apart(forged, tmp_path / file, word)
        before = office.root_file.read_bytes()
        with pytest.raises(Refused, match="not the rotation"):
            take_signed(office, [forged])
        # A signature that is not by the key beside it spoils nothing but itself.
        stained = tmp_path / "stained"
        key = office.root.root_keys[0]
        stained.write_bytes(replace(told.document, signatures={key: STRANGER.sign(b"else")}).encode())
        with pytest.raises(Forged):
            take_signed(office, [stained])
        with pytest.raises(Forged):
            sign_apart(stained, tmp_path / "one", "passphrase 1")
        assert office.root_file.read_bytes() == before


def test_a_key_file_opens_with_its_passphrase_for_its_use_and_undamaged(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "holder"
    export_holder(office, 1, file, "a passphrase of its own")
    with pytest.raises(Misused, match="passphrase"):
        read_key(file).open(HOLDER, PASSPHRASE)
    with pytest.raises(Misused, match="not for a section key"):
        read_key(file).open("section key", "a passphrase of its own")
    with pytest.raises(Misused, match="is there already"):
        write_key(file, HOLDER, A.public, bytes(32), "another")
    data = bytearray(file.read_bytes())
    data[25] ^= 1  # the public half
    file.write_bytes(bytes(data))
    with pytest.raises(Misused):
        read_key(file).open(HOLDER, "a passphrase of its own")
    file.write_bytes(bytes(data[:-1]))
    with pytest.raises(Refused, match="damaged"):
        read_key(file)


def test_a_centre_is_told_in_time(office: Office, guides: Path) -> None:
    expiry = office.root.expiry
    assert not expires_soon(office.root, expiry - WARN)
    assert expires_soon(office.root, expiry - WARN + 1)
    with pytest.raises(Misused, match="keys rotate"):
        Editions(office).bind(guides, None, expiry)
    rotate(office, Change(life=400 * DAY), expiry)
    assert Editions(office).bind(guides, None, expiry).record.edition == 1


def test_a_holder_signs_only_what_follows_on_what_they_trust(tmp_path: Path) -> None:
    holder = tmp_path / "holder"
    write_key(holder, HOLDER, B.public, bytes([2]) * 32, "words")
    proposal = tmp_path / "next.txt"
    for held, asked, error in (
        (CHAIN[1], CHAIN[3], Refused),  # a step is missing
        (CHAIN[3], CHAIN[3], Refused),  # it is there already
        (new_root("Інший", NOW, [B], [EDITION]), CHAIN[1], OtherPublisher),
        (CHAIN[0], CHAIN[1], Misused),  # B had no say then
    ):
        proposal.write_bytes(asked.encode())
        with pytest.raises(error):
            sign_apart(proposal, holder, "words", held)
        assert proposal.read_bytes() == asked.encode()
    proposal.write_bytes(CHAIN[3].body())
    assert set(sign_apart(proposal, holder, "words", CHAIN[2]).signatures) == {B.public}


def test_every_difference_is_said() -> None:
    town = Delegation(1, (STRANGER.public,))
    new = replace(CHAIN[1], name="Інша", threshold=2, sections={"town": town}, expiry=CHAIN[1].expiry - 2 * DAY)
    said = differences(CHAIN[0], new)
    for word in ("Інша", "1 become 2", EDITION.public.hex(), NEXT.public.hex(), "section town", "2 days earlier"):
        assert any(word in one for one in said), word
    assert differences(CHAIN[0], CHAIN[0]) == []
    assert "nobody" in differences(new, replace(new, sections={}))[0]


def document_chain() -> list[RootDocument]:
    """Four documents: another edition key, then other root keys with a threshold of two, then a new expiry."""
    first = new_root("Центр", NOW + 1000 * DAY, [A], [EDITION])
    second = next_root(first, [A], replace(first, edition_keys=(NEXT.public,)), [A])
    keys = tuple(sorted(pen.public for pen in (A, B, C)))
    third = next_root(second, [A], replace(second, root_keys=keys, threshold=2), [B, C])
    return [first, second, third, next_root(third, [B, C], replace(third, expiry=NOW + 2000 * DAY), [B, C])]


CHAIN = document_chain()
ENCODED = [document.encode() for document in CHAIN]


def test_the_whole_chain_is_walked() -> None:
    assert trust(ENCODED) == CHAIN[-1]
    assert split_chain(b"".join(ENCODED)) == ENCODED


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_a_chain_is_walked_one_serial_at_a_time_or_not_at_all(places: list[int]) -> None:
    steps = itertools.pairwise(places)
    if all(after in (before, before + 1) for before, after in steps):
        assert trust([ENCODED[place] for place in places]) == CHAIN[places[-1]]
    else:
        with pytest.raises(Refused):
            trust([ENCODED[place] for place in places])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_changed_byte_anywhere_ends_the_chain(data: st.DataObject) -> None:
    whole = bytearray(b"".join(ENCODED))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HolubError):
        trust(split_chain(bytes(whole)))


FORGERIES: dict[str, Callable[[], RootDocument]] = {
    "by a stranger's root key": lambda: next_root(
        CHAIN[0], [STRANGER], replace(CHAIN[0], root_keys=(STRANGER.public,)), [STRANGER]
    ),
    "by the edition key": lambda: next_root(
        CHAIN[0], [EDITION], replace(CHAIN[0], root_keys=(EDITION.public,)), [EDITION]
    ),
    "not by its own keys": lambda: next_root(CHAIN[0], [A], replace(CHAIN[0], root_keys=(B.public,)), []),
    "unsigned by the old, its threshold lowered": lambda: sign_root(
        replace(CHAIN[1], threshold=1, serial=2, signatures={}), [STRANGER]
    ),
    "two steps at once": lambda: CHAIN[2],
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_document_does_not_follow(forgery: str) -> None:
    with pytest.raises(Refused):
        trust([ENCODED[0], FORGERIES[forgery]().encode()])


def test_one_of_two_needed_root_keys_rotates_nothing() -> None:
    lonely = next_root(CHAIN[2], [B], replace(CHAIN[2], root_keys=(B.public,), threshold=1), [B])
    with pytest.raises(Refused, match="1 of 2 needed signatures by the old keys"):
        trust([*ENCODED[:3], lonely.encode()])


def test_another_publishers_document_does_not_follow() -> None:
    other = new_root("Центр", NOW, [A], [EDITION], threshold=1)
    theirs = next_root(other, [A], other, [A])
    with pytest.raises(OtherPublisher):
        trust([ENCODED[0], theirs.encode()])
