"""The vault: one passphrase, one master key, and the named secrets of an office.

Rules
- The master key is random. Argon2id of the passphrase only wraps it, so that a new passphrase rewrites nothing else.
- Nothing is used with the master key itself: each purpose has its own key, `HKDF-SHA256(master, info=purpose)`.
- A named secret is sealed under the key of its name, with the name bound in as well: two secrets cannot be swapped.
- The cost of Argon2id stands in the file and is bound to the wrapped key: to lower it is to damage the file.
- One process holds the office's folder at a time, also while the vault is locked.
- Its threads write one after another, each over what the last one wrote. Locking waits for no disk: a write that it
  meets is written whole, from what was held when it began.
- Names are readable in the file; what they name is not.

Layout, big-endian: magic 12 B, version u16, memory KiB u32, iterations u32, lanes u32, salt 16 B, nonce 12 B,
wrapped master key 48 B, count u16, then entries in the order of their names: name length u8, name (ASCII),
nonce 12 B, length u32, sealed secret.
"""

from __future__ import annotations

import os
import re
import struct
import threading
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from holub.errors import Misused, Refused, Unavailable
from holub.store import files

FILE: Final = "vault"
VERSION: Final = 1
LARGEST_SECRET: Final = 1 << 16
MOST_SECRETS: Final = 4096
_MAGIC: Final = b"holub vault\n"
_COST: Final = struct.Struct(">III")
_ENTRY: Final = struct.Struct(">12sI")
_WRAPPED_AT: Final = len(_MAGIC) + 2 + _COST.size + 16 + 12
_ENTRIES_AT: Final = _WRAPPED_AT + 48
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._/-]{0,63}")


@dataclass(frozen=True)
class Cost:
    """What one guess of the passphrase costs (RFC 9106): memory in KiB, iterations, lanes."""

    memory: int = 64 * 1024
    iterations: int = 3
    lanes: int = 1


