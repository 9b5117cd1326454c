"""Ed25519 signatures (RFC 8032) with a context in front; verification raises, it never answers yes or no."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from holub.errors import Forged, Refused

KEY_BYTES = 32
SIGNATURE_BYTES = 64


def message(context: str, body: bytes) -> bytes:
    """What is signed: the context, a zero byte, the body. A signature made for one purpose fits no other."""
    return context.encode("ascii") + b"\x00" + body


def verify(key: bytes, signature: bytes, signed: bytes, what: str) -> None:
    """Raises Refused unless `signature` over `signed` is by `key` (32 B)."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise Forged(
            f"the signature of {what} does not match", "do not trust it; ask the centre for a fresh one"
        ) from None


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
