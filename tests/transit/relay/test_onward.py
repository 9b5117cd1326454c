"""A relay that holds an edition comes to the next one by kilobytes: sweeps, updates, or some of both, checked whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.publisher import PEN, ROOT, publish
from holub.errors import Forged, Gap, HolubError, Refused, Unavailable
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.header import HEADER_BYTES, Header
from holub.formats.held import HeldPack
from holub.formats.packstamps import PackStamps
from holub.formats.root import split_chain, trust
from holub.formats.shelf import Shelf
from holub.formats.sweep import write_sweep
from holub.outbound.press.signing import Pen, next_root, sign_edition
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.catalogue import Listing
from holub.transit.names import PARCELS, parcel_file
from holub.transit.relay import RelayServer, sync_once
from holub.transit.relay.editionhome import Home, held_edition
from holub.transit.relay.editions import gather
from holub.transit.relay.peer import Peer
from holub.transit.relay.plan import is_pack, way
from tests.transit.relay.conftest import Published, StartRelay, small
from tests.transit.relay.onward import (
    at_one,
    by_sweep,
    by_updates,
    holds,
    is_sweep,
    names,
    new_phone,
    phone_behind,
    rows_of,
    site,
    some,
    text,
)


def test_a_sweep_and_the_stamps_on_a_stick_are_enough(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = some(published.sticks[1], tmp_path / "stick", by_sweep)
    done = sync_once(data, small(place))
    assert (done.edition, done.troubles) == (2, [])
    holds(data, published, 2)
    # What came is handed on byte for byte; and what was made is what the press made.
    assert names(place, by_sweep) <= names(data / "www", by_sweep)
    assert names(data / "www", is_pack) == names(published.sticks[1], is_pack)
    assert names(data / "www", lambda row: row.kind == "sheet") == names(
        published.sticks[1], lambda row: row.kind == "sheet"
    )


def test_they_are_enough_where_they_lie_loose_in_a_folder(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = some(published.sticks[1], tmp_path / "heard", by_sweep, listed=False)
    done = sync_once(data, small(place))
    assert (done.edition, done.troubles) == (2, [])
    holds(data, published, 2)


def test_a_relay_behind_takes_the_sweep_on_from_there(published: Published, relay: StartRelay, tmp_path: Path) -> None:
    near, far = at_one(published, tmp_path / "near"), at_one(published, tmp_path / "far")
    sync_once(near, small(some(published.sticks[1], tmp_path / "stick", by_sweep)))
    with RelayServer(near, settings=small()) as running:
        assert sync_once(far, small(running.url)).edition == 2
    holds(far, published, 2)
    assert names(far / "www", is_sweep) == names(near / "www", is_sweep)


def test_over_http_the_sweep_is_fetched_and_no_pack(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    with site(published.sticks[1]) as (url, asked):
        assert sync_once(data, small(url)).edition == 2
    holds(data, published, 2)
    names_asked = {Path(path).stem for path in asked if path.startswith("/parcels/")}
    rows = {row.name: row for row in rows_of(published.sticks[1])}
    # The mailbag is the edition's own and comes whole; pictures are those of before.
    assert {rows[name].kind for name in names_asked} <= {"update", "packstamps", "mailbag"}
    assert all(rows[name].language is None for name in names_asked)


def test_the_edition_of_a_place_is_read_off_the_first_bytes_of_its_list(
    published: Published, relay: StartRelay, tmp_path: Path
) -> None:
    at_one(published, tmp_path / "relay")
    with Peer(relay("relay").url) as peer:
        assert peer.edition() == 1
    # A server that knows no ranges sends more, which is not read; one that has less is refused.
    with site(published.sticks[2]) as (url, _), Peer(url) as peer:
        assert peer.edition() == 3
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "latest").write_bytes((published.sticks[0] / "latest").read_bytes()[:100])
    with site(tmp_path / "cut") as (url, _), Peer(url) as peer, pytest.raises(Refused, match="cut short"):
        peer.edition()


def test_over_http_a_new_relay_fetches_each_pack_once(published: Published, tmp_path: Path) -> None:
    with site(published.sticks[1]) as (url, asked):
        assert sync_once(tmp_path / "relay", small(url, root=published.root)).edition == 2
    whole = names(published.sticks[1], lambda row: row.kind == "full" and row.language is None)
    assert whole
    assert not whole & {Path(path).stem for path in asked}
    holds(tmp_path / "relay", published, 2)


@pytest.mark.parametrize("listed", [True, False])
def test_updates_and_the_sheet_are_enough(published: Published, tmp_path: Path, listed: bool) -> None:
    data = at_one(published, tmp_path / "relay")
    place = some(published.sticks[1], tmp_path / "stick", by_updates, listed=listed)
    assert sync_once(data, small(place)).edition == 2
    holds(data, published, 2)
    assert names(published.sticks[1], by_updates) <= names(data / "www", by_updates)


@pytest.mark.parametrize("listed", [True, False])
def test_some_packs_may_come_in_full_and_others_by_update(published: Published, tmp_path: Path, listed: bool) -> None:
    data = at_one(published, tmp_path / "relay")

    def mixed(row: Listing) -> bool:
        return row.kind == "sheet" or (is_pack(row) if row.language == "uk" else by_updates(row))

    assert sync_once(data, small(some(published.sticks[1], tmp_path / "stick", mixed, listed=listed))).edition == 2
    holds(data, published, 2)


def test_two_editions_at_once(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    assert sync_once(data, small(some(published.sticks[2], tmp_path / "stick", by_sweep))).edition == 3
    www = data / "www"
    publisher = trust(split_chain(published.root.read_bytes()))
    phone = phone_behind(publisher, published.sticks[0], www)
    assert {name: held.pack.root for name, held in phone.packs.items()} == text(published, 3)


def test_a_sweep_from_an_edition_that_is_not_held_says_which_is_needed(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = some(
        published.sticks[2],
        tmp_path / "heard",
        lambda row: by_sweep(row) and row.from_edition in (2, None),
        listed=False,
    )
    done = sync_once(data, small(place))
    assert (done.edition, len(done.troubles)) == (0, 1)
    assert "edition 2" in done.troubles[0].what
    assert held_edition(data / "www") == 1
    # When what is between comes to the same folder, both are taken.
    some(published.sticks[1], place, is_sweep, listed=False)
    assert sync_once(data, small(place)).edition == 3


def test_without_the_stamps_it_waits_for_them(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = some(published.sticks[1], tmp_path / "heard", is_sweep, listed=False)
    done = sync_once(data, small(place))
    assert "the parcel of stamps" in done.troubles[0].what
    assert held_edition(data / "www") == 1
    some(published.sticks[1], place, by_sweep, listed=False)
    assert sync_once(data, small(place)).edition == 2


def edition(number: int, packs: dict[str, dict[str, bytes]]) -> tuple[bytes, list[HeldPack], bytes]:
    sheet, held = publish(packs, number)
    return sheet.signature, held, sheet.parcel().encode()


GUIDES = {f"a{number}.md": b"# Calm\n\nStep by step.\n" * 9 for number in range(9)}


def heard_one(tmp_path: Path) -> tuple[Home, Path, list[HeldPack]]:
    """A relay that took edition 1 out of a folder without a list; the folder, and the edition's packs."""
    _, one, sheet = edition(1, {"en": GUIDES, "uk": GUIDES})
    home, heard = Home(tmp_path / "relay", 3, 256 << 20), tmp_path / "heard"
    home.www.mkdir(parents=True)
    heard.mkdir()
    (home.data / "root.txt").write_bytes(ROOT.encode())
    for parcel in (sheet, *(write_full(held, [write_base(list(GUIDES.items()))]).encode() for held in one)):
        FolderCarrier(heard).put(parcel)
    assert gather(home, heard, b"") == 1
    return home, heard, one


