"""The leaves of an edition's tree: four service leaves, then one a pack (spec/edition.md).

The key leaf and the mailbag leaf are opaque here but for their first byte and their length: a postbox or a relay
ties them to an edition without being able to read them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from holub.errors import Misused, Refused
from holub.formats.names import MAIN, read_name
from holub.formats.root import RootDocument
from holub.formats.signature import SIGNATURE_BYTES, message, verify
from holub.formats.tree import HASH_BYTES, leaf_hash, root
from holub.formats.wire import Reader, text8, u8, u32

SERVICES = ("key", "question sheet", "mailbag", "code")
KEY_LEAF_BYTES = 1 + 4 + 4 + 4 + 1216 + 32
MAX_MAILBAG_LEAF = 1 + 1 + 255 * (1 + 32 + 4 + 32)
MAX_CODES = 8
MAX_GUIDES = 65_535
NO_PICTURES = bytes(HASH_BYTES)


def code_leaf(codes: Sequence[bytes]) -> bytes:
    """The code leaf: SHA-256 (32 B each) of the page codes that are genuine, newest first, at most 8."""
    if len(codes) > MAX_CODES or any(len(code) != HASH_BYTES for code in codes):
        raise Misused(f"an edition names at most {MAX_CODES} page codes of {HASH_BYTES} bytes")
    return b"\x04" + u8(len(codes)) + b"".join(codes)


def read_codes(leaf: bytes) -> tuple[bytes, ...]:
    """The page codes that a code leaf names. Raises Refused."""
    reader = Reader(leaf, "the code leaf")
    if reader.u8() != 4:
        raise reader.refuse("it is another leaf")
    count = reader.u8()
    if count > MAX_CODES:
        raise reader.refuse(f"it names {count} codes")
    codes = tuple(reader.take(HASH_BYTES) for _ in range(count))
    reader.end()
    return codes


@dataclass(frozen=True)
class Services:
    """The four service leaves, as bytes, in the order of SERVICES."""

    leaves: tuple[bytes, bytes, bytes, bytes]

    @classmethod
    def of(cls, leaves: Sequence[bytes]) -> Services:
        """Checks first bytes and lengths. Raises Refused."""
        if len(leaves) != len(SERVICES):
            raise Refused("the edition does not have its four service leaves", "ask for it again from another source")
        key, sheet, mailbag, code = leaves
        fits = (
            (len(key) == KEY_LEAF_BYTES and key[0] == 1),
            sheet == b"\x02",
            (2 <= len(mailbag) <= MAX_MAILBAG_LEAF and mailbag[0] == 3),
            bool(code) and code[0] == 4,
        )
        for name, good in zip(SERVICES, fits, strict=True):
            if not good:
                raise Refused(f"the edition's {name} leaf is malformed", "ask for it again from another source")
        read_codes(code)
        return cls((key, sheet, mailbag, code))

    @property
    def codes(self) -> tuple[bytes, ...]:
        return read_codes(self.leaves[3])

    def node(self) -> bytes:
        """The services node (32 B)."""
        return root([leaf_hash(leaf) for leaf in self.leaves])

    def replaced(self, changed: dict[int, bytes]) -> Services:
        """These leaves with some of them, by index, put in place of the old."""
        return Services.of([changed.get(i, leaf) for i, leaf in enumerate(self.leaves)])


@dataclass(frozen=True)
class Editors:
    """What editors of a delegated section signed: the section's serial, and signatures by key index, ascending."""

    serial: int
    signatures: tuple[tuple[int, bytes], ...]

    def encode(self) -> bytes:
        rows = b"".join(u8(index) + signature for index, signature in self.signatures)
        return u32(self.serial) + u8(len(self.signatures)) + rows

    @classmethod
    def read(cls, reader: Reader) -> Editors:
        serial, count = reader.u32(), reader.u8()
        rows = tuple((reader.u8(), reader.take(SIGNATURE_BYTES)) for _ in range(count))
        if any(a[0] >= b[0] for a, b in itertools.pairwise(rows)):
            raise reader.refuse("the editors' signatures are not in order")
        return cls(serial, rows)


@dataclass(frozen=True)
class PackLeaf:
    """One pack in the edition's tree. `editors` is there for every section but main."""

    section: str
    language: str
    guides: int
    root: bytes
    pictures: int = 0
    pictures_root: bytes = NO_PICTURES
    editors: Editors | None = None

    def encode(self) -> bytes:
        names = text8(self.section.encode("ascii")) + text8(self.language.encode("ascii"))
        tail = self.editors.encode() if self.editors else b""
        return b"\x05" + names + u32(self.guides) + self.root + u32(self.pictures) + self.pictures_root + tail

    @classmethod
    def parse(cls, data: bytes) -> PackLeaf:
        """Raises Refused."""
        reader = Reader(data, "the pack leaf")
        if reader.u8() != 5:
            raise reader.refuse("it is another leaf")
        section = read_name(reader.text8(), "section")
        leaf = cls(
            section,
            read_name(reader.text8(), "language"),
            reader.u32(),
            reader.take(HASH_BYTES),
            reader.u32(),
            reader.take(HASH_BYTES),
            None if section == MAIN else Editors.read(reader),
        )
        reader.end()
        if not 1 <= leaf.guides <= MAX_GUIDES or leaf.pictures > MAX_GUIDES:
            raise reader.refuse("it has too many or too few guides")
        if (leaf.pictures == 0) != (leaf.pictures_root == NO_PICTURES):
            raise reader.refuse("its pictures do not fit their root")
        return leaf

    def hash(self) -> bytes:
        """The leaf hash (32 B)."""
        return leaf_hash(self.encode())

    def to_sign(self, identity: bytes, serial: int) -> bytes:
        """What a section key signs (spec/keys.md, Delegation)."""
        names = text8(self.section.encode("ascii")) + text8(self.language.encode("ascii"))
        body = identity + u32(serial) + names + u32(self.guides) + self.root + u32(self.pictures) + self.pictures_root
        return message("holub/section/v1", body)

    def check_editors(self, publisher: RootDocument) -> None:
        """Raises Refused unless the section's editors signed this pack; the main section needs no editors."""
        if self.section == MAIN:
            if self.editors is not None:
                raise Refused("the main section carries editors' signatures", "ask for the parcel again")
            return
        given = publisher.sections.get(self.section)
        what = f"the section {self.section}"
        if given is None or self.editors is None:
            raise Refused(f"{what} is not delegated by this publisher", "do not trust it")
        good = 0
        for index, signature in self.editors.signatures:
            if index >= len(given.keys):
                raise Refused(f"{what} is signed by a key that does not exist", "do not trust it")
            verify(given.keys[index], signature, self.to_sign(publisher.identity, self.editors.serial), what)
            good += 1
        if good < given.threshold:
            raise Refused(f"{what} has {good} of {given.threshold} needed signatures", "do not trust it")
