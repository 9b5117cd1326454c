"""Recovery: holders and what is public are enough to go on under the same identity."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from holub.errors import Forged, Misused, Refused
from holub.formats.pack import Pack
from holub.formats.parcel import Kind, parse_parcel
from holub.formats.root import Delegation
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.post import Parcels
from holub.office.recovery import recover
from holub.office.rotation import PROPOSAL, Change, export_holder, rotate, sign_apart, take_signed
from holub.outbound.press.signing import Pen, sign_section_file
from holub.transit.parcelfolder import open_shelf
from tests.office.conftest import NOW, PASSPHRASE

DAY = 86_400
YEAR = 365 * DAY
EDITOR = Pen(b"\x21" * 32)
CODE = b"the code of a reading page"


@pytest.fixture
def lost(tmp_path: Path, guides: Path) -> Path:
    """What is left of an office that is lost: `out` with two editions and the root documents, `one` and `two`."""
    left = tmp_path / "left"
    left.mkdir()
    with Office.create(tmp_path / "old", PASSPHRASE, Publisher("Центр", 2, 2), NOW) as office:
        rotate(office, Change(sections={"town": Delegation(1, (EDITOR.public,))}), NOW)
        file = left / "town.hls"
        pack = Pack.of("town", "uk", {"water.md": "# Вода\n".encode()})
        file.write_bytes(sign_section_file([pack], 9, office.root, EDITOR).encode())
        Editions(office).bind(guides, left / "out", NOW, code=CODE, sections=[file])
        (guides / "uk" / "new.md").write_text("# Нова\n", encoding="utf-8")
        Editions(office).bind(guides, left / "out", NOW + DAY, code=CODE)
        for number, name in enumerate(("one", "two"), 1):
            export_holder(office, number, left / name, name)
    shutil.rmtree(tmp_path / "old")
    return left


def test_a_new_office_goes_on_where_the_old_one_was_lost(lost: Path, guides: Path, tmp_path: Path) -> None:
    out, folder = lost / "out", tmp_path / "new"
    chain = (out / "root.txt").read_bytes()
    before = Parcels(out, chain)
    told = recover(folder, "new words", chain, out, YEAR, NOW + 2 * DAY)
    assert (told.taken, told.missing) == (False, (2, 2))
    with Office.open(folder, "new words") as office:
        # It signs nothing on its own,
        with pytest.raises(Refused, match="edition key"):
            Editions(office).bind(guides, None, NOW + 2 * DAY)
        for name in ("one", "two"):
            sign_apart(office.folder / PROPOSAL, lost / name, name)
        assert take_signed(office, []).taken
        # and with the holders' signatures everything goes on: number, identity, page codes, the town's guides, updates.
        (guides / "uk" / "third.md").write_text("# Третя\n", encoding="utf-8")
        published = Editions(office).bind(guides, tmp_path / "next", NOW + 3 * DAY)
        assert (published.record.edition, published.changed, published.left_out) == (3, 1, ())
        assert office.root.identity == before.publisher.identity
        shelf, _ = open_shelf(office.root, [tmp_path / "next"])
        town = shelf.packs["town", "uk"]
        assert town.editors is not None
        assert (town.editors.serial, dict(town.pack.guides)) == (9, {"water.md": "# Вода\n".encode()})
        assert shelf.packs["main", "uk"].services.codes == before.sheet.services.codes
        # Whoever holds edition 2 takes the update through the chain, and only through it.
        (entry,) = (e for e in published.record.parcels if (e.kind, e.language, e.section) == ("update", "uk", "main"))
        update = office.archive.parcel(entry)
        with pytest.raises(Forged):
            before.shelf.receive(update)
        held = type(before.shelf)(office.root, before.shelf.packs).receive(update)
        assert "third.md" in held.packs["main", "uk"].pack.guides
        # The section's serial goes on from where it was.
        older = lost / "older.hls"
        pack = Pack.of("town", "uk", {"water.md": b"# Old\n"})
        older.write_bytes(sign_section_file([pack], 8, office.root, EDITOR).encode())
        with pytest.raises(Refused):
            Editions(office).bind(guides, None, NOW + 3 * DAY, sections=[older])


def test_an_edition_that_is_not_whole_or_a_folder_in_use_recovers_nothing(lost: Path, tmp_path: Path) -> None:
    out = lost / "out"
    chain = (out / "root.txt").read_bytes()
    with pytest.raises(Misused, match="not empty"):
        recover(lost, "words", chain, out, YEAR, NOW)
    with Office.create(tmp_path / "stranger", PASSPHRASE, Publisher("Центр"), NOW) as stranger:
        other = stranger.root_file.read_bytes()
    with pytest.raises(Refused):
        recover(tmp_path / "new", "words", other, out, YEAR, NOW)
    whole = max(out.glob("*.hlp"), key=lambda file: file.stat().st_size)
    for file in out.glob("*.hlp"):
        if file != whole and file.stat().st_size > 2_000:
            file.unlink()
    # All packs in one parcel and their stamps are the edition; without the stamps nobody could check a pack of it.
    recover(tmp_path / "again", "words", chain, out, YEAR, NOW)
    for file in out.glob("*.hlp"):
        if parse_parcel(file.read_bytes()).kind is Kind.PACKSTAMPS:
            file.unlink()
    with pytest.raises(Refused):
        recover(tmp_path / "new", "words", chain, out, YEAR, NOW)
    assert not (tmp_path / "new").exists()
