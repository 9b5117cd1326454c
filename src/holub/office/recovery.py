"""Recovery: a new office for an old identity, when the old one is lost and holders kept the root keys.

Rules
- What the new office knows, it has from what is public: the chain of root documents and the newest edition's parcels,
  both checked first. So edition numbers and sections' serials go on counting, and pages given out stay genuine.
- It can sign nothing until holders have signed the rotation that it proposes, which takes the old edition key out.
- Letters, answers and letter keys of the old office are gone.
"""

from __future__ import annotations

import json
from pathlib import Path

from holub.errors import Misused, Refused
from holub.formats.names import MAIN
from holub.formats.sectionfile import SectionFile, SignedPack
from holub.formats.shelf import Shelf
from holub.office.editions import CODES
from holub.office.office import ROOT_FILE, Office
from holub.office.post import Parcels
from holub.office.rotation import Change, Rotated, rotate
from holub.office.sections import Sections
from holub.outbound.press.archive import Record, make_entry
from holub.store import files
from holub.store.vault import Vault
from holub.transit.parcelfolder import Found

_KINDS = ("full", "sheet", "pictures", "mailbag", "update", "packstamps")


def recover(folder: Path, passphrase: str, chain: bytes, parcels: Path, life: int, now: int) -> Rotated:
    """Makes the new office and its proposal; `folder` must hold none yet. life: seconds, of the next root document.

    Raises Misused (an office is there), Refused (parcels that are no complete edition of this publisher), Unavailable.
    """
    opened = Parcels(parcels, chain)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Misused(f"{folder} is not empty", "choose a new folder for the new office")
    sections = sections_of(opened.shelf)
    record, data = _newest(opened)
    vault = Vault.create(folder, passphrase)
    with Office(folder, vault) as office:
        files.replace(folder / ROOT_FILE, chain)
        office.archive.add(record, data)
        codes = [code.hex() for code in opened.sheet.services.codes]
        files.replace(office.archive.folder / CODES, json.dumps(codes).encode())
        Sections(office.archive.folder).keep(sections)
        return rotate(office, Change(edition=True, life=life), now)


def sections_of(shelf: Shelf) -> list[SectionFile]:
    """The sections as their editors signed them, read back from an edition that has verified."""
    found: dict[tuple[str, int], list[SignedPack]] = {}
    for (section, _), held in sorted(shelf.packs.items()):
        if section != MAIN and held.editors is not None and not held.pictures:
            keys = shelf.publisher.sections[section].keys
            signed = {keys[index]: signature for index, signature in held.editors.signatures}
            found.setdefault((section, held.editors.serial), []).append(SignedPack(held.pack, signed))
    identity = shelf.publisher.identity
    return [SectionFile(identity, section, serial, tuple(packs)) for (section, serial), packs in found.items()]


def _fits(shelf: Shelf, one: Found) -> bool:
    """Pictures do not say of which edition they are: those of the newest are the ones that its packs name."""
    try:
        return one.label.kind != "pictures" or bool(shelf.receive(one.data))
    except Refused:
        return False


def _newest(opened: Parcels) -> tuple[Record, dict[str, bytes]]:
    """The newest edition as the press keeps it. Raises Refused when a full parcel is missing."""
    moment = opened.sheet.moment
    entries, data = [], {}
    for one in opened.found:
        label = one.label
        if label.kind in _KINDS and (label.edition or moment.edition) == moment.edition and _fits(opened.shelf, one):
            entry = make_entry(one.data, moment.edition, label.section, label.language, label.start, label.until)
            entries.append(entry)
            data[entry.name] = one.data
    fulls = {(entry.section, entry.language) for entry in entries if entry.kind == "full"}
    if fulls != {(None, None), *opened.shelf.packs}:
        raise Refused(
            f"not all full parcels of edition {moment.edition} are here", "fetch them from a postbox or a mirror"
        )
    guides = sum(len(held.pack.guides) for held in opened.shelf.packs.values())
    return Record(moment.edition, moment.time, moment.expiry, guides, tuple(entries)), data