def test_a_language_that_was_withdrawn_goes(tmp_path: Path) -> None:
    home, heard, one = heard_one(tmp_path)
    signature, two, _ = edition(2, {"uk": GUIDES})
    FolderCarrier(heard).put(write_sweep(one, two, signature).encode())
    FolderCarrier(heard).put(PackStamps.of(two).parcel().encode())
    assert gather(home, heard, b"") == 2
    assert {row.language for row in rows_of(home.www)} == {None, "uk"}


def test_a_sweep_that_new_keys_signed_leads_on_from_text_of_the_old_ones(tmp_path: Path) -> None:
    home, heard, one = heard_one(tmp_path)
    new = Pen(b"\x01" * 32)
    root = next_root(ROOT, [PEN], replace(ROOT, edition_keys=(new.public,)), [PEN])
    _, blank, _ = edition(2, {"en": GUIDES, "uk": {**GUIDES, "b.md": b"# New\n"}})
    sheet, two = sign_edition(new, blank[0].moment, blank[0].services, [replace(held, stamp=b"") for held in blank])
    FolderCarrier(heard).put(write_sweep(one, two, sheet.signature).encode())
    FolderCarrier(heard).put(PackStamps.of(two).parcel().encode())
    # Without the document that names the new keys they are nobody's.
    with pytest.raises(Forged):
        gather(home, heard, b"")
    assert gather(home, heard, ROOT.encode() + root.encode()) == 2
    assert (home.data / "root.txt").read_bytes() == ROOT.encode() + root.encode()
    assert (
        b"# New\n"
        in new_phone(trust([ROOT.encode(), root.encode()]), home.www).packs["main", "uk"].pack.guides.values()
    )
    # A phone whose keys are the old ones cannot go the short way, and finds every pack in full beside it.
    with pytest.raises(Forged):
        new_phone(ROOT, home.www)


def test_a_phone_reads_over_http_from_a_relay_that_had_only_the_sweep(
    published: Published, relay: StartRelay, tmp_path: Path
) -> None:
    at_one(published, tmp_path / "relay")
    sync_once(tmp_path / "relay", small(some(published.sticks[1], tmp_path / "stick", by_sweep)))
    running = relay("relay")
    publisher = trust(split_chain(published.root.read_bytes()))
    phone = new_phone(publisher, published.sticks[0])
    with HttpCarrier([running.url]) as carrier:
        catalogue = carrier.catalogue()
        header = Header.parse(catalogue.seal[:HEADER_BYTES]).verify(catalogue.seal[HEADER_BYTES:], publisher)
        for row in way(catalogue.listings, ("main", "uk"), 1, header.moment.edition) or []:
            phone = phone.receive(carrier.fetch(row, tmp_path / "phone").read_bytes())
    assert phone.packs["main", "uk"].moment.edition == 2


def test_stamps_need_their_edition(published: Published) -> None:
    publisher = trust(split_chain(published.root.read_bytes()))
    row = next(row for row in rows_of(published.sticks[1]) if row.kind == "packstamps")
    stamps = (published.sticks[1] / PARCELS / parcel_file(row.name)).read_bytes()
    with pytest.raises(Gap, match="edition 2"):
        Shelf(publisher).receive(stamps)


def test_errors_of_the_world_are_told(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = some(published.sticks[1], tmp_path / "stick", by_sweep)
    for name in names(place, is_sweep):
        (place / PARCELS / parcel_file(name)).unlink()
    errors: list[HolubError] = sync_once(data, small(place)).troubles
    assert [type(error) for error in errors] == [Unavailable]
