"""One suite for every carrier. A new member is one more function in carriers.py."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.transit.carrier import LETTER_SIZES, Carrier
from holub.transit.catalogue import SEAL_BYTES, Catalogue, Listing, list_parcel
from holub.transit.names import parcel_name
from holub.transit.publication import publish as transit_publish


def letter(size: int = LETTER_SIZES[0]) -> bytes:
    return secrets.token_bytes(size)


def publish(carrier: Carrier, *parcels: bytes, seal: bytes = b"\x07" * SEAL_BYTES) -> Catalogue:
    for parcel in parcels:
        carrier.put(parcel)
    catalogue = Catalogue.of(seal, [list_parcel(parcel, "full", to_edition=1, language="uk") for parcel in parcels])
    carrier.put_catalogue(catalogue)
    return catalogue


# Outward.


def test_before_anything_is_published_there_is_no_catalogue(carrier: Carrier) -> None:
    with pytest.raises(Unavailable):
        carrier.catalogue()


def test_what_was_published_comes_back(carrier: Carrier, tmp_path: Path) -> None:
    parcels = (b"HLP one", secrets.token_bytes(300_000))
    catalogue = publish(carrier, *parcels)
    assert carrier.catalogue() == catalogue
    assert carrier.parcels() == catalogue.listings
    for parcel in parcels:
        arrived = carrier.fetch(list_parcel(parcel), tmp_path / "in")
        assert arrived.name == f"{hashlib.sha256(parcel).hexdigest()[:16]}.hlp"
        assert arrived.read_bytes() == parcel
    assert sorted(path.suffix for path in (tmp_path / "in").iterdir()) == [".hlp", ".hlp"]


def test_a_parcel_is_named_by_its_hash(carrier: Carrier) -> None:
    assert carrier.put(b"HLP named") == parcel_name(hashlib.sha256(b"HLP named").digest())


def test_a_parcel_can_be_put_from_a_file_and_again(carrier: Carrier, tmp_path: Path) -> None:
    source = tmp_path / "anything.bin"
    source.write_bytes(secrets.token_bytes(2_500_000))
    name = carrier.put(source)
    assert carrier.put(source) == name
    assert carrier.put(source.read_bytes()) == name
    carrier.put_catalogue(Catalogue.of(bytes(SEAL_BYTES), [list_parcel(source)]))
    assert carrier.fetch(list_parcel(source), tmp_path / "in").read_bytes() == source.read_bytes()


def test_a_broken_fetch_is_continued(carrier: Carrier, tmp_path: Path) -> None:
    parcel = secrets.token_bytes(100_000)
    publish(carrier, parcel)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{list_parcel(parcel).name}.part").write_bytes(parcel[:60_001])
    assert carrier.fetch(list_parcel(parcel), tmp_path / "in").read_bytes() == parcel


def test_a_poisoned_part_is_dropped_and_fetched_anew(carrier: Carrier, tmp_path: Path) -> None:
    parcel = secrets.token_bytes(100_000)
    publish(carrier, parcel)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{list_parcel(parcel).name}.part").write_bytes(bytes(60_001))
    assert carrier.fetch(list_parcel(parcel), tmp_path / "in").read_bytes() == parcel


def test_a_damaged_file_that_is_already_there_is_fetched_anew(carrier: Carrier, tmp_path: Path) -> None:
    parcel = secrets.token_bytes(5_000)
    publish(carrier, parcel)
    arrived = carrier.fetch(list_parcel(parcel), tmp_path / "in")
    arrived.write_bytes(parcel[:-1] + b"\x00\x00")
    assert carrier.fetch(list_parcel(parcel), tmp_path / "in").read_bytes() == parcel


def test_a_parcel_that_is_not_there_leaves_nothing_behind(carrier: Carrier, tmp_path: Path) -> None:
    publish(carrier, b"HLP there")
    with pytest.raises(Unavailable):
        carrier.fetch(list_parcel(b"HLP not there"), tmp_path / "in")
    assert list((tmp_path / "in").iterdir()) == []


@pytest.mark.parametrize("size", [4_999, 5_001])
def test_a_parcel_of_another_size_than_listed_is_not_taken(carrier: Carrier, tmp_path: Path, size: int) -> None:
    parcel = secrets.token_bytes(5_000)
    publish(carrier, parcel)
    digest = hashlib.sha256(parcel).digest()
    with pytest.raises((Refused, Unavailable)):
        carrier.fetch(Listing(parcel_name(digest), size, digest), tmp_path / "in")
    assert not list((tmp_path / "in").glob("*.hlp"))


def test_the_newest_catalogue_replaces_the_one_before(carrier: Carrier) -> None:
    publish(carrier, b"HLP first")
    second = publish(carrier, b"HLP first", b"HLP second", seal=b"\x08" * SEAL_BYTES)
    assert carrier.catalogue() == second


def test_a_listing_whose_name_is_not_its_hash_cannot_be_made(carrier: Carrier) -> None:
    with pytest.raises(Refused):
        Listing("0" * 16, 5, hashlib.sha256(b"x").digest())
    with pytest.raises(Refused):
        Listing("../../etc/passwd", 5, hashlib.sha256(b"x").digest())


def test_pages_come_and_go(carrier: Carrier) -> None:
    carrier.put_page("index.html", b"<title>1</title>")
    carrier.put_page("index.html", b"<title>2</title>")
    carrier.put_page("plain/uk/перевірка телефону 100%.html", b"<p>")
    assert carrier.pages() == {
        "index.html": hashlib.sha256(b"<title>2</title>").digest(),
        "plain/uk/перевірка телефону 100%.html": hashlib.sha256(b"<p>").digest(),
    }
    carrier.remove_page("index.html")
    carrier.remove_page("index.html")
    assert list(carrier.pages()) == ["plain/uk/перевірка телефону 100%.html"]


CLIMBING = {
    "climbs out": "../evil.html",
    "climbs out further in": "plain/../../evil.html",
    "is absolute": "/etc/passwd",
    "is empty": "",
    "has an empty name": "plain//x.html",
    "ends in a slash": "plain/",
    "is hidden": "plain/.x.html",
    "has a backslash": "plain\\..\\evil.html",
    "has a drive": "c:/evil.html",
    "is a device": "plain/con.html",
    "ends in a dot": "plain/x.",
    "has a control character": "plain/x\n.html",
    "is not NFC": "plain/и\u0306.html",
    "is too long": "plain/" + "x" * 121,
    "is too deep": "/".join("abcdefghijklm"),
    "is the catalogue": "latest",
    "lies among the parcels": "parcels/0011223344556677.hlp",
    "lies among the letters": "Letters/x.hll",
}


@pytest.mark.parametrize("path", CLIMBING.values(), ids=CLIMBING.keys())
def test_a_page_is_refused_whose_path(carrier: Carrier, path: str) -> None:
    with pytest.raises(Refused):
        carrier.put_page(path, b"<p>")
    with pytest.raises(Refused):
        carrier.remove_page(path)
    assert carrier.pages() == {}


# Inward.


def test_letters_left_are_collected_until_they_are_forgotten(carrier: Carrier) -> None:
    letters = {letter(size) for size in LETTER_SIZES} | {letter() for _ in range(20)}
    for one in letters:
        carrier.leave_letter(one)
    bag = carrier.collect_letters()
    assert set(bag.letters) == letters
    assert (bag.damaged, bag.waiting) == (0, len(letters))
    assert set(carrier.collect_letters().letters) == letters

    some = bag.letters[:5]
    assert carrier.forget_letters(hashlib.sha256(one).digest() for one in some) == 5
    assert set(carrier.collect_letters().letters) == letters - set(some)
    assert carrier.forget_letters(hashlib.sha256(one).digest() for one in letters) == len(letters) - 5
    empty = carrier.collect_letters()
    assert (empty.letters, empty.waiting) == ((), 0)


def test_a_letter_left_twice_is_there_once(carrier: Carrier) -> None:
    one = letter()
    carrier.leave_letter(one)
    carrier.leave_letter(one)
    assert carrier.collect_letters().letters == (one,)


@pytest.mark.parametrize("size", [0, 1, 255, 257, 4_095, 4_097, 65_535, 65_537, 1_048_575, 1_048_577])
def test_a_letter_of_another_size_is_refused(carrier: Carrier, size: int) -> None:
    with pytest.raises(Refused):
        carrier.leave_letter(bytes(size))
    assert carrier.collect_letters().letters == ()


def test_a_bag_has_the_number_of_letters_asked_for(carrier: Carrier) -> None:
    for _ in range(7):
        carrier.leave_letter(letter())
    bag = carrier.collect_letters(3)
    assert len(bag.letters) == 3
    assert bag.waiting == 7
    for limit in (0, -1, 1 << 20):
        with pytest.raises(Misused):
            carrier.collect_letters(limit)


def test_bag_after_bag_brings_every_letter(carrier: Carrier) -> None:
    letters = {letter() for _ in range(25)}
    for one in letters:
        carrier.leave_letter(one)
    collected: set[bytes] = set()
    while (bag := carrier.collect_letters(4)).letters:
        collected |= set(bag.letters)
        assert carrier.forget_letters(hashlib.sha256(one).digest() for one in bag.letters) == len(bag.letters)
    assert collected == letters


def test_forgetting_what_is_not_there_changes_nothing(carrier: Carrier) -> None:
    one = letter()
    carrier.leave_letter(one)
    assert carrier.forget_letters([bytes(32), hashlib.sha256(b"other").digest()]) == 0
    assert carrier.forget_letters([]) == 0
    assert carrier.collect_letters().letters == (one,)


# A whole edition.


class Recording:
    """A carrier that writes down, in order, what was placed on it."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.placed: list[str] = []

    def __getattr__(self, name: str) -> object:
        method = getattr(self._carrier, name)

        def recorded(*given: object) -> object:
            result = method(*given)
            if name.startswith(("put", "remove")):
                self.placed.append(f"{name} {given[0]}" if isinstance(given[0], str) else name)
            return result

        return recorded


