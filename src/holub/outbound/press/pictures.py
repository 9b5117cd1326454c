"""Pictures made small for the way: one size limit, no metadata, the same bytes from the same picture every time.

A picture is judged by its first bytes before its pixels are unpacked, so that a small file which unpacks to
gigabytes is refused. "The same bytes" holds for one version of Pillow: the press writes a picture once and then
carries it by its hash.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from holub.errors import Misused, Refused

LONGEST_SIDE = 800
QUALITY = 70
LARGEST_FILE = 32 << 20
MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_TODO = "open it in an image editor, save it as JPEG or PNG and try again"

# Pillow raises these, and nothing of its own, on damaged files: its parsers let Python's errors through.
_DAMAGE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A picture's size in pixels, before any turning, and its format: JPEG, PNG, WEBP or GIF."""

    width: int
    height: int
    format: str


def measure(data: bytes) -> Measure:
    """Read a picture's size without unpacking it. Raises Refused where it is no picture or too large."""
    image = _opened(data)
    return Measure(image.width, image.height, str(image.format))


def require_whole(data: bytes) -> None:
    """Unpack a picture and throw it away. Raises Refused where `resize` would: no picture, damaged or too large."""
    image = _opened(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
    except _DAMAGE as error:
        raise Refused("The picture is damaged", _TODO) from error


def resize(data: bytes, *, longest: int = LONGEST_SIDE, quality: int = QUALITY) -> bytes:
    """The picture with its longer side at most `longest` pixels, as JPEG, PNG or WebP, whichever is smallest.

    Metadata goes (place, time, camera, comments, colour profile); the camera's turning is applied first. Of a moving
    picture the first image stays. Raises Refused where the bytes are no whole picture or too large, Misused for
    impossible settings.
    """
    if not 16 <= longest <= 8192 or not 1 <= quality <= 95:
        raise Misused("The size or quality for pictures is impossible", "take 16 to 8192 pixels, quality 1 to 95")
    image = _opened(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, which is thrown away
            image.draft("RGB", (longest, longest))
            image.load()
            picture = _flat(image)
            picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
            return min(_encodings(picture, quality), key=len)
    except _DAMAGE as error:
        raise Refused("The picture is damaged", _TODO) from error


def _opened(data: bytes) -> Image.Image:
    if len(data) > LARGEST_FILE:
        raise Refused(f"The picture is larger than {LARGEST_FILE >> 20} MiB", "make it smaller")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit on pixels, below, is lower than Pillow's
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise Refused("The picture has too many pixels", "make it smaller") from error
    except _DAMAGE as error:
        raise Refused("The file is no picture that can be read", _TODO) from error
    if image.width * image.height > MOST_PIXELS:
        raise Refused("The picture has too many pixels", "make it smaller")
    return image


def _flat(image: Image.Image) -> Image.Image:
    """The first image, turned as the camera held it, in plain colours, with its transparency if it uses any."""
    turned = _eight_bits(ImageOps.exif_transpose(image))
    transparent = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    picture = turned.convert("RGBA" if transparent else "RGB")
    if transparent:
        lowest = picture.getchannel("A").getextrema()[0]
        if lowest == 255:
            picture = picture.convert("RGB")
    # A fresh copy carries pixels and nothing else: no EXIF, text chunk, profile or comment can ride along.
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    return fresh


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 bits, as scanners make them, scaled to 8: Pillow's own conversion cuts off at 255."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda grey: grey / 256).convert("L")


def _encodings(picture: Image.Image, quality: int) -> list[bytes]:
    kinds: list[tuple[str, dict[str, object]]] = [
        # Trying harder (method 6, optimize) takes five times as long for 2 % of the bytes.
        ("WEBP", {"quality": quality, "method": 4}),
        ("PNG", {}),
    ]
    if picture.mode == "RGB":
        kinds.append(("JPEG", {"quality": quality, "optimize": True, "progressive": True}))
    encodings = []
    for kind, settings in kinds:
        sink = io.BytesIO()
        picture.save(sink, kind, **settings)
        encodings.append(sink.getvalue())
    return encodings
