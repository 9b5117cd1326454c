"""The proof of one guide, and kind 2, selection: guides that each carry theirs (spec/edition.md, spec/parcel.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holub.errors import Misused
from holub.formats import tree
from holub.formats.header import Moment, verify_stamp
from holub.formats.held import HeldPack
from holub.formats.leaf import MAX_GUIDES, NO_PICTURES, Editors, PackLeaf
from holub.formats.names import MAIN, read_name, read_path
from holub.formats.pack import MAX_GUIDE, guide_hash
from holub.formats.parcel import Kind, Parcel
from holub.formats.root import RootDocument
from holub.formats.signature import SIGNATURE_BYTES
from holub.formats.wire import Reader, sized, text8, u8, u32, varint

MAGIC = b"HLG1"
MAX_PROOF = 8_192
MAX_SELECTION = MAX_GUIDES


@dataclass(frozen=True)
class Proof:
    """What ties one guide's bytes to an edition: its place in the pack, the nodes beside its way up, the stamp."""

    moment: Moment
    section: str
    language: str
    path: str
    guides: int
    index: int
    pictures: int
    pictures_root: bytes
    editors: Editors | None
    services_node: bytes
    nodes: tuple[bytes, ...]
    stamp: bytes

    @classmethod
    def of(cls, held: HeldPack, path: str) -> Proof:
        """The proof of this guide of a stamped pack. Raises Misused when the pack has no such guide."""
        paths = list(held.pack.guides)
        if path not in held.pack.guides:
            raise Misused(f"{held.title} has no guide {path}", "give a path as it stands in the pack")
        index = paths.index(path)
        nodes = tuple(tree.prove(held.pack.hashes, index))
        name = held.pack.name
        pictures = held.pictures, held.pictures_root
        node = held.services.node()
        return cls(held.moment, *name, path, len(paths), index, *pictures, held.editors, node, nodes, held.stamp)

    def encode(self) -> bytes:
        return (
            MAGIC
            + self.moment.encode()
            + text8(self.section.encode())
            + text8(self.language.encode())
            + text8(self.path.encode())
            + u32(self.guides)
            + u32(self.index)
            + varint(self.pictures)
            + (self.pictures_root if self.pictures else b"")
            + (self.editors.encode() if self.editors else b"")
            + self.services_node
            + u8(len(self.nodes))
            + b"".join(self.nodes)
            + self.stamp
        )

    @classmethod
    def parse(cls, data: bytes) -> Proof:
        """Raises Refused."""
        reader = Reader(data, "the proof")
        if len(data) > MAX_PROOF or reader.take(len(MAGIC)) != MAGIC:
            raise reader.refuse("it does not begin as one")
        moment = Moment.read(reader)
        section = read_name(reader.text8(), "section")
        language = read_name(reader.text8(), "language")
        path = read_path(reader.text8(), ending=".md")
        guides, index, pictures = reader.u32(), reader.u32(), reader.varint(MAX_GUIDES)
        pictures_root = reader.take(tree.HASH_BYTES) if pictures else NO_PICTURES
        if not index < guides <= MAX_GUIDES:
            raise reader.refuse("it names a guide that cannot be there")
        editors = None if section == MAIN else Editors.read(reader)
        services_node = reader.take(tree.HASH_BYTES)
        nodes = tuple(reader.take(tree.HASH_BYTES) for _ in range(min(reader.u8(), tree.MAX_PROOF + 1)))
        stamp = reader.take(SIGNATURE_BYTES)
        reader.end()
        return cls(
            moment,
            section,
            language,
            path,
            guides,
            index,
            pictures,
            pictures_root,
            editors,
            services_node,
            nodes,
            stamp,
        )

    def check(self, content: bytes, publisher: RootDocument) -> Proof:
        """The proof itself when it ties this guide's bytes to the publisher. Raises Refused."""
        pack_root = tree.climb(guide_hash(self.path, content), self.index, self.guides, self.nodes)
        leaf = PackLeaf(
            self.section, self.language, self.guides, pack_root, self.pictures, self.pictures_root, self.editors
        )
        verify_stamp(self.stamp, self.moment, self.services_node, leaf.hash(), publisher, f"the guide {self.path}")
        leaf.check_editors(publisher)
        return self


def write_selection(held: HeldPack, paths: Sequence[str]) -> Parcel:
    """Some guides of a pack, each with its proof."""
    rows = [sized(Proof.of(held, path).encode()) + sized(held.pack.guides[path]) for path in paths]
    return Parcel(Kind.SELECTION, varint(len(rows)) + b"".join(rows))


def read_selection(body: bytes, publisher: RootDocument) -> list[tuple[Proof, bytes]]:
    """The checked guides of a selection. Raises Refused when one of them does not hold."""
    reader = Reader(body, "the selection")
    rows = []
    for _ in range(reader.varint(MAX_SELECTION)):
        proof, content = Proof.parse(reader.sized(MAX_PROOF)), reader.sized(MAX_GUIDE)
        rows.append((proof.check(content, publisher), content))
    reader.end()
    if not rows:
        raise reader.refuse("it holds no guide")
    return rows
