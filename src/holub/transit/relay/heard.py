"""What came over a mesh and is not part of an edition yet: parcels that build on what is held, or on one another.

Rules
- anybody can send on a mesh: what is here is not trusted, and bounded. Where it is too much, chance decides what goes.
- what is of an edition that is held already goes.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from holub.errors import Refused
from holub.formats.parcel import parse_parcel
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import PARCEL_SUFFIX, PARCELS
from holub.transit.parcelfolder import label
from holub.transit.placing import world

KINDS = ("update", "sheet", "full", "packstamps")
MOST_FILES, MOST_BYTES = 256, 4 << 20


class Heard:
    """The folder of a relay in which such parcels lie."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, parcel: bytes) -> bool:
        """Keeps a parcel that can be part of an edition; whether it is one. Raises Unavailable."""
        try:
            if label(parse_parcel(parcel)).kind not in KINDS:
                return False
        except Refused:
            return False
        with world(self.path):
            self.path.mkdir(exist_ok=True)
        FolderCarrier(self.path).put(parcel)
        files = self._files()
        with world(self.path):
            while len(files) > MOST_FILES or sum(file.stat().st_size for file in files) > MOST_BYTES:
                files.pop(secrets.randbelow(len(files))).unlink()
        return True

    def forget(self, held: int) -> None:
        """Takes away what does not lead beyond the edition that is held. Raises Unavailable."""
        for file in self._files():
            with world(file):
                try:
                    edition = label(parse_parcel(file.read_bytes())).edition
                except Refused:
                    edition = None
                if edition is None or edition <= held:
                    file.unlink()

    def _files(self) -> list[Path]:
        folder = self.path / PARCELS
        with world(self.path):
            return sorted(folder.glob(f"*{PARCEL_SUFFIX}")) if folder.is_dir() else []
