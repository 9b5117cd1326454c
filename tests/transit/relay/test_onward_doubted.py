"""Places that lie, break off or drip: what a relay holds stays, and what it still lacks is asked for again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bench.publisher import PEN, ROOT, publish
from holub.errors import Refused, Unavailable
from holub.formats.bagleaf import BagEntry, encode_leaf
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.leaf import Services
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import Kind, Parcel, parse_parcel
from holub.formats.pictures import write_pictures_parcel
from holub.formats.root import split_chain, trust
from holub.formats.shelf import Shelf
from holub.formats.update import Span, Step
from holub.formats.wire import text8
from holub.outbound.press.signing import sign_edition
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, Listing, list_parcel
from holub.transit.names import PARCELS, parcel_file
from holub.transit.parcelfolder import Found, label
from holub.transit.placing import FIXED_TIME
from holub.transit.relay import sync_once
from holub.transit.relay.datafolder import RelayFolder
from holub.transit.relay.editionhome import Home, held_edition
from holub.transit.relay.editions import gather, take
from holub.transit.relay.editionwork import EditionWork
from holub.transit.relay.extras import lacks_extras
from holub.transit.relay.plan import is_pack, is_update
from holub.transit.relay.verified import verified
from tests.transit.relay.conftest import Published, small
from tests.transit.relay.onward import (
    PARTS,
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


def test_loose_parcels_are_looked_at_again_where_nobody_came_to_the_end(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = some(published.sticks[1], tmp_path / "heard", by_sweep, listed=False)
    at_one(published, tmp_path / "relay")
    folder = RelayFolder(tmp_path / "relay")
    work = EditionWork(folder, small(place))
    with monkeypatch.context() as broken:
        broken.setattr("holub.transit.relay.editionwork.sys.executable", "/bin/false")
        with pytest.raises(Unavailable, match="could not be looked at"):
            work.exchange(str(place))
    assert work.exchange(str(place)) == 2
    folder.close()


def test_an_address_is_asked_again_where_the_line_broke_off(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_one(published, tmp_path / "relay")
    folder, asked = RelayFolder(tmp_path / "relay"), []
    work = EditionWork(folder, small("http://127.0.0.1:1"))
    monkeypatch.setattr("holub.transit.relay.editionwork.lacks_extras", lambda _: True)
    monkeypatch.setattr(work, "_there", lambda _: 1)

    def broken(task: dict[str, object]) -> int:
        asked.append(task["does"])
        if len(asked) < 2:
            raise Unavailable("it broke off", "try again")
        return 1

    monkeypatch.setattr(work, "_run", broken)
    with pytest.raises(Unavailable):
        work.exchange("http://127.0.0.1:1")
    assert [work.exchange("http://127.0.0.1:1") for _ in range(3)] == [1, 1, 1]
    assert asked == ["complete", "complete"]
    folder.close()


def test_updates_that_nobody_can_check_do_not_fill_the_list(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holub.transit.relay.editionhome.MOST_OF_A_KIND", 9)
    data, stick = at_one(published, tmp_path / "relay"), tmp_path / "stick"
    some(published.sticks[2], stick, lambda row: row.kind == "sheet" or is_pack(row))
    carrier, catalogue, lies = FolderCarrier(stick), FolderCarrier(stick).catalogue(), []
    head = Span(2, 2, 3).encode() + Step(0, 0).encode() + text8(b"") + text8(b"uk")
    for at in range(20):
        lie = Parcel(Kind.UPDATE, head + bytes(at)).encode()
        carrier.put(lie)
        lies.append(list_parcel(lie, "update", from_edition=2, to_edition=3, section="main", language="uk"))
    carrier.put_catalogue(Catalogue.of(catalogue.seal, [*catalogue.listings, *lies]))
    assert take(Home(data, 3, 256 << 20), carrier, b"", near=True) == 3
    updates = names(data / "www", is_update)
    assert len(updates & {row.name for row in lies}) == 9
    # Those that it made itself are among them: phones of the edition before need them.
    assert updates - {row.name for row in lies}
    publisher = trust(split_chain(published.root.read_bytes()))
    behind = phone_behind(publisher, published.sticks[0], data / "www")
    assert {name: held.pack.root for name, held in behind.packs.items()} == text(published, 3)


def test_a_place_that_drips_does_not_hold_the_relay(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_one(published, tmp_path / "relay")
    drip = tmp_path / "drip"
    drip.write_text("#!/bin/sh\nexec sleep 1000\n")
    drip.chmod(0o755)
    folder = RelayFolder(tmp_path / "relay")
    monkeypatch.setattr("holub.transit.relay.editionwork._SECONDS", 0.1)
    monkeypatch.setattr("holub.transit.relay.editionwork.sys.executable", str(drip))
    folder.incoming.mkdir()
    with pytest.raises(Unavailable, match="takes too long"):
        EditionWork(folder, small()).exchange(str(published.sticks[1]))
    assert folder.path.stat().st_mtime == folder.incoming.stat().st_mtime == FIXED_TIME
    folder.close()


def test_full_packs_that_have_come_in_part_do_not_keep_a_sweep_out(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")

    def in_part(row: Listing) -> bool:
        return by_sweep(row) or (is_pack(row) and row.language == "uk")

    assert sync_once(data, small(some(published.sticks[1], tmp_path / "heard", in_part, listed=False))).edition == 2
    holds(data, published, 2)


@pytest.mark.parametrize("kind", ["sheet", "full"])
def test_what_has_come_of_a_later_edition_does_not_keep_one_out(
    published: Published, tmp_path: Path, kind: str
) -> None:
    data, place = at_one(published, tmp_path / "relay"), tmp_path / "heard"
    some(published.sticks[1], place, by_sweep, listed=False)
    some(published.sticks[2], place, lambda row: row.kind == kind and row.language in (None, "uk"), listed=False)
    assert sync_once(data, small(place)).edition == 2
    holds(data, published, 2)


def test_text_that_was_withdrawn_is_not_handed_on_where_a_list_calls_it_new(
    published: Published, tmp_path: Path
) -> None:
    stick = Path(shutil.copytree(published.sticks[1], tmp_path / "stick"))
    carrier, catalogue = FolderCarrier(stick), FolderCarrier(stick).catalogue()
    old = next(row for row in rows_of(published.sticks[0]) if is_pack(row))
    carrier.put(published.sticks[0] / PARCELS / parcel_file(old.name))
    carrier.put_catalogue(Catalogue.of(catalogue.seal, [*catalogue.listings, replace(old, to_edition=2)]))
    data = at_one(published, tmp_path / "relay")
    assert sync_once(data, small(stick)).edition == 2
    assert old.name not in names(data / "www", is_pack)
    holds(data, published, 2)


def test_a_list_that_changes_each_time_does_not_fill_the_disk(published: Published, tmp_path: Path) -> None:
    data, stick = at_one(published, tmp_path / "relay"), tmp_path / "stick"
    some(published.sticks[1], stick, by_sweep)
    home = Home(data, 3, 256 << 20)
    for name in names(stick, is_sweep):
        (stick / PARCELS / parcel_file(name)).write_bytes(b"else")
    (data / "incoming").mkdir()
    left = next(iter(names(stick, is_sweep)))
    for name in ("00" * 8 + ".hlp", "11" * 8 + ".part", f"{left}.part"):
        (data / "incoming" / name).write_bytes(b"x")
    with pytest.raises(Unavailable, match="broke off"):
        take(home, FolderCarrier(stick), b"", near=True)
    assert {file.stem for file in (data / "incoming").iterdir()} <= names(stick, by_sweep)


def spoiled(folder: Path, kind: Kind) -> None:
    """Every sweep (or parcel of stamps) of a place replaced by one with another signature, the list as well."""
    carrier = FolderCarrier(folder)
    catalogue, rows = carrier.catalogue(), []
    for row in catalogue.listings:
        file = folder / PARCELS / parcel_file(row.name)
        parcel = parse_parcel(file.read_bytes())
        if parcel.kind is not kind:
            rows.append(row)
            continue
        # A stamp is the end of its parcel; a sweep's signature stands right before the change.
        body = bytearray(parcel.body)
        body[-1 if kind is Kind.PACKSTAMPS else 12] ^= 1
        data = Parcel(kind, bytes(body)).encode()
        carrier.put(data)
        rows.append(replace(list_parcel(data), **{part: getattr(row, part) for part in PARTS}))
    carrier.put_catalogue(Catalogue.of(catalogue.seal, rows))


@pytest.mark.parametrize("kind", [Kind.SWEEP, Kind.PACKSTAMPS])
def test_a_forged_sweep_changes_nothing(published: Published, tmp_path: Path, kind: Kind) -> None:
    data = at_one(published, tmp_path / "relay")
    before = {file: file.read_bytes() for file in (data / "www").rglob("*") if file.is_file()}
    place = some(published.sticks[1], tmp_path / "stick", by_sweep)
    spoiled(place, kind)
    done = sync_once(data, small(place))
    assert [type(error) for error in done.troubles if isinstance(error, Refused)]
    assert {file: file.read_bytes() for file in (data / "www").rglob("*") if file.is_file()} == before


def test_where_the_sweep_is_forged_the_packs_are_taken(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = Path(shutil.copytree(published.sticks[1], tmp_path / "stick"))
    spoiled(place, Kind.SWEEP)
    with site(place) as (url, _):
        assert sync_once(data, small(url)).edition == 2
    holds(data, published, 2)
    assert not names(data / "www", is_sweep) & names(place, is_sweep)


def test_a_forged_update_is_not_handed_on_where_all_packs_came_in_full(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = Path(shutil.copytree(published.sticks[1], tmp_path / "stick"))
    spoiled(place, Kind.UPDATE)
    forged = names(place, by_updates) - names(published.sticks[1], by_updates)
    assert forged
    assert sync_once(data, small(place)).edition == 2
    # It has made the true ones itself.
    holds(data, published, 2)
    assert not names(data / "www", is_update) & forged


def test_pictures_that_come_later_than_the_text_are_taken(published: Published, tmp_path: Path) -> None:
    data, without = tmp_path / "relay", tmp_path / "without"
    some(published.sticks[0], without, lambda row: row.kind != "pictures")
    assert sync_once(data, small(without, root=published.root)).edition == 1
    assert lacks_extras(data / "www")
    with site(published.sticks[0]) as (url, asked):
        assert sync_once(data, small(url)).edition == 1
    fetched = {Path(path).stem for path in asked if path.startswith("/parcels/")}
    assert fetched == names(published.sticks[0], lambda row: row.kind == "pictures")
    assert fetched <= names(data / "www", lambda row: row.kind == "pictures")
    assert not lacks_extras(data / "www")
    # Now they stand in the plain pages.
    assert {file.name for file in (data / "www" / "plain").rglob("*")} == {
        file.name for file in (published.sticks[0] / "plain").rglob("*")
    }


def test_replies_that_are_not_the_editions_own_are_left_out() -> None:
    sheet, held = publish({"uk": {"a.md": b"# A"}}, 1)
    body = b"b" * 512
    bag, other = (MailbagParcel(1, "main", tag * 8 + sha256(body).digest(), body) for tag in (b"d", b"e"))
    false = [other, replace(bag, edition=2), replace(bag, section="town"), replace(bag, bodies=b"c" * 512)]
    leaf = encode_leaf([BagEntry("main", 1, sha256(bag.directory).digest())])
    services = Services.of([*sheet.services.leaves[:2], leaf, sheet.services.leaves[3]])
    sheet, held = sign_edition(PEN, sheet.moment, services, [replace(held[0], services=services, stamp=b"")])
    text = write_full(held[0], [write_base([("a.md", b"# A")])])
    parcels = [sheet.parcel(), text, bag.parcel(), *(one.parcel() for one in false)]
    found = [Found(Path(), one.encode(), one, label(one)) for one in parcels]
    shelf, left = verified(Shelf(ROOT), found, Shelf(ROOT))
    assert (shelf.edition, left) == (1, found[:3])


def test_pictures_of_a_language_that_the_edition_does_not_have_are_left_out() -> None:
    sheet, (held,) = publish({"uk": {"a.md": b"# A"}}, 1)
    text = write_full(held, [write_base([("a.md", b"# A")])])
    pictures = [write_pictures_parcel("main", language, {"a.png": b"\x89PNG"}) for language in ("uk", "xx")]
    found = [Found(Path(), one.encode(), one, label(one)) for one in (sheet.parcel(), text, *pictures)]
    # Those of the language that is there may be of the edition before: who holds it can tell.
    assert verified(Shelf(ROOT), found, Shelf(ROOT))[1] == found[:3]


class Cut(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("loose", [False, True])
def test_a_relay_that_is_cut_off_at_any_file_holds_one_edition_whole(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loose: bool
) -> None:
    stick = some(published.sticks[1], tmp_path / "stick", by_sweep, listed=not loose)
    held = at_one(published, tmp_path / "held")

    def go(data: Path) -> int:
        home = Home(data, 3, 256 << 20)
        return gather(home, stick, b"") if loose else take(home, FolderCarrier(stick), b"")

    from holub.transit import placing

    settle, seen = placing.settle, set()
    for at in range(200):
        data = Path(shutil.copytree(held, tmp_path / f"cut{at}"))
        left = [at]

        def cut(temporary: Path, target: Path, left: list[int] = left) -> None:
            if not left[0]:
                raise Cut
            left[0] -= 1
            settle(temporary, target)

        with monkeypatch.context() as patch:
            patch.setattr(placing, "settle", cut)
            try:
                go(data)
            except Cut:
                pass
            else:
                break
        edition = held_edition(data / "www")
        seen.add(edition)
        for row in rows_of(data / "www"):
            assert list_parcel(data / "www" / PARCELS / parcel_file(row.name)).sha256 == row.sha256
        publisher = trust(split_chain(published.root.read_bytes()))
        phone = new_phone(publisher, data / "www")
        assert {name: pack.pack.root for name, pack in phone.packs.items()} == text(published, edition)
        assert go(data) == 2
        shutil.rmtree(data)
    else:
        pytest.fail("it never came to its end")
    assert 1 in seen
