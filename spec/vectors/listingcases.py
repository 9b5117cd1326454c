"""Catalogues and bags of a postbox (spec/postbox.md, "Catalogue" and "Bag")."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from vectorcase import Cases, named, u32

SEAL = named("postbox seal", 118)
PARCELS = sorted((named(f"postbox parcel {n}", 40 + n) for n in range(4)), key=lambda one: hashlib.sha256(one).digest())
Row = dict[str, Any]


def row(parcel: bytes, **fields: object) -> Row:
    """A listing: the full pack main/uk of edition 7 where `fields` say nothing else."""
    digest = hashlib.sha256(parcel).hexdigest()
    usual = {"from": None, "kind": "full", "language": "uk", "section": "main", "to": 7, "until": None}
    found = {**usual, "bytes": len(parcel), "name": digest[:16], "sha256": digest, **fields}
    return {key: found[key] for key in sorted(found)}


def written(rows: object, **how: Any) -> bytes:
    return json.dumps(rows, **{"ensure_ascii": False, "separators": (",", ":"), **how}).encode()


def latest(*rows: Row) -> bytes:
    return SEAL + written(list(rows))


def catalogue_cases(cases: Cases) -> None:
    def good(name: str, what: str, *rows: Row, page: list[str] | None = None) -> None:
        names = [one["name"] for one in rows] if page is None else page
        fields = {"latest": latest(*rows).hex(), "listings": list(rows), "page": names}
        cases.add(f"catalogue-{name}", "catalogue", what, "ok", **fields)

    def bad(name: str, what: str, data: bytes, page: list[str] | None) -> None:
        cases.add(f"catalogue-{name}", "catalogue", what, "refused", latest=data.hex(), page=page)

    full, update, sweep, stamps = PARCELS
    some = [
        row(full),
        row(update, kind="update", **{"from": 3, "until": 6}),
        row(sweep, kind="update", section=None, language=None, **{"from": 6, "until": 6}),
        row(stamps, kind="packstamps", section=None, language=None),
    ]
    one = row(full)
    name = [one["name"]]
    good("empty", "an edition of which nothing is listed")
    good("one", "one full pack", one)
    good("several", "a full pack, an update from four editions, a sweep and its stamps", *some)
    good("new-kind", "a kind of which no reader knows", row(full, kind="postcards"))
    good("letters-of-a-section", "a name in other letters stands as it is", row(full, section="місто"))
    good("largest", "the largest parcel that there may be, too large for a page", row(full, bytes=2**32 - 2), page=[])
    last = row(update, kind="update", **{"from": 0, "until": 255, "to": 2**32 - 1})
    good("most-editions", "an update that fits 256 editions, and the last edition that there may be", last)

    bad("nothing", "no bytes", b"", None)
    bad("seal-cut", "the seal is a byte short, and there is no list", SEAL[:-1], None)
    bad("seal-alone", "there is no list", SEAL, None)
    bad("cut", "the list breaks off", latest(one)[:-1], None)
    bad("object", "an object where the list should be", SEAL + b"{}", None)
    bad("not-utf8", "a byte that is no UTF-8", latest(one).replace(b'"main"', b'"\xff"'), None)
    bad("nested", "lists in lists", SEAL + b"[" * 5_000, None)
    bad("spaces", "spaces between the parts", SEAL + written([one], separators=(", ", ": ")), name)
    bad("line-end", "a line end after the list", latest(one) + b"\n", name)
    escaped = SEAL + written([row(full, section="місто")], ensure_ascii=True)
    bad("escapes", "letters written as escapes", escaped, name)
    doubled = latest(one).replace(b'{"bytes":', b'{"bytes":7,"bytes":', 1)
    bad("key-twice", "a key comes twice", doubled, name)
    bad("keys-unsorted", "keys in another order", latest(dict(reversed(one.items()))), name)
    bad("rows-unsorted", "listings in another order", latest(*some[1::-1]), [some[1]["name"], some[0]["name"]])
    bad("row-twice", "a listing comes twice", latest(one, one), name * 2)
    bad("row-number", "a number in place of a listing", SEAL + written([1]), [])
    bad("key-unknown", "a key that is not known", latest(row(full, extra=1)), name)
    bad("key-missing", "a key is missing", latest({key: one[key] for key in one if key != "to"}), [])
    for label, what, value in (
        ("zero", "a parcel of no bytes", 0),
        ("negative", "a parcel of less than no bytes", -1),
        ("4-gib", "a parcel that no FAT32 stick holds", 2**32 - 1),
        ("true", "true in place of a size", True),
        ("half", "a fraction of a byte", 1.5),
        ("text", "a size in quotes", "41"),
    ):
        bad(f"bytes-{label}", what, latest(row(full, bytes=value)), [])
    bad("edition-beyond", "an edition number of 33 bits", latest(row(full, to=2**32)), name)
    bad("edition-text", "an edition number in quotes", latest(row(full, to="7")), [])
    for label, what, first, until in (
        ("no-first", "an update that fits editions without a first", None, 3),
        ("no-last", "an update that fits editions without a last", 3, None),
        ("backwards", "an update whose last edition is before its first", 3, 2),
        ("too-many", "an update that fits 257 editions", 3, 259),
    ):
        bad(f"span-{label}", what, latest(row(update, kind="update", **{"from": first, "until": until})), [])
    bad("name-climbs", "a name that climbs out of the folder", latest(row(full, name="../../etc/passwd")), [])
    bad("name-other", "a name that is not the beginning of the hash", latest(row(full, name="0" * 16)), [])
    bad("hash-capitals", "a hash in capitals", latest(row(full, sha256=one["sha256"].upper())), [])
    bad("hash-short", "a hash of 31 bytes", latest(row(full, sha256=one["sha256"][:-2])), [])
    bad("kind-two-words", "a kind of two words", latest(row(full, kind="full pack")), name)
    bad("kind-null", "no kind", latest(row(full, kind=None)), [])
    bad("section-empty", "a section without a name", latest(row(full, section="")), name)
    bad("section-number", "a number in place of a section", latest(row(full, section=1)), [])
    bad("language-control", "a control character in a language", latest(row(full, language="u\x7fk")), name)
    bad("language-long", "a language of 65 characters", latest(row(full, language="u" * 65)), name)


def bag_cases(cases: Cases) -> None:
    small, large = named("postbox letter", 256), named("postbox letter, large", 4_096)

    def head(count: int, damaged: int = 0, waiting: int | None = None) -> bytes:
        return b"HLS\x01" + u32(count) + u32(damaged) + u32(count if waiting is None else waiting)

    def good(name: str, what: str, data: bytes, damaged: int, waiting: int, *letters: bytes) -> None:
        fields = {"damaged": damaged, "waiting": waiting, "letters": [one.hex() for one in letters]}
        cases.add(f"bag-{name}", "bag", what, "ok", bag=data.hex(), **fields)

    def bad(name: str, what: str, data: bytes) -> None:
        cases.add(f"bag-{name}", "bag", what, "refused", bag=data.hex())

    first, second = b"\x01" + small, b"\x02" + large
    good("empty", "no letters", head(0), 0, 0)
    good("letters", "two letters, of two sizes", head(2) + first + second, 0, 2, small, large)
    counted = head(1, 2, 9) + first
    good("more-waiting", "one letter; two were damaged, and nine wait", counted, 2, 9, small)
    bad("nothing", "no bytes", b"")
    bad("newer", "a version that is not known", b"HLS\x02" + head(1)[4:] + first)
    bad("head-cut", "its head is a byte short", head(0)[:-1])
    bad("letter-cut", "the last letter is a byte short", head(2) + first + second[:-1])
    bad("letter-missing", "it counts a letter that is not there", head(2) + first)
    bad("trailing", "a byte follows the last letter", head(1) + first + b"\x00")
    bad("size-none", "a letter of size class 0", head(1) + b"\x00" + small)
    bad("size-fifth", "a letter of a fifth size", head(1) + b"\x05" + small)
    bad("too-many", "it counts 4,097 letters", head(4_097) + first)
