"""The whole round trip below the faces: an edition goes out, a letter comes back, the reply reaches its writer."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from holub.errors import Refused, Unavailable
from holub.formats import bagleaf, codename, letterkey, mailbag
from holub.formats.letter import Kind, Letter, decoy, seal
from holub.formats.letterbody import Body, Topic
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import Kind as ParcelKind
from holub.formats.parcel import parcel_name, parse_parcel
from holub.formats.shelf import Shelf
from holub.office.editions import Editions
from holub.office.office import Office
from holub.office.post import Parcels, fetch_letters
from holub.reader import page_code_if_built
from holub.transit.carrier import Carrier
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.carriers.memory import MemoryCarrier
from holub.transit.carrying import pages_out
from holub.transit.parcelfolder import read_parcel_files
from tests.fakes.blockade import Blockade, Siege
from tests.office.conftest import NOW

DAY = 86_400
WORDS = "apple basket candle dolphin engine forest"


@pytest.fixture(params=["memory", "folder"])
def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> Carrier:
    if request.param == "memory":
        return MemoryCarrier()
    (tmp_path / "stick").mkdir()
    return FolderCarrier(tmp_path / "stick")


def publish(office: Office, guides: Path, out: Path, carrier: Carrier, now: int) -> Parcels:
    Editions(office).bind(guides, out, now)
    parcels = Parcels(out, office.root_file.read_bytes())
    parcels.send(carrier, code=None, postboxes=("http://127.0.0.1:1",))
    return parcels


def read_edition(office: Office, carrier: Carrier, into: Path) -> Shelf:
    """What a reader gets: everything that the catalogue lists, in the order that fits."""
    into.mkdir(exist_ok=True)
    for listing in carrier.catalogue().listings:
        carrier.fetch(listing, into)
    return Parcels(into, office.root_file.read_bytes()).shelf


def test_a_site_that_is_carried_on_from_a_folder_is_carried_whole(office: Office, guides: Path, tmp_path: Path) -> None:
    """Two halls know the names of a site's files, and neither may ask the other."""
    site, onward = FolderCarrier(tmp_path / "site"), MemoryCarrier()
    (tmp_path / "site").mkdir()
    Editions(office).bind(guides, tmp_path / "out", NOW)
    Parcels(tmp_path / "out", office.root_file.read_bytes()).send(
        site, code=page_code_if_built(), postboxes=("http://a.test",)
    )
    pages_out(tmp_path / "site", onward)
    assert onward.pages() == site.pages()


def test_an_edition_that_came_by_a_sweep_goes_out_to_phones_whole(office: Office, guides: Path, tmp_path: Path) -> None:
    # Given a listener's folder with edition 1, and of edition 2 the one change of all packs and the stamps,
    out, heard, site = tmp_path / "out", tmp_path / "heard", tmp_path / "site"
    site.mkdir()
    Editions(office).bind(guides, out, NOW)
    shutil.copytree(out, heard)
    guide = sorted((guides / "uk").rglob("*.md"))[0]
    guide.write_text(guide.read_text("utf-8") + "\nОдне речення більше.\n", "utf-8")
    Editions(office).bind(guides, out, NOW + DAY)
    own = Parcels(out, office.root_file.read_bytes())
    for one in own.found:
        if one.label.edition == 2 and one.parcel.kind in (ParcelKind.SWEEP, ParcelKind.PACKSTAMPS):
            (heard / one.name).write_bytes(one.data)
    # when a mirror is made of it, then it has every pack in full and every update, for phones new and old.
    mirrored = Parcels(heard, office.root_file.read_bytes())
    sent = mirrored.send(FolderCarrier(site), code=None)
    assert sent.edition == 2
    new, old = Shelf(own.publisher), Shelf(own.publisher)
    for one in mirrored.listed():
        if one.parcel.kind is ParcelKind.FULL:
            new = new.receive(one.data)
    for one in read_parcel_files([heard])[0]:
        if one.parcel.kind is ParcelKind.FULL:
            old = old.receive(one.data)
    for one in mirrored.listed():
        if one.parcel.kind is ParcelKind.UPDATE:
            old = old.receive(one.data)
    wanted = {name: (held.moment, held.leaf) for name, held in own.shelf.packs.items()}
    for phone in (new, old):
        assert {name: (held.moment, held.leaf) for name, held in phone.packs.items()} == wanted
    # Where the stamps are not there, nobody could check what would be made.
    for one in own.found:
        if one.parcel.kind is ParcelKind.PACKSTAMPS:
            (heard / one.name).unlink(missing_ok=True)
    assert not any(one.parcel.kind is ParcelKind.FULL for one in Parcels(heard, office.root_file.read_bytes()).listed())


def letter_key(shelf: Shelf) -> letterkey.LetterKey:
    return letterkey.parse(shelf.packs["main", "uk"].services.leaves[0])


