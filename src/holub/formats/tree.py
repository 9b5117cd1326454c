"""The Merkle tree of packs and editions: RFC 9162, section 2.1, over leaf hashes that others make.

Leaves and nodes are hashed with different first bytes (0x00 and 0x01), so neither can pass for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from holub.errors import Misused, Refused

HASH_BYTES = 32
MAX_PROOF = 32  # levels; a tree of 2^32 leaves


def leaf_hash(data: bytes) -> bytes:
    """The hash (32 B) of a leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash (32 B) of a node with these two children."""
    return sha256(b"\x01" + left + right).digest()


def _split(n: int) -> int:
    """The largest power of two smaller than n, for n >= 2."""
    return 1 << ((n - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root (32 B) of the tree over n >= 1 leaf hashes.

    Built level by level: an odd node at the end of a level rises unchanged, which gives the same tree as
    splitting at the largest power of two.
    """
    if not leaves:
        raise Misused("a tree needs at least one leaf")
    level = list(leaves)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
    return level[0]


def prove(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes from leaf `index` upwards (RFC 9162, section 2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise Misused(f"there is no leaf {index} among {len(leaves)}")
    path: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        odd = level[-1:] if len(level) % 2 else []
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
        index //= 2
    return path


def climb(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root that this proof leads to (RFC 9162, section 2.1.3.2). Raises Refused when its length is wrong."""
    refusal = Refused("the proof does not fit the number of guides", "ask for the guide and its proof again")
    if not 0 <= index < count:
        raise refusal
    here, last, rest = leaf, count - 1, list(path)
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                raise refusal
            sibling = rest.pop(0)
            here = node_hash(sibling, here) if index % 2 else node_hash(here, sibling)
        index //= 2
        last //= 2
    if rest:
        raise refusal
    return here
