"""RaptorQ (RFC 6330) over one block: the library's packets, and nothing of its defaults left to chance (spec/frame.md).

A packet is what the library calls one: 4 bytes of payload id (block number 0, symbol number u24), then the symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import raptorq  # type: ignore[import-untyped] # it brings no types along

# The library divides an object further where a decoder would need more than 10 MiB. Up to 1,272 bytes a symbol and
# 8,192 symbols it never does: then an object is one source block with one sub-block, as spec/frame.md says.
SYMBOL_STEP = 8
MOST_SYMBOL = 1_272
MOST_SYMBOLS = 8_192
PACKET_HEAD = 4
NUMBERS = 1 << 24  # symbols are numbered in three bytes


class _Encoder(Protocol):
    def get_encoded_packets(self, repair: int) -> list[bytes]: ...


class Block:
    """Makes the symbols of one block (bytes, at most 8,192 symbols), as many as are asked for."""

    def __init__(self, data: bytes, symbol: int) -> None:
        self.count = -(-len(data) // symbol)
        self._encoder: _Encoder = raptorq.Encoder.with_defaults(data, symbol)
        self._packets: list[bytes] = []

    def packets(self, until: int) -> list[bytes]:
        """At least the packets below `until`: source symbols below `count`, then repair. All stay in memory."""
        if until > len(self._packets):
            # The library can only make them from the first on; so that asking for one more each time does not cost its
            # square, at least half as many more.
            self._packets = self._encoder.get_encoded_packets(max(until - self.count, len(self._packets) // 2))
        return self._packets


def decode(packets: Iterable[bytes], length: int, symbol: int) -> bytes | None:
    """The block of `length` bytes from packets with different numbers; None where these do not determine it.

    A wrong symbol among them gives wrong bytes: only the parcel's id tells.
    """
    take: Callable[[bytes], bytes | None] = raptorq.Decoder.with_defaults(length, symbol).decode
    # It answers None until it has enough; a loop in Python around it would cost a tenth of small parcels.
    return next(filter(None, map(take, packets)), None)