class Vault:
    """An office's vault. Made by `create` or `open`; a context manager that closes it."""

    def __init__(self, folder: Path, lock: files.FolderLock) -> None:
        self._path = folder / FILE
        self._lock = lock
        self._master: bytearray | None = None
        self._head = b""
        self._entries: dict[str, bytes] = {}
        self._writing = threading.Lock()  # held for a whole write: what is read for it and what becomes of it
        self._secret = threading.Lock()  # held for a moment: nobody reads a key that is half forgotten

    @classmethod
    def create(cls, folder: Path, passphrase: str, cost: Cost | None = None) -> Vault:
        """Make a new vault in `folder` and open it. Raises Misused (one is there already), Unavailable."""
        files.make_private_folder(folder)
        vault = cls(folder, files.FolderLock(folder))
        try:
            if vault._path.exists():
                raise Misused(f"{folder} has a vault already", "open it, or choose an empty folder")
            master = os.urandom(32)
            vault._wrap(master, passphrase, cost or Cost(), {})
            vault._master = bytearray(master)
        except BaseException:
            vault.close()
            raise
        return vault

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Vault:
        """Open and unlock. Raises Misused (no vault, wrong passphrase), Refused (damaged), Unavailable (in use)."""
        if not (folder / FILE).is_file():
            raise Misused(f"{folder} has no vault", "set up the office first, or name its folder")
        vault = cls(folder, files.FolderLock(folder))
        try:
            vault.unlock(passphrase)
        except BaseException:
            vault.close()
            raise
        return vault

    def unlock(self, passphrase: str) -> None:
        """Unlock a locked vault. Raises Misused (wrong passphrase), Refused (damaged or of a newer version)."""
        if not self._lock.held:
            raise Misused("the vault is closed", "open it again")
        with self._writing:
            head, entries = _parse(_read(self._path))
            master = bytearray(_unwrap(head, passphrase))
            with self._secret:
                self._master, self._head, self._entries = master, head, entries

    def change_passphrase(self, old: str, new: str, cost: Cost | None = None) -> None:
        """Wrap the master key anew; the old wrapping is overwritten. Raises Misused when `old` is wrong."""
        with self._writing:
            entries = self._held()
            self._wrap(_unwrap(self._head, old), new, cost or Cost(), entries)

    def key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose, the same as long as the vault lives."""
        with self._secret:
            master = bytes(self._unlocked())
        return HKDFExpand(SHA256(), 32, b"holub/vault/v1/" + purpose.encode()).derive(master)

    def put(self, name: str, secret: bytes) -> None:
        """Keep `secret` (up to 64 KiB) under `name` (lower-case ASCII), durable; an earlier one is overwritten."""
        if not _NAME.fullmatch(name):
            raise Misused(f"{name!r} cannot name a secret", "use lower-case letters, digits and . _ / -")
        if len(secret) > LARGEST_SECRET:
            raise Misused(f"the secret {name} is larger than {LARGEST_SECRET:,} bytes")
        with self._writing:
            entries = self._held()
            if name not in entries and len(entries) >= MOST_SECRETS:
                raise Misused(f"the vault holds {MOST_SECRETS:,} secrets already", "remove one first")
            nonce = os.urandom(12)
            sealed = ChaCha20Poly1305(self._key_of(name)).encrypt(nonce, secret, name.encode())
            self._write(self._head, {**entries, name: _ENTRY.pack(nonce, len(sealed)) + sealed})

    def get(self, name: str) -> bytes:
        """The secret of that name. Raises Misused (there is none), Refused (damaged)."""
        entry = self._held().get(name)
        if entry is None:
            raise Misused(f"the vault has no {name}", "look at the names that it holds")
        try:
            return ChaCha20Poly1305(self._key_of(name)).decrypt(entry[:12], entry[_ENTRY.size :], name.encode())
        except InvalidTag:
            raise Refused(f"the secret {name} in the vault is damaged", "restore the office from a backup") from None

    def remove(self, name: str) -> None:
        """Forget a secret and overwrite its bytes; a name that is not there is passed over."""
        with self._writing:
            entries = self._held()
            if name in entries:
                self._write(self._head, {n: e for n, e in entries.items() if n != name})

    def names(self) -> list[str]:
        """The names of all secrets, sorted."""
        return sorted(self._held())

    @property
    def locked(self) -> bool:
        """Whether the passphrase is needed before anything else."""
        return self._master is None

    def lock(self) -> None:
        """Forget the master key; the folder stays held. Copies inside Python may live until memory is reused."""
        with self._secret:
            if self._master is not None:
                self._master[:] = bytes(len(self._master))
            self._master = None
            self._entries = {}

    def close(self) -> None:
        """Lock, and give the folder back once nothing is written any more; may be called twice."""
        self.lock()
        with self._writing:
            self._lock.release()

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _unlocked(self) -> bytearray:
        if self._master is None:
            raise Misused("the vault is locked", "unlock it with the passphrase")
        return self._master

    def _held(self) -> dict[str, bytes]:
        """All entries, sealed; never changed in place."""
        with self._secret:
            self._unlocked()
            return self._entries

    def _key_of(self, name: str) -> bytes:
        return self.key("secret/" + name)

    def _wrap(self, master: bytes, passphrase: str, cost: Cost, entries: dict[str, bytes]) -> None:
        if not passphrase:
            raise Misused("the passphrase is empty", "choose a long one")
        start = _MAGIC + struct.pack(">H", VERSION) + _COST.pack(cost.memory, cost.iterations, cost.lanes)
        start += os.urandom(16)
        nonce = os.urandom(12)
        wrapped = ChaCha20Poly1305(_stretch(passphrase, start)).encrypt(nonce, master, start)
        self._write(start + nonce + wrapped, entries)

    def _write(self, head: bytes, entries: dict[str, bytes]) -> None:
        parts = [head, struct.pack(">H", len(entries))]
        for name in sorted(entries):
            parts += [bytes((len(name),)), name.encode(), entries[name]]
        files.replace(self._path, b"".join(parts))
        with self._secret:
            self._head, self._entries = head, entries


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"the vault could not be read ({error.strerror})", "check the disk") from error


def _stretch(passphrase: str, start: bytes) -> bytes:
    memory, iterations, lanes = _COST.unpack_from(start, len(_MAGIC) + 2)
    salt = start[-16:]
    argon = Argon2id(salt=salt, length=32, iterations=iterations, lanes=lanes, memory_cost=memory)
    return argon.derive(unicodedata.normalize("NFC", passphrase).encode())


def _unwrap(head: bytes, passphrase: str) -> bytes:
    start, nonce = head[: _WRAPPED_AT - 12], head[_WRAPPED_AT - 12 : _WRAPPED_AT]
    try:
        return ChaCha20Poly1305(_stretch(passphrase, start)).decrypt(nonce, head[_WRAPPED_AT:], start)
    except InvalidTag:
        # A damaged header looks the same; both take one full derivation.
        raise Misused("the passphrase does not open this vault", "check it and try again") from None


def _parse(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    damaged = Refused("the vault is damaged", "restore the office from a backup")
    if not data.startswith(_MAGIC) or len(data) < _ENTRIES_AT + 2:
        raise damaged
    (version,) = struct.unpack_from(">H", data, len(_MAGIC))
    if version > VERSION:
        raise Refused(f"the vault has version {version}, this holub reads version {VERSION}", "install the newer holub")
    memory, iterations, lanes = _COST.unpack_from(data, len(_MAGIC) + 2)
    sane = 8 * lanes <= memory <= 1 << 21 and 1 <= iterations <= 64 and 1 <= lanes <= 16
    if version != VERSION or not sane:
        raise damaged
    (count,) = struct.unpack_from(">H", data, _ENTRIES_AT)
    entries: dict[str, bytes] = {}
    at, last = _ENTRIES_AT + 2, ""
    for _ in range(count):
        stop = at + 1 + data[at] if at < len(data) else at
        name = data[at + 1 : stop].decode("ascii", "replace")
        if not _NAME.fullmatch(name) or name <= last or len(data) < stop + _ENTRY.size:
            raise damaged
        (_, size) = _ENTRY.unpack_from(data, stop)
        at = stop + _ENTRY.size + size
        if size > LARGEST_SECRET + 16 or at > len(data):
            raise damaged
        entries[name], last = data[stop:at], name
    if at != len(data) or count > MOST_SECRETS:
        raise damaged
    return data[:_ENTRIES_AT], entries
