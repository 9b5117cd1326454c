"""A relay that holds an edition comes to the next one by kilobytes: sweeps, updates, or some of both, checked whole."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bench.publisher import PEN, ROOT, publish
from holub.errors import Forged, Gap, HolubError, Refused, Unavailable
from holub.formats.bagleaf import BagEntry, encode_leaf
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.header import HEADER_BYTES, Header
from holub.formats.held import HeldPack
from holub.formats.leaf import Services
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Kind, Parcel, parse_parcel
from holub.formats.root import RootDocument, split_chain, trust
from holub.formats.shelf import Shelf
from holub.formats.sweep import write_sweep
from holub.formats.update import Span, Step
from holub.formats.way import Leg, Ways
from holub.formats.wire import text8
from holub.outbound.press.signing import Pen, next_root, sign_edition
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.catalogue import Catalogue, Listing, list_parcel
from holub.transit.names import PARCELS, parcel_file
from holub.transit.parcelfolder import Found, label
from holub.transit.placing import FIXED_TIME
from holub.transit.relay import RelayServer, sync_once
from holub.transit.relay.datafolder import RelayFolder
from holub.transit.relay.editionhome import Home, held_edition
from holub.transit.relay.editions import gather, take
from holub.transit.relay.editionwork import EditionWork
from holub.transit.relay.extras import lacks_extras
from holub.transit.relay.peer import Peer
from holub.transit.relay.plan import Plan, is_pack, is_update, plans, way
from holub.transit.relay.verified import verified
from tests.transit.relay.conftest import Published, StartRelay, small

PARTS = ("kind", "from_edition", "to_edition", "section", "language", "until_edition")
Wanted = Callable[[Listing], bool]


def is_sweep(row: Listing) -> bool:
    return is_update(row) and row.language is None


def by_sweep(row: Listing) -> bool:
    return is_sweep(row) or row.kind == "packstamps"


def by_updates(row: Listing) -> bool:
    return row.kind == "sheet" or (is_update(row) and not is_sweep(row))


def rows_of(folder: Path) -> tuple[Listing, ...]:
    return FolderCarrier(folder).catalogue().listings


def some(stick: Path, into: Path, wanted: Wanted, *, listed: bool = True) -> Path:
    """A place that has only some of a stick's parcels; without a list where they are loose."""
    (into / PARCELS).mkdir(parents=True, exist_ok=True)
    catalogue = FolderCarrier(stick).catalogue()
    kept = [row for row in catalogue.listings if wanted(row)]
    assert kept
    for row in kept:
        shutil.copy(stick / PARCELS / parcel_file(row.name), into / PARCELS)
    if listed:
        FolderCarrier(into).put_catalogue(Catalogue.of(catalogue.seal, kept))
    return into


def at_one(published: Published, data: Path) -> Path:
    """A relay that holds the first edition."""
    assert sync_once(data, small(published.sticks[0], root=published.root)).edition == 1
    return data


def names(folder: Path, wanted: Wanted) -> set[str]:
    return {row.name for row in rows_of(folder) if wanted(row)}


def text(published: Published, number: int) -> dict[tuple[str, str], bytes]:
    """The root of every pack of an edition, as a reader of its full parcels finds them."""
    publisher = trust(split_chain(published.root.read_bytes()))
    return {name: held.pack.root for name, held in new_phone(publisher, published.sticks[number - 1]).packs.items()}


def new_phone(publisher: RootDocument, tree: Path) -> Shelf:
    """A phone that takes every pack in full."""
    shelf = Shelf(publisher)
    for row in rows_of(tree):
        if is_pack(row):
            shelf = shelf.receive((tree / PARCELS / parcel_file(row.name)).read_bytes())
    return shelf


def phone_behind(publisher: RootDocument, before: Path, tree: Path) -> Shelf:
    """A phone that has an older edition's packs, and goes the way that the list names for each."""
    shelf = new_phone(publisher, before)
    for name, held in shelf.packs.items():
        newest = max(row.to_edition or 0 for row in rows_of(tree))
        found = way(rows_of(tree), name, held.moment.edition, newest)
        assert found, name
        for row in found:
            shelf = shelf.receive((tree / PARCELS / parcel_file(row.name)).read_bytes())
    return shelf


