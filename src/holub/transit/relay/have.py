"""What two relays say to each other about their letters (spec/relay.md, "Between relays").

    question = "HLR" 01 || salt (16) || list of short names
    answer   = "HLR" 02 || list of places || *letter || 00
    letter   = size class (1 byte: 01 to 04) || sealed letter
    list     = count || first || *(difference to the one before, minus 1)       ; varints, strictly ascending

A short name is the first 4 bytes of SHA-256(salt || letter's hash): two lists under different salts cannot be
compared, and where two letters share a short name one of them waits for another salt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from holub.errors import Refused
from holub.formats.wire import Reader, varint
from holub.transit.carrier import LETTER_SIZES
from holub.transit.relay.limits import MOST_LETTERS

SALT_BYTES = 16
QUESTION, ANSWER, END = b"HLR\x01", b"HLR\x02", b"\x00"
MAX_QUESTION = len(QUESTION) + SALT_BYTES + 5 * (MOST_LETTERS + 1)
WHAT = "the other relay's list of letters"
_TODO = "try again later, or leave this relay out"


def short_names(salt: bytes, digests: Iterable[bytes]) -> dict[int, bytes]:
    """Short name to hash; of hashes that share a short name, one."""
    return {int.from_bytes(sha256(salt + digest).digest()[:4], "big"): digest for digest in digests}


def write_list(numbers: Sequence[int]) -> bytes:
    """Numbers below 2**32, strictly ascending."""
    parts, before = [varint(len(numbers))], -1
    for number in numbers:
        parts.append(varint(number - before - 1))
        before = number
    return b"".join(parts)


def read_list(reader: Reader, most: int, limit: int) -> list[int]:
    """At most `most` numbers below `limit`. Raises Refused."""
    numbers, before = [], -1
    for _ in range(reader.varint(most)):
        before += reader.varint(limit) + 1
        if before >= limit:
            raise reader.refuse("it names what cannot be")
        numbers.append(before)
    return numbers


def write_question(salt: bytes, names: Iterable[int]) -> bytes:
    """What is asked of the other relay."""
    return QUESTION + salt + write_list(sorted(names))


def read_question(data: bytes) -> tuple[bytes, list[int]]:
    """The salt and the short names, ascending. Raises Refused."""
    reader = Reader(data, WHAT)
    if reader.take(len(QUESTION)) != QUESTION:
        raise reader.refuse("it does not begin as one")
    salt = reader.take(SALT_BYTES)
    names = read_list(reader, MOST_LETTERS, 1 << 32)
    reader.end()
    return salt, names


def compare(names: Sequence[int], own: dict[int, bytes]) -> tuple[list[int], list[bytes]]:
    """The places in `names` of letters that are lacking here, and the hashes of letters that are lacking there."""
    asked = set(names)
    lacking = [place for place, name in enumerate(names) if name not in own]
    return lacking, [digest for name, digest in own.items() if name not in asked]


def write_answer(lacking: Sequence[int], letters: Iterator[bytes]) -> Iterator[bytes]:
    """The answer in pieces, one letter in memory at a time."""
    yield ANSWER + write_list(lacking)
    for letter in letters:
        yield bytes([LETTER_SIZES.index(len(letter)) + 1])
        yield letter
    yield END


class AnswerReader:
    """Reads an answer as it comes in; `feed` gives the letters that became whole."""

    def __init__(self, asked: int, most: int) -> None:
        """asked: how many names were sent; most: how many letters are taken at most."""
        self._asked = asked
        self._most = most
        self._data = bytearray()
        self._read: Callable[[], bytes | None] = self._head
        self.lacking: list[int] = []
        self.ended = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Raises Refused when this is no answer, or more letters than are taken."""
        if self.ended and chunk:
            raise Refused("the other relay's answer has bytes after its end", _TODO)
        self._data += chunk
        found = []
        while not self.ended and (letter := self._read()) is not None:
            if letter:
                found.append(letter)
        return found

    def _head(self) -> bytes | None:
        # A varint that is not whole yet is no mistake, as long as the list can still become one.
        try:
            reader = Reader(bytes(self._data), WHAT)
            if reader.take(len(ANSWER)) != ANSWER:
                raise reader.refuse("it does not begin as one")
            self.lacking = read_list(reader, self._asked, self._asked)
        except Refused:
            whole = len(ANSWER) + 5 * (self._asked + 1)
            if not ANSWER.startswith(bytes(self._data[: len(ANSWER)])) or len(self._data) >= whole:
                raise
            return None
        self._data = bytearray(reader.rest())
        self._read = self._letter
        return b""

    def _letter(self) -> bytes | None:
        if not self._data:
            return None
        kind = self._data[0]
        if kind == 0:
            self.ended = True
            if len(self._data) > 1:
                raise Refused("the other relay's answer has bytes after its end", _TODO)
            return None
        if kind > len(LETTER_SIZES):
            raise Refused("the other relay's answer holds something else than letters", _TODO)
        end = 1 + LETTER_SIZES[kind - 1]
        if len(self._data) < end:
            return None
        self._most -= 1
        if self._most < 0:
            raise Refused("the other relay sends more letters than fit in here", _TODO)
        letter = bytes(self._data[1:end])
        del self._data[:end]
        return letter
