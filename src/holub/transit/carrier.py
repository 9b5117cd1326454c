"""The carrier: one way to move parcels out to readers and sealed letters back to the centre.

A carrier is not trusted. What it gives is checked by length and hash here, and by signature where
the parcel is opened; what it takes is public (parcels, pages) or sealed (letters). Every member
passes the one suite in tests/conformance/test_carriers.py.

Outward:  put parcels, put pages, put the catalogue last; a reader takes the catalogue first.
Inward:   leave a letter; the office collects a bag, stores it durably, and only then says which
          letters the carrier may forget.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from holub.errors import Refused
from holub.formats.stamp import STAMP_BYTES
from holub.transit.catalogue import Catalogue, Listing

LETTER_SIZES = (256, 4_096, 65_536, 1_048_576)  # spec/letter.md; the first is the narrow letter's
# A letter with a stamp before it (spec/stamp.md), in a request or in a file.
STAMPED_SIZES = tuple(size + STAMP_BYTES for size in LETTER_SIZES)
SMALL_LETTER = 4_096  # up to here a letter is small
MAX_PAGE_BYTES = 64 << 20
# One bag at most: what the office holds in memory at once, and what a postbox sends in one answer.
MAX_BAG_LETTERS = 4_096
MAX_BAG_BYTES = 32 << 20
MAX_BAGS = 256  # that one run collects, some 8 GiB: whoever has more goes on with another


@dataclass(frozen=True)
class Bag:
    """Letters that a carrier hands to the office, in no order that means anything.

    letters: sealed letters, each of one of LETTER_SIZES · damaged: how many were met on the way that
    no longer match their hash, and were kept back · waiting: how many the carrier holds, these and
    damaged ones included. A bag without letters means that no sound letter is left.
    """

    letters: tuple[bytes, ...]
    damaged: int = 0
    waiting: int = 0


class Carrier(Protocol):
    """One way to move parcels and letters. All methods raise Refused for bad bytes, Unavailable for the world."""

    def catalogue(self) -> Catalogue:
        """The newest catalogue here; Unavailable when there is none yet."""
        ...

    def parcels(self) -> tuple[Listing, ...]:
        """The parcels that can be fetched here, by name; those that no catalogue lists have kind `unknown`."""
        ...

    def fetch(self, wanted: Listing, into: Path) -> Path:
        """Bring one parcel into the folder `into`; gives the path of the file `<name>.hlp`.

        Whole and matching `wanted.sha256`, or not there at all. What an earlier, broken fetch left
        in `<name>.part` is continued, and dropped when the whole does not match.
        """
        ...

    def put(self, parcel: bytes | Path) -> str:
        """Place a parcel, given as bytes or as a file; gives its name. Putting it again changes nothing."""
        ...

    def put_catalogue(self, catalogue: Catalogue) -> None:
        """Make this the newest catalogue, at once or not at all."""
        ...

    def pages(self) -> dict[str, bytes]:
        """The pages here: relative path to SHA-256 (32 bytes)."""
        ...

    def put_page(self, path: str, page: bytes) -> None:
        """Place a page (the reading page, plain pages, a read-me) at a relative path, replacing what was there."""
        ...

    def remove_page(self, path: str) -> None:
        """Take a page away; nothing happens when it is not there."""
        ...

    def leave_letter(self, letter: bytes) -> None:
        """Leave one sealed letter. When this returns, it is stored durably; leaving it again changes nothing."""
        ...

    def collect_letters(self, limit: int = MAX_BAG_LETTERS) -> Bag:
        """Some of the letters here, at most `limit` and at most MAX_BAG_BYTES, shuffled; they stay until forgotten."""
        ...

    def forget_letters(self, digests: Iterable[bytes]) -> int:
        """Delete the letters with these SHA-256 (32 bytes each); gives how many were there."""
        ...


@runtime_checkable
class SharedCarrier(Carrier, Protocol):
    """A carrier that other centres may fetch from as well, such as a stick: what one cannot open may be another's."""

    def pass_over(self, digests: frozenset[bytes]) -> None:
        """From now on `collect_letters` hands out none of the letters with these SHA-256, and only these not."""
        ...


def split_stamp(data: bytes) -> tuple[bytes | None, bytes]:
    """The stamp, or None, and the letter of what came: a letter alone, or a stamp and a letter."""
    return (data[:STAMP_BYTES], data[STAMP_BYTES:]) if len(data) in STAMPED_SIZES else (None, data)


def check_letter(letter: bytes) -> bytes:
    """The SHA-256 (32 bytes) of a sealed letter; Refused when its length is none of LETTER_SIZES."""
    if len(letter) not in LETTER_SIZES:
        sizes = ", ".join(f"{size:,}" for size in LETTER_SIZES)
        raise Refused(f"a sealed letter has {sizes} bytes, this has {len(letter):,}", "save the letter again and retry")
    return hashlib.sha256(letter).digest()
