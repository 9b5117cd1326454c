"""A key file: one secret of 32 bytes under a passphrase of its own, for a key that is kept apart from any office.

Rules
- What the key is for and its public half stand readable in the file and are bound to the sealed secret: a file made
  for one use opens for no other, and its public half cannot be exchanged.
- A file that is there is never written over: it may be the only copy of somebody's key.

Layout, big-endian: magic 10 B, version u16, use (u8 length, ASCII), public half 32 B, memory KiB u32, iterations u32,
lanes u32, salt 16 B, nonce 12 B, sealed secret 48 B (Argon2id, RFC 9106; ChaCha20-Poly1305, RFC 8439).
"""

from __future__ import annotations

import os
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from holub.errors import Misused, Refused, Unavailable
from holub.store import files
from holub.store.vault import Cost

VERSION: Final = 1
SECRET_BYTES: Final = 32
LARGEST: Final = 4096  # bytes: more is no key file
_MAGIC: Final = b"holub key\n"
_COST: Final = struct.Struct(">III")
_SALT: Final = 16
_NONCE: Final = 12
_DAMAGED: Final = Refused("the key file is damaged", "take another copy of it")


@dataclass(frozen=True)
class KeyFile:
    """A key file as read: its use, its public half (32 B), and what opens it with the passphrase."""

    use: str
    public: bytes
    _head: bytes
    _cost: Cost
    _nonce: bytes
    _sealed: bytes

    def open(self, use: str, passphrase: str) -> bytes:
        """The secret (32 B). Raises Misused when the passphrase is wrong or the key is for another use."""
        if self.use != use:
            raise Misused(f"this key is for a {self.use}, not for a {use}", "give the file of the right key")
        try:
            return ChaCha20Poly1305(_stretch(passphrase, self._head[-_SALT:], self._cost)).decrypt(
                self._nonce, self._sealed, self._head
            )
        except InvalidTag:
            raise Misused("the passphrase does not open this key file", "check it and try again") from None


def write_key(path: Path, use: str, public: bytes, secret: bytes, passphrase: str) -> None:
    """Seals a secret (32 B) into a new file, durable before it returns. Raises Misused (it exists), Unavailable."""
    if not passphrase:
        raise Misused("the passphrase is empty", "choose a long one")
    if path.exists() or path.is_symlink():
        raise Misused(f"{path} is there already", "choose another name: it may be somebody's only key")
    cost = Cost()
    name = use.encode("ascii")
    head = _MAGIC + struct.pack(">HB", VERSION, len(name)) + name + public
    head += _COST.pack(cost.memory, cost.iterations, cost.lanes) + os.urandom(_SALT)
    nonce = os.urandom(_NONCE)
    sealed = ChaCha20Poly1305(_stretch(passphrase, head[-_SALT:], cost)).encrypt(nonce, secret, head)
    files.replace(path, head + nonce + sealed)


def read_key(path: Path) -> KeyFile:
    """Reads a key file, still sealed. Raises Refused (damaged, newer, no key file), Unavailable."""
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise Unavailable(f"the key file {path} cannot be read ({error.strerror})", "check its name") from error
    if not data.startswith(_MAGIC):
        raise Refused(f"{path} is no key file", "give the file that the key was written into")
    try:
        version, length = struct.unpack_from(">HB", data, len(_MAGIC))
        if version > VERSION:
            raise Refused(f"the key file has version {version}, this holub reads {VERSION}", "install the newer holub")
        at = len(_MAGIC) + 3
        use = data[at : at + length].decode("ascii")
        public = data[at + length : at + length + 32]
        at += length + 32
        cost = Cost(*_COST.unpack_from(data, at))
    except (struct.error, UnicodeDecodeError):
        raise _DAMAGED from None
    end = at + _COST.size + _SALT
    sane = 8 * cost.lanes <= cost.memory <= 1 << 21 and 1 <= cost.iterations <= 64 and 1 <= cost.lanes <= 16
    if version != VERSION or not sane or len(data) != end + _NONCE + SECRET_BYTES + 16:
        raise _DAMAGED
    return KeyFile(use, public, data[:end], cost, data[end : end + _NONCE], data[end + _NONCE :])


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    argon = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory)
    return argon.derive(unicodedata.normalize("NFC", passphrase).encode())
