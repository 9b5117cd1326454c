"""What photographs have shown so far: which codes of which parcel, and so which sheet is to be photographed again."""

from __future__ import annotations

from dataclasses import dataclass, field

from holub.errors import Refused
from holub.formats.frame import Split, parse_frame
from holub.transit.carriers.qr.mark import Mark, read_mark

_MOST = 256  # parcels, and sets of sheets, that are told apart; more is somebody's joke


@dataclass
class _Parcel:
    needed: int
    numbers: set[int] = field(default_factory=set)
    mark: Mark | None = None


class Seen:
    """Advice only: parcels are whole when a collector says so."""

    def __init__(self) -> None:
        self._parcels: dict[bytes, _Parcel] = {}
        self._whole: set[bytes] = set()
        self._sets: set[bytes] = set()
        self.strangers = 0
        self.picture()

    def picture(self) -> None:
        """Another picture begins."""
        self._marks: set[Mark] = set()
        self._here: set[bytes] = set()

    def code(self, data: bytes) -> bool:
        """What a code of this picture holds; False where that is no frame."""
        mark = read_mark(data)
        if mark is not None:
            if len(self._sets) < _MOST:
                self._sets.add(mark.set_id)
                self._marks.add(mark)
                self._match()
            return False
        try:
            frame = parse_frame(data)
            needed = Split(frame.length, len(frame.symbol)).count
        except Refused:
            self.strangers += 1
            return False
        if frame.parcel_id in self._parcels or len(self._parcels) < _MOST:
            one = self._parcels.setdefault(frame.parcel_id, _Parcel(needed))
            if len(one.numbers) < 2 * one.needed + 64:
                one.numbers.add(frame.number)
            self._here.add(frame.parcel_id)
            self._match()
        return True

    def _match(self) -> None:
        """Parcels and a mark on one picture belong together, unless sheets of several sets lie on it."""
        if len({mark.set_id for mark in self._marks}) == 1:
            mark = next(iter(self._marks))
            for name in self._here:
                self._parcels[name].mark = self._parcels[name].mark or mark

    def whole(self, parcel_id: bytes) -> None:
        self._whole.add(parcel_id)

    def lacking(self) -> bool:
        """Whether a parcel that was begun is not whole, or none was begun yet."""
        return not self._parcels or any(one not in self._whole for one in self._parcels)

    def advice(self) -> list[str]:
        """For each parcel that is not whole, the one that comes nearest first: what is needed and where it is."""
        open_ = [(one, kept) for one, kept in self._parcels.items() if one not in self._whole]
        open_.sort(key=lambda row: max(row[1].needed - len(row[1].numbers), 1))
        return [self._advice(kept) for _, kept in open_]

    def _advice(self, one: _Parcel) -> str:
        more = max(one.needed - len(one.numbers), 1)
        said = f"{more} more codes are needed" if more > 1 else "one more code is needed"
        if one.mark is None:
            return f"{said}: photograph the sheets again, each whole, with its heading"
        again: list[int] = []
        absent: list[int] = []
        read = dict.fromkeys(range(one.mark.sheets), 0)
        for number in one.numbers:
            read[number % one.mark.sheets] += 1
        for sheet, count in sorted(read.items(), key=lambda row: (row[1], row[0])):
            if more <= 0:
                break
            (again if count else absent).append(sheet + 1)
            more -= one.mark.codes - count
        parts = []
        if absent:
            parts.append(f"photograph {_sheets(absent)}, of which nothing was seen")
        if again:
            parts.append(f"photograph {_sheets(again)} again")
        return f"{said}: {', and '.join(parts)}"

    def mixed(self) -> int:
        """How many different sets of sheets were on the pictures."""
        return len(self._sets)


def _sheets(numbers: list[int]) -> str:
    said = [str(number) for number in sorted(numbers)]
    if len(said) == 1:
        return f"sheet {said[0]}"
    return f"sheets {', '.join(said[:-1])} and {said[-1]}"
