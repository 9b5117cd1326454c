"""A place that offers a sweep of some kilobytes with half a gigabyte in it: its edition is taken, in the same round."""

from __future__ import annotations

import shlex
import shutil
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from holub.formats.root import split_chain, trust
from holub.formats.shelf import Shelf
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, Listing, list_parcel
from holub.transit.names import PARCELS, parcel_file
from holub.transit.relay import sync_once
from holub.transit.relay.plan import is_pack, is_update
from tests.formats.bomb import bomb
from tests.transit.relay.conftest import Published, small
from tests.transit.relay.onward import PARTS, Wanted, at_one, by_updates, holds, is_sweep, names, rows_of, site, some

# KiB of address space for the process that looks at an edition: enough for it, and less than the bomb.
ROOM = 400_000


def some_updates(row: Listing) -> bool:
    """Updates of one pack, the others in full: more bytes together than the bomb, so that the bomb is tried first."""
    return row.kind == "sheet" or (by_updates(row) if row.language == "uk" else is_pack(row))


BESIDE: dict[str, Wanted] = {
    "updates": by_updates,
    "updates and full packs": some_updates,
    "full packs": lambda row: row.kind == "sheet" or is_pack(row),
    "all": lambda row: not is_sweep(row),
}


def full_shelf(published: Published, number: int) -> Shelf:
    """An edition with its sheet, out of its stick."""
    stick, shelf = published.sticks[number - 1], Shelf(trust(split_chain(published.root.read_bytes())))
    for row in rows_of(stick):
        if (is_pack(row) or row.kind == "sheet") and row.to_edition == number:
            shelf = shelf.receive((stick / PARCELS / parcel_file(row.name)).read_bytes())
    return shelf


def hostile(published: Published, folder: Path, beside: str, *, listed: bool = True) -> Path:
    """The second edition's stick, where its sweep is false and all that is true is this."""
    place = some(published.sticks[1], folder, BESIDE[beside], listed=listed)
    one, two = (full_shelf(published, number) for number in (1, 2))
    assert two.sheet is not None
    false = bomb(one.packs.values(), two.packs.values(), two.sheet.signature)
    stamps = next(row for row in rows_of(published.sticks[1]) if row.kind == "packstamps")
    shutil.copy(published.sticks[1] / PARCELS / parcel_file(stamps.name), place / PARCELS)
    carrier = FolderCarrier(place)
    carrier.put(false)
    if listed:
        true = next(row for row in rows_of(published.sticks[1]) if is_sweep(row) and row.to_edition == 2)
        row = replace(list_parcel(false), **{part: getattr(true, part) for part in PARTS})
        others = [row for row in carrier.catalogue().listings if row != stamps]
        carrier.put_catalogue(Catalogue.of(carrier.catalogue().seal, [*others, stamps, row]))
    return place


def little_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small machine."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nulimit -v {ROOM}\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr("holub.transit.relay.editionwork.sys.executable", str(python))


@pytest.mark.parametrize(
    ("place", "beside"),
    [
        ("address", "updates and full packs"),
        ("address", "full packs"),
        ("folder", "updates and full packs"),
        ("folder", "all"),
        ("loose", "updates"),
        ("loose", "full packs"),
    ],
)
def test_a_false_sweep_that_is_large_keeps_no_edition_out(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, beside: str
) -> None:
    data = at_one(published, tmp_path / "relay")
    folder = hostile(published, tmp_path / "stick", beside, listed=place != "loose")
    false = {file.stem for file in (folder / PARCELS).iterdir()} - {row.name for row in rows_of(published.sticks[1])}
    assert len(false) == 1
    little_room(tmp_path, monkeypatch)
    with ExitStack() as stack:
        where, asked = stack.enter_context(site(folder)) if place == "address" else (folder, [])
        done = sync_once(data, small(where))
    assert (done.edition, done.troubles) == (2, [])
    assert place != "address" or false & {Path(path).stem for path in asked}
    holds(data, published, 2)
    assert not names(data / "www", is_update) & false
