"""Every byte that the worked examples of spec/edition.md and spec/parcel.md print, made anew and compared."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from holub.formats.base import base_text
from holub.formats.compression import decompress
from holub.formats.parcel import parcel_name
from holub.formats.proof import Proof
from holub.formats.shelf import Shelf
from tests.formats.workedexample import (
    EDITION,
    FIRST,
    SECOND,
    block,
    edition,
    full,
    page,
    printed,
    publisher,
    services,
    update,
)

SHEET, HELD = edition(1, FIRST)
NAMES = ("key", "question sheet", "mailbag", "code")


def leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def test_the_guides_that_the_pages_name_are_those_that_are_bound() -> None:
    for path, text in FIRST.items():
        assert f"| `{path}` | `{text.decode().replace(chr(10), chr(92) + 'n')}` |" in page("edition")
    changed = SECOND["water.md"].decode().replace("\n", "\\n")
    assert f"`water.md` is now `{changed}`" in page("parcel")


def test_the_tree_of_the_edition_is_hashed_as_the_page_says() -> None:
    leaves = services().leaves
    assert printed("edition", "The service leaves, in their order:") == b"".join(leaves)
    assert [len(one) for one in leaves] == [1_261, 1, 2, 2]
    hashes = [leaf(one) for one in leaves]
    above = node(node(*hashes[:2]), node(*hashes[2:]))
    assert printed("edition", "Their leaf hashes, and the services node") == b"".join([*hashes, above])
    guides = [leaf(path.encode() + b"\x00" + text) for path, text in FIRST.items()]
    assert printed("edition", "The guides' leaf hashes") == b"".join([*guides, node(*guides)])
    pack = printed("edition", "The pack leaf:")
    assert pack == HELD.leaf.encode()
    assert node(*guides) in pack
    header = printed("edition", "The header of the edition, over five leaves")
    assert header == SHEET.signed()
    assert header[22:54] == node(above, leaf(pack))
    stamped = printed("edition", "What the stamp signs, and the stamp:")
    assert stamped == HELD.to_stamp() + HELD.stamp
    assert stamped[26:90] == above + leaf(pack)


def test_the_signatures_of_the_edition_are_its_keys_own() -> None:
    key = Ed25519PublicKey.from_public_bytes(printed("edition", "The edition key's public half:"))
    assert key.public_bytes_raw() == EDITION.public
    header = printed("edition", "The header of the edition, over five leaves")
    key.verify(header[54:], b"holub/edition/v1\x00" + header[:54])
    stamped = printed("edition", "What the stamp signs, and the stamp:")
    key.verify(stamped[90:], stamped[:90])
    with pytest.raises(InvalidSignature):
        key.verify(header[54:], stamped[:90])


def test_the_proof_that_the_page_prints_proves_its_guide() -> None:
    data = printed("edition", "The proof of `water.md`")
    assert data == Proof.of(HELD, "water.md").encode()
    assert f"The proof of `water.md`, {len(data)} bytes:" in page("edition")
    assert Proof.parse(data).check(FIRST["water.md"], publisher()).path == "water.md"


def test_the_parcels_that_the_page_prints_are_those_that_are_written_and_can_be_applied() -> None:
    whole = printed("parcel", "Its pack from nothing, kind 1")
    assert whole == full().encode()
    assert f"kind 1, is {len(whole):,} bytes:" in page("parcel")
    step = printed("parcel", "A day later edition 2 changes one guide")
    assert step == update().encode()
    assert f"The update, kind 3, is {len(step)} bytes:" in page("parcel")
    shelf = Shelf(publisher()).receive(whole)
    assert shelf.packs["main", "en"].pack.guides == FIRST
    assert shelf.receive(step).packs["main", "en"].pack.guides == SECOND
    names = [line.split(" ")[0] for line in block("parcel", "The names of the two files are")]
    assert [f"{name}.hlp" for name in names] == [parcel_name(whole), parcel_name(step)]


def test_the_frames_that_the_page_prints_open_to_the_content_that_it_prints() -> None:
    text = printed("parcel", "The frame's content, 60 bytes")
    assert text == base_text(list(FIRST.items()))
    assert len(text) == 60
    assert decompress(printed("parcel", "Its pack from nothing, kind 1")[-61:], limit=60, what="it") == text
    old = FIRST["water.md"]
    assert f"the {len(old)} bytes of the old `water.md`" in page("parcel")
    change = printed("parcel", "The frame's prefix is the")
    assert change == b"\x00" + bytes([2 * (len(SECOND["water.md"]) - len(old))]) + SECOND["water.md"]
    frame = printed("parcel", "A day later edition 2 changes one guide")[-29:]
    assert decompress(frame, old, limit=len(change), what="it") == change
