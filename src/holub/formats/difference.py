"""What differs between two lists of items, and how that stands in a change (spec/parcel.md, Change)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from holub.formats.wire import Reader, varint, zigzag

# A path, or (section, language, path). Code points order as UTF-8 bytes do, so plain comparison is the wire's order.
K = TypeVar("K", str, tuple[str, str, str])


@dataclass(frozen=True)
class Keys(Generic[K]):
    """How an added key is written and read."""

    write: Callable[[K], bytes]
    read: Callable[[Reader], K]


@dataclass(frozen=True)
class Difference(Generic[K]):
    """Which keys were removed, changed and added, each in order."""

    removed: tuple[K, ...]
    changed: tuple[K, ...]
    added: tuple[K, ...]

    @classmethod
    def between(cls, old: Mapping[K, bytes], new: Mapping[K, bytes]) -> Difference[K]:
        """Both mappings ascend by key."""
        if list(old) == list(new):  # the usual case; then nothing is looked up
            texts = zip(old.items(), new.values(), strict=True)
            return cls((), tuple(key for (key, before), after in texts if before is not after and before != after), ())
        return cls(
            tuple(key for key in old if key not in new),
            tuple(key for key in old if key in new and old[key] != new[key]),
            tuple(key for key in new if key not in old),
        )

    def content(self, old: Mapping[K, bytes], new: Mapping[K, bytes], keys: Keys[K]) -> bytes:
        """What a change's frame holds, of the two mappings that this is between."""
        fresh: list[K] = list(self.changed)
        fresh.extend(self.added)
        fresh.sort()
        return b"".join(
            [
                varint(len(self.added)),
                *(keys.write(key) for key in self.added),
                *(varint(len(new[key])) for key in self.added),
                *(zigzag(len(new[key]) - len(old[key])) for key in self.changed),
                *(new[key] for key in fresh),
            ]
        )
