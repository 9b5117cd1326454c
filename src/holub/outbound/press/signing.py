"""Signing: the only place in holub that holds a signing key (Ed25519, RFC 8032).

Seeds come from the vault and go back to it; nothing here writes, prints or keeps one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holub.errors import Misused
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import Editors, PackLeaf, Services
from holub.formats.pack import Pack
from holub.formats.root import Delegation, RootDocument, check_publisher
from holub.formats.sectionfile import MAX_SERIAL, SectionFile, SignedPack
from holub.formats.sheet import Sheet
from holub.formats.stamp import StampList

SEED_BYTES = 32


class Pen:
    """One signing key, from its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise Misused(f"a signing key's seed has {SEED_BYTES} bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def __repr__(self) -> str:
        return f"Pen({self.public.hex()[:16]}…)"

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(message)


def sign_stamps(stamps: StampList, pen: Pen) -> StampList:
    """The list of stamps, signed with an edition key."""
    return replace(stamps, signature=pen.sign(stamps.to_sign()))


def sign_root(document: RootDocument, pens: Iterable[Pen]) -> RootDocument:
    """The document with the signatures of these root keys added."""
    given = {pen.public: pen.sign(document.to_sign()) for pen in pens}
    return replace(document, signatures={**document.signatures, **given})


def new_root(
    name: str,
    expiry: int,
    root_pens: Sequence[Pen],
    edition_pens: Sequence[Pen],
    *,
    threshold: int = 1,
    sections: Mapping[str, Delegation] | None = None,
) -> RootDocument:
    """Serial 1, signed by all root keys given. expiry: Unix seconds."""
    if not 1 <= threshold <= len(root_pens):
        raise Misused(
            f"{threshold} of {len(root_pens)} root keys cannot be needed", "choose a threshold that can be met"
        )
    document = RootDocument(
        name=check_publisher(name),
        serial=1,
        expiry=expiry,
        threshold=threshold,
        root_keys=tuple(sorted(pen.public for pen in root_pens)),
        edition_keys=tuple(sorted(pen.public for pen in edition_pens)),
        sections=dict(sorted((sections or {}).items())),
    )
    return sign_root(document, root_pens)


def next_root(old: RootDocument, old_pens: Sequence[Pen], new: RootDocument, new_pens: Sequence[Pen]) -> RootDocument:
    """`new` as the successor of `old`: its serial and identity set, signed by the old keys and by its own."""
    blank = replace(new, serial=old.serial + 1, first=old.identity, signatures={})
    return sign_root(blank, [*old_pens, *new_pens])


def sign_section(leaf: PackLeaf, serial: int, identity: bytes, delegation: Delegation, pens: Iterable[Pen]) -> Editors:
    """The editors' signatures under a pack of a delegated section. identity: the publisher's, 32 bytes."""
    message = leaf.to_sign(identity, serial)
    rows = sorted((delegation.keys.index(pen.public), pen.sign(message)) for pen in pens)
    return Editors(serial, tuple(rows))


def sign_section_file(packs: Iterable[Pack], serial: int, publisher: RootDocument, pen: Pen) -> SectionFile:
    """An editor's guides, all of one section, signed with the editor's key. Raises Misused when it is not theirs."""
    ordered = sorted(packs, key=lambda pack: pack.language)
    sections = {pack.section for pack in ordered}
    if len(sections) != 1 or not 1 <= serial <= MAX_SERIAL:
        raise Misused("there are no guides to sign", f"give guides of one section, and a serial from 1 to {MAX_SERIAL}")
    (section,) = sections
    given = publisher.sections.get(section)
    if given is None or pen.public not in given.keys:
        raise Misused(
            f"this key is no key of the section {section}", "ask the centre to name it, then take its new root document"
        )
    blank = SectionFile(publisher.identity, section, serial, tuple(SignedPack(pack, {}) for pack in ordered))
    signed = tuple(SignedPack(one.pack, {pen.public: pen.sign(blank.to_sign(one))}) for one in blank.packs)
    return replace(blank, packs=signed)


def sign_edition(
    pen: Pen, moment: Moment, services: Services, packs: Iterable[HeldPack]
) -> tuple[Sheet, list[HeldPack]]:
    """The signed sheet of an edition, and exactly its packs, stamped."""
    stamped = []
    for held in packs:
        fresh = replace(held, moment=moment, services=services)
        stamped.append(fresh.stamped(pen.sign(fresh.to_stamp())))
    sheet = Sheet.of(moment, services, [held.leaf for held in stamped])
    return replace(sheet, signature=pen.sign(sheet.header().to_sign())), stamped
