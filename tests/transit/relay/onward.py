"""Places that have only some of an edition's parcels, and what a relay and the phones behind it hold of it."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from holub.formats.root import RootDocument, split_chain, trust
from holub.formats.shelf import Shelf
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, Listing
from holub.transit.names import PARCELS, parcel_file
from holub.transit.relay import sync_once
from holub.transit.relay.plan import is_pack, is_update, way
from tests.transit.relay.conftest import Published, small

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
