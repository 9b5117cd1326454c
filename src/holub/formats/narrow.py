"""A narrow letter: 256 bytes, for sound, QR codes and mesh radio alone (spec/letter.md, "The narrow letter").

Rules: X25519 alone, under a key of its own, so it is not safe against a later quantum computer: where 4,096 bytes can
travel, they do. One size; a decoy is a real seal; whatever is wrong with a letter that came in, the refusal is that
of every other letter.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from holub.errors import Misused, Refused
from holub.formats import narrowbody
from holub.formats.letter import (
    HEADER_SIZE,
    NARROW_SIZE,
    NARROW_VERSION,
    SECRET_SIZE,
    TAG_SIZE,
    Header,
    Kind,
    Letter,
    refusal,
)
from holub.formats.letterkey import LetterKey

LABEL = b"holub/letter/v2"
SHARE_SIZE = 32
PLAIN_SIZE = NARROW_SIZE - HEADER_SIZE - SHARE_SIZE - TAG_SIZE
HEAD_SIZE = SECRET_SIZE + 2
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_KINDS = {int(kind): kind for kind in (Kind.DECOY, Kind.LETTER, Kind.NO_REPLY)}


def encode_plain(letter: Letter) -> bytes:
    """203 bytes: S, kind, length u8, body, zeros. Raises Misused where the letter does not fit."""
    body = b"" if letter.body is None else narrowbody.encode(letter.body)
    return (letter.secret + bytes([letter.kind, len(body)]) + body).ljust(PLAIN_SIZE, b"\0")


def parse_plain(plain: bytes) -> Letter:
    """The letter in an opened plaintext. Raises Refused; what parses encodes to the same bytes."""
    if len(plain) != PLAIN_SIZE:
        raise refusal()
    secret, kind, length = plain[:SECRET_SIZE], plain[SECRET_SIZE], plain[SECRET_SIZE + 1]
    end = HEAD_SIZE + length
    if end > PLAIN_SIZE or plain[end:] != bytes(PLAIN_SIZE - end) or (length and kind == Kind.DECOY):
        raise refusal()
    try:
        body = narrowbody.parse(plain[HEAD_SIZE:end]) if kind else None
        return Letter(_KINDS[kind], secret, body)
    except (Misused, Refused, LookupError):
        raise refusal() from None


def seal(letter: Letter, key: LetterKey, now: int) -> bytes:
    """The letter sealed to the week's narrow key: 256 bytes.

    now: Unix seconds. Raises TooLate after the key's seal_until, Misused where the letter does not fit.
    HPKE base mode (RFC 9180, section 5.1.1) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
    """
    key.check_open(now)
    plain = encode_plain(letter)
    header = Header(NARROW_VERSION, key.number).encode()
    try:
        return header + _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(key.narrow), LABEL + header)
    except ValueError:  # of small order
        raise Refused("the letter key is not a key", "get the edition again, from somebody else") from None


def open_sealed(sealed: bytes, number: int, key: X25519PrivateKey) -> Letter:
    """The letter inside, given the key of week `number`. Raises Refused, in the same words whatever is wrong."""
    if len(sealed) != NARROW_SIZE or not sealed.startswith(Header(NARROW_VERSION, number).encode()):
        raise refusal()
    try:
        plain = _SUITE.decrypt(memoryview(sealed)[HEADER_SIZE:], key, LABEL + sealed[:HEADER_SIZE])
    except (InvalidTag, ValueError):
        raise refusal() from None
    return parse_plain(plain)
