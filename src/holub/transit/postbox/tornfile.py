"""Letters on the pages of a torn SQLite file, found without the tree that leads to them.

SQLite walks from page to page; where one that leads on is torn, whole ones lie behind it out of reach. Here every page
is looked at for rows of the table of letters, laid out as https://www.sqlite.org/fileformat2.html says (1.6, "B-tree
Pages", and 2.1, "Record Format"). Nothing is believed: a row counts where its letter has its hash. What was deleted is
not found again, for SQLite overwrote it (`secure_delete`). Why: docs/decisions/0048-letters-behind-torn-pages.md.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from holub.transit.carrier import LETTER_SIZES
from holub.transit.postbox.letterbox import PAGE

_HASH = 32
# First bytes of pages of an index, which is what a table without rowid is: where they hold their number of rows, how
# long their head is, and how many bytes of each row name another page.
_KINDS = {0x0A: (8, 0), 0x02: (12, 4)}
_COUNT = 3
# A row of up to _MOST bytes lies whole on its page; of a longer one at least _LEAST do, the rest in a chain of pages.
_MOST = (PAGE - 12) * 64 // 255 - 23
_LEAST = (PAGE - 12) * 32 // 255 - 23
_CHAINED = PAGE - 4


def letters_in(file: Path) -> Iterator[tuple[bytes, bytes]]:
    """Each (hash, letter) that is whole on some page of a file that SQLite has closed. OSError: it cannot be opened."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        for number in range(1, os.fstat(descriptor).st_size // PAGE + 1):
            page = _page(descriptor, number)
            for row in _rows(page):
                found = _letter(descriptor, page, *row)
                if found:
                    yield found
    finally:
        os.close(descriptor)


def _page(descriptor: int, number: int) -> bytes:
    """Empty where the disk does not give it whole."""
    try:
        page = os.pread(descriptor, PAGE, (number - 1) * PAGE) if number else b""
    except OSError:
        return b""
    return page if len(page) == PAGE else b""


def _rows(page: bytes) -> Iterator[tuple[int, int]]:
    """Of each row that may be a letter's: where it begins on this page, and how long its record is."""
    if not page or page[0] not in _KINDS:
        return
    head, child = _KINDS[page[0]]
    count = int.from_bytes(page[_COUNT : _COUNT + 2], "big")
    for at in range(head, min(head + 2 * count, PAGE - 1), 2):
        start = int.from_bytes(page[at : at + 2], "big") + child
        for length, beginning in _BEGINNINGS.items():
            if page.startswith(beginning, start):
                yield start + len(_varint(length)), length


def _letter(descriptor: int, page: bytes, start: int, length: int) -> tuple[bytes, bytes] | None:
    spread = _LEAST + (length - _LEAST) % _CHAINED
    local = length if length <= _MOST else spread if spread <= _MOST else _LEAST
    parts = [page[start : start + local]]
    following = page[start + local : start + local + 4]
    for at in range(local, length, _CHAINED):
        chained = _page(descriptor, int.from_bytes(following, "big"))
        following = chained[:4]
        parts.append(chained[4 : 4 + min(_CHAINED, length - at)])
    record = b"".join(parts)
    size = _SIZES[length]
    digest, letter = record[-size - _HASH : -size], record[-size:]
    return (digest, letter) if len(record) == length and hashlib.sha256(letter).digest() == digest else None


def _varint(value: int) -> bytes:
    """SQLite's own (1.6 there): seven bits a byte, the highest first; all but the last have their top bit set."""
    low = bytes([value & 0x7F])
    while value := value >> 7:
        low = bytes([value & 0x7F | 0x80]) + low
    return low


def _columns(size: int) -> bytes:
    """How a record of a hash and a letter of this size begins: its head's length, then both columns' kinds."""
    kinds = b"".join(_varint(12 + 2 * column) for column in (_HASH, size))
    return bytes([1 + len(kinds)]) + kinds


_SIZES = {len(_columns(size)) + _HASH + size: size for size in LETTER_SIZES}
_BEGINNINGS = {length: _varint(length) + _columns(size) for length, size in _SIZES.items()}
