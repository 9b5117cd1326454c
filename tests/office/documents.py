"""A chain of four root documents, and the keys behind it."""

from __future__ import annotations

from dataclasses import replace

from holub.formats.root import RootDocument, split_chain
from holub.office.office import Office
from holub.outbound.press.signing import Pen, new_root, next_root
from tests.office.conftest import NOW

DAY = 86_400
A, B, C, EDITION, NEXT, STRANGER = (Pen(bytes([n]) * 32) for n in range(1, 7))


def chain_of(office: Office) -> list[bytes]:
    return split_chain(office.root_file.read_bytes())


def document_chain() -> list[RootDocument]:
    """Four documents: another edition key, then other root keys with a threshold of two, then a new expiry."""
    first = new_root("Центр", NOW + 1000 * DAY, [A], [EDITION])
    second = next_root(first, [A], replace(first, edition_keys=(NEXT.public,)), [A])
    keys = tuple(sorted(pen.public for pen in (A, B, C)))
    third = next_root(second, [A], replace(second, root_keys=keys, threshold=2), [B, C])
    return [first, second, third, next_root(third, [B, C], replace(third, expiry=NOW + 2000 * DAY), [B, C])]


CHAIN = document_chain()
ENCODED = [document.encode() for document in CHAIN]
