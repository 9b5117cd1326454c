"""The root document: the publisher's keys, how many of them are needed, and to whom sections are delegated.

Text, one accepted encoding, at most 64 KiB. What it accepts re-encodes to the same bytes. Source: spec/keys.md;
the ideas (threshold, rotation by the old keys, delegation) are those of The Update Framework, section 5.3.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from holub.errors import Misused, OtherPublisher, Refused
from holub.formats.names import MAIN, check_section
from holub.formats.signature import message, verify

MAX_BYTES = 65_536
MAX_ROOT_KEYS = 16
MAX_EDITION_KEYS = 8
MAX_SECTIONS = 256
MAX_SECTION_KEYS = 8
MAX_NAME = 80  # characters

_HEX32 = re.compile(r"[0-9a-f]{64}")
_HEX64 = re.compile(r"[0-9a-f]{128}")
_BEGINNING = re.compile(rb"^holub root v1\n", re.MULTILINE)
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


def _refuse(why: str) -> Refused:
    return Refused(f"the root document is not valid: {why}", "ask the centre for its root document")


@dataclass(frozen=True)
class Delegation:
    """`threshold` of these keys (32 B each, ascending) sign a section."""

    threshold: int
    keys: tuple[bytes, ...]


@dataclass(frozen=True)
class RootDocument:
    """A parsed root document; see `verify` for what makes it one to trust. Times in Unix seconds."""

    name: str
    serial: int
    expiry: int
    threshold: int
    root_keys: tuple[bytes, ...]
    edition_keys: tuple[bytes, ...]
    sections: Mapping[str, Delegation] = field(default_factory=dict)
    first: bytes | None = None  # identity; None in serial 1, where it follows from the body
    signatures: Mapping[bytes, bytes] = field(default_factory=dict)

    def body(self) -> bytes:
        """What the signatures are over: everything before the first of them."""
        lines = ["holub root v1", f"name {self.name}", f"serial {self.serial}", f"expiry {self.expiry}"]
        if self.first is not None:
            lines.append(f"first {self.first.hex()}")
        lines.append(f"threshold {self.threshold}")
        lines += [f"root {key.hex()}" for key in self.root_keys]
        lines += [f"edition {key.hex()}" for key in self.edition_keys]
        for name, given in self.sections.items():
            lines.append(f"section {name} {given.threshold} {' '.join(key.hex() for key in given.keys)}")
        return "".join(line + "\n" for line in lines).encode("utf-8")

    def encode(self) -> bytes:
        """The whole document."""
        rows = [f"sig {key.hex()} {self.signatures[key].hex()}\n" for key in sorted(self.signatures)]
        return self.body() + "".join(rows).encode("ascii")

    def to_sign(self) -> bytes:
        """What a root key signs."""
        return message("holub/root/v1", self.body())

    @property
    def identity(self) -> bytes:
        """SHA-256 (32 B) of the body of serial 1: the publisher's lasting identity, and the salt of codenames."""
        return self.first if self.first is not None else sha256(self.body()).digest()

    def _require(self, keys: Sequence[bytes], threshold: int, whose: str) -> None:
        good = 0
        for key in keys:
            if key in self.signatures:
                verify(key, self.signatures[key], self.to_sign(), "the root document")
                good += 1
        if good < threshold:
            raise _refuse(f"{good} of {threshold} needed signatures by {whose} keys")

    def verify(self) -> RootDocument:
        """The document itself when enough of its own root keys signed it. Raises Refused."""
        if self.serial == 1 and set(self.signatures) - set(self.root_keys):
            raise _refuse("a signature is by a key that it does not name")
        self._require(self.root_keys, self.threshold, "its own")
        return self

    def accept(self, newer: RootDocument) -> RootDocument:
        """The newer document when this one vouches for it (spec/keys.md, Rotation). Raises Refused."""
        if newer.encode() == self.encode():
            return self
        if newer.serial != self.serial + 1:
            raise _refuse(f"serial {newer.serial} cannot follow serial {self.serial}")
        if newer.identity != self.identity:
            raise OtherPublisher("the root document belongs to another publisher", "do not use it with this page")
        if set(newer.signatures) - set(newer.root_keys) - set(self.root_keys):
            raise _refuse("a signature is by a key that neither it nor the one before names")
        newer.verify()
        newer._require(self.root_keys, self.threshold, "the old")
        return newer

    def check_time(self, now: int) -> None:
        """Raises Refused when the document has expired. now: Unix seconds."""
        if now >= self.expiry:
            raise Refused(
                "the publisher's root document has expired", "get a newer one from the centre, and check this clock"
            )


