"""A pack: one language of one section, what a phone holds (spec/edition.md, Pack)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from holub.errors import Refused
from holub.formats import tree
from holub.formats.leaf import MAX_GUIDES, NO_PICTURES, Editors, PackLeaf
from holub.formats.names import check_language, check_path, check_section

MAX_GUIDE = 4 * 2**20
MAX_PACK = 64 * 2**20


def guide_hash(path: str, content: bytes) -> bytes:
    """The leaf hash (32 B) of a guide."""
    return sha256(b"\x00" + path.encode() + b"\x00" + content).digest()


def picture_hash(path: str, digest: bytes) -> bytes:
    """The leaf hash (32 B) of a picture: of its path and the SHA-256 of its bytes."""
    return sha256(b"\x00" + path.encode() + b"\x00" + digest).digest()


def pictures_root(pictures: Mapping[str, bytes]) -> bytes:
    """The root (32 B) over pictures (path to SHA-256 of the bytes); 32 zero bytes when there are none."""
    if not pictures:
        return NO_PICTURES
    return tree.root([picture_hash(path, pictures[path]) for path in sorted(pictures, key=str.encode)])


@dataclass(frozen=True)
class Pack:
    """Guides by path, ascending by the path's bytes. `of` checks what others send; the plain constructor trusts."""

    section: str
    language: str
    guides: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, section: str, language: str, guides: Mapping[str, bytes]) -> Pack:
        """Sorts by path and checks. Raises Refused."""
        ordered = {path: guides[path] for path in sorted(guides, key=lambda path: path.encode("utf-8", "replace"))}
        return cls(section, language, ordered).check()

    def check(self) -> Pack:
        """The pack itself when its names, paths, counts and sizes can be carried. Raises Refused."""
        check_section(self.section)
        check_language(self.language)
        for path, content in self.guides.items():
            check_path(path, ending=".md")
            if len(content) > MAX_GUIDE:
                raise Refused(f"{path} has {len(content)} bytes, more than {MAX_GUIDE}", "split the guide")
        if not 1 <= len(self.guides) <= MAX_GUIDES or self.size > MAX_PACK:
            raise Refused(
                f"the pack {self.section}/{self.language} has {len(self.guides)} guides of {self.size} bytes together",
                f"a pack has 1 to {MAX_GUIDES} guides of at most {MAX_PACK} bytes together",
            )
        return self

    @property
    def name(self) -> tuple[str, str]:
        """Section and language."""
        return self.section, self.language

    @cached_property
    def size(self) -> int:
        """Bytes of text."""
        return sum(map(len, self.guides.values()))

    @cached_property
    def hashes(self) -> list[bytes]:
        """The guides' leaf hashes, in order."""
        return [guide_hash(path, content) for path, content in self.guides.items()]

    @cached_property
    def root(self) -> bytes:
        """The pack root (32 B)."""
        return tree.root(self.hashes)

    def leaf(self, pictures: int, pictures_root: bytes, editors: Editors | None) -> PackLeaf:
        """This pack's leaf in the edition's tree."""
        return PackLeaf(self.section, self.language, len(self.guides), self.root, pictures, pictures_root, editors)
