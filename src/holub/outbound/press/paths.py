"""Paths inside a pack: which may be carried, which will not survive a USB stick, and where a link leads.

The rules are those of spec/guide.md, "The path". Everything here works on strings alone and asks no file system.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote

from holub.errors import Refused
from holub.formats.names import check_path

GUIDE_ENDING = ".md"
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})?", re.ASCII)
_NO_TAG = re.compile(
    "api|app|bin|css|dev|doc|img|inc|lib|log|new|old|pic|pub|res|src|tmp|web|www",
    re.IGNORECASE,
)
# Upper control characters, bidirectional controls, line and paragraph separators: two such names could look the same.
_DECEIVING = re.compile("[\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_AWKWARD = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[1-9]|LPT[1-9])(\..*)?", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_language(name: str) -> bool:
    """Whether a top folder's name is a language tag (the short shapes of RFC 5646, section 2.1)."""
    return _TAG.fullmatch(name) is not None and _NO_TAG.fullmatch(name.partition("-")[0]) is None


@lru_cache(maxsize=8192)  # languages share most of their paths
def require_path(path: str, *, ending: str = "") -> None:
    """Raise Refused where a path cannot be carried, or would show another name than it has."""
    check_path(path, ending=ending)
    found = _DECEIVING.search(path)
    if found:
        what = f"the path {path!r} holds the invisible character U+{ord(found.group()):04X}"
        raise Refused(what, "rename the file")


def awkward(path: str) -> str:
    """Why a memory stick or Windows cannot hold this path, as the end of a sentence; "" if they can."""
    for part in path.split("/"):
        found = _AWKWARD.search(part)
        if found:
            return f"holds {found.group()}"
        if part[-1:] in (".", " "):
            return "has a part that ends in a dot or a space"
        if _RESERVED.fullmatch(part):
            return f"has a part that is a reserved name on Windows ({part})"
    return ""


def resolve(origin: str, address: str) -> str | None:
    """The path inside the pack that a relative address leads to, seen from the guide at `origin`.

    None if the address has a scheme or a host, starts at a root, or leaves the language's folder. A query is not
    taken off: guides are files. The fragment must have been taken off already.
    """
    if not address or address.startswith(("/", "\\")) or _SCHEME.match(address):
        return None
    try:
        decoded = unquote(address, errors="strict")
    except UnicodeDecodeError:
        return None
    parts = origin.split("/")[:-1]
    for part in unicodedata.normalize("NFC", decoded).split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    path = "/".join(parts)
    try:
        require_path(path)
    except Refused:
        return None
    return path


def relative(origin: str, target: str) -> str:
    """The relative address, percent-encoded, that leads from the guide at `origin` to `target`."""
    here, there = origin.split("/")[:-1], target.split("/")
    same = 0
    while same < len(here) and same < len(there) - 1 and here[same] == there[same]:
        same += 1
    steps = [".."] * (len(here) - same) + there[same:]
    # A first part with a colon would be read as a scheme; quote() encodes colons, so it cannot be.
    return quote("/".join(steps))


def name_as_words(name: str) -> str:
    """A file's or folder's name as a title: dashes and underscores become spaces, the first letter a capital."""
    words = " ".join(name.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:]
