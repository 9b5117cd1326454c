"""Rotation: an old root document leads to the new one, and nothing else does; no crash loses a key that is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from holub.errors import Forged, Misused, Refused, Unavailable
from holub.formats.bundle import CLOSE, OPEN, Settings
from holub.formats.root import Delegation, parse_root, trust
from holub.formats.shelf import Shelf
from holub.office.editions import Editions
from holub.office.office import WARN, Office, expires_soon
from holub.office.post import Parcels
from holub.office.rotation import (
    Change,
    differences,
    rotate,
)
from holub.outbound.press.page import build_page, check_page, choose_parcels, open_page
from holub.store import files
from tests.office.conftest import NOW, PASSPHRASE
from tests.office.documents import CHAIN, DAY, EDITION, NEXT, STRANGER, chain_of

CODE = b"<!doctype html><title>notes</title>" + OPEN + CLOSE + b"<p>code"


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
    with pytest.raises(Refused, match="serial 3 cannot follow serial 1"):
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


def test_a_centre_is_told_in_time(office: Office, guides: Path) -> None:
    expiry = office.root.expiry
    assert not expires_soon(office.root, expiry - WARN)
    assert expires_soon(office.root, expiry - WARN + 1)
    with pytest.raises(Misused, match="keys rotate"):
        Editions(office).bind(guides, None, expiry)
    rotate(office, Change(life=400 * DAY), expiry)
    assert Editions(office).bind(guides, None, expiry).record.edition == 1


def test_every_difference_is_said() -> None:
    town = Delegation(1, (STRANGER.public,))
    new = replace(CHAIN[1], name="Інша", threshold=2, sections={"town": town}, expiry=CHAIN[1].expiry - 2 * DAY)
    said = differences(CHAIN[0], new)
    for word in ("Інша", "1 become 2", EDITION.public.hex(), NEXT.public.hex(), "section town", "2 days earlier"):
        assert any(word in one for one in said), word
    assert differences(CHAIN[0], CHAIN[0]) == []
    assert "nobody" in differences(new, replace(new, sections={}))[0]
