"""One edition's way onto a carrier: parcels, pages, the catalogue, and away with what is no longer wanted.

Whoever reads meanwhile sees the old edition whole or the new one whole: the catalogue changes in one step, and only
after everything that it lists is there. What names the edition on plain pages comes after all of them, and after those
that were withdrawn are gone: nothing old is called new, wherever it breaks off. A publication that breaks off is simply
run again; what is there already is not sent twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from holub.errors import Refused, Unavailable
from holub.transit.carrier import Carrier
from holub.transit.catalogue import Catalogue, Listing
from holub.transit.names import PLAIN, is_dating

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Published:
    """What one publication did: parcels and pages sent, pages taken away."""

    parcels: int
    pages: int
    removed: int


def publish(
    carrier: Carrier,
    seal: bytes,
    parcels: Iterable[tuple[Listing, bytes | Path]],
    pages: Mapping[str, bytes],
    progress: Progress = lambda what, size: None,
    *,
    ours: Callable[[str], bool] = lambda path: True,
) -> Published:
    """Place an edition on a carrier.

    seal: the edition's header and signature, 118 bytes · parcels: every parcel that readers shall
    find, each with its listing (`list_parcel`) · pages: relative path to bytes, all of them; pages
    that are there, not among these, and `ours` are removed (a stick holds other people's
    files too) · progress: told each name and its size as it is sent. Raises what the carrier raises; then the
    catalogue there is still the one before.
    """
    before = _parcels_there(carrier)
    listings, put = [], 0
    for listing, parcel in parcels:
        listings.append(listing)
        if listing.name not in before:
            progress(listing.name, listing.size)
            carrier.put(parcel)
            put += 1
    there, placed = carrier.pages(), 0
    # A page before its compressed siblings: a carrier may drop the siblings of a page that changes.
    changed: set[str] = set()
    # Last: advice that was withdrawn must not stay to be read.
    gone = sorted(path for path in there.keys() - pages.keys() if ours(path))
    plain = [path for path in gone if path.startswith(PLAIN)]
    for path in sorted(pages, key=lambda path: (is_dating(path), path)):
        page = pages[path]
        if is_dating(path):
            while plain:
                carrier.remove_page(plain.pop())
        new = there.get(path) != hashlib.sha256(page).digest()
        if new or _original(path) in changed:
            progress(path, len(page))
            carrier.put_page(path, page)
            changed.add(path)
            placed += 1
    carrier.put_catalogue(Catalogue.of(seal, listings))
    for path in gone:
        if path in plain or not path.startswith(PLAIN):
            carrier.remove_page(path)
    return Published(put, placed, len(gone))


def _parcels_there(carrier: Carrier) -> set[str]:
    """What is certainly there: what the carrier's own catalogue lists; nothing on a new carrier."""
    try:
        return {listing.name for listing in carrier.parcels()}
    except (Refused, Unavailable):
        return set()


def _original(path: str) -> str | None:
    for suffix in (".br", ".zst"):
        if path.endswith(suffix):
            return path.removesuffix(suffix)
    return None
