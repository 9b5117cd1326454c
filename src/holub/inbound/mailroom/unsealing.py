"""Opens letters with one week's key, at close to the price of its two key agreements; narrow letters one by one.

Rules
- The same scheme as formats.letter opens one by one: HPKE base mode (RFC 9180, sections 5.1 and 7.1.1) with
  MLKEM768-X25519 (draft-ietf-hpke-pq), HKDF-SHA256 and ChaCha20-Poly1305. The tests hold the two together.
- What is the same for all letters of a week (the schedule's context, keyed hashes of constants) is made once; the
  library's own one-shot call makes it anew for each letter, and takes 1.4 times the bare cryptography for it.
- The key agreements and the cipher are the library's; only hashing is put together here.
- Whatever is wrong with a letter, the refusal is the same, and nothing is told apart before the seal is checked.
"""

from __future__ import annotations

import hmac
from hashlib import sha3_256, sha256, shake_256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from holub.errors import Misused
from holub.formats import letter as wire
from holub.formats import narrow
from holub.formats.letter import Inside
from holub.formats.letterkey import LABEL, SEED_SIZE, narrow_private

_SUITE = b"HPKE\x64\x7a\x00\x01\x00\x03"
_NARROW = bytes([wire.NARROW_VERSION])
_XWING = b"\\.//^\\"
_IPAD = bytes(byte ^ 0x36 for byte in range(256))
_OPAD = bytes(byte ^ 0x5C for byte in range(256))
_IPAD_REST, _OPAD_REST = b"\x36" * 32, b"\x5c" * 32
_LATTICE_END = wire.HEADER_SIZE + 1_088
_ENCAPSULATED_END = wire.HEADER_SIZE + wire.ENCAPSULATED_SIZE


class Unsealer:
    """One week's key, ready to open letters. Holds the seed's keys: let it live no longer than a batch.

    headers: the five bytes that the letters which it opens begin with, of its two versions.
    """

    __slots__ = ("_base_nonce", "_curve", "_head", "_key", "_lattice", "_narrow", "_number", "_secret", "_tail")

    def __init__(self, number: int, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise Misused(f"a letter key's seed has {SEED_SIZE} bytes")
        # draft-ietf-hpke-pq: SHAKE256 of the seed gives d || z of ML-KEM, then the X25519 scalar.
        expanded = shake_256(seed).digest(96)
        self._lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self._curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._narrow = narrow_private(seed)
        self._number = number
        self._head = wire.Header(wire.VERSION, number).encode()
        self._tail = self._curve.public_key().public_bytes_raw() + _XWING
        # RFC 9180, section 5.1, KeySchedule: mode_base, no psk, no psk_id.
        context = b"\0" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", LABEL + self._head)
        self._secret = _labelled(b"secret", b"")
        self._key = (32).to_bytes(2, "big") + _labelled(b"key", context) + b"\1"
        self._base_nonce = (12).to_bytes(2, "big") + _labelled(b"base_nonce", context) + b"\1"

    @property
    def headers(self) -> tuple[bytes, bytes]:
        return self._head, wire.Header(wire.NARROW_VERSION, self._number).encode()

    def agree(self, sealed: bytes) -> bytes | None:
        """The letter's shared secret (X-Wing, section 5.4), whether the letter is genuine or not; None where there is
        none: another size or header, a narrow letter, or a share of small order."""
        if len(sealed) not in wire.SIZES or not sealed.startswith(self._head):
            return None
        share = sealed[_LATTICE_END:_ENCAPSULATED_END]
        try:
            lattice = self._lattice.decapsulate(sealed[wire.HEADER_SIZE : _LATTICE_END])
            curve = self._curve.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:
            return None
        return sha3_256(lattice + curve + share + self._tail).digest()

    def unseal(self, sealed: bytes, shared: bytes | None) -> bytes:
        """The plaintext, given what `agree` made. Raises Refused."""
        if shared is None:
            raise wire.refusal()
        inner, outer = _pads(shared)
        inner, outer = _pads(_mac(inner, outer, self._secret))
        cipher = ChaCha20Poly1305(_mac(inner, outer, self._key))
        try:
            return cipher.decrypt(
                _mac(inner, outer, self._base_nonce)[:12], memoryview(sealed)[_ENCAPSULATED_END:], None
            )
        except InvalidTag:
            raise wire.refusal() from None

    def open(self, sealed: bytes, shared: bytes | None) -> Inside:
        """What is inside, every field checked. Raises Refused, in the same words whatever is wrong with it."""
        if sealed[:1] == _NARROW:
            return wire.inside_of(narrow.open_sealed(sealed, self._number, self._narrow))
        return wire.check_plain(self.unseal(sealed, shared))


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """RFC 2104, section 2: the two blocks that HMAC-SHA256 hashes first, from a key of 32 bytes."""
    return key.translate(_IPAD) + _IPAD_REST, key.translate(_OPAD) + _OPAD_REST


def _mac(inner: bytes, outer: bytes, message: bytes) -> bytes:
    # hmac.digest gives the same, and takes twice as long: it prepares each key anew, and two of ours are one.
    return sha256(outer + sha256(inner + message).digest()).digest()


def _labelled(label: bytes, data: bytes) -> bytes:
    """RFC 9180, section 4: what LabeledExtract and LabeledExpand put before and around their input."""
    return b"HPKE-v1" + _SUITE + label + data


def _extract(salt: bytes, label: bytes, data: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), _labelled(label, data), "sha256")
