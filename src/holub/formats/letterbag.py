"""Kind 7, letters: sealed letters handed on together, in no order of arrival (spec/parcel.md).

The letters are opaque: whoever carries them can neither read them nor tell a letter from a decoy.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise

from holub.errors import Misused
from holub.formats.parcel import Kind, Parcel
from holub.formats.wire import Reader, sized, varint

LETTER_SIZES = (256, 4_096, 65_536, 1_048_576)  # spec/letter.md
MAX_LETTERS = 65_536


def write_letters(letters: Iterable[bytes]) -> Parcel:
    """A bag of letters; each one once, ascending by hash."""
    ordered = sorted(set(letters), key=lambda letter: sha256(letter).digest())
    if len(ordered) > MAX_LETTERS or any(len(letter) not in LETTER_SIZES for letter in ordered):
        raise Misused(f"a bag holds at most {MAX_LETTERS} letters of {', '.join(map(str, LETTER_SIZES))} bytes")
    return Parcel(Kind.LETTERS, varint(len(ordered)) + b"".join(map(sized, ordered)))


def read_letters(body: bytes) -> list[bytes]:
    """The letters of a bag. Raises Refused."""
    reader = Reader(body, "the bag of letters")
    letters = [reader.sized(LETTER_SIZES[-1]) for _ in range(reader.varint(MAX_LETTERS))]
    reader.end()
    hashes = [sha256(letter).digest() for letter in letters]
    if any(a >= b for a, b in pairwise(hashes)):
        raise reader.refuse("its letters are not in order")
    if any(len(letter) not in LETTER_SIZES for letter in letters):
        raise reader.refuse("a letter has a size that letters do not have")
    return letters
