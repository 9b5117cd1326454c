"""Names that are safe on every carrier: FAT32 sticks, URLs, object stores, Windows, macOS.

A parcel is named by its content: the first 16 hexadecimal digits of its SHA-256. Sixteen digits
are an address, not a proof: the catalogue has the whole hash, and the parcel its own signature.
A page's path is relative, with forward slashes, and cannot climb out of its folder. One set of
rules holds for what is written and for what is asked for.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from holub.errors import Refused

PARCEL_SUFFIX = ".hlp"
LETTER_SUFFIX = ".hll"
CATALOGUE = "latest"
PARCELS = "parcels"
LETTERS = "letters"
ROOT_PAGE = "root.txt"  # the root documents, oldest first

# First segments that mean something else on a postbox or on a stick.
RESERVED = frozenset({CATALOGUE, PARCELS, LETTERS, "healthz", "www"})

MAX_PATH_BYTES = 400
MAX_SEGMENT_BYTES = 120
MAX_DEPTH = 12

_NAME = re.compile(r"[0-9a-f]{16}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_CHUNK = 1 << 20

PLAIN = "plain/"
_DATING = re.compile(r"plain/edition\.[A-Za-z0-9.-]+\.css")


def is_dating(path: str) -> bool:
    """Whether the page at this path names the edition for all plain pages of a language (spec/postbox.md)."""
    return _DATING.fullmatch(path) is not None


def parcel_name(digest: bytes) -> str:
    """The name of the parcel whose SHA-256 (32 bytes) is `digest`: 16 hexadecimal digits."""
    return digest[:8].hex()


def parcel_file(name: str) -> str:
    """The file name of the parcel `name`; Refused when `name` is not 16 lower-case hexadecimal digits."""
    return check_parcel_name(name) + PARCEL_SUFFIX


def letter_file(digest: bytes) -> str:
    """The file name of the sealed letter whose SHA-256 is `digest`."""
    return digest[:8].hex() + LETTER_SUFFIX


def check_parcel_name(name: str) -> str:
    """Give `name` back when it is 16 lower-case hexadecimal digits, else Refused."""
    if not _NAME.fullmatch(name):
        raise Refused("this is not the name of a parcel", "a parcel's name has 16 digits, 0-9 and a-f")
    return name


def check_page_path(path: str) -> tuple[str, ...]:
    """The segments of a page's relative path, such as ("plain", "uk", "phone.html").

    Refused: an empty or too long path, empty or dotted segments, characters that FAT32 or Windows
    cannot store, device names, text that is not NFC, and first segments that are taken.
    """
    todo = "use a short relative path such as plain/uk/phone.html"
    if not path or len(path.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        raise Refused("the page's path is empty or too long", todo)
    segments = tuple(path.split("/"))
    if len(segments) > MAX_DEPTH:
        raise Refused("the page's path has too many folders", todo)
    for segment in segments:
        _check_segment(segment, todo)
    # FAT32 does not tell upper from lower case, so neither may this.
    if segments[0].lower() in RESERVED:
        raise Refused(f"a page cannot lie under the name {segments[0].lower()}", "that name has a meaning of its own")
    return segments


def _check_segment(segment: str, todo: str) -> None:
    if not segment or segment.startswith(".") or segment[-1] in ". ":
        raise Refused("a name in the page's path is empty, hidden, or ends in a dot or space", todo)
    try:
        size = len(segment.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise Refused("a name in the page's path is not valid Unicode", todo) from error
    if size > MAX_SEGMENT_BYTES:
        raise Refused("a name in the page's path is too long", todo)
    if _UNSAFE.search(segment) or _DEVICE.fullmatch(segment):
        raise Refused("a name in the page's path cannot be stored on a USB stick", todo)
    if unicodedata.normalize("NFC", segment) != segment:
        raise Refused("a name in the page's path is not in Unicode's NFC form", todo)


def digest_of(source: bytes | Path) -> tuple[bytes, int]:
    """SHA-256 (32 bytes) and length of bytes or of a file, read in pieces."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).digest(), len(source)
    state, length = hashlib.sha256(), 0
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            state.update(chunk)
            length += len(chunk)
    return state.digest(), length