def _keys(words: Sequence[str], limit: int, what: str) -> tuple[bytes, ...]:
    if not 1 <= len(words) <= limit:
        raise _refuse(f"it has {len(words)} {what} keys; 1 to {limit} are allowed")
    if not all(_HEX32.fullmatch(word) for word in words):
        raise _refuse(f"a {what} key is not 32 bytes in hexadecimal")
    if any(a >= b for a, b in itertools.pairwise(words)):
        raise _refuse(f"the {what} keys are not in ascending order")
    return tuple(bytes.fromhex(word) for word in words)


def _number(word: str, what: str, limit: int = 2**32 - 1) -> int:
    if not _NUMBER.fullmatch(word) or int(word) > limit:
        raise _refuse(f"{what} is not a number from 1 to {limit}")
    return int(word)


def check_publisher(name: str) -> str:
    """The name itself. Raises Misused when it cannot stand in a root document."""
    plain = unicodedata.normalize("NFC", name) == name and name.strip() == name
    if not plain or not 1 <= len(name) <= MAX_NAME or any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        raise Misused(f"{name!r} cannot be the publisher's name", "use 1 to 80 characters on one line")
    return name


def _delegation(words: Sequence[str]) -> tuple[str, Delegation]:
    if len(words) < 3:
        raise _refuse("a section line is too short")
    name = check_section(words[0])
    if name == MAIN:
        raise _refuse("the main section cannot be delegated")
    keys = _keys(words[2:], MAX_SECTION_KEYS, "section")
    return name, Delegation(_number(words[1], "a section's threshold", len(keys)), keys)


def parse_root(data: bytes) -> RootDocument:
    """Reads a root document. It is not trusted yet: call `verify`, or `accept` of the one before. Raises Refused."""
    if len(data) > MAX_BYTES:
        raise _refuse(f"it has more than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _refuse("it is not UTF-8") from None
    rows = [row.split(" ", 1) for row in text.split("\n")[:-1]]
    if any(len(row) != 2 for row in rows) or not rows or rows.pop(0) != ["holub", "root v1"]:
        raise _refuse("it does not begin as one")

    def values(word: str) -> list[str]:
        return [row[1] for row in rows if row[0] == word]

    def single(word: str) -> str:
        found = values(word)
        if len(found) != 1:
            raise _refuse(f"it has {len(found)} lines of {word!r} instead of one")
        return found[0]

    serial = _number(single("serial"), "the serial")
    first = values("first")
    if len(first) != (0 if serial == 1 else 1) or not all(_HEX32.fullmatch(word) for word in first):
        raise _refuse("the identity does not fit the serial")
    root_keys = _keys(values("root"), MAX_ROOT_KEYS, "root")
    try:
        name = check_publisher(single("name"))
    except Misused as wrong:
        raise _refuse(wrong.what) from None
    sections = [_delegation(row.split(" ")) for row in values("section")]
    if len(sections) > MAX_SECTIONS or any(a[0] >= b[0] for a, b in itertools.pairwise(sections)):
        raise _refuse("its sections are too many or not in order")
    signatures: dict[bytes, bytes] = {}
    for row in values("sig"):
        key, _, signature = row.partition(" ")
        if not _HEX32.fullmatch(key) or not _HEX64.fullmatch(signature):
            raise _refuse("a signature line is not a key and a signature")
        signatures[bytes.fromhex(key)] = bytes.fromhex(signature)
    document = RootDocument(
        name=name,
        serial=serial,
        expiry=_number(single("expiry"), "the expiry"),
        threshold=_number(single("threshold"), "the threshold", len(root_keys)),
        root_keys=root_keys,
        edition_keys=_keys(values("edition"), MAX_EDITION_KEYS, "edition"),
        sections=dict(sections),
        first=bytes.fromhex(first[0]) if first else None,
        signatures=signatures,
    )
    if not signatures or document.encode() != data:
        raise _refuse("its lines are not in the one order and form that is allowed")
    return document


def trust(documents: Sequence[bytes]) -> RootDocument:
    """Walks a chain of root documents from the first, which is trusted as it is, to the newest. Raises Refused."""
    if not documents:
        raise Misused("there is no root document", "give one with --root")
    held = parse_root(documents[0]).verify()
    for data in documents[1:]:
        held = held.accept(parse_root(data))
    return held


def split_chain(data: bytes) -> list[bytes]:
    """The root documents of a file that holds them one after the other, oldest first. Raises Refused."""
    starts = [found.start() for found in _BEGINNING.finditer(data)]
    if not starts or starts[0]:
        raise _refuse("the file does not begin as one")
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]
