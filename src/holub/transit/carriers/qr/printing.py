"""Writes sheets as one PDF: segno makes the codes, Pillow lays a page's into one picture, typst sets the page.

Rules
- one mask for all codes: what is in them looks like chance already, and choosing would be most of the work.
- a page's codes are one picture with whole dots a module: no driver then rounds one code otherwise than another.
- the file names no author, no program's user and no date.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from holub.errors import Unavailable
from holub.transit.carriers.qr.caption import Line
from holub.transit.carriers.qr.packages import package
from holub.transit.carriers.qr.plan import MODULE_MM, Layout

_MASK = 0
_DOTS = 4  # of the picture, a module: 254 in an inch
_TEMPLATE = Path(__file__).with_name("sheets.typ")


@dataclass(frozen=True)
class Page:
    """One sheet. frames: in the order of reading; mark: bytes of the small code; foot: the last, small line."""

    lines: Sequence[Line]
    foot: str
    mark: bytes
    frames: Sequence[bytes]


def write_pdf(pages: Iterable[Page], layout: Layout) -> bytes:
    """The PDF. Raises Unavailable where a package is missing or the page cannot be set."""
    typst = package("typst")
    sheets = []
    with tempfile.TemporaryDirectory(prefix="holub-paper-") as name:
        folder = Path(name)
        for number, page in enumerate(pages):
            codes, mark = f"codes-{number}.png", f"mark-{number}.png"
            (folder / codes).write_bytes(_picture(page.frames, layout))
            (folder / mark).write_bytes(_mark_picture(page.mark))
            lines = [{**vars(line), "leftward": line.leftward} for line in page.lines]
            sheets.append({"lines": lines, "foot": page.foot, "mark": mark, "codes": codes})
        told = {"width": layout.size[0] * MODULE_MM, "sheets": sheets}
        (folder / "sheets.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        main = folder / "sheets.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        try:
            made: bytes = _compiler().compile(str(main), root=str(folder), format="pdf", pdf_tags=False)
        except typst.TypstError as error:
            raise Unavailable(f"the sheets could not be set ({error.message})", "install holub[paper] anew") from error
    return made


@cache
def _compiler() -> Any:
    """One for all: it reads the machine's fonts once."""
    typst = package("typst")
    return typst.Compiler(font_paths=typst.Fonts())


def _matrix(data: bytes, version: int, level: str) -> Sequence[bytes]:
    """Rows of a code, 1 is dark."""
    segno = package("segno")
    made: Sequence[bytes] = segno.make_qr(
        data, version=version, error=level, mode="byte", mask=_MASK, boost_error=False, encoding=None
    ).matrix
    return made


def _picture(frames: Sequence[bytes], layout: Layout) -> bytes:
    """All codes of a page as one PNG."""
    image = package("PIL.Image")
    page = image.new("L", layout.size, 255)
    for place, frame in enumerate(frames):
        row, column = divmod(place, layout.columns)
        at = (column * (layout.modules + layout.gap_x), row * (layout.modules + layout.gap_y))
        page.paste(_code(image, _matrix(frame, layout.version, layout.level)), at)
    return _png(page)


def _mark_picture(data: bytes) -> bytes:
    image = package("PIL.Image")
    return _png(_code(image, _matrix(data, 1, "q")))


def _code(image: Any, rows: Sequence[bytes]) -> Any:
    side = len(rows)
    return image.frombytes("L", (side, side), b"".join(bytes(row).translate(_SHADES) for row in rows))


_SHADES = bytes([255, 0]) + bytes(254)


def _png(picture: Any) -> bytes:
    width, height = picture.size
    stream = io.BytesIO()
    picture.resize((width * _DOTS, height * _DOTS), 0).convert("1").save(stream, "PNG")
    return stream.getvalue()
