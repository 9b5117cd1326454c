"""Parcels that lie in a folder and are on no list: what a listener to a broadcast keeps, or somebody copied there."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from pathlib import Path

from holub.errors import Refused, Unavailable
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import PARCEL_SUFFIX, PARCELS
from holub.transit.placing import world

MOST_FILES = 4_096


def loose_parcels(folder: Path) -> list[Path]:
    """The smallest first, at most MOST_FILES. Raises Unavailable when the folder is not there."""
    try:
        listed = {row.name for row in FolderCarrier(folder).catalogue().listings}
    except (Refused, Unavailable):
        listed = set()
    with world(folder):
        return [file for _, _, file in nsmallest(MOST_FILES, _parcels(folder, listed))]


def _parcels(folder: Path, listed: set[str]) -> Iterator[tuple[int, str, Path]]:
    for place in (folder, folder / PARCELS):
        if place.is_symlink() or not place.is_dir():
            continue
        for file in place.iterdir():
            if file.suffix.lower() != PARCEL_SUFFIX or file.name.startswith((".", "~")):
                continue
            if file.stem.lower() not in listed and file.is_file() and not file.is_symlink():
                yield file.stat().st_size, file.name, file
