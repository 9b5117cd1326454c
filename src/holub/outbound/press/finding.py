"""A finding: one mistake in the guides, where it is, and what to do about it.

An error blocks a binding; it is kept for what the format cannot carry or what would mislead a reader (spec/guide.md,
"What blocks a binding"). Everything else is a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

Progress: TypeAlias = Callable[[int, int], object]
"""Called with (pieces done, pieces in all) now and then, and once at the end."""


class Finding(NamedTuple):
    """file: path below the root of the guides, "" for the whole folder. line: 1-based, 0 for the whole file.

    A tuple: thousands are read back, joined and sorted at every binding.
    """

    file: str
    line: int
    severity: Severity
    what: str
    todo: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file or "."
        return f"{place}: {self.severity}: {self.what}; {self.todo}"


def quiet(_done: int, _total: int) -> None:
    """The progress of somebody who does not watch."""
