"""A place that offers some kilobytes with half a gigabyte in them: its edition is taken all the same, in that round."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from holub.formats.root import split_chain, trust
from holub.formats.shelf import Shelf
from holub.formats.whole import write_whole
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, Listing, list_parcel
from holub.transit.names import PARCELS, parcel_file
from holub.transit.relay import sync_once
from holub.transit.relay.plan import is_pack
from tests.formats.bomb import MOST, bomb, zeros
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
    "all": lambda row: row.language is not None or row.kind == "sheet",
}


def full_shelf(published: Published, number: int) -> Shelf:
    """An edition with its sheet, out of its stick."""
    stick, shelf = published.sticks[number - 1], Shelf(trust(split_chain(published.root.read_bytes())))
    for row in rows_of(stick):
        if (is_pack(row) or row.kind == "sheet") and row.to_edition == number:
            shelf = shelf.receive((stick / PARCELS / parcel_file(row.name)).read_bytes())
    return shelf


def false_sweep(one: Shelf, two: Shelf) -> bytes:
    assert two.sheet is not None
    return bomb(one.packs.values(), two.packs.values(), two.sheet.signature)


def false_whole(one: Shelf, two: Shelf) -> bytes:
    """All packs of the second edition in one parcel: its true sheet, and half a gigabyte of nothing."""
    del one
    assert two.sheet is not None
    return write_whole(two.sheet, [zeros(MOST)]).encode()


FALSE: dict[str, tuple[Callable[[Shelf, Shelf], bytes], Wanted]] = {
    "sweep": (false_sweep, is_sweep),
    "whole": (false_whole, lambda row: row.kind == "full" and not is_pack(row)),
}


def hostile(published: Published, folder: Path, beside: str, what: str, *, listed: bool = True) -> Path:
    """The second edition's stick, where one parcel is false and all that is true is this."""
    place = some(published.sticks[1], folder, BESIDE[beside], listed=listed)
    write, is_like = FALSE[what]
    false = write(*(full_shelf(published, number) for number in (1, 2)))
    stamps = next(row for row in rows_of(published.sticks[1]) if row.kind == "packstamps")
    shutil.copy(published.sticks[1] / PARCELS / parcel_file(stamps.name), place / PARCELS)
    carrier = FolderCarrier(place)
    carrier.put(false)
    if listed:
        true = next(row for row in rows_of(published.sticks[1]) if is_like(row) and row.to_edition == 2)
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
    ("place", "beside", "what"),
    [
        ("address", "updates and full packs", "sweep"),
        ("address", "full packs", "sweep"),
        ("folder", "updates and full packs", "sweep"),
        ("folder", "all", "sweep"),
        ("folder", "all", "whole"),
        ("loose", "updates", "sweep"),
        ("loose", "full packs", "sweep"),
        ("loose", "full packs", "whole"),
    ],
)
def test_a_false_parcel_that_holds_much_keeps_no_edition_out(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, beside: str, what: str
) -> None:
    data = at_one(published, tmp_path / "relay")
    folder = hostile(published, tmp_path / "stick", beside, what, listed=place != "loose")
    false = {file.stem for file in (folder / PARCELS).iterdir()} - {row.name for row in rows_of(published.sticks[1])}
    assert len(false) == 1
    little_room(tmp_path, monkeypatch)
    with ExitStack() as stack:
        where, asked = stack.enter_context(site(folder)) if place == "address" else (folder, [])
        done = sync_once(data, small(where))
    assert (done.edition, done.troubles) == (2, [])
    assert place != "address" or false & {Path(path).stem for path in asked}
    holds(data, published, 2)
    assert not names(data / "www", lambda _: True) & false
