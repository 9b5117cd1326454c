"""Opens what a scanner or a phone made: PDF, JPEG, PNG, TIFF, WebP, as grey pictures, bounded before they are decoded.

Rules
- a picture's size is known and allowed before a byte of it is unpacked: a small file can claim a whole wall.
- nothing is written, and nothing of a picture but its grey values is looked at, its orientation aside.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from holub.errors import HolubError, Refused, Unavailable
from holub.transit.carriers.qr.packages import package
from holub.transit.placing import world

MOST_FILE = 256 << 20  # bytes
MOST_PIXELS = 120_000_000  # the largest phones' pictures
MOST_PAGES = 400  # of a PDF or a TIFF
_WORKING = 24_000_000  # pixels; A4 at 400 dpi is 15, and more shows no more
_DPI = 300
ENDINGS = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"})
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
_UNREADABLE = frozenset({".heic", ".heif"})
_TODO = "save it as JPEG, PNG or PDF and try again"

Warn = Callable[[Path, HolubError], object]


def pictures(place: Path, warn: Warn) -> Iterator[tuple[str, Any]]:
    """Every picture of a file or a folder, in the order of names: (which one this is, a grey Pillow image).

    warn: told of a file that cannot be used, which holds up no other. Raises Unavailable where there is none.
    """
    with world(place):
        if place.is_dir():
            files = sorted(one for one in place.iterdir() if one.suffix.lower() in ENDINGS | _UNREADABLE)
        elif place.is_file():
            files = [place]
        else:
            raise Unavailable(f"there are no photographs at {place}", "give the folder that they are in, or one file")
    if not files:
        raise Unavailable(f"there are no photographs in {place}", "put JPEG, PNG, TIFF or PDF files there")
    for file in files:
        try:
            yield from _opened(file)
        except (Refused, Unavailable) as error:
            if len(files) == 1 or (isinstance(error, Unavailable) and "pip install" in error.todo):
                raise
            warn(file, error)


def _opened(file: Path) -> Iterator[tuple[str, Any]]:
    with world(file):
        if file.stat().st_size > MOST_FILE:
            raise Refused(f"{file.name} is larger than {MOST_FILE >> 20} MiB", _TODO)
    if file.suffix.lower() in _UNREADABLE:
        raise Refused(f"{file.name} is in a form that cannot be read here (HEIC)", _TODO)
    if file.suffix.lower() == ".pdf":
        yield from _pages(file)
    else:
        yield from _photographs(file)


def _pages(file: Path) -> Iterator[tuple[str, Any]]:
    pdfium = package("pypdfium2")
    package("PIL.Image")
    try:
        document = pdfium.PdfDocument(file)
    except (pdfium.PdfiumError, OSError) as error:
        raise Refused(f"{file.name} is no PDF that can be read", "scan or save it again") from error
    with document:
        for number in range(min(len(document), MOST_PAGES)):
            try:
                page = document[number]
                width, height = page.get_size()
                # A page may claim any size; the scale, not the page, decides how many pixels it gets.
                scale = min(_DPI / 72, (_WORKING / max(width * height, 1)) ** 0.5)
                if not (0 < width < 20_000 and 0 < height < 20_000):
                    raise Refused(f"page {number + 1} of {file.name} has an impossible size", "scan it again")
                picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
            except pdfium.PdfiumError as error:
                raise Refused(f"page {number + 1} of {file.name} cannot be read", "scan it again") from error
            yield f"{file.name}, page {number + 1}", picture


def _photographs(file: Path) -> Iterator[tuple[str, Any]]:
    image = package("PIL.Image")
    upright = package("PIL.ImageOps").exif_transpose
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that is too large; below, the size decides.
            warnings.simplefilter("ignore", image.DecompressionBombWarning)
            opened = image.open(file, formats=_FORMATS)
        with opened:
            for number in range(min(getattr(opened, "n_frames", 1), MOST_PAGES) if opened.format == "TIFF" else 1):
                opened.seek(number)
                width, height = opened.size
                if width * height > MOST_PIXELS:
                    raise Refused(f"{file.name} has {width:,} x {height:,} dots, which is too many", _TODO)
                if opened.format == "JPEG" and width * height > _WORKING:
                    opened.draft("L", (width // 2, height // 2))
                yield (f"{file.name}, page {number + 1}" if number else file.name), _working(upright(opened))
    except (OSError, SyntaxError, ValueError, image.DecompressionBombError) as error:
        raise Refused(f"{file.name} is no picture that can be read", "photograph it again, save it as JPEG") from error


def _working(picture: Any) -> Any:
    """Grey, and no larger than helps."""
    if picture.mode in ("RGBA", "LA", "P", "PA"):
        # What is transparent is paper.
        image = package("PIL.Image")
        picture = picture.convert("RGBA")
        white = image.new("RGBA", picture.size, "white")
        picture = image.alpha_composite(white, picture)
    if picture.mode.startswith("I"):
        # 16 bits of grey: the upper eight.
        picture = picture.convert("I").point(lambda value: value * (1 / 256))
    grey = picture.convert("L")
    width, height = grey.size
    if width * height > _WORKING:
        share = (_WORKING / (width * height)) ** 0.5
        grey = grey.resize((max(1, int(width * share)), max(1, int(height * share))), 3)
    return grey