def test_publishing_places_the_catalogue_after_what_it_lists_and_sends_nothing_twice(carrier: Carrier) -> None:
    old, new = (list_parcel(b"HLP old"), b"HLP old"), (list_parcel(b"HLP new"), b"HLP new")
    pages = {"index.html": b"1", "index.html.zst": b"z", "plain/a.html": b"a", "plain/gone.html": b"g"}
    first = Recording(carrier)
    done = transit_publish(first, b"\x01" * SEAL_BYTES, [old], pages)  # type: ignore[arg-type] # it records a carrier
    assert (done.parcels, done.pages, done.removed) == (1, 4, 0)
    assert first.placed[0] == "put"
    assert first.placed[-1] == "put_catalogue"

    second = Recording(carrier)
    newer = {"index.html": b"2", "index.html.zst": b"z", "plain/a.html": b"a"}
    done = transit_publish(second, b"\x02" * SEAL_BYTES, [old, new], newer)  # type: ignore[arg-type] # as above
    assert second.placed == [
        "put",
        "put_page index.html",
        "put_page index.html.zst",
        "put_catalogue",
        "remove_page plain/gone.html",
    ]
    assert (done.parcels, done.pages, done.removed) == (1, 2, 1)
    assert carrier.catalogue() == Catalogue.of(b"\x02" * SEAL_BYTES, [old[0], new[0]])
    assert carrier.pages() == {path: hashlib.sha256(page).digest() for path, page in newer.items()}


def test_a_publication_that_breaks_off_leaves_the_edition_before(carrier: Carrier) -> None:
    catalogue = publish(carrier, b"HLP old")
    with pytest.raises(Refused):
        transit_publish(carrier, bytes(SEAL_BYTES), [(list_parcel(b"HLP new"), b"HLP new")], {"../evil.html": b"x"})
    assert carrier.catalogue() == catalogue
