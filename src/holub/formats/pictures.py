"""Kind 5, pictures: a pack's pictures by path, each picture's bytes once (spec/parcel.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256

from holub.errors import Gap
from holub.formats.leaf import MAX_GUIDES
from holub.formats.names import read_name
from holub.formats.pack import pictures_root
from holub.formats.parcel import Kind, Parcel
from holub.formats.pathlist import read_next_path, write_paths
from holub.formats.tree import HASH_BYTES
from holub.formats.wire import Reader, sized, text8, varint

MAX_PICTURE = 16 * 2**20


@dataclass(frozen=True)
class Pictures:
    """index: path to SHA-256, ascending by path; blobs: SHA-256 to bytes, for those that are here."""

    section: str
    language: str
    index: Mapping[str, bytes]
    blobs: Mapping[bytes, bytes]

    def check(self, root: bytes) -> Pictures:
        """The pictures themselves when their list is the one that a pack's leaf names. Raises Gap.

        A list of another edition and a forged one look alike, and neither shows anything.
        """
        if pictures_root(self.index) != root:
            raise Gap(
                f"the pictures are not those of {self.section}/{self.language} as it is held",
                "get the pictures of the same edition",
            )
        return self


def write_pictures_parcel(
    section: str, language: str, pictures: Mapping[str, bytes], known: Collection[bytes] = ()
) -> Parcel:
    """All pictures of a pack (path to bytes); `known`: SHA-256 of those that the receiver has already."""
    index = {path: sha256(pictures[path]).digest() for path in sorted(pictures)}
    blobs = {index[path]: data for path, data in pictures.items() if index[path] not in known}
    rows = [path + index[name] for path, name in zip(write_paths(list(index)), index, strict=True)]
    return Parcel(
        Kind.PICTURES,
        text8(section.encode())
        + text8(language.encode())
        + varint(len(rows))
        + b"".join(rows)
        + varint(len(blobs))
        + b"".join(sized(blobs[digest]) for digest in sorted(blobs)),
    )


def read_pictures(body: bytes) -> Pictures:
    """The pictures; not trusted until their `check`. Raises Refused."""
    reader = Reader(body, "the pictures")
    section = read_name(reader.text8(), "section")
    language = read_name(reader.text8(), "language")
    index: dict[str, bytes] = {}
    before = b""
    for _ in range(reader.varint(MAX_GUIDES)):
        before = read_next_path(reader, before)
        index[before.decode()] = reader.take(HASH_BYTES)
    blobs: dict[bytes, bytes] = {}
    last = b""
    for _ in range(reader.varint(MAX_GUIDES)):
        data = reader.sized(MAX_PICTURE)
        digest = sha256(data).digest()
        if digest <= last:
            raise reader.refuse("its pictures are not in order")
        blobs[digest] = data
        last = digest
    reader.end()
    if set(blobs) - set(index.values()):
        raise reader.refuse("it holds a picture that its list does not name")
    return Pictures(section, language, index, blobs)
