"""The small code beside a sheet's heading: which sheet of which set this is (spec/paper.md, "Mark"). Advice only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

MARK_BYTES = 9
_FIRST = 0xA1


@dataclass(frozen=True)
class Mark:
    """set_id: 4 bytes; sheet: from 1; enough: sheets that give all; codes: frames on a sheet."""

    set_id: bytes
    sheet: int
    sheets: int
    enough: int
    codes: int

    def encode(self) -> bytes:
        return bytes([_FIRST]) + self.set_id + bytes([self.sheet, self.sheets, self.enough, self.codes])


def set_of(parcel_ids: Iterable[bytes]) -> bytes:
    """The 4 bytes that name a set of sheets."""
    return sha256(b"".join(parcel_ids)).digest()[:4]


def read_mark(data: bytes) -> Mark | None:
    """The mark, None where this is none: any code may lie beside a sheet."""
    if len(data) != MARK_BYTES or data[0] != _FIRST:
        return None
    mark = Mark(data[1:5], *data[5:])
    if not (1 <= mark.sheet <= mark.sheets and 1 <= mark.enough <= mark.sheets and mark.codes):
        return None
    return mark
