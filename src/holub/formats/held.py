"""A pack as somebody holds it: its text, and the edition, service leaves and pictures root that its stamp covers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from holub.errors import Forged, Older, Refused
from holub.formats.header import Moment, stamp_message, verify_stamp
from holub.formats.leaf import NO_PICTURES, Editors, PackLeaf, Services
from holub.formats.pack import MAX_GUIDE, MAX_PACK, Pack
from holub.formats.root import RootDocument


@dataclass(frozen=True)
class HeldPack:
    """One pack at one edition. Built by the press, or by a parcel that `check` has accepted."""

    moment: Moment
    services: Services
    pack: Pack
    pictures: int = 0
    pictures_root: bytes = NO_PICTURES
    editors: Editors | None = None
    stamp: bytes = b""

    @property
    def leaf(self) -> PackLeaf:
        return self.pack.leaf(self.pictures, self.pictures_root, self.editors)

    @property
    def title(self) -> str:
        """For sentences: "main/uk of edition 7"."""
        return f"{self.pack.section}/{self.pack.language} of edition {self.moment.edition}"

    def to_stamp(self) -> bytes:
        """What the edition key signs."""
        return stamp_message(self.moment, self.services.node(), self.leaf.hash())

    def stamped(self, stamp: bytes) -> HeldPack:
        return replace(self, stamp=stamp)

    def check(self, publisher: RootDocument) -> HeldPack:
        """The pack itself when its stamp, and its editors' signatures, are the publisher's. Raises Refused."""
        leaf = self.leaf
        verify_stamp(self.stamp, self.moment, self.services.node(), leaf.hash(), publisher, self.title)
        leaf.check_editors(publisher)
        return self

    def check_follows(self, before: HeldPack | None) -> HeldPack:
        """The pack itself when it does not lead back behind what is held, nor beside it. Raises Older, Forged."""
        if before is None:
            return self
        older = self.moment.edition < before.moment.edition
        behind = bool(self.editors and before.editors and self.editors.serial < before.editors.serial)
        if older or behind:
            raise Older(
                f"{self.title} is older than what is held", f"nothing to do: edition {before.moment.edition} stays"
            )
        here, there = (self.moment, self.services, self.leaf), (before.moment, before.services, before.leaf)
        if self.moment.edition == before.moment.edition and here != there:
            raise Forged(
                f"there are two different packs that call themselves {self.title}",
                "trust neither of them; ask the centre which one is theirs",
            )
        return self


def check_sizes(pack: Pack, what: str) -> Pack:
    """The pack itself when it is not too large for a receiver. Raises Refused."""
    if pack.size > MAX_PACK or any(len(content) > MAX_GUIDE for content in pack.guides.values()):
        raise Refused(f"{what} is larger than a pack may be", "do not open it")
    return pack
