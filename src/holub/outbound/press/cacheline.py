"""A line of a cache file: a seal, and JSON behind it. Whatever does not fit its seal is as good as none."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

_DIGITS = 16


def seal_line(version: str, key: bytes, content: object) -> bytes:
    """The line for what is kept under this key, without its end: JSON writes tabs and line ends as two letters."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return _seal(version, key, text) + b" " + text


def open_line(version: str, key: bytes, raw: bytes) -> Any:
    """What `seal_line` was given. Raises ValueError where the line is of another version or key, or damaged."""
    seal, _, text = raw.partition(b" ")
    if seal != _seal(version, key, text):
        raise ValueError("the line does not fit its seal")
    return json.loads(text)


def _seal(version: str, key: bytes, text: bytes) -> bytes:
    # Against a damaged disk, not against a person: whoever can write here can write the guides. And against another
    # holub that still runs and adds its lines to a file that was begun anew under it.
    return sha256(version.encode() + key + text).hexdigest()[:_DIGITS].encode()
