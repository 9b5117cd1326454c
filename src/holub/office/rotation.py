"""Rotation: the next root document, from an office that holds all needed root keys or from holders who sign apart.

Rules
- New keys are in the vault before a document names them; old ones leave it only after the document is durable. A crash
  in between leaves a key too many, which the next rotation takes away, and never one too few.
- OFFICE/root.txt is the whole chain, oldest first; it only ever grows by a document that the one before accepts.
- What waits for signatures lies in OFFICE/root.next.txt. The office takes back only what it proposed itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from holub.errors import Misused, OtherPublisher, Refused, Unavailable
from holub.formats.root import (
    MAX_EDITION_KEYS,
    MAX_ROOT_KEYS,
    Delegation,
    RootDocument,
    check_publisher,
    parse_root,
    split_chain,
    trust,
)
from holub.formats.signature import verify
from holub.office.office import Office
from holub.outbound.press.signing import SEED_BYTES, Pen, sign_root
from holub.store import files
from holub.store.keyfile import read_key, write_key

PROPOSAL = "root.next.txt"
HOLDER = "root key"  # the use that a holder's key file is made for


@dataclass(frozen=True)
class Change:
    """What the next root document has anew. None and False: as it was.

    keep_old: the edition keys of before stay named, so that what they signed stays valid. life: seconds until the
    new expiry. sections: delegations to set; None takes one away.
    """

    edition: bool = False
    keep_old: bool = False
    root_keys: int | None = None
    threshold: int | None = None
    name: str | None = None
    life: int | None = None
    sections: Mapping[str, Delegation | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rotated:
    """A next root document. missing: how many old and how many own signatures are still needed before it is taken.

    made, kept, removed: names of keys in the vault.
    """

    document: RootDocument
    missing: tuple[int, int]
    made: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def taken(self) -> bool:
        return self.missing == (0, 0)


def rotate(office: Office, change: Change, now: int, *, dry_run: bool = False) -> Rotated:
    """Makes, signs and takes the next root document; where the vault lacks root keys, leaves it as a proposal.

    With dry_run nothing is written, and the document is not signed. Raises Misused, Refused, Unavailable.
    """
    old = office.root
    serial = old.serial + 1
    fresh_edition = {f"edition/{serial}": os.urandom(SEED_BYTES)} if change.edition else {}
    fresh_root = {f"root/{serial}-{i}": os.urandom(SEED_BYTES) for i in range(1, (change.root_keys or 0) + 1)}
    fresh = {**fresh_edition, **fresh_root}
    blank = _blank(old, change, fresh_root.values(), fresh_edition.values(), now)
    if dry_run:
        signers = [*(pen for _, pen in office.pens("root")), *map(Pen, fresh_root.values())]
        signed = sign_root(blank, [pen for pen in signers if pen.public in {*old.root_keys, *blank.root_keys}])
        gone = _unneeded(office, blank, fresh=change.edition) if _missing(old, signed) == (0, 0) else []
        return Rotated(blank, _missing(old, signed), tuple(fresh), _kept(office, gone), tuple(gone))
    (office.folder / PROPOSAL).unlink(missing_ok=True)  # its keys are about to be written over
    for name, seed in fresh.items():
        office.vault.put(name, seed)
    named = {*old.root_keys, *blank.root_keys}
    signed = sign_root(blank, [pen for _, pen in office.pens("root") if pen.public in named])
    if _missing(old, signed) == (0, 0):
        return _take(office, signed, tuple(fresh))
    files.replace(office.folder / PROPOSAL, signed.encode())
    return Rotated(signed, _missing(old, signed), tuple(fresh), _kept(office, []), ())


def take_signed(office: Office, signed: Sequence[Path]) -> Rotated:
    """Takes the proposal once holders signed copies of it; their signatures are put together.

    Raises Misused when there is no proposal or signatures are still missing, Refused when a file is not the proposal.
    """
    place = office.folder / PROPOSAL
    if not place.is_file():
        raise Misused("this office has proposed no rotation", "begin with `holub keys rotate`")
    document = _parse_unsigned(place.read_bytes())
    for file in signed:
        copy = _parse_unsigned(_read(file))
        if copy.body() != document.body():
            raise Refused(f"{file.name} is not the rotation that this office proposed", f"let holders sign {place}")
        document = replace(document, signatures={**document.signatures, **copy.signatures})
    missing = _missing(office.root, document)
    if missing != (0, 0):
        files.replace(place, document.encode())  # those that came are kept
        raise Misused(
            f"{missing[0]} signatures by old root keys and {missing[1]} by new ones are missing",
            f"let more holders sign {place}, then give their files as well",
        )
    return _take(office, document, ())


def export_holder(office: Office, number: int, out: Path, passphrase: str) -> bytes:
    """Moves root key `number` (1: the first that the root document names) into a key file; gives its public half.

    The file is durable and was opened again before the vault forgets the key. Raises Misused, Unavailable.
    """
    keys = office.root.root_keys
    if not 1 <= number <= len(keys):
        raise Misused(f"there is no root key {number}", f"choose a number from 1 to {len(keys)}: holub keys show")
    public = keys[number - 1]
    for name, pen in office.pens("root"):
        if pen.public == public:
            seed = office.vault.get(name)
            write_key(out, HOLDER, public, seed, passphrase)
            if read_key(out).open(HOLDER, passphrase) != seed:
                raise Unavailable(f"{out} does not read back as it was written", "check the disk")
            office.vault.remove(name)
            return public
    raise Misused(f"root key {number} is not in this office", "somebody holds it already")


def sign_apart(file: Path, holder: Path, passphrase: str, held: RootDocument | None = None) -> RootDocument:
    """Adds a holder's signature to a proposal, in place. Raises Misused, Refused, Forged, Unavailable.

    held: the root document that the holder trusts; then the proposal has to be its successor, and the key one that
    counts for one of the two.
    """
    document = read_proposal(file)
    pen = Pen(read_key(holder).open(HOLDER, passphrase))
    if held is not None:
        if document.identity != held.identity:
            raise OtherPublisher("the proposal is another publisher's", "sign nothing, and ask where it comes from")
        if document.serial != held.serial + 1:
            raise Refused(
                f"the proposal has serial {document.serial}, and {held.serial} is trusted here",
                "take the newest root document, or ask for a new proposal",
            )
        if pen.public not in {*held.root_keys, *document.root_keys}:
            raise Misused("this key is no root key of either document", "give the file of the right key")
    signed = sign_root(document, [pen])
    files.replace(file, signed.encode())
    return signed


def read_proposal(file: Path) -> RootDocument:
    """A root document that may lack signatures; those that it has are checked. Raises Refused, Forged, Unavailable."""
    document = _parse_unsigned(_read(file))
    for key, made in document.signatures.items():
        verify(key, made, document.to_sign(), "the proposed root document")
    return document


def differences(old: RootDocument, new: RootDocument) -> list[str]:
    """What a next root document changes, a sentence each: what a holder reads before signing."""
    lines = []
    if new.name != old.name:
        lines.append(f"the name: {old.name} becomes {new.name}")
    if new.expiry != old.expiry:
        days = (new.expiry - old.expiry) // 86_400
        number = "a day" if abs(days) == 1 else f"{abs(days)} days"
        lines.append(f"the end: {number} {'later' if days >= 0 else 'earlier'}")
    if new.threshold != old.threshold:
        lines.append(f"root keys that are needed: {old.threshold} become {new.threshold}")
    for word, before, after in (
        ("root key", old.root_keys, new.root_keys),
        ("edition key", old.edition_keys, new.edition_keys),
    ):
        lines += [f"{word} taken out: {key.hex()}" for key in before if key not in after]
        lines += [f"{word} taken in: {key.hex()}" for key in after if key not in before]
    for section in sorted({*old.sections, *new.sections}):
        given = new.sections.get(section)
        if given != old.sections.get(section):
            keys = f"{given.threshold} of {', '.join(key.hex() for key in given.keys)}" if given else "nobody any more"
            lines.append(f"section {section}: signed by {keys}")
    return lines


def _blank(
    old: RootDocument, change: Change, root_seeds: Iterable[bytes], edition_seeds: Iterable[bytes], now: int
) -> RootDocument:
    """The next document without signatures. Raises Misused where it could not be."""
    root_keys = tuple(sorted(Pen(seed).public for seed in root_seeds)) or old.root_keys
    fresh = tuple(Pen(seed).public for seed in edition_seeds)
    edition_keys = tuple(sorted({*fresh, *(old.edition_keys if change.keep_old else ())})) if fresh else None
    threshold = change.threshold or (min(old.threshold, len(root_keys)) if change.root_keys else old.threshold)
    if not 1 <= threshold <= len(root_keys) <= MAX_ROOT_KEYS:
        raise Misused(
            f"{threshold} of {len(root_keys)} root keys cannot be needed", "choose a threshold that can be met"
        )
    if edition_keys and len(edition_keys) > MAX_EDITION_KEYS:
        raise Misused(f"a root document names at most {MAX_EDITION_KEYS} edition keys", "do not keep the old ones")
    sections = dict(old.sections)
    for section, given in change.sections.items():
        if given is not None:
            sections[section] = given
        elif sections.pop(section, None) is None:
            raise Misused(f"the section {section} is not delegated", "look at `holub keys show`")
    blank = replace(
        old,
        name=check_publisher(change.name) if change.name is not None else old.name,
        serial=old.serial + 1,
        expiry=old.expiry if change.life is None else now + change.life,
        threshold=threshold,
        root_keys=root_keys,
        edition_keys=edition_keys or old.edition_keys,
        sections=dict(sorted(sections.items())),
        first=old.identity,
        signatures={},
    )
    _parse_unsigned(blank.body())  # whatever readers would refuse is refused before any key is made
    return blank


def _missing(old: RootDocument, signed: RootDocument) -> tuple[int, int]:
    """How many signatures are still needed: by the old document's root keys, by its own. Raises Forged."""
    for key, made in signed.signatures.items():
        verify(key, made, signed.to_sign(), "the proposed root document")
    by_old = sum(key in signed.signatures for key in old.root_keys)
    by_own = sum(key in signed.signatures for key in signed.root_keys)
    return max(0, old.threshold - by_old), max(0, signed.threshold - by_own)


