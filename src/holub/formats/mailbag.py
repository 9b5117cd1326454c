"""The mailbag: all the replies of one section in one edition, public and unreadable (spec/mailbag.md).

Rules: real and random records look alike and their count is a multiple of a step; records are sorted by tag; the
directory of tags is tied to the edition's signed tree, and each shard of bodies to the directory. Verification raises.
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from holub.errors import Misused, Refused
from holub.formats.bagleaf import BODY_SIZE, MOST_RECORDS, SHARD, TAG_SIZE, BagDirectory, BagEntry

SALT_SIZE = 16
PADDED_SIZE = BODY_SIZE - SALT_SIZE - 16
PART_TEXT = PADDED_SIZE - 2
MOST_PARTS = 8
MOST_TEXT = MOST_PARTS * PART_TEXT
STEP = 64
_NONCE = bytes(12)
_UNOPENED = ("this record is no reply to this letter", "look in the next edition")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one letter. secret: the letter's S; text: UTF-8, up to 3,824 bytes; empty: "it has arrived"."""

    secret: bytes = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mailbag:
    """One section's bag as it travels, and the places (in the order given) of the replies left for the next edition."""

    records: int
    directory: bytes
    shards: tuple[bytes, ...]
    waiting: tuple[int, ...] = ()


def part_secret(secret: bytes, part: int) -> bytes:
    """The secret of a reply's part: S itself for part 0, HMAC-SHA256(S, "part" || part u8) for parts 1 to 7."""
    return hmac.digest(secret, b"part" + bytes([part]), "sha256") if part else secret


def tag_of(secret: bytes, edition: int) -> bytes:
    """HMAC-SHA256(S, "tag" || edition u32), its first 8 bytes."""
    return hmac.digest(secret, b"tag" + edition.to_bytes(4, "big"), "sha256")[:TAG_SIZE]


def parts_of(text: str) -> list[bytes]:
    """The padded plaintexts (480 bytes each) of a reply: the whole text's length u16, this part's bytes, zeros."""
    raw = text.encode()
    if len(raw) > MOST_TEXT:
        raise Misused(f"the reply is longer than {MOST_TEXT} bytes", "shorten it, or point to a guide")
    head = len(raw).to_bytes(2, "big")
    if len(raw) <= PART_TEXT:
        return [(head + raw).ljust(PADDED_SIZE, b"\0")]
    return [(head + raw[at : at + PART_TEXT]).ljust(PADDED_SIZE, b"\0") for at in range(0, len(raw), PART_TEXT)]


def build(replies: Sequence[Reply], edition: int, random: Callable[[int], bytes], *, step: int = STEP) -> Mailbag:
    """A section's mailbag for one edition.

    random(n) gives n random bytes from the operating system. step: the count of records is the next multiple of it,
    at least one. A reply whose letter has another reply in the bag already would have the same tag: it is left out and
    its place stands in `waiting`. Raises Misused on a text too long or on too many records.
    """
    if step < 1:
        raise Misused("the step of a mailbag is at least 1")
    records: dict[bytes, bytes] = {}
    waiting: list[int] = []
    for place, reply in enumerate(replies):
        sealed = _records_of(reply, edition, random)
        if records.keys().isdisjoint(sealed):
            records.update(sealed)
        else:
            waiting.append(place)
    count = max(1, -(-len(records) // step)) * step
    if count > MOST_RECORDS:
        raise Misused(f"a mailbag holds {MOST_RECORDS} records at most", "let some replies wait, or split the section")
    while len(records) < count:
        records.setdefault(random(TAG_SIZE), random(BODY_SIZE))
    tags = sorted(records)
    shards = tuple(b"".join(records[tag] for tag in tags[at : at + SHARD]) for at in range(0, count, SHARD))
    directory = b"".join(tags) + b"".join(hashlib.sha256(shard).digest() for shard in shards)
    return Mailbag(count, directory, shards, tuple(waiting))


def _records_of(reply: Reply, edition: int, random: Callable[[int], bytes]) -> dict[bytes, bytes]:
    """The body of each of a reply's records, by tag."""
    number = edition.to_bytes(4, "big")
    secret, records = reply.secret, {}
    for part, plain in enumerate(parts_of(reply.text)):
        if part:
            secret = part_secret(reply.secret, part)
        salt = random(SALT_SIZE)
        key = hmac.digest(secret, b"key" + number + salt, "sha256")
        tag = hmac.digest(secret, b"tag" + number, "sha256")[:TAG_SIZE]
        records[tag] = salt + ChaCha20Poly1305(key).encrypt(_NONCE, plain, None)
    return records


def entry_of(section: str, bag: Mailbag) -> BagEntry:
    """What the edition's leaf says of this bag."""
    return BagEntry(section, bag.records, hashlib.sha256(bag.directory).digest())


class Directory(BagDirectory):
    """A bag's directory, verified, in which replies can be looked up."""

    def find(self, tag: bytes) -> int | None:
        """The place of the record with this tag, or None."""
        wanted = int.from_bytes(tag, "big")
        place = bisect_left(self.tags, wanted)
        return place if place < self.records and self.tags[place] == wanted else None


@dataclass(frozen=True, slots=True)
class Part:
    """An opened record. whole: bytes of the whole reply's text; data: this part's own."""

    whole: int
    data: bytes = field(repr=False)

    @property
    def parts(self) -> int:
        """How many records the reply has, 1 to 8."""
        return max(1, -(-self.whole // PART_TEXT))


def open_part(body: bytes, secret: bytes, edition: int, part: int = 0) -> Part:
    """One record's body (512 bytes) opened with the letter's S. Raises Refused, in the same words for every cause."""
    if len(body) != BODY_SIZE:
        raise Refused(*_UNOPENED)
    salt = body[:SALT_SIZE]
    try:
        plain = _cipher(part_secret(secret, part), edition, salt).decrypt(_NONCE, body[SALT_SIZE:], None)
    except InvalidTag:
        raise Refused(*_UNOPENED) from None
    whole = int.from_bytes(plain[:2], "big")
    length = max(0, min(PART_TEXT, whole - part * PART_TEXT))
    if whole > MOST_TEXT or (part and not length) or any(plain[2 + length :]):
        raise Refused(*_UNOPENED)
    return Part(whole, plain[2 : 2 + length])


def join(parts: Sequence[Part]) -> str:
    """The reply's text from all its parts in order. Raises Refused where they do not fit together."""
    data = b"".join(part.data for part in parts)
    if not parts or len(parts) != parts[0].parts or any(part.whole != len(data) for part in parts):
        raise Refused("the parts of this reply do not belong together", "look in the next edition")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Refused("this reply is not text", "look in the next edition") from None


def _cipher(secret: bytes, edition: int, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hmac.digest(secret, b"key" + edition.to_bytes(4, "big") + salt, "sha256"))
