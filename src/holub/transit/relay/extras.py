"""What belongs to an edition beside its text, and may come later than that: replies and pictures."""

from __future__ import annotations

from pathlib import Path

from holub.errors import HolubError
from holub.formats.bagleaf import NO_MAILBAG
from holub.formats.parcel import parse_parcel
from holub.formats.sheet import read_sheet
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import PARCELS, parcel_file

_MOST_SHEET = 1 << 24


def lacks_extras(www: Path) -> bool:
    """Whether the edition that is handed out has replies or pictures that are not there. Damage counts as no."""
    try:
        rows = FolderCarrier(www).catalogue().listings
        own = next(row for row in rows if row.kind == "sheet" and row.size < _MOST_SHEET)
        sheet = read_sheet(parse_parcel((www / PARCELS / parcel_file(own.name)).read_bytes()).body)
    except (HolubError, OSError, StopIteration):
        return False
    pictures = {(row.section, row.language) for row in rows if row.kind == "pictures"}
    lacking = any(leaf.pictures and (leaf.section, leaf.language) not in pictures for leaf in sheet.packs)
    return lacking or (sheet.services.leaves[2] != NO_MAILBAG and all(row.kind != "mailbag" for row in rows))
