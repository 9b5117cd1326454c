"""Names that travel: sections, languages, and the paths of guides and pictures (spec/edition.md, Pack)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from holub.errors import Refused

MAIN = "main"  # the centre's own section
MAX_PATH = 255  # bytes: what FAT32, ext4 and NTFS all take as one name, and one byte of length

_SECTION = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
# The same on the bytes that travel: both alphabets are ASCII.
SECTION_BYTES = re.compile(_SECTION.pattern.encode())
LANGUAGE_BYTES = re.compile(_LANGUAGE.pattern.encode())
_PATH = re.compile(r"(?!\.)[^\x00-\x1f\x7f\\/]+(/(?!\.)[^\x00-\x1f\x7f\\/]+)*")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")


def check_section(name: str) -> str:
    """The name itself. Raises Refused when it is no section's name."""
    if not _SECTION.fullmatch(name):
        raise Refused(f"{name!r} is no name for a section", "use small Latin letters, digits and hyphens, 32 at most")
    return name


def check_language(tag: str) -> str:
    """The tag itself. Raises Refused when it is no language tag (a part of BCP 47)."""
    if not _LANGUAGE.fullmatch(tag):
        raise Refused(f"{tag!r} is no language tag", "use a tag such as uk, en or zh-Hant")
    return tag


# A path is checked when it comes from the disk, from an old parcel and into a pack, and languages share most of them.
@lru_cache(maxsize=8192)
def check_path(path: str, *, ending: str = "") -> str:
    """The path itself. Raises Refused when it could climb out, hide, or not be kept on some file system."""
    why = ""
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        size, why = 1, "it is not UTF-8"
    if not 1 <= size <= MAX_PATH:
        why = f"it has {size} bytes; 1 to {MAX_PATH} are allowed"
    elif not unicodedata.is_normalized("NFC", path):
        why = "it is not in Unicode's NFC form"
    elif not _PATH.fullmatch(path):
        forbidden = _FORBIDDEN.search(path)
        why = "it has a control character or a backslash" if forbidden else "a part is empty or begins with a dot"
    elif not path.endswith(ending):
        why = f"it does not end in {ending}"
    if why:
        raise Refused(f"the path {path!r} cannot be carried: {why}", "rename the file")
    return path


def read_path(raw: bytes, *, ending: str = "") -> str:
    """The path that these bytes spell. Raises Refused."""
    try:
        return check_path(raw.decode("utf-8"), ending=ending)
    except UnicodeDecodeError:
        raise Refused(f"the path {raw!r} cannot be carried: it is not UTF-8", "rename the file") from None


def read_name(raw: bytes, kind: str) -> str:
    """A section ("section") or language ("language") as it stands in a parcel. Raises Refused."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise Refused(f"{raw!r} is no name of a {kind}", "ask for the parcel again from another source") from None
    return check_section(text) if kind == "section" else check_language(text)
