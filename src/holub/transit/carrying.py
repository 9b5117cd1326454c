"""Carrying from place to place: parcels out, pages with them, letters in.

Rules:
- nothing here is trusted or needs to be: parcels are checked by hash on the way and by signature
  where they are read; letters are sealed.
- parcels are put before the catalogue that lists them, so a reader never finds a list without them.
- a letter is deleted from where it came only after the place it went to has stored it durably.
- of the files in a folder only those go along that a site is made of: whatever else lies there may be somebody's own,
  and where it goes everybody can read it.
- a catalogue never replaces a newer one, unless that is asked for.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from holub.errors import HolubError, Refused, Unavailable
from holub.transit.carrier import MAX_BAGS, Carrier, check_letter
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, Listing
from holub.transit.giving import edition_of
from holub.transit.placing import PARTIAL

Progress = Callable[[int, int], None]

# One parcel that is damaged or kept back must not hold up the others; a place that is gone must not be asked for each.
GIVE_UP = 3

# What `holub mirror` writes beside the parcels, and what a web server may keep of it ready packed.
_PAGE = re.compile(
    r"(?:(?:plain|mailbag)/.+|(?:index|[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\.html|root\.txt|start\.txt|stamps)(?:\.br|\.zst)?"
)


@dataclass
class Carried:
    """What was moved: parcels and their bytes, pages, letters; damaged letters stayed where they were.

    edition: the edition that the target's list names afterwards, None where it has no list.
    """

    parcels: int = 0
    bytes: int = 0
    pages: int = 0
    letters: int = 0
    damaged: int = 0
    edition: int | None = None


def newest(carrier: Carrier) -> Catalogue | None:
    """A carrier's catalogue; None where nothing is published there."""
    try:
        return carrier.catalogue()
    except Unavailable:
        return None


def parcels_out(source: Carrier, target: Carrier, *, replace: bool, advance: Progress) -> Carried:
    """Put what `source` has and `target` lacks, then the catalogue if it is newer, without parcels that never came."""
    carried = Carried()
    # What lies in a folder is put again, which reads it and repairs it: sticks lose bytes unseen.
    trusted = newest(target) is not None and not isinstance(target, FolderCarrier)
    there = _names(target) if trusted else set()
    rows = [row for row in source.parcels() if row.name not in there]
    missed: list[HolubError] = []
    in_a_row = 0
    with tempfile.TemporaryDirectory(prefix="holub-carry-") as folder:
        for done, row in enumerate(rows):
            advance(done, len(rows))
            try:
                file = _fetched(source, row, Path(folder))
            except (Refused, Unavailable) as error:
                missed.append(error)
                in_a_row += 1
                if in_a_row == GIVE_UP:
                    break
                continue
            in_a_row = 0
            target.put(file)
            file.unlink()
            there.add(row.name)
            carried.parcels += 1
            carried.bytes += row.size
    if missed:
        # Not the list: it would name parcels that are not there. What came is kept, and not fetched again.
        raise min(missed, key=lambda error: error.exit_code)
    here, old = newest(source), newest(target)
    if here is not None and (replace or old is None or edition_of(here) >= edition_of(old)):
        old = Catalogue(here.seal, tuple(row for row in here.listings if row.name in there | _names(target)))
        target.put_catalogue(old)
    carried.edition = edition_of(old) if old is not None else None
    return carried


def _names(carrier: Carrier) -> set[str]:
    """The names of the parcels that a carrier shows; none where nothing is published yet."""
    try:
        return {row.name for row in carrier.parcels()}
    except Unavailable:
        return set()


def _fetched(source: Carrier, row: Listing, into: Path) -> Path:
    """A parcel, tried again for as long as each try brings more of it. Raises Refused, Unavailable."""
    part, held = into / f"{row.name}{PARTIAL}", 0
    while True:
        try:
            return source.fetch(row, into)
        except Unavailable:
            now = part.stat().st_size if part.is_file() else 0
            if now <= held:
                raise
            held = now


def pages_out(source: Path, target: Carrier) -> int:
    """Put the pages of a folder that `target` lacks or has otherwise; gives how many."""
    known, here = target.pages(), FolderCarrier(source).pages()
    changed = [path for path, digest in here.items() if _PAGE.fullmatch(path) and known.get(path) != digest]
    for path in changed:
        target.put_page(path, source.joinpath(*path.split("/")).read_bytes())
    return len(changed)


def letters_in(source: Carrier, target: Carrier, carried: Carried, *, advance: Progress) -> None:
    """Move letters from `source` to `target` until none is left; each is deleted only once it is stored."""
    seen: set[bytes] = set()
    for _ in range(MAX_BAGS):
        bag = source.collect_letters()
        if not bag.letters:
            carried.damaged += bag.damaged
            return
        stored: list[bytes] = []
        try:
            for letter in bag.letters:
                target.leave_letter(letter)
                stored.append(check_letter(letter))
                advance(carried.letters + len(stored), carried.letters + bag.waiting)
        except HolubError:
            # What is stored need not be carried again: on a bad line no bag would ever get through whole.
            with contextlib.suppress(HolubError):
                source.forget_letters(stored)
            raise
        fresh = set(stored) - seen
        carried.letters += len(fresh)
        if not source.forget_letters(stored):
            raise Unavailable(
                "the letters were copied but cannot be deleted there", "check that the stick can be written to"
            )
        if not fresh:
            raise Unavailable(
                "the same letters come from there again and again", "they are stored here; do not fetch there again"
            )
        seen |= fresh
