"""What checking learnt, kept by the hash of each guide's bytes, so that checking again costs what changed.

The file is a cache and nothing more: JSON lines, the first of which names the version. A file of another version or a
damaged line is as good as none. It holds only what the guides themselves hold.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from holub.errors import Unavailable
from holub.outbound.press.frontmatter import FrontMatter
from holub.outbound.press.guide import Address, Facts, Guide, place_guide, read_facts

# Raise it whenever read_facts() would say something else of the same bytes.
VERSION = "holub facts 1"
MOST_KEPT = 100_000


class FactsCache:
    """Facts by SHA-256 of a guide's bytes. `used` holds what was asked for or added since it was made."""

    def __init__(self, known: Mapping[bytes, Facts] | None = None) -> None:
        self._known = dict(known or {})
        self._raw: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self.changed = False

    def get(self, data: bytes) -> Facts | None:
        """The facts of these bytes if they are known."""
        key = sha256(data).digest()
        self._used.add(key)
        if key in self._known:
            return self._known[key]
        facts = _decoded(key, self._raw.get(key, b""))
        if facts is None:
            self._raw.pop(key, None)
        else:
            self._known[key] = facts
        return facts

    def add(self, data: bytes, facts: Facts) -> None:
        key = sha256(data).digest()
        self._known[key] = facts
        self._used.add(key)
        self.changed = True

    def guide(self, path: str, data: bytes) -> Guide:
        """The guide of these bytes at this path, read only if its facts are not known yet."""
        facts = self.get(data)
        if facts is None:
            facts = read_facts(data)
            self.add(data, facts)
        return place_guide(path, facts)

    @classmethod
    def load(cls, path: Path) -> FactsCache:
        """Read a cache; an absent, foreign or damaged one is empty."""
        cache = cls()
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError:
            return cache
        if lines[0].decode(errors="replace") != VERSION:
            return cache
        for line in lines[1:]:
            key, _, raw = line.partition(b" ")
            if len(key) == 64 and raw:
                try:
                    cache._raw[bytes.fromhex(key.decode())] = raw
                except ValueError:
                    continue
        return cache

    def save(self, path: Path, *, most: int = MOST_KEPT) -> None:
        """Write it if there is anything new. Raises Unavailable if the disk does not allow it.

        most: above so many entries only those that were used stay; below, the others wait for their guide to be read.
        """
        everything = self._used | self._raw.keys()
        keys = everything if len(everything) <= most else self._used
        if not self.changed and keys >= self._raw.keys():
            return
        new = path.with_name(path.name + ".new")
        try:
            new.write_bytes(b"\n".join(self._lines(sorted(keys))) + b"\n")
            new.replace(path)
        except OSError as error:
            raise Unavailable(f"The cache {path.name} cannot be written ({error.strerror})", "make room") from error
        self.changed = False

    def _lines(self, keys: Iterable[bytes]) -> Iterable[bytes]:
        yield VERSION.encode()
        for key in keys:
            if key in self._raw:
                yield key.hex().encode() + b" " + self._raw[key]
            elif key in self._known:
                yield key.hex().encode() + b" " + _encoded(key, self._known[key])


def _seal(key: bytes, text: bytes) -> bytes:
    # Against a damaged disk, not against a person: whoever can write here can write the guides.
    return sha256(key + text).hexdigest()[:16].encode()


def _encoded(key: bytes, facts: Facts) -> bytes:
    front, rest = dataclasses.astuple(facts.front), dataclasses.astuple(facts)[1:]
    # Surrogates cannot occur: the text was decoded from UTF-8 with replacement.
    text = json.dumps([front, rest], ensure_ascii=False, separators=(",", ":")).encode()
    return _seal(key, text) + b" " + text


def _decoded(key: bytes, raw: bytes) -> Facts | None:
    seal, _, text = raw.partition(b" ")
    if seal != _seal(key, text):
        return None
    try:
        (title, kind, order, reviewed, summary, body_at, body_line, unknown, said), rest = json.loads(text)
        heading, slugs, links, pictures, tasks, blank, notices = rest
        front = FrontMatter(title, kind, order, reviewed, summary, body_at, body_line, tuple(unknown), _tuples(said))
        return Facts(
            front,
            heading,
            tuple(slugs),
            tuple(Address(*link) for link in links),
            tuple(Address(*picture) for picture in pictures),
            tasks,
            blank,
            _tuples(notices),
        )
    except (ValueError, TypeError):
        return None


def _tuples(items: Iterable[Iterable[Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(item) for item in items)
