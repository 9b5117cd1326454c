"""What checking learnt, kept by the hash of each guide's bytes, so that checking again costs what changed.

The file is a cache and nothing more: JSON lines, the first of which names the version. A file of another version or a
damaged line is as good as none. It holds only what the guides themselves hold.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from holub.errors import Unavailable
from holub.outbound.press.cacheline import open_line, seal_line
from holub.outbound.press.frontmatter import FrontMatter
from holub.outbound.press.guide import Address, Facts, Guide, place_guide, read_facts

# Raise it whenever read_facts() would say something else of the same bytes.
VERSION = "holub facts 3"
MOST_KEPT = 100_000
_KEY = 64  # hexadecimal digits


class FactsCache:
    """Facts by SHA-256 of a guide's bytes. The file is read when the first guide is asked for, and grows at its end."""

    def __init__(self) -> None:
        self._known: dict[bytes, Facts] = {}
        self._used: set[bytes] = set()
        self._fresh: dict[bytes, Facts] = {}
        self._source: Path | None = None
        self._can_grow = False
        self._asked = False

    @cached_property
    def _raw(self) -> dict[bytes, bytes]:
        """What the file holds: hexadecimal hash to the rest of its line, where the last line of a hash counts."""
        self._asked = True
        try:
            version, *lines = self._source.read_bytes().split(b"\n") if self._source else (b"",)
        except OSError:
            return {}
        if version.decode(errors="replace") != VERSION:
            return {}
        self._can_grow = bool(lines) and not lines[-1]
        return {line[:_KEY]: line[_KEY + 1 :] for line in lines if line[_KEY : _KEY + 1] == b" "}

    @property
    def changed(self) -> bool:
        """Whether there is anything that the file has not."""
        return bool(self._fresh)

    def get(self, data: bytes) -> Facts | None:
        """The facts of these bytes if they are known."""
        key = sha256(data).hexdigest().encode()
        self._used.add(key)
        if key in self._known:
            return self._known[key]
        facts = _decoded(key, self._raw.get(key, b""))
        if facts is not None:
            self._known[key] = facts
        return facts

    def add(self, data: bytes, facts: Facts) -> None:
        key = sha256(data).hexdigest().encode()
        self._known[key] = self._fresh[key] = facts
        self._used.add(key)

    def guide(self, path: str, data: bytes) -> Guide:
        """The guide of these bytes at this path, read only if its facts are not known yet."""
        facts = self.get(data)
        if facts is None:
            facts = read_facts(data)
            self.add(data, facts)
        return place_guide(path, facts)

    @classmethod
    def load(cls, path: Path) -> FactsCache:
        """The cache in a file; an absent, foreign or damaged one is empty."""
        cache = cls()
        cache._source = path
        return cache

    def save(self, path: Path, *, most: int = MOST_KEPT) -> None:
        """Write it if there is anything new. Raises Unavailable if the disk does not allow it.

        most: above so many entries only those that were used stay; below, the others wait for their guide to be read.
        """
        if not self._asked and not self.changed:
            return
        fresh = {key: _encoded(key, facts) for key, facts in self._fresh.items()}
        everything = {**self._raw, **fresh}
        few = len(everything) <= most
        kept = everything if few else {key: everything[key] for key in everything.keys() & self._used}
        if not fresh and len(kept) == len(self._raw):
            return
        try:
            if few and self._can_grow and path == self._source:
                with path.open("ab") as file:
                    file.write(_lines(fresh))
            else:
                new = path.with_name(path.name + ".new")
                new.write_bytes(VERSION.encode() + b"\n" + _lines(kept))
                new.replace(path)
        except OSError as error:
            raise Unavailable(f"The cache {path.name} cannot be written ({error.strerror})", "make room") from error
        self._raw, self._fresh = kept, {}


def _lines(rows: Mapping[bytes, bytes]) -> bytes:
    return b"".join(b"%b %b\n" % row for row in rows.items())


def _encoded(key: bytes, facts: Facts) -> bytes:
    # Surrogates cannot occur: the text was decoded from UTF-8 with replacement.
    return seal_line(VERSION, key, [dataclasses.astuple(facts.front), dataclasses.astuple(facts)[1:]])


def _decoded(key: bytes, raw: bytes) -> Facts | None:
    try:
        (title, kind, order, reviewed, summary, body_at, body_line, unknown, said), rest = open_line(VERSION, key, raw)
        heading, slugs, links, pictures, tasks, blank, notices = rest
        front = FrontMatter(title, kind, order, reviewed, summary, body_at, body_line, tuple(unknown), _tuples(said))
        return Facts(
            front,
            heading,
            tuple(slugs),
            tuple(map(Address._make, links)),
            tuple(map(Address._make, pictures)),
            tasks,
            blank,
            _tuples(notices),
        )
    except (ValueError, TypeError):
        return None


def _tuples(items: Iterable[Iterable[Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(item) for item in items)
