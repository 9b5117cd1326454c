"""Every carrier behind the blockade: what must hold whatever happens on the way.

Nothing altered is taken for what it was; nothing that was acknowledged is lost; whoever tries again gets through;
memory stays bounded; what leads back behind what is held is noticed by whoever reads.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import tracemalloc
from functools import partial
from pathlib import Path

import pytest

from bench.publisher import ROOT, publish
from holub.errors import Misused, Older, Refused, Unavailable
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.shelf import Shelf
from holub.transit.carrier import LETTER_SIZES, Bag, Carrier
from holub.transit.carriers import MemoryCarrier
from holub.transit.carrying import Carried, letters_in, parcels_out
from holub.transit.catalogue import Catalogue, Listing, list_parcel
from holub.transit.giving import edition_of
from holub.transit.names import parcel_name
from holub.transit.publication import publish as transit_publish
from tests.fakes.blockade import SIEGES, Blockade, Siege, persist

SEEDS = (1,)


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


every_siege = pytest.mark.parametrize("siege", SIEGES.values(), ids=SIEGES.keys())


def edition(number: int) -> tuple[bytes, list[bytes]]:
    """A real edition: what its catalogue begins with, and its full parcels in two languages."""
    chance = random.Random(number)
    guides = {f"topic/guide-{at}.md": f"Guide {at}: {chance.randbytes(2_000).hex()}\n".encode() for at in range(4)}
    sheet, packs = publish({"en": guides, "uk": {"a.md": b"one", "b.md": b"two %d" % number}}, number)
    return sheet.signed(), [write_full(held, [write_base(list(held.pack.guides.items()))]).encode() for held in packs]


def listings(parcels: list[bytes], number: int) -> list[Listing]:
    return [list_parcel(one, "full", to_edition=number) for one in parcels]


def bring(carrier: Carrier, number: int) -> Catalogue:
    """Publish an edition without any trouble."""
    seal, parcels = edition(number)
    transit_publish(carrier, seal, list(zip(listings(parcels, number), parcels, strict=True)), {})
    return carrier.catalogue()


def letters(count: int, seed: int) -> set[bytes]:
    return {random.Random(f"{seed} {at}").randbytes(LETTER_SIZES[0]) for at in range(count)}


@every_siege
def test_an_edition_is_published_by_trying_again(carrier: Carrier, siege: Siege, seed: int) -> None:
    seal, parcels = edition(3)
    given = list(zip(listings(parcels, 3), parcels, strict=True))
    pages = {"index.html": b"<title>3</title>", "plain/uk/a.html": b"<p>"}
    behind = Blockade(carrier, seed, siege)
    persist(lambda: transit_publish(behind, seal, given, pages))
    assert carrier.catalogue() == Catalogue.of(seal, [row for row, _ in given])
    assert carrier.pages() == {path: hashlib.sha256(page).digest() for path, page in pages.items()}


@every_siege
def test_a_fetch_gives_the_parcel_itself_or_nothing(carrier: Carrier, siege: Siege, seed: int, tmp_path: Path) -> None:
    bring(carrier, 1)
    behind = Blockade(carrier, seed, siege)
    _, parcels = edition(1)
    for parcel in parcels:
        arrived = persist(partial(behind.fetch, list_parcel(parcel), tmp_path / "in"))
        assert arrived.read_bytes() == parcel
    assert sorted(file.name for file in (tmp_path / "in").iterdir()) == sorted(
        f"{list_parcel(one).name}.hlp" for one in parcels
    )


@every_siege
def test_parcels_are_carried_on_by_trying_again(carrier: Carrier, siege: Siege, seed: int) -> None:
    newest = bring(carrier, 2)
    behind, target = Blockade(carrier, seed, siege), MemoryCarrier()
    behind.remember(Catalogue.of(edition(1)[0], []))

    def carry() -> None:
        parcels_out(behind, target, replace=False, advance=lambda done, total: None)
        if target.catalogue() != newest:
            raise Unavailable("an older or a shorter list came", "try again")

    target.put_catalogue(Catalogue.of(edition(1)[0], []))
    persist(carry)
    assert target.parcels() == newest.listings


@every_siege
def test_no_letter_that_was_acknowledged_is_lost(carrier: Carrier, siege: Siege, seed: int) -> None:
    """From phones through one blockade to a carrier, through another to the next."""
    written, acknowledged = letters(12, seed), set()
    behind, target = Blockade(carrier, seed, siege), MemoryCarrier()
    for letter in written:
        with contextlib.suppress(Unavailable):
            behind.leave_letter(letter)
            acknowledged.add(letter)
    assert acknowledged <= set(carrier.collect_letters().letters)
    for letter in written - acknowledged:
        persist(partial(behind.leave_letter, letter))
    assert carrier.collect_letters().waiting == len(written)

    def carry() -> None:
        letters_in(behind, Blockade(target, seed + 1, siege), Carried(), advance=lambda done, total: None)
        if carrier.collect_letters().waiting:
            raise Unavailable("letters are left", "try again")

    persist(carry)
    assert written <= set(target.collect_letters().letters)


def test_an_older_edition_never_replaces_a_newer_one(carrier: Carrier, tmp_path: Path) -> None:
    old, new = bring(carrier, 1), bring(carrier, 2)
    behind = Blockade(carrier, 1, Siege(frozen=True))
    behind.remember(old)
    target = MemoryCarrier()
    target.put_catalogue(new)
    parcels_out(behind, target, replace=False, advance=lambda done, total: None)
    assert edition_of(behind.catalogue()) == 1
    assert target.catalogue() == new

    shelf = Shelf(ROOT)
    for listing in new.listings:
        shelf = shelf.receive(carrier.fetch(listing, tmp_path / "in").read_bytes())
    for listing in behind.catalogue().listings:
        with pytest.raises(Older):
            shelf.receive(behind.fetch(listing, tmp_path / "in").read_bytes())
    assert shelf.edition == 2


def test_nothing_altered_gets_onto_the_shelf(carrier: Carrier, tmp_path: Path) -> None:
    """A carrier that lists altered parcels under true names of their own: carried, and refused where it is read."""
    _, parcels = edition(1)
    chance = random.Random(5)
    for _ in range(20):
        at = chance.randrange(len(parcels[0]))
        altered = parcels[0][:at] + bytes([parcels[0][at] ^ 1 << chance.randrange(8)]) + parcels[0][at + 1 :]
        carrier.put(altered)
        file = carrier.fetch(list_parcel(altered), tmp_path / "in")
        with pytest.raises(Refused):
            Shelf(ROOT).receive(file.read_bytes())


def test_one_parcel_that_never_comes_does_not_hold_up_the_others(carrier: Carrier) -> None:
    bring(carrier, 1)
    catalogue = carrier.catalogue()

    class OneIsKept(Blockade):
        def fetch(self, wanted: Listing, into: Path) -> Path:
            if wanted == catalogue.listings[0]:
                raise Unavailable("it is kept back", "try another carrier")
            return super().fetch(wanted, into)

    target = MemoryCarrier()
    with pytest.raises(Unavailable, match="kept back"):
        parcels_out(OneIsKept(carrier, 1, Siege()), target, replace=False, advance=lambda done, total: None)
    assert target.parcels() == tuple(
        list_parcel(one) for one in edition(1)[1] if list_parcel(one).name != catalogue.listings[0].name
    )
    with pytest.raises(Unavailable, match="nothing has been published"):
        target.catalogue()  # a list of what is not there helps nobody


def test_a_carrier_that_gives_the_same_letters_for_ever_is_left(carrier: Carrier) -> None:
    written = letters(5, 1)
    for letter in written:
        carrier.leave_letter(letter)
    target = MemoryCarrier()
    with pytest.raises(Unavailable, match="again and again"):
        letters_in(Blockade(carrier, 1, Siege(keeps=True)), target, Carried(), advance=lambda done, total: None)
    assert written == set(target.collect_letters().letters)


@pytest.mark.parametrize("size", [0, (1 << 32) - 1, 100_000_000_000])
def test_a_parcel_that_no_stick_can_hold_is_refused_where_it_is_listed(size: int) -> None:
    digest = hashlib.sha256(b"x").digest()
    with pytest.raises(Refused, match="empty or larger than 4 GB"):
        Listing(parcel_name(digest), size, digest)


def test_a_parcel_that_is_announced_as_large_takes_no_memory(carrier: Carrier, tmp_path: Path) -> None:
    parcel = random.Random(1).randbytes(3_000_000)
    carrier.put(parcel)
    carrier.put_catalogue(Catalogue.of(bytes(118), [list_parcel(parcel)]))
    digest = hashlib.sha256(parcel).digest()
    lying = Listing(parcel_name(digest), (1 << 32) - 2, digest)
    tracemalloc.start()
    try:
        with pytest.raises((Refused, Unavailable)):
            carrier.fetch(lying, tmp_path / "in")
        carrier.fetch(list_parcel(parcel), tmp_path / "true")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8_000_000
    assert not list((tmp_path / "in").glob("*.hlp"))


def test_a_flood_of_letters_comes_a_bounded_bag_at_a_time(carrier: Carrier) -> None:
    for letter in letters(120, 1):
        carrier.leave_letter(letter)
    bag: Bag = Blockade(carrier, 1, Siege(junk=0.9, twice=0.5)).collect_letters(50)
    assert len(bag.letters) == 50
    with pytest.raises(Misused):
        carrier.collect_letters(5_000)