def holds(data: Path, published: Published, number: int) -> None:
    """The relay hands out this edition: to new phones, to phones of the one before, to other relays, as pages."""
    publisher, www = trust(split_chain(published.root.read_bytes())), data / "www"
    catalogue = FolderCarrier(www).catalogue()
    assert catalogue.seal == FolderCarrier(published.sticks[number - 1]).catalogue().seal
    wanted = text(published, number)
    assert {name: held.pack.root for name, held in new_phone(publisher, www).packs.items()} == wanted
    behind = phone_behind(publisher, published.sticks[number - 2], www)
    assert {name: held.pack.root for name, held in behind.packs.items()} == wanted
    assert {file.stem for file in (www / PARCELS).iterdir()} == {row.name for row in catalogue.listings}
    plain, own = (www / "plain" / "index.html"), (published.sticks[number - 1] / "plain" / "index.html")
    assert plain.read_bytes() == own.read_bytes()


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


@contextmanager
def site(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A web server that knows nothing of holub, and which paths it was asked for."""
    asked: list[str] = []

    class Answers(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

        def do_POST(self) -> None:
            self.send_error(405)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Answers, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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
    # A phone whose keys are the old ones can not go the short way, and finds every pack in full beside it.
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


def row(kind: str, size: int, start: int | None, to: int, language: str | None = None) -> Listing:
    digest = sha256(repr((kind, size, start, to, language)).encode()).digest()
    section = "main" if language else None
    return Listing(digest[:8].hex(), size, digest, kind, start, to, section, language, start)


SHEET, STAMPS = row("sheet", 2_000, None, 5), row("packstamps", 140, None, 5)
FULLS = [row("full", 90_000, None, 5, "uk"), row("full", 80_000, None, 5, "ara")]
UPDATES = [row("update", 300, 3, 4, "uk"), row("update", 301, 4, 5, "uk"), row("update", 90_001, 3, 5, "ara")]
SWEEPS = [row("update", 400, 3, 4), row("sweep", 401, 4, 5)]


def chosen(rows: list[Listing], held: int, *, near: bool = False) -> list[set[Listing]]:
    return [set(plan.rows) for plan in plans(rows, held, 5, near=near)]


def test_the_fewest_bytes_come_first_and_a_folder_gives_the_centres_own_parcels() -> None:
    everything = [SHEET, STAMPS, *FULLS, *UPDATES, *SWEEPS]
    sweep, whole = {*SWEEPS, STAMPS}, {SHEET, *FULLS}
    mixed = {SHEET, *UPDATES[:2], FULLS[1]}
    assert chosen(everything, 3) == [sweep, mixed, whole]
    assert chosen(everything, 3, near=True) == [whole, sweep, mixed]
    assert chosen(everything, 0) == [whole]
    assert chosen(everything, 2) == [whole]
    assert chosen([SHEET, *FULLS, *SWEEPS], 3) == [whole]
    assert chosen([SHEET, FULLS[0], *UPDATES], 3) == [{SHEET, *UPDATES}]
    assert chosen([SHEET, FULLS[0], UPDATES[2]], 2) == []
    assert Plan((SHEET, STAMPS), onward=True).size == 2_140


def test_a_list_that_names_millions_of_editions_is_followed_from_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    far, asked = 1 << 30, []

    def ways(legs: list[Leg], goal: int) -> Ways:
        asked.append(sum(leg.until - leg.start + 1 for leg in legs))
        return Ways(legs, goal)

    monkeypatch.setattr("holub.transit.relay.plan.Ways", ways)
    lies = [
        replace(row("update", 500 + at, 0, far), from_edition=at << 8, until_edition=(at << 8) + 255)
        for at in range(99)
    ]
    sweep = row("sweep", 400, far - 1, far)
    assert way([*lies, sweep], (None, None), far - 1, far) == [sweep]
    assert way(lies, (None, None), far - 1, far) is None
    assert asked == [1, 0]


def test_a_list_that_names_a_pack_in_each_line_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    def counted(rows: list[Listing], *others: object) -> list[Listing] | None:
        looked.append(len(rows))
        return way(rows, *others)  # type: ignore[arg-type] # passed on as given

    monkeypatch.setattr("holub.transit.relay.plan.way", counted)
    lies = [row("full", 1_000, None, 5, f"x{at}") for at in range(99)]
    lies += [row("update", 100, 4, 5, f"x{at}") for at in range(99)]
    [mixed, whole] = plans([SHEET, *lies], 4, 5, near=False)
    assert (len(mixed.rows), len(whole.rows)) == (100, 100)
    assert sum(looked) == len(lies) - 99 + len([SHEET, *lies])


def test_errors_of_the_world_are_told(published: Published, tmp_path: Path) -> None:
    data = at_one(published, tmp_path / "relay")
    place = some(published.sticks[1], tmp_path / "stick", by_sweep)
    for name in names(place, is_sweep):
        (place / PARCELS / parcel_file(name)).unlink()
    errors: list[HolubError] = sync_once(data, small(place)).troubles
    assert [type(error) for error in errors] == [Unavailable]