def test_a_letter_is_answered_inside_the_next_edition(
    office: Office, guides: Path, tmp_path: Path, carrier: Carrier
) -> None:
    publish(office, guides, tmp_path / "out", carrier, NOW)
    shelf = read_edition(office, carrier, tmp_path / "reader")
    key = letter_key(shelf)
    stretched = codename.stretch(codename.normalise(WORDS), shelf.publisher.identity)
    secret = codename.secret(stretched, key.number, 7)
    body = Body(Topic.QUESTION, "uk", "main", "Чи правда, що без паспорта не лікують?", town="")
    carrier.leave_letter(seal(Letter(Kind.LETTER, secret, body), key, NOW + DAY))
    carrier.leave_letter(seal(decoy(), key, NOW + DAY))
    carrier.leave_letter(os.urandom(4096))

    told = fetch_letters(office.mailroom, carrier, NOW + 2 * DAY)
    assert (told.opened, told.decoys) == (1, 1)
    assert told.refused + told.too_late == 1
    assert fetch_letters(office.mailroom, carrier, NOW + 2 * DAY).opened == 0
    (line,) = office.mailroom.rows()
    assert office.mailroom.view(line.number).text == body.text
    office.mailroom.reply(line.number, "Ні. Лікувати мусять кожного.")

    publish(office, guides, tmp_path / "out", carrier, NOW + 3 * DAY)
    later = read_edition(office, carrier, tmp_path / "reader")
    assert later.edition == 2
    leaf = later.packs["main", "uk"].services.leaves[2]
    (entry,) = bagleaf.parse_leaf(leaf)
    bags = [parse_parcel(file.read_bytes()) for file in (tmp_path / "reader").glob("*.hlp")]
    (bag,) = [MailbagParcel.read(one.body) for one in bags if one.kind is ParcelKind.MAILBAG]
    directory = mailbag.Directory(bag.directory, entry)
    found = [
        (one, place)
        for one in codename.candidates(stretched, letter_key(later).number)
        if (place := directory.find(mailbag.tag_of(one, 2))) is not None
    ]
    ((again, place),) = found
    assert again == secret
    part = mailbag.open_part(bag.bodies[place * 512 : place * 512 + 512], again, 2)
    assert mailbag.join([part]) == "Ні. Лікувати мусять кожного."


def test_a_mailbag_that_the_edition_did_not_sign_goes_out_to_nobody(
    office: Office, guides: Path, tmp_path: Path, carrier: Carrier
) -> None:
    parcels = publish(office, guides, tmp_path / "out", carrier, NOW)
    before = [one.name for one in parcels.listed()]
    forged = MailbagParcel(1, "main", b"d" * 40, b"b" * 512).parcel().encode()
    (tmp_path / "out" / parcel_name(forged)).write_bytes(forged)
    assert [one.name for one in Parcels(tmp_path / "out", office.root_file.read_bytes()).listed()] == before


def test_a_replayed_letter_is_opened_once(office: Office, guides: Path, tmp_path: Path, carrier: Carrier) -> None:
    publish(office, guides, tmp_path / "out", carrier, NOW)
    key = letter_key(read_edition(office, carrier, tmp_path / "reader"))
    body = Body(Topic.FEEDBACK, "en", "main", "Thank you.")
    sealed = seal(Letter(Kind.NO_REPLY, bytes(32), body), key, NOW)
    carrier.leave_letter(sealed)
    assert fetch_letters(office.mailroom, carrier, NOW).opened == 1
    carrier.leave_letter(sealed)
    told = fetch_letters(office.mailroom, carrier, NOW)
    assert (told.opened, told.replays) == (0, 1)


def test_sending_again_gives_a_carrier_only_what_it_lacks(
    office: Office, guides: Path, tmp_path: Path, carrier: Carrier
) -> None:
    parcels = publish(office, guides, tmp_path / "out", carrier, NOW)
    again = parcels.send(carrier, code=None, postboxes=("http://127.0.0.1:1",))
    assert (again.parcels, again.pages, again.removed) == (0, 0, 0)


