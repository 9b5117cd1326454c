"""A sealed letter: one of three sizes on the wire, unreadable to every carrier (spec/letter.md).

The narrow letter for carriers of a few hundred bytes is in formats.narrow; what the two share is here.

Rules: the version and the key's number are all that stands in the clear, and the seal binds them; the smallest size
that fits is taken; a decoy is a real seal. Whatever is wrong with a letter that came in, the refusal is the same.
The one source of randomness here is the sealing library's own, which draws from the operating system.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke

from holub.errors import Misused, Refused
from holub.formats import letterbody
from holub.formats.letterbody import Body, Checked
from holub.formats.letterkey import LABEL, LetterKey, SecretKey, hpke_public

VERSION = 1
SIZES = (4_096, 65_536, 1_048_576)
NARROW_VERSION = 2
NARROW_SIZE = 256
HEADER_SIZE = 5
ENCAPSULATED_SIZE = 1_120
TAG_SIZE = 16
SECRET_SIZE = 32
OVERHEAD = HEADER_SIZE + ENCAPSULATED_SIZE + TAG_SIZE
PLAIN_HEAD_SIZE = SECRET_SIZE + 4
NO_SECRET = bytes(SECRET_SIZE)
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


class Kind(IntEnum):
    """What is inside the seal."""

    DECOY = 0
    LETTER = 1
    WITH_PICTURES = 2
    NO_REPLY = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """An opened letter, or one to be sealed. Raises Misused where its parts do not fit its kind.

    secret: S, 32 bytes, from which the answer's tag and key are made; all zero in a decoy and where no reply is wanted.
    body: None in a decoy alone. Pictures belong to kind WITH_PICTURES alone.
    """

    kind: Kind
    secret: bytes = field(repr=False)
    body: Body | None

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_SIZE:
            raise Misused(f"a letter's secret has {SECRET_SIZE} bytes")
        if (self.body is None) != (self.kind is Kind.DECOY):
            raise Misused("a decoy has no body, and every other letter has one")
        if (self.secret == NO_SECRET) != (self.kind in (Kind.DECOY, Kind.NO_REPLY)):
            raise Misused("a letter has a secret exactly if it waits for a reply")
        if self.body is not None and bool(self.body.pictures) != (self.kind is Kind.WITH_PICTURES):
            raise Misused("the letter's kind does not say whether it has pictures")


def decoy() -> Letter:
    """What an idle page sends, so that sending says nothing."""
    return Letter(Kind.DECOY, NO_SECRET, None)


@dataclass(frozen=True, slots=True)
class Header:
    """What anybody can read of a sealed letter. number: the week of the key that it is sealed to."""

    version: int
    number: int

    def encode(self) -> bytes:
        """5 bytes."""
        return bytes([self.version]) + self.number.to_bytes(4, "big")


def read_header(sealed: bytes) -> Header:
    """The header of a letter of one of its version's sizes, so that its key can be found. Raises Refused."""
    sizes = {VERSION: SIZES, NARROW_VERSION: (NARROW_SIZE,)}
    if not sealed or len(sealed) not in sizes.get(sealed[0], ()):
        raise refusal()
    return Header(sealed[0], int.from_bytes(sealed[1:HEADER_SIZE], "big"))


def encode_plain(letter: Letter) -> tuple[bytes, int]:
    """(plaintext, size on the wire): S, kind, length u24, body, zeros. Misused where no size is large enough."""
    body = b"" if letter.body is None else letterbody.encode(letter.body)
    needed = OVERHEAD + PLAIN_HEAD_SIZE + len(body)
    for size in SIZES:
        if needed <= size:
            head = letter.secret + bytes([letter.kind]) + len(body).to_bytes(3, "big")
            return (head + body).ljust(size - OVERHEAD, b"\0"), size
    raise Misused(
        f"the letter is too long: {needed:,} bytes, where {SIZES[-1]:,} are the most",
        "send fewer or smaller pictures, or a second letter",
    )


