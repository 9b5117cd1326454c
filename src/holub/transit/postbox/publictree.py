"""The public tree under `www/`: what is handed out, and how the office changes it.

The tree is laid out as in a folder carrier, so any static server can hand out a copy. Every file
has a strong tag made of its content (its date is the same for all).
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import anyio

from holub.errors import Refused
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import parse_catalogue
from holub.transit.names import CATALOGUE, PARCEL_SUFFIX, PARCELS, check_page_path, check_parcel_name
from holub.transit.placing import TEMPORARY, flush_folder, settle, world
from holub.transit.postbox.fileanswer import SIBLINGS, Found

_WRITE_AT_ONCE = 1 << 20
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
    ".wasm": "application/wasm",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_A_MINUTE = "public, max-age=60"
_ASK_AGAIN = "no-cache"
# A browser's cache of plain pages would tell which guides were read on this phone.
_NEVER = "no-store"


class PublicTree:
    """The public tree of one postbox."""

    def __init__(self, www: Path) -> None:
        self._www = www
        self._root = Path(os.path.realpath(www))
        self._folder = FolderCarrier(www)

    # Handing out.

    def find(self, path: str) -> Found | None:
        """The file behind a URL path without its first slash; None when there is none."""
        parts = path.split("/")
        try:
            if path == CATALOGUE:
                return self._found(self._root / CATALOGUE, "application/octet-stream", _A_MINUTE)
            if parts[0] == PARCELS and len(parts) == 2 and parts[1].endswith(PARCEL_SUFFIX):
                name = check_parcel_name(parts[1].removesuffix(PARCEL_SUFFIX))
                return self._found(self._root / path, "application/octet-stream", _FOR_EVER, tag=name)
            if not parts[-1]:
                parts[-1] = "index.html"
            segments = check_page_path("/".join(parts))
        except Refused:
            return None
        media_type = _TYPES.get(Path(segments[-1]).suffix.lower(), "application/octet-stream")
        cache = _NEVER if segments[0] == "plain" else _ASK_AGAIN
        return self._found(self._root.joinpath(*segments), media_type, cache)

    def _found(self, file: Path, media_type: str, cache: str, tag: str | None = None) -> Found | None:
        # Equal to its own real path: no link anywhere on the way, and no other spelling.
        if os.path.realpath(file) != str(file):
            return None
        try:
            stat = file.stat()
        except OSError:
            return None
        if not file.is_file():
            return None
        return Found(file, tag or _tag(file, stat.st_ino, stat.st_size, stat.st_ctime_ns), media_type, cache)

    # The office's changes. Blocking: call from a worker thread, all but `take_parcel`.

    async def take_parcel(self, name: str, chunks: AsyncIterator[bytes], most: int) -> bool:
        """Store a parcel that arrives in pieces; whether it is new. Refused unless its hash begins with `name`."""
        check_parcel_name(name)
        target = self._www / PARCELS / f"{name}{PARCEL_SUFFIX}"
        temporary = target.with_name(f"{secrets.token_hex(8)}{TEMPORARY}")
        state, length = hashlib.sha256(), 0
        try:
            with world(target):
                async with await anyio.open_file(temporary, "xb") as file:
                    buffer = bytearray()
                    async for chunk in chunks:
                        length += len(chunk)
                        if length > most:
                            raise Refused(f"the parcel is larger than {most:,} bytes", "publish a smaller one")
                        state.update(chunk)
                        buffer += chunk
                        if len(buffer) >= _WRITE_AT_ONCE:
                            await file.write(bytes(buffer))
                            buffer.clear()
                    await file.write(bytes(buffer))
                    await file.flush()
                    await anyio.to_thread.run_sync(os.fsync, file.wrapped.fileno())
            if not length or state.hexdigest()[:16] != name:
                raise Refused("the parcel does not match its name", "send it again; its name is the start of its hash")
            return await anyio.to_thread.run_sync(self._settle_parcel, temporary, target, state.digest())
        finally:
            with world(target):
                temporary.unlink(missing_ok=True)

    def _settle_parcel(self, temporary: Path, target: Path, digest: bytes) -> bool:
        with world(target):
            if target.is_file() and not target.is_symlink():
                there = hashlib.sha256(target.read_bytes()).digest()
                if there == digest:
                    return False
                # Two parcels whose hashes begin alike: the first one stays. A damaged one is replaced.
                if there[:8] == digest[:8]:
                    raise Refused("another parcel has this name", "bind the edition again")
            settle(temporary, target)
            return True

    def remove_parcel(self, name: str) -> None:
        """Take a parcel away; Refused while the catalogue lists it."""
        target = self._www / PARCELS / f"{check_parcel_name(name)}{PARCEL_SUFFIX}"
        if (self._www / CATALOGUE).is_file() and any(row.name == name for row in self._folder.catalogue().listings):
            raise Refused("the catalogue lists this parcel", "publish a catalogue without it first")
        with world(target):
            target.unlink(missing_ok=True)
            flush_folder(target.parent)

    def put_catalogue(self, data: bytes) -> None:
        """Make this the catalogue; Refused when it lists what is not here."""
        catalogue = parse_catalogue(data)
        for row in catalogue.listings:
            try:
                size = (self._www / PARCELS / f"{row.name}{PARCEL_SUFFIX}").stat().st_size
            except OSError:
                size = -1
            if size != row.size:
                raise Refused(f"parcel {row.name} is listed but not here", "send the parcels before the catalogue")
        self._folder.put_catalogue(catalogue)
        self._drop_siblings(self._www / CATALOGUE)

    def put_page(self, path: str, page: bytes) -> None:
        """Place a page; compressed siblings of the one before go."""
        self._folder.put_page(path, page)
        self._drop_siblings(self._www / path)

    def remove_page(self, path: str) -> None:
        """Take a page and its siblings away."""
        self._folder.remove_page(path)
        self._drop_siblings(self._www / path)

    def pages(self) -> bytes:
        """All pages as JSON: path to SHA-256 in hexadecimal."""
        return json.dumps({path: digest.hex() for path, digest in self._folder.pages().items()}).encode()

    def _drop_siblings(self, file: Path) -> None:
        for _, suffix in SIBLINGS:
            with world(file):
                file.with_name(file.name + suffix).unlink(missing_ok=True)


@functools.lru_cache(maxsize=8_192)
def _tag(file: Path, inode: int, size: int, changed: int) -> str:
    """The content's tag; the other arguments say that the file is still the same one."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]
