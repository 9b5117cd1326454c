"""One file of the public tree as an answer: whole, in part, packed, or not again.

A range is always of the file itself, never of a compressed sibling: a fetch that continues must meet the same bytes.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import anyio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from holub.errors import Unavailable

_CHUNK = 1 << 18
SIBLINGS = (("br", ".br"), ("zstd", ".zst"))
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclass(frozen=True)
class Found:
    """A file to hand out. tag: hexadecimal, of its content · cache: its Cache-Control."""

    file: Path
    tag: str
    media_type: str
    cache: str


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
            for coding, suffix in SIBLINGS:
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