class Inside(NamedTuple):
    """What a plaintext holds, every rule of it checked, still as bytes. body: None in a decoy alone."""

    kind: int
    secret: bytes
    body: Checked | None

    def __repr__(self) -> str:
        return "<an opened letter>"


def check_plain(plain: bytes) -> Inside:
    """The parts of an opened plaintext. Raises Refused, in the same words whatever is wrong with it."""
    size = len(plain)
    least = _LEAST_BODY.get(size)
    if least is None:
        raise refusal()
    secret, kind_and_length = _PLAIN_HEAD.unpack_from(plain)
    kind, length = kind_and_length >> 24, kind_and_length & 0xFFFFFF
    end = PLAIN_HEAD_SIZE + length
    if not least <= length <= size - PLAIN_HEAD_SIZE or plain[end:] != bytes(size - end):
        raise refusal()
    if (secret == NO_SECRET) != (kind in _WITHOUT_SECRET):
        raise refusal()
    if not kind and not length:
        return Inside(kind, secret, None)
    if kind not in _WITH_BODY:
        raise refusal()
    try:
        body = letterbody.check(plain[PLAIN_HEAD_SIZE:end], pictures=kind == _WITH_PICTURES)
    except Refused:
        raise refusal() from None
    return Inside(kind, secret, body)


def inside_of(letter: Letter) -> Inside:
    """The same parts of a letter that was read field by field."""
    body = letter.body
    pictures = letter.kind == Kind.WITH_PICTURES
    checked = None if body is None else letterbody.check(letterbody.encode(body), pictures=pictures)
    return Inside(letter.kind, letter.secret, checked)


def parse_plain(plain: bytes) -> Letter:
    """The letter in an opened plaintext. Raises Refused; what parses encodes to the same bytes."""
    kind, secret, body = check_plain(plain)
    return Letter(Kind(kind), secret, None if body is None else letterbody.body_of(body))


_PLAIN_HEAD = struct.Struct(">32sI")
# By the plaintext's size: how long a body must be not to fit a smaller letter.
_LEAST_BODY = {
    size - OVERHEAD: smaller and smaller - OVERHEAD - PLAIN_HEAD_SIZE + 1
    for smaller, size in zip((0, *SIZES), SIZES, strict=False)
}
# Plain numbers: a member of an enumeration is slower to look at, and this stands beside every opening.
_WITH_PICTURES = int(Kind.WITH_PICTURES)
_WITHOUT_SECRET = frozenset((int(Kind.DECOY), int(Kind.NO_REPLY)))
_WITH_BODY = frozenset(int(kind) for kind in Kind if kind is not Kind.DECOY)


def seal(letter: Letter, key: LetterKey, now: int) -> bytes:
    """The letter sealed to the week's key: 4,096, 65,536 or 1,048,576 bytes.

    now: Unix seconds. Raises TooLate after the key's seal_until, Misused where the letter is too long for every size.
    HPKE base mode (RFC 9180, section 5.1.1) with KEM 0x647a of draft-ietf-hpke-pq, HKDF-SHA256, ChaCha20-Poly1305.
    """
    key.check_open(now)
    plain, _ = encode_plain(letter)
    header = Header(VERSION, key.number).encode()
    try:
        return header + _SUITE.encrypt(plain, hpke_public(key.public), LABEL + header)
    except ValueError:  # an X25519 part of small order
        raise Refused("the letter key is not a key", "get the edition again, from somebody else") from None


def open_sealed(sealed: bytes, key: SecretKey) -> Letter:
    """The letter inside. Raises Refused, in the same words whatever is wrong with it."""
    if len(sealed) not in SIZES or not sealed.startswith(Header(VERSION, key.number).encode()):
        raise refusal()
    try:
        plain = _SUITE.decrypt(memoryview(sealed)[HEADER_SIZE:], key.hpke_private(), LABEL + sealed[:HEADER_SIZE])
    except (InvalidTag, ValueError):
        raise refusal() from None
    return parse_plain(plain)


def refusal() -> Refused:
    """What is said of every letter that cannot be opened, whatever is wrong with it."""
    return Refused("a letter cannot be opened", "drop it; nothing else can be done with it")
