"""The week's letter key: what a page seals to, and the seed that opens it (spec/letter.md, "Keys").

Rules: keys are numbered by week; the public half travels as a leaf of the edition with the last moment to seal and
the moment at which its seed is overwritten; every time is an argument, in Unix seconds; a seed never shows in a repr.
One seed makes both secrets of a week, that of letters and that of narrow ones: one slot is overwritten, both are gone.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from holub.errors import Misused, Refused

EPOCH = 1_767_571_200  # Monday 2026-01-05T00:00:00Z, the beginning of week 0
WEEK = 604_800
LAST_NUMBER = (2**32 - 1 - EPOCH) // WEEK - 1
SEAL_WEEKS = 8
OPEN_WEEKS = 16
SHARED_WEEKS = 52  # after so many weeks a letter on a carrier that centres share is nobody's any more
PUBLIC_SIZE = 1216
NARROW_SIZE = 32
SEED_SIZE = 32
LEAF_TAG = 0x01
LEAF_SIZE = 13 + PUBLIC_SIZE + NARROW_SIZE
LABEL = b"holub/letter/v1"  # with a letter's header, HPKE's info: a seal is good for nothing else
_NARROW_LABEL = b"holub/letter/narrow/v1"
_MLKEM_PUBLIC = 1184
_HEAD = struct.Struct(">BIII")


class TooLate(Refused):
    """The edition's letter key closed before now: a letter sealed to it might never be opened."""


def week_of(now: int) -> int:
    """The number of the week that holds `now` (Unix seconds). Misused before week 0 or after the last number."""
    if not EPOCH <= now < EPOCH + (LAST_NUMBER + 1) * WEEK:
        raise Misused(f"{now} is outside the weeks that letter keys are numbered for", "set the clock of this machine")
    return (now - EPOCH) // WEEK


def spans(number: int, *, seal_weeks: int = SEAL_WEEKS, open_weeks: int = OPEN_WEEKS) -> tuple[int, int]:
    """(seal_until, opens_until) of the key of week `number`, both counted in weeks from that week's beginning."""
    if not 0 <= number <= LAST_NUMBER:
        raise Misused(f"there is no week {number}")
    if not 0 < seal_weeks <= open_weeks:
        raise Misused("a letter key must be opened for at least as long as it seals, and seal for a week or more")
    start = EPOCH + number * WEEK
    if start + open_weeks * WEEK >= 2**32:
        raise Misused("the spans of this letter key end after the last moment that an edition can name")
    return start + seal_weeks * WEEK, start + open_weeks * WEEK


@dataclass(frozen=True, slots=True)
class LetterKey:
    """The public half. number: week; seal_until, opens_until: Unix seconds; public: 1,216 bytes (ML-KEM-768, X25519);
    narrow: 32 bytes, the X25519 key that narrow letters alone are sealed to.

    Raises Refused where they do not fit together; so every LetterKey that exists can be encoded.
    """

    number: int
    seal_until: int
    opens_until: int
    public: bytes
    narrow: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.number <= LAST_NUMBER:
            raise Refused("the letter key has a number that no week has")
        if not EPOCH + self.number * WEEK < self.seal_until <= self.opens_until < 2**32:
            raise Refused("the letter key's week and its two dates are not in order")
        if len(self.public) != PUBLIC_SIZE:
            raise Refused(f"the letter key has {len(self.public)} bytes instead of {PUBLIC_SIZE}")
        if len(self.narrow) != NARROW_SIZE:
            raise Refused(f"the narrow letter key has {len(self.narrow)} bytes instead of {NARROW_SIZE}")
        mlkem_public(self.public)

    def encode(self) -> bytes:
        """The edition's leaf: 0x01, number, seal_until, opens_until (u32 each), both public keys; 1,261 bytes."""
        return _HEAD.pack(LEAF_TAG, self.number, self.seal_until, self.opens_until) + self.public + self.narrow

    def check_open(self, now: int) -> None:
        """Raises TooLate after seal_until: the writer must get a newer edition first."""
        if now > self.seal_until:
            raise TooLate("this edition is too old to write with: the letter could no longer be opened", _NEWER)


_NEWER = "get a newer edition, then write"


def parse(leaf: bytes) -> LetterKey:
    """The letter key in an edition's leaf of 1,261 bytes. Raises Refused; what parses encodes to the same bytes."""
    if len(leaf) != LEAF_SIZE or leaf[0] != LEAF_TAG:
        raise Refused("the edition's letter key is not laid out as one")
    _, number, seal_until, opens_until = _HEAD.unpack_from(leaf)
    end = _HEAD.size + PUBLIC_SIZE
    return LetterKey(number, seal_until, opens_until, leaf[_HEAD.size : end], leaf[end:])


def mlkem_public(public: bytes) -> mlkem.MLKEM768PublicKey:
    """The ML-KEM part, its coefficients checked to be below the modulus (FIPS 203, section 7.2). Raises Refused."""
    try:
        return mlkem.MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC])
    except ValueError:
        raise Refused("the letter key is not a key") from None


def hpke_public(public: bytes) -> hpke.MLKEM768X25519PublicKey:
    """The form that the HPKE library takes, from 1,216 bytes."""
    return hpke.MLKEM768X25519PublicKey(
        mlkem_public(public), x25519.X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:])
    )


def narrow_private(seed: bytes) -> x25519.X25519PrivateKey:
    """The secret that opens narrow letters of a week: HKDF-Expand (RFC 5869, section 2.3) of the week's seed.

    Never the X25519 half inside MLKEM768-X25519: a key that serves two schemes ties the one's fate to the other's.
    """
    scalar = HKDFExpand(hashes.SHA256(), 32, _NARROW_LABEL).derive(seed)
    return x25519.X25519PrivateKey.from_private_bytes(scalar)


class SecretKey:
    """The half that opens letters: a seed of 32 bytes and the week it belongs to.

    Hold it only as long as the letters of a batch need it; after opens_until its slot is overwritten.
    """

    __slots__ = ("_narrow", "_private", "narrow", "number", "public", "seed")

    def __init__(self, number: int, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise Misused(f"a letter key's seed has {SEED_SIZE} bytes")
        if not 0 <= number <= LAST_NUMBER:
            raise Misused(f"there is no week {number}")
        # draft-ietf-hpke-pq, MLKEM768-X25519: SHAKE256 of the seed gives d || z of ML-KEM, then the X25519 scalar.
        expanded = hashlib.shake_256(seed).digest(96)
        lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        curve = x25519.X25519PrivateKey.from_private_bytes(expanded[64:])
        self.number = number
        self.seed = seed
        self.public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        self._private = hpke.MLKEM768X25519PrivateKey(lattice, curve)
        self._narrow = narrow_private(seed)
        self.narrow = self._narrow.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"<SecretKey of week {self.number}>"

    def hpke_private(self) -> hpke.MLKEM768X25519PrivateKey:
        """The form that the HPKE library takes."""
        return self._private

    def narrow_private(self) -> x25519.X25519PrivateKey:
        """What opens narrow letters."""
        return self._narrow

    def letter_key(self, *, seal_weeks: int = SEAL_WEEKS, open_weeks: int = OPEN_WEEKS) -> LetterKey:
        """The public half with its spans, as an edition carries it."""
        seal_until, opens_until = spans(self.number, seal_weeks=seal_weeks, open_weeks=open_weeks)
        return LetterKey(self.number, seal_until, opens_until, self.public, self.narrow)


def generate(number: int, seed: bytes) -> SecretKey:
    """The key of week `number` from 32 random bytes."""
    return SecretKey(number, seed)
