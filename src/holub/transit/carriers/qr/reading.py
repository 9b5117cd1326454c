"""Finds the codes in one picture: first in the whole, then in overlapping tiles of what is still bare, prepared anew.

The second and third way of looking (twice as large; blurred and three times as large) find what folds, blur and coarse
scans hide from the first: they cost time, so only tiles are tried that have ink and no code yet, and only while
somebody still needs a code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from holub.transit.carriers.qr.packages import package

MOST_CODES = 512  # in one picture; a page has 40
_CELLS = 96  # the grid in which it is noted what is read already, along the longer side
_TILE = 2.4  # codes along a tile's side
_UNKNOWN = 7  # tiles along the shorter side where no code was found at all
_OVERLAP = 1.15  # codes that neighbouring tiles share, so that each code is whole in one of them
_INK = 60  # between the darkest and the lightest, of 255, below which a tile is bare paper
_MOST_SIDE = 2_700  # of an enlarged tile


def codes(picture: Any, lacking: Callable[[], bool] = lambda: True) -> Iterator[bytes]:
    """The contents of the QR codes in a grey Pillow image, each once; the hard ones only while `lacking()`."""
    seen: set[bytes] = set()
    covered = _Covered(picture.size)
    for data, box in _read(picture, downscale=True):
        covered.add(box)
        if data not in seen and len(seen) < MOST_CODES:
            seen.add(data)
            yield data
    for prepare, grown in ((_as_it_is, 1), (_twice, 2), (_blurred_thrice, 3)):
        for left, top, right, bottom in covered.tiles():
            if not lacking() or len(seen) >= MOST_CODES:
                return
            if not covered.bare(left, top, right, bottom):
                continue
            tile = picture.crop((left, top, right, bottom))
            darkest, lightest = tile.getextrema()
            if lightest - darkest < _INK or max(tile.size) * grown > _MOST_SIDE:
                continue
            for data, box in _read(prepare(tile), downscale=False):
                covered.add([(left + x / grown, top + y / grown) for x, y in box])
                if data not in seen:
                    seen.add(data)
                    yield data


Box = list[tuple[float, float]]


def _read(picture: Any, *, downscale: bool) -> list[tuple[bytes, Box]]:
    zxing = package("zxingcpp")
    found = zxing.read_barcodes(
        picture, formats=zxing.BarcodeFormat.QRCode, try_rotate=False, try_invert=False, try_downscale=downscale
    )
    return [(bytes(one.bytes), _corners(one.position)) for one in found]


def _corners(position: Any) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return [(float(corner.x), float(corner.y)) for corner in corners]


def _as_it_is(tile: Any) -> Any:
    return tile


def _twice(tile: Any) -> Any:
    return tile.resize((tile.width * 2, tile.height * 2), 3)  # bicubic


def _blurred_thrice(tile: Any) -> Any:
    blur = package("PIL.ImageFilter").GaussianBlur(0.8)
    return tile.filter(blur).resize((tile.width * 3, tile.height * 3), 3)


class _Covered:
    """What of a picture is read already, on a coarse grid; and the tiles to look at again."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._step = max(max(size) / _CELLS, 1.0)
        self._cells: set[tuple[int, int]] = set()
        self._sides: list[float] = []

    def add(self, box: Box) -> None:
        xs, ys = [x for x, _ in box], [y for _, y in box]
        self._sides.append(max(max(xs) - min(xs), max(ys) - min(ys), self._step))
        margin = self._step
        for column in range(int((min(xs) - margin) / self._step), int((max(xs) + margin) / self._step) + 1):
            for row in range(int((min(ys) - margin) / self._step), int((max(ys) + margin) / self._step) + 1):
                self._cells.add((column, row))

    def _code(self) -> float:
        """A code's side in pixels; the middle one, since a mark is smaller and a stranger's code may be anything."""
        if len(self._sides) < 4:
            return min(self._size) / (_UNKNOWN * _TILE) * 2
        return sorted(self._sides)[len(self._sides) // 2]

    def tiles(self) -> list[tuple[int, int, int, int]]:
        side = max(int(self._code() * _TILE), 64)
        step = max(int(side - self._code() * _OVERLAP), 32)
        width, height = self._size
        return [
            (left, top, min(left + side, width), min(top + side, height))
            for top in range(0, max(height - side // 3, 1), step)
            for left in range(0, max(width - side // 3, 1), step)
        ]

    def bare(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Whether half a code's room and more is left in a tile."""
        columns = range(int(left / self._step), int(right / self._step) + 1)
        rows = range(int(top / self._step), int(bottom / self._step) + 1)
        free = sum((column, row) not in self._cells for column in columns for row in rows)
        return free * self._step**2 > 0.5 * self._code() ** 2
