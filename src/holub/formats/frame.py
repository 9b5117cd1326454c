"""A frame: one symbol of a parcel, and what a receiver must know to use it (spec/frame.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from holub.errors import Misused
from holub.formats.fountain import MOST_SYMBOL, MOST_SYMBOLS, NUMBERS, PACKET_HEAD, SYMBOL_STEP
from holub.formats.parcel import ENVELOPE_BYTES, MAX_PARCEL
from holub.formats.wire import Reader, varint

VERSION = 1
ID_BYTES = 8
MOST_BLOCKS = 256
MOST_FRAME = 1 + ID_BYTES + 5 + PACKET_HEAD + MOST_SYMBOL


@dataclass(slots=True)
class Split:
    """How a parcel of `length` bytes falls into blocks of symbols of `symbol` bytes. Raises Misused.

    count: source symbols in all blocks, as many frames as are needed at least.
    """

    # Nobody changes one; frozen, it would take a tenth of the time in which a small parcel is collected.
    length: int
    symbol: int
    count: int = field(init=False)
    blocks: int = field(init=False)

    def __post_init__(self) -> None:
        if self.symbol % SYMBOL_STEP or not 0 < self.symbol <= MOST_SYMBOL:
            raise Misused(f"symbols have 8 to {MOST_SYMBOL} bytes in steps of 8, not {self.symbol}")
        if not ENVELOPE_BYTES <= self.length <= MAX_PARCEL:
            raise Misused(f"no parcel has {self.length} bytes")
        self.count = -(-self.length // self.symbol)
        self.blocks = -(-self.count // MOST_SYMBOLS)
        if self.blocks > MOST_BLOCKS:
            raise Misused(
                f"a parcel of {self.length} bytes is too long for symbols of {self.symbol} bytes",
                "choose a carrier with larger frames",
            )

    def symbols(self, block: int) -> int:
        """Source symbols of one block: the first blocks have one more where it does not come out even."""
        if self.blocks == 1:
            return self.count
        each, more = divmod(self.count, self.blocks)
        return each + (block < more)

    def needs(self) -> list[int]:
        """Source symbols of each block."""
        each, more = divmod(self.count, self.blocks)
        return [each + 1] * more + [each] * (self.blocks - more)

    def span(self, block: int) -> tuple[int, int]:
        """Where a block begins and ends in the parcel, in bytes."""
        if self.blocks == 1:
            return 0, self.length
        each, more = divmod(self.count, self.blocks)
        start = (block * each + min(block, more)) * self.symbol
        return start, min(start + self.symbols(block) * self.symbol, self.length)


@dataclass(frozen=True)
class Frame:
    """One symbol of one parcel. parcel_id: 8 bytes; length: of the parcel, bytes; number: the symbol's in its block."""

    parcel_id: bytes
    length: int
    block: int
    number: int
    symbol: bytes

    def encode(self) -> bytes:
        return frame_head(self.parcel_id, self.length) + payload_id(self.block, self.number) + self.symbol


def frame_head(parcel_id: bytes, length: int) -> bytes:
    """What all frames of a parcel begin with, whatever their symbols."""
    return bytes([VERSION]) + parcel_id + varint(length)


def payload_id(block: int, number: int) -> bytes:
    """RFC 6330 section 3.2: the block's number u8, the symbol's u24."""
    if not (0 <= block < MOST_BLOCKS and 0 <= number < NUMBERS):
        raise Misused(f"no frame has the block {block} and the symbol {number}")
    return (block << 24 | number).to_bytes(PACKET_HEAD, "big")


class Head(NamedTuple):
    """What a frame says of its parcel. shared: the bytes that all its frames begin with; split: into which symbols."""

    shared: bytes
    split: Split

    @property
    def parcel_id(self) -> bytes:
        return self.shared[1 : 1 + ID_BYTES]


def parse_head(data: bytes) -> Head:
    """What a whole frame says of its parcel, once the frame is held to every limit. Raises Refused."""
    reader = Reader(data, "the frame")
    if len(data) > MOST_FRAME:
        raise reader.refuse(f"it has more than {MOST_FRAME} bytes")
    version = reader.take(1 + ID_BYTES)[0]
    if version != VERSION:
        raise reader.refuse(f"this holub does not know frames of version {version}")
    length = reader.varint(MAX_PARCEL)
    at = len(data) - reader.left
    block = reader.take(PACKET_HEAD)[0]
    try:
        split = Split(length, reader.left)
    except Misused as error:
        raise reader.refuse(error.what) from None
    if block >= split.blocks:
        raise reader.refuse(f"it names block {block} of {split.blocks}")
    return Head(data[:at], split)


def parse_frame(data: bytes) -> Frame:
    """One frame, held to every limit. Raises Refused."""
    head = parse_head(data)
    at = len(head.shared)
    number, symbol = data[at + 1 : at + PACKET_HEAD], data[at + PACKET_HEAD :]
    return Frame(head.parcel_id, head.split.length, data[at], int.from_bytes(number, "big"), symbol)


def symbol_size(frame: int, length: int) -> int:
    """The largest symbols that fit in frames of `frame` bytes for a parcel of `length` bytes. Raises Misused."""
    room = frame - (1 + ID_BYTES + len(varint(length)) + PACKET_HEAD)
    return Split(length, min(room // SYMBOL_STEP * SYMBOL_STEP, MOST_SYMBOL)).symbol
