"""A finding: one mistake in the guides, where it is, and what to do about it.

An error blocks a binding; it is kept for what the format cannot carry or what would mislead a reader (spec/guide.md,
"What blocks a binding"). Everything else is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

Progress: TypeAlias = Callable[[int, int], object]
"""Called with (pieces done, pieces in all) now and then, and once at the end."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """file: path below the root of the guides, "" for the whole folder. line: 1-based, 0 for the whole file."""

    file: str
    line: int
    severity: Severity
    what: str
    todo: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file or "."
        return f"{place}: {self.severity}: {self.what}; {self.todo}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """As `sorted` gives them, in a fraction of its time: a tuple is made once a finding, not once a comparison."""
    return tuple(sorted(findings, key=attrgetter("file", "line", "severity", "what", "todo")))


def quiet(_done: int, _total: int) -> None:
    """The progress of somebody who does not watch."""