def _take(office: Office, document: RootDocument, made: tuple[str, ...]) -> Rotated:
    """Puts the document at the end of the chain, durable, and then lets go of what is no longer needed."""
    named = {*office.root.root_keys, *document.root_keys}
    document = replace(document, signatures={k: s for k, s in document.signatures.items() if k in named})
    if not any(pen.public in document.edition_keys for _, pen in office.pens("edition")):
        raise Refused("the new root document names no edition key of this office", "begin the rotation anew")
    chain = office.root_file.read_bytes() + document.encode()
    if trust(split_chain(chain)) != document:
        raise Refused("the new root document does not follow from the old one", "begin the rotation anew")
    files.replace(office.root_file, chain)
    gone = _unneeded(office, document)
    for name in gone:
        office.vault.remove(name)
    (office.folder / PROPOSAL).unlink(missing_ok=True)
    return Rotated(document, (0, 0), made, _kept(office, gone), tuple(gone))


def _unneeded(office: Office, document: RootDocument, *, fresh: bool = False) -> list[str]:
    """Names of keys that nothing more will be signed with: all that the document does not name, and every edition
    key but the newest. fresh: a newer edition key than those in the vault is still to come."""
    root = [name for name, pen in office.pens("root") if pen.public not in document.root_keys]
    edition = office.pens("edition")
    newest = [] if fresh else [name for name, pen in edition if pen.public in document.edition_keys][-1:]
    return sorted(root + [name for name, _ in edition if name not in newest])


def _kept(office: Office, gone: Sequence[str]) -> tuple[str, ...]:
    names = (name for kind in ("edition", "root") for name, _ in office.pens(kind))
    return tuple(name for name in names if name not in gone)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path} cannot be read ({error.strerror})", "give a file that is there") from error


def _parse_unsigned(data: bytes) -> RootDocument:
    """A root document that may have no signature yet. Raises Refused."""
    if b"\nsig " in data:
        return parse_root(data)
    stand_in = b"sig " + bytes(32).hex().encode() + b" " + bytes(64).hex().encode() + b"\n"
    return replace(parse_root(data + stand_in), signatures={})
