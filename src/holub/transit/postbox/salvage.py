"""After damage: save every letter that is still sound into a new file, and keep the damaged one.

Runs at the start when the last run found the file torn. The new file takes its place only when it
is complete; a start that is interrupted begins again from the same damaged file.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from holub.errors import Unavailable
from holub.transit.placing import flush_folder, world
from holub.transit.postbox.letterbox import Broken, Letterbox
from holub.transit.postbox.limits import Limits
from holub.transit.postbox.tornfile import letters_in

_SIDES = ("-wal", "-shm", "-journal")
_BATCH = 256


def open_letterbox(file: Path, marker: Path, limits: Limits) -> Letterbox:
    """Open the letters, saving what is sound first where `marker` exists or the file cannot be opened as it is."""
    with world(file.parent):
        if marker.exists():
            _salvage(file, limits)
            marker.unlink()
            flush_folder(file.parent)
    try:
        return Letterbox(file, limits)
    except Broken as error:
        if not error.torn:
            raise Unavailable(f"{file.name} cannot be opened ({error})", "check the disk, then start again") from error
    with world(file.parent):
        marker.touch()
        flush_folder(file.parent)
        _salvage(file, limits)
        marker.unlink()
        flush_folder(file.parent)
    return Letterbox(file, limits)


def _salvage(file: Path, limits: Limits) -> None:
    fresh = file.with_name("letters.fresh.sqlite3")
    if not file.exists():
        # The last start came as far as setting the damaged file aside.
        if fresh.exists():
            fresh.replace(file)
        return
    _remove(fresh)
    try:
        new = Letterbox(fresh, limits)
        _copy(file, new, limits)
        new.close()
    except Broken as error:
        raise Unavailable(
            f"the letters cannot be saved into a new file ({error})", "free disk space, start again"
        ) from error
    number = 1
    while (aside := file.with_name(f"letters.damaged-{number}.sqlite3")).exists():
        number += 1
    # The log goes first: a new file must never meet an old log under its name.
    for side in _SIDES:
        log = file.with_name(file.name + side)
        if log.exists():
            log.replace(aside.with_name(aside.name + side))
    file.replace(aside)
    flush_folder(file.parent)
    fresh.replace(file)
    flush_folder(file.parent)


def _copy(file: Path, new: Letterbox, limits: Limits) -> None:
    """First what the tree of the old file leads to, which takes in its log; then what lies out of its reach."""
    stored: set[bytes] = set()
    for pairs in (_led_to(file, limits), letters_in(file)):
        fresh = (pair for pair in pairs if pair[0] not in stored)
        while batch := list(itertools.islice(fresh, _BATCH)):
            _store(new, batch)
            stored.update(digest for digest, _ in batch)


def _led_to(file: Path, limits: Limits) -> Iterator[tuple[bytes, bytes]]:
    try:
        old = Letterbox(file, limits, torn=True)
    except Broken as error:
        if not error.torn:
            raise
        return
    try:
        yield from old.sound()
    finally:
        old.close()


def _store(new: Letterbox, batch: list[tuple[bytes, bytes]]) -> None:
    if not all(new.store(batch)):
        raise Unavailable("there is no space to save the letters into a new file", "free disk space, start again")


def _remove(file: Path) -> None:
    for side in ("", *_SIDES):
        file.with_name(file.name + side).unlink(missing_ok=True)
