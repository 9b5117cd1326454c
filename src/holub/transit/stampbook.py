"""The stamps that a postbox or a relay knows, and which of them were burnt here (spec/stamp.md).

A stamp gives one letter a lane of its own and is burnt; a second letter with it is an ordinary one. What is kept is a
sorted row of hashes: not which letter had which, not when, not in what order.
"""

from __future__ import annotations

import bisect
import threading
import time
from pathlib import Path

from holub.errors import HolubError, Refused
from holub.formats.root import RootDocument
from holub.formats.stamp import HASH_BYTES, MAX_LIST_BYTES, StampList, read_stamps, stamp_hash
from holub.transit.placing import place_file, world

STAMPS = "stamps"
BURNT = "burnt"
_LOOK_SECONDS = 1.0


class StampBook:
    """Which stamps are good here. Threads may share it; one process at a time."""

    def __init__(self, listed: Path, burnt: Path) -> None:
        """listed: the file with the list, which may come and change later · burnt: the file of what was burnt here."""
        self._listed, self._burnt_file = listed, burnt
        self._turn = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._looked = -_LOOK_SECONDS
        self._hashes: tuple[bytes, ...] = ()
        self._burnt: set[bytes] = set()
        self._claimed: set[bytes] = set()

    def claim(self, stamp: bytes | None) -> bool:
        """Whether a stamp is good; then nobody else can claim it until it is burnt or given back."""
        if stamp is None:
            return False
        mark = stamp_hash(stamp)
        with self._turn:
            self._look()
            at = bisect.bisect_left(self._hashes, mark)
            good = at < len(self._hashes) and self._hashes[at] == mark
            if not good or mark in self._burnt or mark in self._claimed:
                return False
            self._claimed.add(mark)
            return True

    def burn(self, stamp: bytes) -> None:
        """Keep durably that a claimed stamp was used. Raises Unavailable."""
        mark = stamp_hash(stamp)
        with self._turn:
            self._burnt.add(mark)
            self._claimed.discard(mark)
            place_file(self._burnt_file, b"".join(sorted(self._burnt)))

    def give_back(self, stamp: bytes) -> None:
        """The letter was not stored: its stamp is good again."""
        with self._turn:
            self._claimed.discard(stamp_hash(stamp))

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        try:
            stat = self._listed.stat()
        except OSError:
            self._seen, self._hashes = None, ()
            return
        seen = (stat.st_ino, stat.st_size, stat.st_ctime_ns)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._hashes = _read(self._listed).hashes
            burnt = self._burnt_file.read_bytes() if self._burnt_file.is_file() else b""
        except (HolubError, OSError):
            # Without a list that can be read letters are ordinary; no letter waits for stamps.
            self._hashes, burnt = (), b""
        known = set(self._hashes)
        rows = {burnt[at : at + HASH_BYTES] for at in range(0, len(burnt), HASH_BYTES)}
        self._burnt = (rows | self._burnt) & known


def take_stamps(here: Path, offered: bytes, publisher: RootDocument) -> bool:
    """Keep a list that somebody offers when it is the publisher's and newer than ours. Raises Refused, Unavailable."""
    newer = read_stamps(offered).check(publisher)
    try:
        if _read(here).check(publisher).serial >= newer.serial:
            return False
    except HolubError:
        pass  # none yet, or one that is damaged or forged
    place_file(here, offered)
    return True


def read_offered(file: Path) -> bytes:
    """The bytes of a list that lies in a folder; b"" for none. Raises Unavailable."""
    with world(file):
        if file.is_symlink() or not file.is_file():
            return b""
        with file.open("rb") as stream:
            return stream.read(MAX_LIST_BYTES + 1)


def _read(file: Path) -> StampList:
    data = read_offered(file)
    if not data:
        raise Refused("there is no list of stamps", "ask the centre for one")
    return read_stamps(data)
