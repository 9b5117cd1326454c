"""The group of Ed25519 (RFC 8032, section 5.1), slow and plain, to make the signatures that nobody should make.

Points are pairs (x, y) of integers below P. For vectors alone: it takes no care of time or of secrets.
"""

from __future__ import annotations

import hashlib
from typing import TypeAlias

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point: TypeAlias = tuple[int, int]
NEUTRAL: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    """The sum, by the complete addition law."""
    (a, b), (c, d) = one, other
    cross = D * a * b * c * d % P
    return (a * d + b * c) * pow(1 + cross, -1, P) % P, (b * d + a * c) * pow(1 - cross, -1, P) % P


def times(count: int, point: Point) -> Point:
    """`count` times the point; `count` is not reduced, so that points outside the prime-order group come out right."""
    total = NEUTRAL
    while count:
        if count & 1:
            total = add(total, point)
        point = add(point, point)
        count >>= 1
    return total


def root(square: int) -> int | None:
    """A square root modulo P, or None."""
    found = pow(square, (P + 3) // 8, P)
    for candidate in (found, found * pow(2, (P - 1) // 4, P) % P):
        if candidate * candidate % P == square % P:
            return candidate
    return None


def with_y(y: int, odd: int) -> Point | None:
    """The point with this y and the parity of x, or None."""
    x = root((y * y - 1) * pow(D * y * y + 1, -1, P))
    if x is None:
        return None
    return (x if x % 2 == odd else -x % P), y


def encode(point: Point) -> bytes:
    """32 bytes: y, little-endian, and the parity of x in the last bit."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def challenge(nonce: bytes, key: bytes, message: bytes) -> int:
    """k, reduced (RFC 8032, section 5.1.7)."""
    return int.from_bytes(hashlib.sha512(nonce + key + message).digest(), "little") % L


def _base() -> Point:
    found = with_y(4 * pow(5, -1, P) % P, 0)
    assert found is not None
    return found


def _of_order_eight() -> Point:
    y = 0
    while True:
        y += 1
        found = with_y(y, 0)
        if found is not None:
            low = times(L, found)
            if times(4, low) != NEUTRAL:
                return low


BASE = _base()
EIGHTH = _of_order_eight()
SMALL = [times(count, EIGHTH) for count in range(8)]
