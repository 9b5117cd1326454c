"""A carrier that holds everything in memory: for tests, and the shortest reading of the interface."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from pathlib import Path

from holub.errors import Misused, Refused, Unavailable
from holub.transit.carrier import MAX_BAG_BYTES, MAX_BAG_LETTERS, MAX_PAGE_BYTES, Bag, check_letter
from holub.transit.catalogue import Catalogue, Listing, list_parcel, parse_catalogue
from holub.transit.names import check_page_path
from holub.transit.placing import Part


class MemoryCarrier:
    """See `holub.transit.carrier.Carrier`."""

    def __init__(self) -> None:
        self._latest: bytes | None = None
        self._parcels: dict[str, bytes] = {}
        self._pages: dict[str, bytes] = {}
        self._letters: dict[bytes, bytes] = {}

    def catalogue(self) -> Catalogue:
        if self._latest is None:
            raise Unavailable("nothing has been published here yet", "publish an edition first")
        return parse_catalogue(self._latest)

    def parcels(self) -> tuple[Listing, ...]:
        listed = {} if self._latest is None else {row.name: row for row in self.catalogue().listings}
        return tuple(listed.get(name) or list_parcel(parcel) for name, parcel in sorted(self._parcels.items()))

    def fetch(self, wanted: Listing, into: Path) -> Path:
        part = Part(wanted, into)
        if part.arrived():
            return part.target
        parcel = self._parcels.get(wanted.name)
        if parcel is None:
            raise Unavailable(f"parcel {wanted.name} is not here", "try another carrier")
        start = part.held()
        try:
            return part.take(iter([parcel[start:]]), start)
        except Refused:
            if not start:
                raise
            return part.take(iter([parcel]), 0)

    def put(self, parcel: bytes | Path) -> str:
        content = parcel if isinstance(parcel, bytes) else parcel.read_bytes()
        listing = list_parcel(content)
        if self._parcels.setdefault(listing.name, content) != content:
            raise Refused(f"another parcel has the name {listing.name}", "bind the edition again")
        return listing.name

    def put_catalogue(self, catalogue: Catalogue) -> None:
        self._latest = catalogue.encode()

    def pages(self) -> dict[str, bytes]:
        return {path: hashlib.sha256(page).digest() for path, page in self._pages.items()}

    def put_page(self, path: str, page: bytes) -> None:
        check_page_path(path)
        if len(page) > MAX_PAGE_BYTES:
            raise Refused(f"the page {path} is larger than {MAX_PAGE_BYTES >> 20} MiB", "make it smaller")
        self._pages[path] = page

    def remove_page(self, path: str) -> None:
        check_page_path(path)
        self._pages.pop(path, None)

    def leave_letter(self, letter: bytes) -> None:
        self._letters[check_letter(letter)] = letter

    def collect_letters(self, limit: int = MAX_BAG_LETTERS) -> Bag:
        if not 0 < limit <= MAX_BAG_LETTERS:
            raise Misused(f"a bag holds 1 to {MAX_BAG_LETTERS} letters")
        shuffled = list(self._letters.values())
        random.SystemRandom().shuffle(shuffled)
        bag: list[bytes] = []
        room = MAX_BAG_BYTES
        for letter in shuffled[:limit]:
            room -= len(letter)
            if room < 0:
                break
            bag.append(letter)
        return Bag(tuple(bag), waiting=len(shuffled))

    def forget_letters(self, digests: Iterable[bytes]) -> int:
        return sum(self._letters.pop(digest, None) is not None for digest in digests)
