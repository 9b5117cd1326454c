"""The centre's stamps: made in pools, printed a few at a time, so that a list tells nothing about leaflets.

A list holds the hashes of whole pools. Which of them were printed, when and for which town is in no list: a pool is
published before its first stamp is printed, and printing changes no list. The office keeps a pool's seed and how many
of its stamps were printed; it learns of no letter whether it had a stamp.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass

from holub.errors import Misused
from holub.formats.stamp import MAX_STAMPS, STAMP_BYTES, StampList, stamp_hash
from holub.formats.wire import Reader, u32
from holub.office.office import Office
from holub.outbound.press.signing import sign_stamps

POOL = 4_096
# Stamps of the newest pools are good; those of older ones have ended.
POOLS = MAX_STAMPS // POOL
_NAME = "stamps/"


@dataclass(frozen=True)
class _Pool:
    number: int
    seed: bytes
    printed: int

    def stamp(self, index: int) -> bytes:
        return hmac.digest(self.seed, b"holub/stamp" + u32(index), "sha256")[:STAMP_BYTES]


def print_stamps(office: Office, count: int) -> list[bytes]:
    """Stamps that were never printed before, from as many pools as it takes. Raises Misused."""
    if not 0 < count <= POOL:
        raise Misused(f"1 to {POOL:,} stamps can be printed at once", "choose another --count")
    pools = _pools(office)
    newest = pools[-1] if pools else _make(office, 1)
    found: list[bytes] = []
    while len(found) < count:
        upto = min(newest.printed + count - len(found), POOL)
        found += [newest.stamp(index) for index in range(newest.printed, upto)]
        # Before they are handed out: a stamp that was printed twice would fail somebody.
        newest = _Pool(newest.number, newest.seed, upto)
        _keep(office, newest)
        if upto == POOL:
            newest = _make(office, newest.number + 1)
    return found


def stamp_list(office: Office) -> StampList:
    """The signed list of all stamps that are good, for postboxes and relays."""
    pools = _pools(office)[-POOLS:]
    hashes = sorted({stamp_hash(pool.stamp(index)) for pool in pools for index in range(POOL)})
    return sign_stamps(StampList(pools[-1].number if pools else 0, tuple(hashes)), office.pen())


def _make(office: Office, number: int) -> _Pool:
    pool = _Pool(number, os.urandom(32), 0)
    _keep(office, pool)
    return pool


def _keep(office: Office, pool: _Pool) -> None:
    office.vault.put(f"{_NAME}{pool.number}", pool.seed + u32(pool.printed))


def _pools(office: Office) -> list[_Pool]:
    numbers = sorted(int(name.removeprefix(_NAME)) for name in office.vault.names() if name.startswith(_NAME))
    pools = []
    for number in numbers:
        reader = Reader(office.vault.get(f"{_NAME}{number}"), "a pool of stamps")
        pools.append(_Pool(number, reader.take(32), reader.u32()))
        reader.end()
    return pools
