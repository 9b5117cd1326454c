"""A set from which a member is drawn at random in constant time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator


class Draw:
    """Members of bytes, each once; their order means nothing."""

    def __init__(self) -> None:
        self._members: list[bytes] = []
        self._places: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, member: bytes) -> bool:
        return member in self._places

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._members)

    def add(self, member: bytes) -> None:
        """Add a member; nothing happens when it is there."""
        if member not in self._places:
            self._places[member] = len(self._members)
            self._members.append(member)

    def remove(self, member: bytes) -> None:
        """Take a member out; it must be there."""
        place, last = self._places.pop(member), self._members.pop()
        if place < len(self._members):
            self._members[place] = last
            self._places[last] = place

    def drawn(self) -> bytes:
        """Any member, each as likely; there must be one."""
        return secrets.choice(self._members)
