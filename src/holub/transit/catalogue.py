"""The catalogue `latest`: which edition is the newest here, and which parcels there are.

    catalogue = seal JSON
    seal      = 118 bytes: header and signature of the newest edition, not looked into here
    JSON      = the listings, in the one encoding that `encode` gives (spec/postbox.md, "Catalogue")

The signature covers the seal, not the list. A hostile mirror can list too little or nonsense; what
it lists is checked by hash on the way and by the parcel's own proof at the end.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holub.errors import Refused
from holub.formats.update import MAX_MORE, MAX_NUMBER
from holub.transit.names import check_parcel_name, digest_of, parcel_name

SEAL_BYTES = 118
MAX_CATALOGUE_BYTES = 4 << 20
MAX_LISTINGS = 20_000
# FAT32 stores no file of 4 GiB or more.
MAX_PARCEL_BYTES = (1 << 32) - 2

UNKNOWN = "unknown"

_KIND = re.compile(r"[a-z]{1,16}")
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
_HASH = re.compile(r"[0-9a-f]{64}")
_KEYS = frozenset({"bytes", "from", "kind", "language", "name", "section", "sha256", "to", "until"})
_TODO = "fetch it again, or from another mirror"


@dataclass(frozen=True)
class Listing:
    """One parcel as a catalogue lists it.

    name: 16 hexadecimal digits, the start of `sha256` · size in bytes · sha256: 32 bytes ·
    kind: one lower-case word, `unknown` for a parcel that no catalogue lists ·
    from_edition, until_edition: the first and the last edition that an update fits, or None · to_edition: an edition's
    number, or None · section, language: None where it covers all.
    """

    name: str
    size: int
    sha256: bytes
    kind: str = UNKNOWN
    from_edition: int | None = None
    to_edition: int | None = None
    section: str | None = None
    language: str | None = None
    until_edition: int | None = None

    def __post_init__(self) -> None:
        check_parcel_name(self.name)
        if len(self.sha256) != 32 or parcel_name(self.sha256) != self.name:
            raise Refused("a listed parcel's name is not the start of its hash", _TODO)
        if not 0 < self.size <= MAX_PARCEL_BYTES:
            raise Refused("a listed parcel is empty or larger than 4 GB", _TODO)
        if not _KIND.fullmatch(self.kind):
            raise Refused("a listed parcel's kind is not one lower-case word", _TODO)
        for edition in (self.from_edition, self.to_edition, self.until_edition):
            if edition is not None and not 0 <= edition <= MAX_NUMBER:
                raise Refused("a listed parcel's edition number is out of range", _TODO)
        start, until = self.from_edition, self.until_edition
        if (start is None) != (until is None):
            raise Refused("a listed parcel fits editions without a first or without a last", _TODO)
        if start is not None and until is not None and not start <= until <= start + MAX_MORE:
            raise Refused("a listed parcel fits no editions, or too many", _TODO)
        for text in (self.section, self.language):
            if text is not None and not _TEXT.fullmatch(text):
                raise Refused("a listed parcel's section or language is not a short text", _TODO)


@dataclass(frozen=True)
class Catalogue:
    """What `latest` holds: the newest edition's header and signature (118 bytes), and its listings by name."""

    seal: bytes
    listings: tuple[Listing, ...]

    def __post_init__(self) -> None:
        if len(self.seal) != SEAL_BYTES:
            raise Refused(f"the catalogue's seal is not {SEAL_BYTES} bytes", _TODO)
        if len(self.listings) > MAX_LISTINGS:
            raise Refused(f"the catalogue lists more than {MAX_LISTINGS} parcels", _TODO)
        names = [listing.name for listing in self.listings]
        if any(left >= right for left, right in itertools.pairwise(names)):
            raise Refused("the catalogue's parcels are not in the order of their names, each once", _TODO)

    @classmethod
    def of(cls, seal: bytes, listings: list[Listing]) -> Catalogue:
        """A catalogue with its listings put in order."""
        return cls(seal, tuple(sorted(listings, key=lambda listing: listing.name)))

    def encode(self) -> bytes:
        """The bytes of `latest`."""
        rows = [
            {
                "bytes": listing.size,
                "from": listing.from_edition,
                "kind": listing.kind,
                "language": listing.language,
                "name": listing.name,
                "section": listing.section,
                "sha256": listing.sha256.hex(),
                "to": listing.to_edition,
                "until": listing.until_edition,
            }
            for listing in self.listings
        ]
        return self.seal + json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def list_parcel(
    parcel: bytes | Path,
    kind: str = UNKNOWN,
    *,
    from_edition: int | None = None,
    to_edition: int | None = None,
    section: str | None = None,
    language: str | None = None,
    until_edition: int | None = None,
) -> Listing:
    """The listing of a parcel, given as bytes or as a file. until_edition: `from_edition`, where it is not given."""
    digest, size = digest_of(parcel)
    until = from_edition if until_edition is None else until_edition
    return Listing(parcel_name(digest), size, digest, kind, from_edition, to_edition, section, language, until)


def parse_catalogue(data: bytes) -> Catalogue:
    """Read `latest`; Refused unless it is exactly what `encode` would write."""
    if len(data) > MAX_CATALOGUE_BYTES:
        raise Refused(f"the catalogue is larger than {MAX_CATALOGUE_BYTES} bytes", _TODO)
    if len(data) < SEAL_BYTES:
        raise Refused("the catalogue is cut short", _TODO)
    try:
        rows = json.loads(data[SEAL_BYTES:].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused("the catalogue's list is not JSON", _TODO) from error
    if not isinstance(rows, list) or len(rows) > MAX_LISTINGS:
        raise Refused("the catalogue's list is not a list, or too long", _TODO)
    catalogue = Catalogue(data[:SEAL_BYTES], tuple(_listing(row) for row in rows))
    # One accepted encoding: spaces, other key orders, doubled keys and escapes end here.
    if catalogue.encode() != data:
        raise Refused("the catalogue is not in its one encoding", _TODO)
    return catalogue


def _listing(row: Any) -> Listing:
    if not isinstance(row, dict) or row.keys() != _KEYS:
        raise Refused("a listing in the catalogue has missing or unknown fields", _TODO)
    name, kind, sha256 = row["name"], row["kind"], row["sha256"]
    if not (isinstance(name, str) and isinstance(kind, str) and isinstance(sha256, str) and _HASH.fullmatch(sha256)):
        raise Refused("a listing in the catalogue has a field of the wrong type", _TODO)
    for key in ("bytes", "from", "to", "until"):
        optional = key != "bytes"
        # bool is an int in Python, not in JSON.
        if not (type(row[key]) is int or (optional and row[key] is None)):
            raise Refused("a listing in the catalogue has a number of the wrong type", _TODO)
    for key in ("section", "language"):
        if not (row[key] is None or isinstance(row[key], str)):
            raise Refused("a listing in the catalogue has a text of the wrong type", _TODO)
    digest = bytes.fromhex(sha256)
    return Listing(
        name,
        row["bytes"],
        digest,
        kind,
        row["from"],
        row["to"],
        row["section"],
        row["language"],
        row["until"],
    )
