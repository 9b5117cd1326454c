"""Ed25519 signatures (RFC 8032) with a context in front; verification raises, it never answers yes or no.

Libraries differ on signatures that no honest signer makes. An edition that one reader accepts and another refuses
would split them, so spec/keys.md ("Which signatures count") decides, and the page decides the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from holub.errors import Forged, Refused

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_P = 2**255 - 19
_EIGHTH = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # y of a point of order 8
_SMALL = frozenset({0, 1, _P - 1, _EIGHTH, _P - _EIGHTH})  # y of every point whose order divides 8


def message(context: str, body: bytes) -> bytes:
    """What is signed: the context, a zero byte, the body. A signature made for one purpose fits no other."""
    return context.encode("ascii") + b"\x00" + body


def verify(key: bytes, signature: bytes, signed: bytes, what: str) -> None:
    """Raises Refused unless `signature` over `signed` is by `key` (32 B)."""
    try:
        _check_point(key)
        _check_point(signature[:32])
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise Forged(
            f"the signature of {what} does not match", "do not trust it; ask the centre for a fresh one"
        ) from None


def _check_point(encoded: bytes) -> None:
    """Raises ValueError unless y is below p (RFC 8032, section 5.1.3) and the point's order can be large."""
    y = int.from_bytes(encoded, "little") & (1 << 255) - 1
    if y >= _P or y in _SMALL:
        raise ValueError("not a canonical encoding of a point of large order")


def verify_any(keys: Iterable[bytes], signature: bytes, signed: bytes, what: str) -> None:
    """Raises Refused unless one of the keys made the signature."""
    for key in keys:
        try:
            return verify(key, signature, signed, what)
        except Refused:
            continue
    raise Forged(
        f"{what} is not signed by the publisher that you trust", "do not trust it; ask the centre for a fresh one"
    )
