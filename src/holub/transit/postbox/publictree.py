"""The public tree under `www/`: what is handed out, and how the office changes it.

The tree is laid out as in a folder carrier, so any static server can hand out a copy. Every file
has a strong tag made of its content (its date is the same for all). A range is always of the file
itself, never of a compressed sibling: a fetch that continues must meet the same bytes.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import anyio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from holub.errors import Refused, Unavailable
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import parse_catalogue
from holub.transit.names import CATALOGUE, PARCEL_SUFFIX, PARCELS, check_page_path, check_parcel_name
from holub.transit.placing import TEMPORARY, flush_folder, settle, world

_CHUNK = 1 << 18
_WRITE_AT_ONCE = 1 << 20
_SIBLINGS = (("br", ".br"), ("zstd", ".zst"))
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
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


@dataclass(frozen=True)
class Found:
    """A file to hand out. tag: hexadecimal, of its content · cache: its Cache-Control."""

    file: Path
    tag: str
    media_type: str
    cache: str


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
        for _, suffix in _SIBLINGS:
            with world(file):
                file.with_name(file.name + suffix).unlink(missing_ok=True)


@functools.lru_cache(maxsize=8_192)
def _tag(file: Path, inode: int, size: int, changed: int) -> str:
    """The content's tag; the other arguments say that the file is still the same one."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]


class FileAnswer(Response):
    """A found file, whole, in part (one range), or not again (If-None-Match)."""

    def __init__(self, found: Found) -> None:
        self._found = found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found, asked = self._found, Headers(scope=scope)
        tag = f'"{found.tag}"'
        fixed = {"cache-control": found.cache, "etag": tag, "vary": "accept-encoding", "accept-ranges": "bytes"}
        if tag in [given.strip().removeprefix("W/") for given in asked.get("if-none-match", "").split(",")]:
            return await Response(status_code=304, headers=fixed)(scope, receive, send)
        file = found.file
        wanted = asked.get("range")
        if wanted is not None and asked.get("if-range", tag) != tag:
            wanted = None
        if wanted is None:
            for coding, suffix in _SIBLINGS:
                sibling = file.with_name(file.name + suffix)
                if _accepts(asked, coding) and sibling.is_file() and not sibling.is_symlink():
                    fixed |= {"content-encoding": coding, "etag": f'"{found.tag}-{coding}"'}
                    file = sibling
                    break
        try:
            stream = await anyio.open_file(file, "rb")
        except OSError as error:
            raise Unavailable("the file is gone", "ask again") from error
        async with stream:
            size = os.fstat(stream.wrapped.fileno()).st_size
            span = _span(wanted, size)
            if span is None:
                headers = fixed | {"content-range": f"bytes */{size}"}
                return await Response(status_code=416, headers=headers)(scope, receive, send)
            start, end, status = span
            if status == 206:
                fixed["content-range"] = f"bytes {start}-{end - 1}/{size}"
            headers = fixed | {"content-type": found.media_type, "content-length": str(end - start)}
            raw = [(name.encode(), value.encode()) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": status, "headers": raw})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return None
            await stream.seek(start)
            while start < end:
                chunk = await stream.read(min(_CHUNK, end - start))
                if not chunk:
                    raise Unavailable("the file became shorter while it was read", "ask again")
                start += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": start < end})
            if not size:
                await send({"type": "http.response.body", "body": b""})
        return None


def _accepts(asked: Headers, coding: str) -> bool:
    for part in asked.get("accept-encoding", "").split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip().lower() == coding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _span(wanted: str | None, size: int) -> tuple[int, int, int] | None:
    """(first byte, byte after the last, status); None when the range lies outside. Several ranges: the whole file."""
    match = _RANGE.fullmatch(wanted) if wanted is not None else None
    if match is None or match.group(0) == "bytes=-":
        return 0, size, 200
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < int(first):
            return 0, size, 200
    return (start, end, 206) if start < end else None
