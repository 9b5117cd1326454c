"""The office's token: 256 random bits at the office; at the postbox only their hash.

The token is random, so a plain SHA-256 of it is enough: there is nothing to guess. A postbox may
know several, one line each, so that a token can be changed without a gap.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from holub.errors import Misused, Refused
from holub.transit.placing import TEMPORARY, place_file, world

TOKEN_HASHES = "office.sha256"  # noqa: S105 - a file name
MAX_TOKENS = 8

_TOKEN = re.compile(r"[0-9a-f]{64}")


def new_token(file: Path) -> str:
    """Make a token, write it to `file` (mode 0600; must not exist yet), and give its hash for `admit_office`."""
    token = secrets.token_bytes(32).hex()
    with world(file):
        if os.path.lexists(file):
            raise Misused(f"{file.name} exists already", "use it, or delete it first")
        file.parent.mkdir(parents=True, exist_ok=True)
        # Whole or absent: a token that was cut short would keep the office out of its postbox.
        beside = file.with_name(f"{file.name}.{secrets.token_hex(4)}{TEMPORARY}")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(token + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(file)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    return _hash(token)


def read_token(file: Path) -> str:
    """The token that `new_token` wrote."""
    with world(file):
        text = file.read_bytes()[:200].decode("ascii", "replace").strip()
    if not _TOKEN.fullmatch(text):
        raise Refused(f"{file.name} holds no office token", "give the file that was written when the token was made")
    return text


def token_hash(token: str) -> str:
    """The hash of a token, as `new_token` gives it: 64 hexadecimal digits."""
    if not _TOKEN.fullmatch(token):
        raise Misused("this is not an office token", "a token has 64 hexadecimal digits")
    return _hash(token)


def admit_office(data: Path, digest: str) -> None:
    """Let the office whose token has this hash (64 hexadecimal digits) publish to and fetch from a postbox."""
    if not _TOKEN.fullmatch(digest):
        raise Misused(
            "this is not the hash of a token", "give the 64 hexadecimal digits that were printed with the token"
        )
    known = read_hashes(data)
    if digest in known:
        return
    if len(known) >= MAX_TOKENS:
        raise Misused(f"the postbox knows {MAX_TOKENS} tokens already", f"remove lines from {TOKEN_HASHES} first")
    place_file(data / TOKEN_HASHES, "".join(f"{line}\n" for line in (*known, digest)).encode())


def read_hashes(data: Path) -> tuple[str, ...]:
    """The hashes of the tokens that this postbox knows."""
    file = data / TOKEN_HASHES
    if not file.is_file():
        return ()
    with world(file):
        lines = file.read_text(encoding="ascii", errors="replace").split()
    if len(lines) > MAX_TOKENS or not all(_TOKEN.fullmatch(line) for line in lines):
        raise Refused(f"{TOKEN_HASHES} is damaged", "write one hash of 64 hexadecimal digits on each line")
    return tuple(lines)


def check_token(authorization: str, hashes: tuple[str, ...]) -> bool:
    """Whether an Authorization header carries a known token. Compares in constant time, all of them."""
    scheme, _, token = authorization.partition(" ")
    given = _hash(token if scheme.lower() == "bearer" else "")
    known = False
    for digest in hashes:
        known |= hmac.compare_digest(given, digest)
    return known


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
