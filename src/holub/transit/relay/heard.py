"""What came over a mesh and is not part of an edition yet: parcels that build on what is held, or on one another.

Rules
- anybody can send on a mesh: what is here is not trusted, and bounded. Where it is too much, chance decides what goes.
- no text is opened here: a few kilobytes may announce many megabytes, and a relay is a small machine.
- what is of an edition that is held already goes.
"""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

from holub.errors import Refused
from holub.formats.full import read_closed
from holub.formats.parcel import Kind, parse_parcel
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import PARCEL_SUFFIX, PARCELS
from holub.transit.parcelfolder import label
from holub.transit.placing import PARTIAL, flush_folder, world

KINDS = (Kind.UPDATE, Kind.SWEEP, Kind.SHEET, Kind.FULL, Kind.PACKSTAMPS)
MOST_FILES, MOST_BYTES = 256, 4 << 20
# Each radio has a thread, and the rounds have theirs: what one counts another must not take away.
_TURN = threading.Lock()


class Heard:
    """The folder of a relay in which such parcels lie. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, parcel: bytes) -> bool:
        """Keeps a parcel that can be part of an edition; whether it is one. Raises Unavailable."""
        if _edition(parcel) is None:
            return False
        with _TURN, world(self.path):
            self.path.mkdir(exist_ok=True)
            FolderCarrier(self.path).put(parcel)
            files = self._files()
            while len(files) > MOST_FILES or sum(file.stat().st_size for file in files) > MOST_BYTES:
                files.pop(secrets.randbelow(len(files))).unlink()
            self._still()
        return True

    def forget(self, held: int) -> None:
        """Takes away what does not lead beyond the edition that is held, and halves of files. Raises Unavailable."""
        with _TURN, world(self.path):
            for file in (self.path / PARCELS).glob(f"*{PARTIAL}"):
                file.unlink()
            for file in self._files():
                edition = _edition(file.read_bytes())
                if edition is None or edition <= held:
                    file.unlink()
            self._still()

    def doubt(self) -> None:
        """Takes half away, drawn by chance: who looked at all of it was ended, and nobody knows by which. Raises
        Unavailable.
        """
        with _TURN, world(self.path):
            files = self._files()
            for file in secrets.SystemRandom().sample(files, (len(files) + 1) // 2):
                file.unlink()
            self._still()

    def _files(self) -> list[Path]:
        folder = self.path / PARCELS
        return sorted(folder.glob(f"*{PARCEL_SUFFIX}")) if folder.is_dir() else []

    def _still(self) -> None:
        """Takes the times away that tell when something came or went."""
        for folder in (self.path / PARCELS, self.path, self.path.parent):
            if folder.is_dir():
                flush_folder(folder)


def _edition(data: bytes) -> int | None:
    """To which edition a parcel says that it leads; None where it is none that may lie here."""
    try:
        parcel = parse_parcel(data)
        if parcel.kind not in KINDS:
            return None
        return read_closed(parcel.body)[0].moment.edition if parcel.kind is Kind.FULL else label(parcel).edition
    except Refused:
        return None
