"""Sections: editors sign their own guides, the centre carries them; neither can speak for the other."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import Damaged, Forged, HolubError, Misused, Older, OtherPublisher, Refused
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.held import HeldPack
from holub.formats.leaf import Editors
from holub.formats.pack import Pack
from holub.formats.root import Delegation, RootDocument
from holub.formats.sectionfile import SectionFile, parse_section
from holub.formats.shelf import Shelf
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.rotation import Change, rotate
from holub.office.sections import new_editor_key, open_pen, read_section_file
from holub.outbound.press.binding import Manuscript, bind
from holub.outbound.press.signing import Pen, new_root, sign_edition, sign_section, sign_section_file
from holub.transit.parcelfolder import open_shelf
from tests.formats.signed import SERVICES, moment
from tests.office.conftest import NOW, PASSPHRASE

DAY = 86_400
A, B, C, EDITION, ROOT = (Pen(bytes([n]) * 32) for n in range(11, 16))
WATER = {"water.md": "# Вода\n\nДе її взяти.\n".encode(), "help/doctor.md": b"# Doctor\n"}


def delegate(office: Office, pens: Sequence[Pen], threshold: int = 1, name: str = "town") -> RootDocument:
    given = Delegation(threshold, tuple(sorted(pen.public for pen in pens)))
    return rotate(office, Change(sections={name: given}), NOW).document


def packs(guides: dict[str, bytes], *languages: str) -> list[Pack]:
    return [Pack.of("town", language, guides) for language in languages or ("uk",)]


def write(folder: Path, file: SectionFile, name: str = "town.hls") -> Path:
    path = folder / name
    path.write_bytes(file.encode())
    return path


def signed(office: Office, serial: int, pen: Pen, guides: dict[str, bytes], *languages: str) -> SectionFile:
    return sign_section_file(packs(guides, *languages), serial, office.root, pen)


def held_town(office: Office, out: Path, language: str = "uk") -> HeldPack:
    shelf, wrong = open_shelf(office.root, [out])
    assert not wrong
    return shelf.packs["town", language]


def test_what_editors_signed_goes_out_byte_for_byte_and_stays(office: Office, guides: Path, tmp_path: Path) -> None:
    delegate(office, [A, B])
    file = write(tmp_path, signed(office, 1, A, WATER, "uk", "ru"))
    editions = Editions(office)
    coming = editions.preview(guides, NOW, sections=[file])
    assert {(row.section, row.language): row.added for row in coming.packs}["town", "ru"] == 2
    assert not (office.folder / "press" / "sections").exists()
    first = editions.bind(guides, tmp_path / "one", NOW, sections=[file])
    town = held_town(office, tmp_path / "one")
    assert dict(town.pack.guides) == dict(sorted(WATER.items()))
    assert town.editors is not None
    assert town.editors.serial == 1
    assert {("town", "uk"), ("town", "ru")} <= {(e.section, e.language) for e in first.record.parcels}
    # The next binding carries it on without being asked, as an update of a few bytes.
    second = editions.bind(guides, tmp_path / "two", NOW + DAY)
    assert (second.changed, second.left_out) == (0, ())
    assert held_town(office, tmp_path / "two").editors == town.editors
    # A newer serial changes the text and can be followed by updates and by the sweep.
    new = {**WATER, "water.md": "# Вода\n\nТепер деінде.\n".encode()}
    third = editions.bind(
        guides, tmp_path / "three", NOW + 2 * DAY, sections=[write(tmp_path, signed(office, 2, A, new, "uk"))]
    )
    assert third.changed == 3  # one guide changed, the two in Russian are gone
    (sweep,) = (e for e in third.record.parcels if e.kind == "update" and e.language is None)
    before, _ = open_shelf(office.root, [tmp_path / "two"])
    after = before.receive(office.archive.parcel(sweep))
    assert after.packs["town", "uk"].pack.guides["water.md"] == new["water.md"]
    assert ("town", "ru") not in after.packs
    assert after.check_complete()


def test_a_serial_never_goes_back_nor_stands_for_two_texts(office: Office, guides: Path, tmp_path: Path) -> None:
    delegate(office, [A, B])
    editions = Editions(office)
    editions.bind(guides, None, NOW, sections=[write(tmp_path, signed(office, 5, A, WATER))])
    for serial, error in ((4, Older), (5, Refused)):
        other = write(tmp_path, signed(office, serial, B, {"water.md": b"# Other\n"}))
        with pytest.raises(error):
            editions.bind(guides, None, NOW, sections=[other])
        with pytest.raises(error):
            editions.preview(guides, NOW, sections=[other])
    # The same text under the same serial, signed by another editor, is no step back.
    editions.bind(guides, tmp_path / "out", NOW, sections=[write(tmp_path, signed(office, 5, B, WATER))])
    assert held_town(office, tmp_path / "out").pack.guides["water.md"] == WATER["water.md"]
    # Nor does an office that lost its memory publish an older one.
    shutil.rmtree(office.folder / "press" / "sections")
    with pytest.raises(Refused, match="is published"):
        editions.bind(guides, None, NOW, sections=[write(tmp_path, signed(office, 4, A, WATER))])


def test_enough_editors_have_to_sign(office: Office, guides: Path, tmp_path: Path) -> None:
    delegate(office, [A, B, C], threshold=2)
    one, two = signed(office, 1, C, WATER), signed(office, 1, A, WATER)
    with pytest.raises(Refused, match="1 of 2"):
        Editions(office).bind(guides, None, NOW, sections=[write(tmp_path, one)])
    Editions(office).bind(guides, tmp_path / "out", NOW, sections=[write(tmp_path, one.joined(two))])
    town = held_town(office, tmp_path / "out")
    keys = office.root.sections["town"].keys
    assert town.editors is not None
    assert {keys[index] for index, _ in town.editors.signatures} == {A.public, C.public}
    with pytest.raises(Misused, match="same text"):
        one.joined(signed(office, 2, A, WATER))


def test_an_editor_who_is_no_longer_named_signs_no_more(office: Office, guides: Path, tmp_path: Path) -> None:
    delegate(office, [A, B, C])
    both = signed(office, 1, C, WATER).joined(signed(office, 1, A, WATER))
    Editions(office).bind(guides, None, NOW, sections=[write(tmp_path, both)])
    # Without C, A's signature still stands, although its place among the keys may be another one now.
    delegate(office, [A, B])
    kept = Editions(office).bind(guides, tmp_path / "out", NOW)
    assert kept.left_out == ()
    assert held_town(office, tmp_path / "out").editors is not None
    # Without A nobody's does: the section is left out, by name, and the edition goes out all the same.
    delegate(office, [B, C], threshold=2)
    without = Editions(office).bind(guides, tmp_path / "out2", NOW)
    assert "town" in without.left_out[0].what
    shelf, _ = open_shelf(office.root, [tmp_path / "out2"])
    assert {name[0] for name in shelf.packs} == {"main"}
    with pytest.raises(Refused):
        Editions(office).bind(guides, None, NOW, sections=[write(tmp_path, both)])
    rotate(office, Change(sections={"town": None}), NOW)
    assert "not delegated" in Editions(office).bind(guides, None, NOW).left_out[0].what
    with pytest.raises(Misused, match="not delegated"):
        rotate(office, Change(sections={"town": None}), NOW)


def test_a_rotated_edition_key_carries_what_editors_signed_before(office: Office, guides: Path, tmp_path: Path) -> None:
    delegate(office, [A])
    Editions(office).bind(guides, None, NOW, sections=[write(tmp_path, signed(office, 1, A, WATER))])
    rotate(office, Change(edition=True, root_keys=2, threshold=2, life=500 * DAY), NOW)
    Editions(office).bind(guides, tmp_path / "out", NOW + DAY)
    assert held_town(office, tmp_path / "out").pack.guides["water.md"] == WATER["water.md"]


def publisher(*pens: Pen, threshold: int = 1) -> RootDocument:
    given = Delegation(threshold, tuple(sorted(pen.public for pen in pens)))
    return new_root("Центр", NOW + 1000 * DAY, [ROOT], [EDITION], sections={"town": given})


CENTRE = publisher(A, B)
FILE = sign_section_file(packs(WATER, "ru", "uk"), 3, CENTRE, A)
ENCODED = FILE.encode()


def full(pen: Pen, pack: Pack, editors: Editors | None) -> bytes:
    """A full parcel as somebody with this edition key could write it."""
    blank = HeldPack(moment(1), SERVICES, pack, editors=editors)
    _, (held,) = sign_edition(pen, moment(1), SERVICES, [blank])
    return write_full(held, (write_base(list(pack.guides.items())),)).encode()


def test_the_edition_key_can_not_invent_a_sections_text() -> None:
    genuine = FILE.check(CENTRE)["uk"]
    (pack,) = packs(WATER, "uk")
    assert Shelf(CENTRE).receive(full(EDITION, pack, genuine)).edition == 1
    (invented,) = packs({**WATER, "water.md": b"# Elsewhere\n"}, "uk")
    own = sign_section(
        invented.leaf(0, bytes(32), None), 3, CENTRE.identity, Delegation(1, (EDITION.public,)), [EDITION]
    )
    for editors in (genuine, own, Editors(3, ()), Editors(4, genuine.signatures), Editors(3, ((7, bytes(64)),))):
        with pytest.raises(Refused):
            Shelf(CENTRE).receive(full(EDITION, invented, editors))
    # Nor pass a signed text off as another language's, another serial's or another section's.
    with pytest.raises(Forged):
        Shelf(CENTRE).receive(full(EDITION, replace(pack, language="en"), genuine))
    with pytest.raises(Forged):
        Shelf(CENTRE).receive(full(EDITION, pack, Editors(4, genuine.signatures)))


def test_an_editors_key_can_not_sign_main_nor_an_edition() -> None:
    (pack,) = packs(WATER, "uk")
    main = Pack.of("main", "uk", WATER)
    for one, editors in ((main, None), (pack, FILE.check(CENTRE)["uk"])):
        with pytest.raises(Forged):
            Shelf(CENTRE).receive(full(A, one, editors))
    with pytest.raises(Misused):
        sign_section_file([main], 1, CENTRE, A)
    with pytest.raises(Misused):
        sign_section_file(packs(WATER), 1, CENTRE, EDITION)
    with pytest.raises(Misused):
        sign_section_file([*packs(WATER), main], 1, CENTRE, A)
    for section in ("main", "other"):
        with pytest.raises(Refused):
            parse_section(replace(FILE, section=section).encode()).check(CENTRE)


@pytest.mark.parametrize("section", ["town", "main"])
def test_the_press_binds_no_section_without_its_editors_and_no_main_with_them(section: str) -> None:
    pack = Pack.of(section, "uk", WATER)
    editors = {} if section == "town" else {pack.name: FILE.check(CENTRE)["uk"]}
    with pytest.raises(Misused, match="editors"):
        bind(Manuscript([pack], editors=editors), None, moment=moment(1), services=SERVICES, pen=EDITION)


def test_a_file_for_another_centre_or_damaged_is_refused() -> None:
    assert parse_section(ENCODED) == FILE
    other = new_root("Інший", NOW, [B], [EDITION], sections=CENTRE.sections)
    with pytest.raises(OtherPublisher):
        FILE.check(other)
    with pytest.raises(Damaged):
        parse_section(ENCODED[:-1])
    with pytest.raises(Damaged):
        parse_section(ENCODED + b"\x00")
    with pytest.raises(Refused, match="no section's file"):
        parse_section(b"HLP1" + ENCODED[4:])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_change_of_a_signed_file_is_taken(data: st.DataObject) -> None:
    body = bytearray(ENCODED[8:])
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    # Somebody who changes it makes the check fit again; the parser or a signature has to notice.
    check = sha256(b"HLS1" + body).digest()[:4]
    try:
        found = parse_section(b"HLS1" + check + bytes(body))
        found.check(CENTRE)
    except HolubError:
        return
    assert found.same_text(FILE), "a changed text passed"


GUIDES = st.dictionaries(
    st.text("abжї-", min_size=1, max_size=5).map(lambda name: f"{name}.md"),
    st.binary(max_size=80),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(["ar", "en", "uk"]), GUIDES, min_size=1), st.integers(1, 2**32 - 1))
def test_whatever_was_signed_is_read_back(texts: dict[str, dict[str, bytes]], serial: int) -> None:
    made = [Pack.of("town", language, guides) for language, guides in texts.items()]
    file = sign_section_file(made, serial, CENTRE, B)
    assert parse_section(file.encode()) == file
    assert set(file.check(CENTRE)) == set(texts)


def test_an_editors_key_file(tmp_path: Path) -> None:
    public = new_editor_key(tmp_path / "key", "editor's own words")
    assert open_pen(tmp_path / "key", "editor's own words").public == public
    with pytest.raises(Misused):
        open_pen(tmp_path / "key", "other words")
    with pytest.raises(Misused, match="is there already"):
        new_editor_key(tmp_path / "key", "editor's own words")
    with pytest.raises(Refused, match="no section's file"):
        read_section_file(tmp_path / "key")


def test_another_office_keeps_its_own_sections(tmp_path: Path, guides: Path) -> None:
    with Office.create(tmp_path / "other", PASSPHRASE, Publisher("Інший"), NOW) as other:
        delegate(other, [A])
        with pytest.raises(OtherPublisher):
            Editions(other).bind(guides, None, NOW, sections=[write(tmp_path, FILE)])
