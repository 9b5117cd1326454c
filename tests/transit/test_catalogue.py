"""The catalogue and the bag: one accepted encoding each, and no bytes that crash the readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Refused
from holub.transit.bagbytes import encode_bag, parse_bag
from holub.transit.carrier import LETTER_SIZES, MAX_BAG_LETTERS, Bag
from holub.transit.catalogue import MAX_CATALOGUE_BYTES, SEAL_BYTES, Catalogue, Listing, list_parcel, parse_catalogue

SEAL = bytes(range(SEAL_BYTES))
ONE = list_parcel(b"HLP one", "update", from_edition=3, to_edition=4, section="main", language="uk")
TWO = list_parcel(b"HLP two", "full", to_edition=4)
CATALOGUE = Catalogue.of(SEAL, [ONE, TWO])

editions = st.none() | st.integers(0, (1 << 32) - 1)
words = st.none() | st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=64)


@given(
    st.binary(min_size=SEAL_BYTES, max_size=SEAL_BYTES),
    st.lists(
        st.builds(
            list_parcel,
            st.binary(min_size=1, max_size=20),
            st.from_regex(r"[a-z]{1,16}", fullmatch=True),
            to_edition=editions,
            section=words,
            language=words,
        )
        | st.builds(
            lambda parcel, start, more: list_parcel(parcel, "update", from_edition=start, until_edition=start + more),
            st.binary(min_size=1, max_size=20),
            st.integers(0, (1 << 32) - 256),
            st.integers(0, 255),
        ),
        unique_by=lambda row: row.name,
        max_size=8,
    ),
)
def test_what_is_written_is_read_back(seal: bytes, listings: list[Listing]) -> None:
    catalogue = Catalogue.of(seal, listings)
    assert parse_catalogue(catalogue.encode()) == catalogue


@given(st.binary(max_size=400) | st.binary(max_size=300).map(lambda tail: CATALOGUE.encode()[:200] + tail))
def test_no_bytes_crash_the_reader_and_what_it_takes_is_what_it_writes(data: bytes) -> None:
    try:
        catalogue = parse_catalogue(data)
    except Refused:
        return
    assert catalogue.encode() == data


def rows() -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(CATALOGUE.encode()[SEAL_BYTES:])
    return listed


def written(value: object, *, separators: tuple[str, str] = (",", ":")) -> bytes:
    return SEAL + json.dumps(value, separators=separators, ensure_ascii=False).encode()


def changed(key: str, value: object) -> bytes:
    return written([rows()[0] | {key: value}])


def fits(first: int | None, last: int | None) -> bytes:
    return written([rows()[0] | {"from": first, "until": last}])


def without(key: str) -> bytes:
    return written([{name: value for name, value in rows()[0].items() if name != key}])


BAD = {
    "cut in the seal": SEAL[:-1],
    "only a seal": SEAL,
    "no list": SEAL + b"{}",
    "no JSON": SEAL + b"[",
    "no UTF-8": SEAL + b'["\xff"]',
    "nested deeply": SEAL + b"[" * 200_000,
    "a huge number": SEAL + b"[" + b"9" * 10_000 + b"]",
    "spaces": written(rows(), separators=(", ", ": ")),
    "a line end": CATALOGUE.encode() + b"\n",
    "escapes": changed("section", "місто").replace("місто".encode(), json.dumps("місто")[1:-1].encode()),
    "a doubled key": CATALOGUE.encode().replace(b'{"bytes":7,', b'{"bytes":7,"bytes":7,', 1),
    "another order of keys": written([dict(reversed(rows()[0].items()))]),
    "another order of rows": written(rows()[::-1]),
    "a row twice": written([rows()[0], rows()[0]]),
    "an unknown field": changed("extra", 1),
    "a missing field": without("to"),
    "a row that is no object": written([1]),
    "a size of zero": changed("bytes", 0),
    "a negative size": changed("bytes", -1),
    "a size of 4 GiB": changed("bytes", 1 << 32),
    "a size that is a boolean": changed("bytes", True),
    "a size that is a fraction": changed("bytes", 1.5),
    "a size that is no number": changed("bytes", float("nan")),
    "an edition out of range": changed("to", 1 << 32),
    "an update that fits from no first edition": fits(None, 3),
    "an update that fits to no last edition": fits(3, None),
    "an update that fits no edition": fits(3, 2),
    "an update that fits too many editions": fits(3, 259),
    "a name that climbs out": changed("name", "../../etc/passwd"),
    "a name that is not the hash": changed("name", "0" * 16),
    "a hash in upper case": changed("sha256", str(rows()[0]["sha256"]).upper()),
    "a kind of two words": changed("kind", "full pack"),
    "an empty section": changed("section", ""),
    "a language with a control character": changed("language", "uk\u0000"),
    "too large": SEAL + b" " * MAX_CATALOGUE_BYTES,
    "too many rows": written([1] * 20_001),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_a_catalogue_is_refused_with(data: bytes) -> None:
    with pytest.raises(Refused):
        parse_catalogue(data)


SPECIFICATION = (Path(__file__).resolve().parents[2] / "spec" / "postbox.md").read_text(encoding="utf-8")


def test_the_catalogue_of_the_specification_is_read() -> None:
    parcel = bytes.fromhex("484c5001") + b"example"
    catalogue_part = SPECIFICATION.partition("## Catalogue")[2].partition("\n## ")[0]
    rows = [line for line in catalogue_part.splitlines() if line.startswith('[{"bytes":')]
    assert len(rows) == 1
    catalogue = parse_catalogue(bytes(118) + rows[0].encode())
    assert catalogue.listings == (list_parcel(parcel, "full", to_edition=7, section="main", language="uk"),)


def test_the_bag_of_the_specification_is_read() -> None:
    example = SPECIFICATION.partition("Example, an empty bag: `")[2].partition("`")[0]
    assert parse_bag(bytes.fromhex(example)) == Bag(())


letters = st.sampled_from(LETTER_SIZES[:2]).map(bytes)


@given(st.builds(Bag, st.lists(letters, max_size=4).map(tuple), st.integers(0, 9), st.integers(0, 1 << 31)))
def test_a_bag_is_read_back(bag: Bag) -> None:
    assert parse_bag(encode_bag(bag)) == bag


SMALL_BAG = encode_bag(Bag((bytes(4_096), bytes(65_536)), 1, 2))


@given(st.binary(max_size=64) | st.binary(max_size=64).map(lambda tail: SMALL_BAG[:16] + tail))
def test_no_bytes_crash_the_bags_reader(data: bytes) -> None:
    try:
        bag = parse_bag(data)
    except Refused:
        return
    assert encode_bag(bag) == data


BAD_BAGS = {
    "empty": b"",
    "of another magic": b"HLS\x02" + SMALL_BAG[4:],
    "cut in its head": SMALL_BAG[:15],
    "cut in a letter": SMALL_BAG[:-1],
    "one byte longer": SMALL_BAG + b"\x00",
    "of an unknown size class": SMALL_BAG[:16] + b"\x04" + SMALL_BAG[17:],
    "of size class zero": SMALL_BAG[:16] + b"\x00" + SMALL_BAG[17:],
    "counting more than it has": SMALL_BAG[:7] + b"\x03" + SMALL_BAG[8:],
    "counting too many": SMALL_BAG[:4] + (MAX_BAG_LETTERS + 1).to_bytes(4, "big") + SMALL_BAG[8:],
}


@pytest.mark.parametrize("data", BAD_BAGS.values(), ids=BAD_BAGS.keys())
def test_a_bag_is_refused_that_is(data: bytes) -> None:
    with pytest.raises(Refused):
        parse_bag(data)
