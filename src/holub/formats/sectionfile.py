"""What the editors of a delegated section hand to the centre: their guides, one pack a language, and their signatures.

Signatures stand beside the keys that made them, not beside the places of those keys: the centre may take an editor in
or out without making the others sign again. Source: spec/section.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from holub.errors import Damaged, Misused, OtherPublisher, Refused
from holub.formats.base import read_base, write_base
from holub.formats.leaf import MAX_GUIDES, NO_PICTURES, Editors, PackLeaf
from holub.formats.names import MAIN, read_name
from holub.formats.pack import MAX_PACK, Pack
from holub.formats.root import MAX_SECTION_KEYS, RootDocument
from holub.formats.signature import KEY_BYTES, SIGNATURE_BYTES, verify
from holub.formats.tree import HASH_BYTES
from holub.formats.wire import Reader, sized, text8, u8, u32, varint

MAGIC = b"HLS1"
CHECK_BYTES = 4
MAX_LANGUAGES = 64
MAX_SERIAL = 2**32 - 1
_WHAT = "the section's file"


@dataclass(frozen=True)
class SignedPack:
    """One language: its guides, and the signatures (64 B) by the public keys (32 B) that made them."""

    pack: Pack
    signatures: Mapping[bytes, bytes]

    @property
    def leaf(self) -> PackLeaf:
        """The pack leaf as it is signed: without pictures."""
        return self.pack.leaf(0, NO_PICTURES, None)


@dataclass(frozen=True)
class SectionFile:
    """A section at one serial. identity: the publisher's, 32 bytes. Packs ascend by language."""

    identity: bytes
    section: str
    serial: int
    packs: tuple[SignedPack, ...]

    def encode(self) -> bytes:
        """The whole file."""
        body = self.identity + text8(self.section.encode("ascii")) + u32(self.serial) + varint(len(self.packs))
        for one in self.packs:
            rows = b"".join(key + one.signatures[key] for key in sorted(one.signatures))
            text = write_base(list(one.pack.guides.items()))
            body += text8(one.pack.language.encode("ascii")) + sized(text) + u8(len(one.signatures)) + rows
        return MAGIC + sha256(MAGIC + body).digest()[:CHECK_BYTES] + body

    def to_sign(self, one: SignedPack) -> bytes:
        """What an editor's key signs for one of the packs (spec/keys.md, Delegation)."""
        return one.leaf.to_sign(self.identity, self.serial)

    def same_text(self, other: SectionFile) -> bool:
        """Whether both hold the same guides under the same serial; who signed is another matter."""
        mine, theirs = ([one.leaf for one in file.packs] for file in (self, other))
        return (self.identity, self.section, self.serial, mine) == (other.identity, other.section, other.serial, theirs)

    def joined(self, other: SectionFile) -> SectionFile:
        """This file with the other's signatures as well. Raises Misused when the text is not the same."""
        if not self.same_text(other):
            raise Misused("the two files do not hold the same text and serial", "sign the same guides, then join")
        pairs = zip(self.packs, other.packs, strict=True)
        packs = tuple(replace(a, signatures={**b.signatures, **a.signatures}) for a, b in pairs)
        return replace(self, packs=packs)

    def check(self, publisher: RootDocument) -> dict[str, Editors]:
        """What the editors signed, by language, once enough of those whom the publisher named have signed every pack.

        Signatures by keys that the publisher does not name (any more) count for nothing. Raises Refused, Forged,
        OtherPublisher.
        """
        if self.identity != publisher.identity:
            raise OtherPublisher(f"{_WHAT} is for another publisher", "ask the editors to sign it for this one")
        given = publisher.sections.get(self.section)
        if given is None:
            raise Refused(
                f"the section {self.section} is not delegated by this publisher", "name its editors' keys first"
            )
        places = {key: place for place, key in enumerate(given.keys)}
        checked = {}
        for one in self.packs:
            rows = sorted((places[key], made) for key, made in one.signatures.items() if key in places)
            editors = Editors(self.serial, tuple(rows))
            replace(one.leaf, editors=editors).check_editors(publisher)
            checked[one.pack.language] = editors
        return checked

    def check_signatures(self) -> None:
        """Raises Forged unless every signature is by the key beside it; says nothing of who may sign."""
        for one in self.packs:
            for key, made in one.signatures.items():
                verify(key, made, self.to_sign(one), f"{self.section}/{one.pack.language}")


def parse_section(data: bytes) -> SectionFile:
    """The file; nobody's signature is checked yet. Raises Refused, Damaged."""
    if not data.startswith(MAGIC):
        raise Refused("this is no section's file", "choose the file that `holub section sign` wrote")
    start = len(MAGIC) + CHECK_BYTES
    if sha256(MAGIC + data[start:]).digest()[:CHECK_BYTES] != data[len(MAGIC) : start]:
        raise Damaged(f"{_WHAT} was damaged on the way", "ask for it again")
    reader = Reader(data[start:], _WHAT)
    identity, section = reader.take(HASH_BYTES), read_name(reader.text8(), "section")
    serial, count = reader.u32(), reader.varint(MAX_LANGUAGES)
    if section == MAIN or not serial or not count:
        raise reader.refuse("it has no section of its own, no serial or no language")
    packs: list[SignedPack] = []
    room = MAX_PACK
    for _ in range(count):
        one = _read_pack(reader, section, room)
        room -= one.pack.size
        packs.append(one)
    reader.end()
    if any(a.pack.language >= b.pack.language for a, b in itertools.pairwise(packs)):
        raise reader.refuse("its languages are not in order")
    return SectionFile(identity, section, serial, tuple(packs))


def _read_pack(reader: Reader, section: str, room: int) -> SignedPack:
    language = read_name(reader.text8(), "language")
    rows = read_base(reader.sized(MAX_PACK), most=MAX_GUIDES, limit=room, what=f"{section}/{language}")
    pack = Pack.of(section, language, dict(rows))
    if [path for path, _ in rows] != list(pack.guides):
        raise reader.refuse("its guides are not in order")
    if pack.size > room:
        raise reader.refuse("its guides are larger than a section may be")
    count = reader.u8()
    if not 1 <= count <= MAX_SECTION_KEYS:
        raise reader.refuse(f"it has {count} signatures")
    signatures = [(reader.take(KEY_BYTES), reader.take(SIGNATURE_BYTES)) for _ in range(count)]
    if any(a[0] >= b[0] for a, b in itertools.pairwise(signatures)):
        raise reader.refuse("its signatures are not in order")
    return SignedPack(pack, dict(signatures))
