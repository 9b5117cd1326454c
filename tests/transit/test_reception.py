"""What is kept of a broadcast: this publisher's parcels, in whatever order they come, and a bounded amount."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from holub.errors import Unavailable
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.pack import Pack, pictures_root
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Kind, Parcel
from holub.formats.pictures import read_pictures, write_pictures_parcel
from holub.formats.proof import write_selection
from holub.formats.root import RootDocument
from holub.formats.sheet import Sheet
from holub.formats.sweep import write_sweep
from holub.formats.update import write_update
from holub.outbound.press.signing import Pen, new_root, sign_edition
from holub.transit.reception import MOST_WAITING, Reception
from tests.formats.signed import PEN, ROOT, SERVICES, TIME, full, publish, with_replies

GUIDES = {f"a/{at}.md": f"Guide {at}. ".encode() * 30 for at in range(6)}
STRANGER = Pen(b"\x09" * 32)


def edition(number: int) -> tuple[Sheet, dict[str, HeldPack]]:
    packs = {language: {**GUIDES, "a/news.md": f"{language} {number}".encode()} for language in ("en", "uk")}
    return publish(number, packs)


def kept(parcels: Sequence[bytes], publisher: RootDocument | None = ROOT, known: Sequence[bytes] = ()) -> list[bytes]:
    found: list[bytes] = []
    reception = Reception(found.append, publisher)
    reception.know(known)
    for parcel in parcels:
        reception.take(parcel)
    assert reception.received.parcels == len(found)
    assert reception.received.bytes == sum(map(len, found))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_parcels_are_kept_in_whatever_order_they_come(seed: int) -> None:
    (old_sheet, old), (new_sheet, new) = edition(1), edition(2)
    known = [full(one).encode() for one in old.values()] + [old_sheet.parcel().encode()]
    coming = [full(one).encode() for one in new.values()]
    coming += [write_update(old[language], new[language]).encode() for language in old]
    coming += [new_sheet.parcel().encode(), write_selection(new["uk"], ["a/1.md"]).encode()]
    random.Random(seed).shuffle(coming)
    assert sorted(kept(coming, known=known)) == sorted(coming)


def test_one_update_for_all_packs_is_kept_and_tells_the_edition() -> None:
    (_, old), (new_sheet, new) = edition(1), edition(2)
    reception = Reception(lambda parcel: None, ROOT)
    reception.know(full(one).encode() for one in old.values())
    assert reception.received.edition == 1
    reception.take(write_sweep(old.values(), new.values(), new_sheet.signature).encode())
    assert (reception.received.parcels, reception.received.edition) == (1, 2)


@pytest.mark.parametrize("seed", range(8))
def test_a_sweep_and_its_stamps_are_kept_whatever_has_come_of_the_new_edition(seed: int) -> None:
    (_, old), (new_sheet, new) = edition(1), edition(2)
    coming = [full(new["uk"]).encode(), PackStamps.of(new.values()).parcel().encode()]
    coming.append(write_sweep(old.values(), new.values(), new_sheet.signature).encode())
    random.Random(seed).shuffle(coming)
    assert sorted(kept(coming, known=[full(one).encode() for one in old.values()])) == sorted(coming)


def test_a_sweep_does_not_lead_back_from_what_has_come_of_a_later_edition() -> None:
    (_, old), (new_sheet, new), (_, later) = edition(1), edition(2), edition(3)
    reception = Reception(lambda parcel: None, ROOT)
    reception.know(full(one).encode() for one in old.values())
    reception.take(full(later["uk"]).encode())
    reception.take(write_sweep(old.values(), new.values(), new_sheet.signature).encode())
    assert (reception.received.parcels, reception.received.edition) == (2, 3)


def test_stamps_of_another_key_are_not_kept() -> None:
    (_, old), (new_sheet, new) = edition(1), edition(2)
    sweep = write_sweep(old.values(), new.values(), new_sheet.signature).encode()
    moment = next(iter(new.values())).moment
    _, strangers = sign_edition(STRANGER, moment, SERVICES, [replace(one, stamp=b"") for one in new.values()])
    known = [full(one).encode() for one in old.values()]
    assert kept([sweep, PackStamps.of(strangers).parcel().encode()], known=known) == [sweep]


def test_an_update_waits_for_the_edition_before() -> None:
    (_, old), (_, new) = edition(1), edition(2)
    update, before = write_update(old["uk"], new["uk"]).encode(), full(old["uk"]).encode()
    assert kept([update]) == []
    assert kept([update, before]) == [before, update]


def test_an_older_edition_than_what_is_held_is_not_kept() -> None:
    (_, old), (_, new) = edition(1), edition(2)
    known = [full(one).encode() for one in new.values()]
    assert kept([full(old["uk"]).encode()], known=known) == []


def test_another_centre_on_the_same_address_is_not_kept() -> None:
    other = new_root("Another", TIME + 10**8, [STRANGER], [STRANGER])
    moment = Moment(9, TIME + 86_400, TIME + 10**6)
    sheet, packs = sign_edition(STRANGER, moment, SERVICES, [HeldPack(moment, SERVICES, Pack.of("main", "uk", GUIDES))])
    theirs = [full(packs[0]).encode(), sheet.parcel().encode(), write_selection(packs[0], ["a/1.md"]).encode()]
    ours = full(edition(1)[1]["uk"]).encode()
    reception = Reception(lambda parcel: None, ROOT)
    for parcel in (*theirs, ours):
        reception.take(parcel)
    assert (reception.received.parcels, reception.received.refused, reception.received.edition) == (1, 3, 1)
    assert kept([*theirs, ours], other) == theirs
    assert kept([*theirs, ours], None) == [*theirs, ours]


@pytest.mark.parametrize("pictures_first", [True, False])
def test_pictures_are_kept_once_their_pack_is_there(pictures_first: bool) -> None:
    pictures = write_pictures_parcel("main", "uk", {"a/p.webp": bytes(60)})
    root = pictures_root(read_pictures(pictures.body).index)
    moment = Moment(1, TIME + 86_400, TIME + 10**6)
    packs = [HeldPack(moment, SERVICES, Pack.of("main", "uk", GUIDES), 1, root)]
    _, [pack] = sign_edition(PEN, moment, SERVICES, packs)
    coming = [full(pack).encode(), pictures.encode()]
    strangers = write_pictures_parcel("main", "uk", {"a/p.webp": b"another"}).encode()
    assert kept([strangers, *(reversed(coming) if pictures_first else coming), strangers]) == coming


@pytest.mark.parametrize("publisher", [ROOT, None])
def test_letters_are_never_taken(publisher: RootDocument | None) -> None:
    letters = Parcel(Kind.LETTERS, b"\x00").encode()
    assert kept([letters], publisher) == []


@pytest.mark.parametrize("bodies_too", [True, False])
def test_replies_of_the_edition_that_is_held_are_kept_whenever_they_come(bodies_too: bool) -> None:
    pack, bag = with_replies(1, GUIDES)
    replies = (bag if bodies_too else replace(bag, bodies=b"")).parcel().encode()
    text = full(pack).encode()
    assert kept([text, replies]) == [text, replies]
    assert kept([replies]) == []
    assert kept([replies, text]) == [text, replies]
    assert kept([replies], known=[text]) == [replies]


def test_replies_of_the_edition_before_are_kept_beside_those_of_the_new_one() -> None:
    (old, old_bag), (new, new_bag) = with_replies(1, GUIDES), with_replies(2, GUIDES)
    coming = [full(new).encode(), old_bag.parcel().encode(), new_bag.parcel().encode()]
    assert kept(coming, known=[full(old).encode()]) == coming
    assert kept(coming) == [coming[0], coming[2]]


ALTERED = {
    "another edition's number": {"edition": 2},
    "a section without replies": {"section": "kherson"},
    "another directory": {"directory": bytes(64 * 8 + 32)},
    "a shorter directory": {"directory": b""},
    "other bodies": {"bodies": bytes(64 * 512)},
    "more bodies than are signed": {"bodies": bytes(65 * 512)},
}


@pytest.mark.parametrize("what", ALTERED)
def test_replies_that_no_edition_signed_are_not_kept(what: str) -> None:
    pack, bag = with_replies(1, GUIDES)
    text = full(pack).encode()
    forged = replace(bag, **ALTERED[what]).parcel().encode()  # type: ignore[arg-type] # each fits its field
    assert kept([text, forged, bag.parcel().encode()]) == [text, bag.parcel().encode()]


def test_where_nothing_is_checked_all_replies_are_kept() -> None:
    replies = MailbagParcel(1, "main", bytes(10), b"").parcel().encode()
    assert kept([replies], None) == [replies]


def test_damaged_and_nonsense_parcels_are_counted_and_passed_over() -> None:
    reception = Reception(lambda parcel: None, ROOT)
    for wrong in (b"", b"HLP", bytes(40), Parcel(Kind.FULL, bytes(80)).encode(), Parcel(Kind.WHOLE, b"x").encode()):
        reception.take(wrong)
    assert (reception.received.parcels, reception.received.refused) == (0, 5)


def test_where_nothing_is_checked_there_is_an_end() -> None:
    found: list[bytes] = []
    reception = Reception(found.append, None, most=2_500)
    parcels = [Parcel(Kind.FULL, bytes([at]) * 992).encode() for at in range(3)]
    reception.take(parcels[0])
    reception.take(parcels[1])
    with pytest.raises(Unavailable, match=r"2,000 bytes were kept"):
        reception.take(parcels[2])
    assert found == parcels[:2]


def test_a_flood_of_updates_that_fit_nowhere_holds_a_bounded_number() -> None:
    (_, old), (_, new) = edition(1), edition(2)
    true = write_update(old["uk"], new["uk"])
    reception = Reception(lambda parcel: None, ROOT)
    for at in range(MOST_WAITING + 50):
        reception.take(Parcel(Kind.UPDATE, true.body + at.to_bytes(4, "big")).encode())
    assert len(reception._waiting) <= MOST_WAITING
    reception.take(full(old["uk"]).encode())
    reception.take(true.encode())
    assert (reception.received.parcels, reception.received.edition) == (2, 2)
