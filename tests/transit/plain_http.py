"""HTTP by hand, for requests that no well-behaved client would send."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case; repeated ones joined) and body; status 0 when nothing came."""

    status: int
    headers: dict[str, str]
    body: bytes


def connect(url: str) -> socket.socket:
    """A connection that gives up on a hung server instead of hanging the test."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=20)


def read(connection: socket.socket, method: str = "GET") -> Answer:
    """One answer, to the end of its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            chunk = connection.recv(65_536)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            return Answer(0, {}, data)
        data += chunk
    head, body = data.split(b"\r\n\r\n", 1)
    status, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        key = name.strip().lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    code = int(status.split()[1])
    length = 0 if method == "HEAD" or code in (204, 304) else int(headers.get("content-length", "0"))
    while len(body) < length and (chunk := connection.recv(1 << 20)):
        body += chunk
    return Answer(code, headers, body)


def ask(
    url: str, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"", *, length: bool = True
) -> Answer:
    """One request on a connection of its own."""
    lines = [f"{method} {path} HTTP/1.1", "host: postbox"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if length and (body or method in ("POST", "PUT")):
        lines.append(f"content-length: {len(body)}")
    with connect(url) as connection:
        # It may be refused before the body is read: the answer is what counts.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return read(connection, method)
