"""A sweep of some kilobytes that holds very much text, for readers who must not open it."""

from __future__ import annotations

from collections.abc import Iterable

from holub.formats.held import HeldPack
from holub.formats.sweep import write_sweep

_BLOCK = 1 << 17
MOST = 512 << 20


def zeros(size: int) -> bytes:
    """A frame that holds as many zeros, in four bytes for each 128 KiB (RFC 8878, 3.1.1; RLE blocks)."""
    last = size // _BLOCK - 1
    blocks = (_BLOCK << 3 | 1 << 1 | (at == last) for at in range(last + 1))
    header = b"\x80\x88" + size.to_bytes(4, "little")  # a size of four bytes, a window of 128 MiB
    return header + b"".join(block.to_bytes(3, "little") + b"\x00" for block in blocks)


def bomb(old: Iterable[HeldPack], new: Iterable[HeldPack], signature: bytes, *, scope: int = 0) -> bytes:
    """The true sweep between two editions, but for its change: 512 MiB of nothing. scope: 1, all old text as prefix."""
    return write_sweep(old, new, signature, bytes([scope, 0, 0]) + zeros(MOST)).encode()
