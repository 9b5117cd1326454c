"""What holds for every edition: any change arrives whole, whatever parses re-encodes, no bytes crash a parser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import HolubError, Refused
from holub.formats import compression, tree
from holub.formats.base import read_base, write_base
from holub.formats.bundle import Settings, cut_page, fill_page, read_bundle, write_bundle
from holub.formats.change import apply_change, write_change
from holub.formats.effort import Effort
from holub.formats.full import write_full
from holub.formats.header import Header
from holub.formats.leaf import PackLeaf, Services, read_codes
from holub.formats.letterbag import read_letters, write_letters
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Kind, Parcel, parse_parcel
from holub.formats.pictures import read_pictures, write_pictures_parcel
from holub.formats.proof import Proof, read_selection, write_selection
from holub.formats.root import parse_root
from holub.formats.sheet import read_sheet
from holub.formats.shelf import Shelf
from holub.formats.shorthand import Shorthand
from holub.formats.sweep import write_sweep
from holub.formats.update import PATHS as UPDATE_KEYS
from holub.formats.update import write_update
from holub.formats.whole import read_whole, whole_base, whole_change, write_whole
from holub.formats.wire import Reader, varint, zigzag
from tests.formats.signed import ROOT, moment, publish

NAMES = st.text("abcdeжїع-", min_size=1, max_size=6)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".md")
TEXTS = st.one_of(st.binary(max_size=200), st.text(max_size=60).map(str.encode))
GUIDES = st.dictionaries(PATHS, TEXTS, min_size=1, max_size=12)
EDITIONS = st.dictionaries(st.sampled_from(["ar", "en", "uk", "zh-Hant"]), GUIDES, min_size=1, max_size=4)


@given(GUIDES, GUIDES)
def test_an_update_arrives_whole(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    before, after = publish(1, {"uk": old})[1]["uk"], publish(2, {"uk": new})[1]["uk"]
    shelf = Shelf(ROOT).receive(write_full(before, [write_base(sorted(old.items()))]).encode())
    shelf = shelf.receive(write_update(before, after).encode())
    assert dict(shelf.packs["main", "uk"].pack.guides) == new
    assert shelf.packs["main", "uk"] == after


@given(EDITIONS, EDITIONS)
@settings(max_examples=60)
def test_a_sweep_and_a_whole_arrive_whole(old: dict[str, dict[str, bytes]], new: dict[str, dict[str, bytes]]) -> None:
    first, before = publish(1, old)
    second, after = publish(2, new)
    shelf = Shelf(ROOT).receive(write_whole(first, [whole_base(before.values())]).encode())
    shelf = shelf.receive(write_sweep(before.values(), after.values(), second.signature).encode())
    assert {name[1]: dict(held.pack.guides) for name, held in shelf.packs.items()} == new
    assert shelf.check_complete() == second
    if set(old) == set(new):
        steps = [whole_base(before.values()), whole_change(before.values(), after.values())]
        _, packs = read_whole(write_whole(second, steps).body, ROOT)
        assert {name[1]: dict(held.pack.guides) for name, held in packs.items()} == new


@given(GUIDES)
def test_every_guide_can_be_proved_alone(guides: dict[str, bytes]) -> None:
    held = publish(1, {"uk": guides})[1]["uk"]
    for path, text in guides.items():
        proof = Proof.of(held, path)
        assert Proof.parse(proof.encode()).check(text, ROOT) == proof
        with pytest.raises(HolubError):
            proof.check(text + b"x", ROOT)
    rows = read_selection(write_selection(held, list(guides)).body, ROOT)
    assert {proof.path: text for proof, text in rows} == guides


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_a_proof_climbs_to_the_root_from_every_leaf(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = tree.prove(leaves, index)
    assert tree.climb(leaves[index], index, len(leaves), path) == tree.root(leaves)
    with pytest.raises(Refused):
        tree.climb(leaves[index], index, len(leaves), [*path, bytes(32)])


@given(st.integers(0, 2**35 - 1))
def test_a_varint_has_one_form(n: int) -> None:
    data = varint(n)
    assert Reader(data, "it").varint(2**35) == n
    with pytest.raises(Refused):
        Reader(data[:-1] + bytes([data[-1] | 0x80, 0]), "it").varint(2**35)


@given(st.integers(-(2**30), 2**30))
def test_signed_numbers_come_back(n: int) -> None:
    assert Reader(zigzag(n), "it").zigzag(2**31) == n


STRINGS = st.lists(st.text(min_size=1, max_size=6), max_size=8)
WORDS = st.lists(st.lists(st.integers(2, 0x87), min_size=2, max_size=32).map(bytes), max_size=300)


def shorthand(strings: list[str], words: list[bytes]) -> Shorthand:
    kept = tuple(one for one in strings if 2 <= len(one.encode()) <= 32 and not {"\0", "\x01"} & set(one))
    return Shorthand(kept, tuple(word for word in words if kept and max(word) < 0x80 + len(kept)))


@given(st.lists(st.binary(max_size=100) | st.text(max_size=60).map(str.encode), min_size=1), STRINGS, WORDS)
def test_shortened_texts_come_back_and_have_no_zero(texts: list[bytes], strings: list[str], words: list[bytes]) -> None:
    using = shorthand(strings, words)
    short = [using.shorten(text) for text in texts]
    assert all(b"\x00" not in one for one in short)
    assert using.open(b"\x00".join(short)) == texts


@given(st.lists(st.text("вода і дім the \0\x01\ufffe", max_size=300).map(str.encode), min_size=1, max_size=4))
def test_texts_come_back_by_the_strings_that_are_chosen_for_them(texts: list[bytes]) -> None:
    many = texts * 20
    using = Shorthand.of(many)
    assert using.open(b"\x00".join(using.shorten(text) for text in many)) == many
    assert Shorthand.read(Reader(using.encode(), "it")) == using


@given(st.binary(max_size=60), STRINGS, WORDS)
def test_what_opens_means_the_same_when_it_is_written_again(
    data: bytes, strings: list[str], words: list[bytes]
) -> None:
    using = shorthand(strings, words)
    assert Shorthand.read(Reader(using.encode(), "it")) == using
    try:
        texts = using.open(data)
    except ValueError:
        return
    size = sum(map(len, texts)) + len(texts) - 1
    assert not using.grows(data, size)
    assert using.grows(data, size - 1)
    assert using.open(b"\x00".join(using.shorten(text) for text in texts)) == texts


def test_opened_text_is_measured_before_it_is_made() -> None:
    using = Shorthand(("x" * 32,))
    assert not using.grows(b"\x80" * 4, 128)
    assert using.grows(b"\x80" * 4, 127)
    assert not using.grows(b"ab" * 50, 127)
    worded = Shorthand(("x" * 32,), (b"\x80" * 32, b"the "))
    assert not worded.grows(b"\x81\x02\x81\x03\x80a", 1024 + 4 + 32 + 1)
    assert worded.grows(b"\x81\x02\x81\x03\x80a", 1024 + 4 + 32)


@pytest.mark.parametrize("piece", range(2, 9))
def test_no_code_is_lost_where_a_text_is_counted_in_pieces(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holub.formats.shorthand._PIECE", piece)
    using = Shorthand(("x" * 32,), (b"\x80 ", b"the ", b"\x80\x80"))
    text = b"a\x81\x02\x80\x01\x01\x81\x04b\x01\x81\x01\x80\x80\x80\x00\x81\x03\x81\x04\x01\x02"
    size = sum(map(len, using.open(text))) + 1
    assert not using.grows(text, size)
    assert using.grows(text, size - 1)


def test_a_text_of_rare_words_alone_has_no_shorthand() -> None:
    words = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)} " for n in range(100)]
    assert Shorthand.of(["".join(words).encode() * 8]) == Shorthand()


def test_the_steps_of_a_parcel_are_bounded_together() -> None:
    announcing = compression.compress(bytes(40))
    Effort(40, "it").check_announced([announcing] * 3)
    with pytest.raises(Refused, match="announces 160 bytes"):
        Effort(40, "it").check_announced([announcing] * 4)
    effort = Effort(40, "it")
    effort.spend(240)
    with pytest.raises(Refused, match="too much to open"):
        apply_change(
            Reader(write_change({"a.md": b"x"}, {"a.md": b"y"}, UPDATE_KEYS), "it"),
            {"a.md": b"x"},
            UPDATE_KEYS,
            limit=100,
            what="it",
            effort=effort,
        )


@given(GUIDES, GUIDES, st.data())
@settings(max_examples=150)
def test_no_changed_byte_passes(old: dict[str, bytes], new: dict[str, bytes], data: st.DataObject) -> None:
    """A byte changed anywhere in an update, with the check made right again, never changes what is shown."""
    before, after = publish(1, {"uk": old})[1]["uk"], publish(2, {"uk": new})[1]["uk"]
    body = bytearray(write_update(before, after).body)
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] ^= data.draw(st.integers(1, 255))
    shelf = Shelf(ROOT, {before.pack.name: before})
    try:
        shelf = shelf.receive(Parcel(Kind.UPDATE, bytes(body)).encode())
    except HolubError:
        return
    # The compressed text is the one place where other bytes may mean the same.
    assert shelf.packs["main", "uk"] == after


def reencodes(name: str) -> Callable[[bytes], bytes]:
    """How what a parser read is written again."""
    return {
        "header": lambda data: Header.parse(data).encode(),
        "pack leaf": lambda data: PackLeaf.parse(data).encode(),
        "proof": lambda data: Proof.parse(data).encode(),
        "root": lambda data: parse_root(data).encode(),
        "settings": lambda data: Settings.parse(data).encode(),
        "bundle": lambda data: write_bundle(read_bundle(data)),
        "parcel": lambda data: parse_parcel(data).encode(),
        "sheet": lambda data: read_sheet(data).parcel().body,
        "packstamps": lambda data: PackStamps.read(data).parcel().body,
        "letters": lambda data: write_letters(read_letters(data)).body,
        "mailbag": lambda data: MailbagParcel.read(data).parcel().body,
        "pictures": lambda data: _pictures(data),
    }[name]


def _pictures(data: bytes) -> bytes:
    found = read_pictures(data)
    known = {path: found.blobs.get(digest) for path, digest in found.index.items()}
    if None in known.values():
        return data  # blobs left out: the bytes to write it from are not here
    whole = {path: blob for path, blob in known.items() if blob is not None}
    return write_pictures_parcel(found.section, found.language, whole).body


def example(name: str) -> bytes:
    sheet, packs = publish(3, {"uk": {"a/b.md": b"one", "c.md": b"two"}, "en": {"a.md": b"three"}})
    return {
        "header": sheet.header().encode(),
        "pack leaf": packs["uk"].leaf.encode(),
        "proof": Proof.of(packs["uk"], "c.md").encode(),
        "root": ROOT.encode(),
        "settings": Settings("uk", ("https://post.example",), "https://post.example/").encode(),
        "bundle": write_bundle([b"one", b"", b"three"]),
        "parcel": sheet.parcel().encode(),
        "sheet": sheet.parcel().body,
        "packstamps": PackStamps.of(packs.values()).parcel().body,
        "letters": write_letters([bytes(4096), b"\x01" * 4096]).body,
        "mailbag": MailbagParcel(3, "main", b"d" * 40, b"b" * 512).parcel().body,
        "pictures": write_pictures_parcel("main", "uk", {"a.png": b"1", "b/c.png": b"2", "d.png": b"1"}).body,
    }[name]


KINDS = [
    "header",
    "pack leaf",
    "proof",
    "root",
    "settings",
    "bundle",
    "parcel",
    "sheet",
    "packstamps",
    "letters",
    "mailbag",
    "pictures",
]


@pytest.mark.parametrize("name", KINDS)
def test_examples_reencode(name: str) -> None:
    assert reencodes(name)(example(name)) == example(name)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@settings(max_examples=120)
def test_what_parses_reencodes(name: str, data: st.DataObject) -> None:
    """Bytes near a real one: cut, lengthened, or with some bytes changed."""
    raw = bytearray(example(name))
    for _ in range(data.draw(st.integers(1, 3))):
        match data.draw(st.integers(0, 2)):
            case 0:
                del raw[data.draw(st.integers(0, len(raw))) :]
            case 1:
                raw += data.draw(st.binary(max_size=8))
            case _ if raw:
                raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        again = reencodes(name)(bytes(raw))
    except Refused:
        return
    assert again == bytes(raw)


@given(st.sampled_from(list(Kind)), st.binary(max_size=400))
@settings(max_examples=300)
def test_no_body_crashes_a_shelf(kind: Kind, body: bytes) -> None:
    held = publish(1, {"uk": {"a.md": b"one"}})[1]["uk"]
    with pytest.raises(HolubError):
        Shelf(ROOT, {held.pack.name: held}).receive(Parcel(kind, body).encode())


@given(st.binary(max_size=200))
def test_no_bytes_crash_a_base_text(data: bytes) -> None:
    with pytest.raises(Refused):
        read_base(data, most=10, limit=1000, what="it")


@given(st.binary(max_size=100))
def test_no_leaf_crashes(data: bytes) -> None:
    try:
        codes = read_codes(data)
    except Refused:
        return
    assert len(codes) <= 8
    with pytest.raises(Refused):
        Services.of([data, data, data, data])


def test_a_page_is_cut_where_it_was_filled() -> None:
    code = b'<!doctype html><script type="text/plain" id="edition"></script><p>after</p>'
    page = fill_page(code, b"\x00bundle")
    assert cut_page(page) == (code, b"\x00bundle")
    with pytest.raises(Refused):
        cut_page(page + page)
    with pytest.raises(HolubError):
        fill_page(page, b"again")


def test_an_announced_size_is_checked_before_anything_is_allocated() -> None:
    held = publish(1, {"uk": {"a.md": b"one"}})[1]["uk"]
    huge = b"\xe0" + (2**60).to_bytes(8, "little") + b"\x01\x00\x00"
    with pytest.raises(Refused, match="announces"):
        Shelf(ROOT).receive(write_full(held, [huge]).encode())


def test_an_expired_edition_is_refused_by_its_moment() -> None:
    held = publish(1, {"uk": {"a.md": b"one"}})[1]["uk"]
    held.moment.check_fresh(held.moment.expiry - 1)
    with pytest.raises(Refused, match="expired"):
        held.moment.check_fresh(held.moment.expiry)
    assert held.moment == moment(1)