def test_a_folder_without_a_whole_edition_is_not_sent(office: Office, guides: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    published = Editions(office).bind(guides, out, NOW)
    for entry in published.record.parcels:
        if entry.kind == "sheet" or entry.language is None:
            (out / entry.name).unlink()
    with pytest.raises(Refused, match="sheet"):
        Parcels(out, office.root_file.read_bytes())


def test_letters_stay_on_the_carrier_when_the_office_can_not_keep_them(
    office: Office, guides: Path, tmp_path: Path, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(office, guides, tmp_path / "out", carrier, NOW)
    key = letter_key(read_edition(office, carrier, tmp_path / "reader"))
    carrier.leave_letter(seal(decoy(), key, NOW))

    def full(*_: object, **__: object) -> None:
        raise Unavailable("the disk is full", "free some space and try again")

    monkeypatch.setattr(type(office.mailroom), "open_batch", full)
    with pytest.raises(Unavailable):
        fetch_letters(office.mailroom, carrier, NOW)
    monkeypatch.undo()
    assert fetch_letters(office.mailroom, carrier, NOW).decoys == 1


OTHERS = letterkey.generate(letterkey.week_of(NOW), bytes(range(32)))
WEEK = letterkey.WEEK


def another_centres_letter(week: int = OTHERS.number) -> bytes:
    """Sealed in that week to the key of a centre that numbers its keys as all do."""
    key = letterkey.generate(week, OTHERS.seed).letter_key()
    return seal(decoy(), key, letterkey.EPOCH + week * WEEK)


def on(carrier: Carrier) -> set[bytes]:
    return set(carrier.collect_letters().letters)


def test_two_centres_share_a_stick(office: Office, tmp_path: Path) -> None:
    stick, key = FolderCarrier(tmp_path), office.mailroom.letter_key(NOW)
    foreign = {another_centres_letter() for _ in range(3)} | {another_centres_letter(OTHERS.number - 9)}
    newer = b"\2" + os.urandom(4095)
    for letter in [*foreign, newer, seal(decoy(), key, NOW)]:
        stick.leave_letter(letter)
    told = fetch_letters(office.mailroom, stick, NOW)
    assert (told.decoys, told.refused, told.left) == (1, 5, 5)
    # Another office, or this one tomorrow, finds them where they were.
    assert on(FolderCarrier(tmp_path)) == foreign | {newer}
    again = fetch_letters(office.mailroom, FolderCarrier(tmp_path), NOW)
    assert (again.decoys, again.refused, again.left) == (0, 5, 5)


def test_more_letters_of_others_than_a_bag_holds_do_not_hide_our_own(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick, key = FolderCarrier(tmp_path), office.mailroom.letter_key(NOW)
    for letter in [*(another_centres_letter() for _ in range(9)), *(seal(decoy(), key, NOW) for _ in range(4))]:
        stick.leave_letter(letter)
    collect = stick.collect_letters
    monkeypatch.setattr(stick, "collect_letters", lambda: collect(2))
    told = fetch_letters(office.mailroom, stick, NOW)
    assert (told.decoys, told.refused, told.left) == (4, 9, 9)
    assert len(on(FolderCarrier(tmp_path))) == 9


def test_what_no_centre_opens_any_more_is_taken_from_the_stick(office: Office, tmp_path: Path) -> None:
    stick = FolderCarrier(tmp_path)
    stick.leave_letter(another_centres_letter(OTHERS.number))
    begin = letterkey.EPOCH + OTHERS.number * WEEK
    late = begin + letterkey.SHARED_WEEKS * WEEK
    assert fetch_letters(office.mailroom, stick, late - 1).left == 1
    told = fetch_letters(office.mailroom, stick, late)
    assert (told.refused, told.left, on(stick)) == (1, 0, set())


def test_a_late_letter_that_stays_is_not_counted_twice(office: Office, tmp_path: Path) -> None:
    stick, key = FolderCarrier(tmp_path), office.mailroom.letter_key(NOW)
    stick.leave_letter(seal(decoy(), key, NOW))
    office.mailroom.settle_clock(key.opens_until)
    for _ in range(2):
        told = fetch_letters(office.mailroom, stick, key.opens_until)
        assert (told.too_late, told.left, office.mailroom.late()) == (1, 1, {})
    told = fetch_letters(office.mailroom, stick, key.opens_until, take_all=True)
    assert (told.too_late, told.left, office.mailroom.late()) == (1, 0, {key.number: 1})
    assert on(stick) == set()


def test_who_says_so_takes_all_from_a_stick(office: Office, tmp_path: Path) -> None:
    stick = FolderCarrier(tmp_path)
    stick.leave_letter(another_centres_letter())
    told = fetch_letters(office.mailroom, stick, NOW, take_all=True)
    assert (told.refused, told.left, on(stick)) == (1, 0, set())


def test_from_a_postbox_of_ones_own_nothing_is_left(office: Office) -> None:
    postbox = MemoryCarrier()
    postbox.leave_letter(another_centres_letter())
    told = fetch_letters(office.mailroom, postbox, NOW)
    assert (told.refused, told.left, on(postbox)) == (1, 0, set())


def test_a_postbox_that_only_says_that_it_forgot_is_left(
    office: Office, guides: Path, tmp_path: Path, carrier: Carrier
) -> None:
    publish(office, guides, tmp_path / "out", carrier, NOW)
    key = letter_key(read_edition(office, carrier, tmp_path / "reader"))
    carrier.leave_letter(seal(decoy(), key, NOW))
    with pytest.raises(Refused, match="does not forget them"):
        fetch_letters(office.mailroom, Blockade(carrier, 1, Siege(keeps=True)), NOW)
