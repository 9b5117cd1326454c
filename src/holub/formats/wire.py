"""Reading and writing bytes: big-endian numbers, shortest varints, lengths checked before anything is allocated.

A Reader never returns less than it was asked for and never reads past its end: whatever does not fit is refused.
Notation: spec/edition.md.
"""

from __future__ import annotations

from holub.errors import Misused, Refused

VARINT_BYTES = 5  # up to 2^35 - 1, more than any length here


def u8(n: int) -> bytes:
    """One byte. Raises OverflowError outside 0 to 255: the caller's mistake, not the sender's."""
    return n.to_bytes(1, "big")


def u32(n: int) -> bytes:
    """Four bytes, big-endian."""
    return n.to_bytes(4, "big")


def varint(n: int) -> bytes:
    """Unsigned LEB128 in its shortest form."""
    if n < 0 or n >> (7 * VARINT_BYTES):
        raise Misused(f"{n} does not fit in a varint")
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n: int) -> bytes:
    """A signed number as a varint: 0, -1, 1, -2 … become 0, 1, 2, 3 …"""
    return varint(2 * n if n >= 0 else -2 * n - 1)


def text8(data: bytes) -> bytes:
    """One byte of length, then the bytes (at most 255)."""
    return u8(len(data)) + data


def sized(data: bytes) -> bytes:
    """The length as a varint, then the bytes."""
    return varint(len(data)) + data


class Reader:
    """Reads a value after the other from bytes that somebody else sent."""

    def __init__(self, data: bytes, what: str) -> None:
        """what: the thing being read, for the refusal's sentence ("the update")."""
        self._data = data
        self._at = 0
        self._what = what

    def refuse(self, why: str) -> Refused:
        """The refusal to raise, in the words that every reader uses."""
        return Refused(f"{self._what} is damaged or not genuine: {why}", "ask for it again from another source")

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, n: int) -> bytes:
        """The next n bytes."""
        start = self._at
        end = start + n
        if end > len(self._data):
            raise self.refuse("it ends too early")
        self._at = end
        return self._data[start:end]

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)

    def u8(self) -> int:
        at = self._at
        if at >= len(self._data):
            raise self.refuse("it ends too early")
        self._at = at + 1
        return self._data[at]

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def varint(self, limit: int) -> int:
        """A varint of at most `limit`; longer forms than needed are refused."""
        n = 0
        for place in range(VARINT_BYTES):
            byte = self.u8()
            n |= (byte & 0x7F) << (7 * place)
            if not byte & 0x80:
                if place and not byte:
                    raise self.refuse("a number is written in a longer form than needed")
                if n > limit:
                    raise self.refuse(f"a number is {n}, more than {limit}")
                return n
        raise self.refuse("a number is too long")

    def zigzag(self, limit: int) -> int:
        """A signed number between -limit and limit."""
        n = self.varint(2 * limit)
        return n // 2 if n % 2 == 0 else -(n + 1) // 2

    def text8(self) -> bytes:
        return self.take(self.u8())

    def sized(self, limit: int) -> bytes:
        return self.take(self.varint(limit))

    def until(self, mark: int, limit: int) -> bytes:
        """The bytes before the next byte `mark`, which is read too; at most `limit` of them."""
        end = self._data.find(mark, self._at, self._at + limit + 1)
        if end < 0:
            raise self.refuse("a text has no end")
        found = self._data[self._at : end]
        self._at = end + 1
        return found

    def end(self) -> None:
        """Refuses whatever follows."""
        if self.left:
            raise self.refuse(f"{self.left} bytes follow its end")
