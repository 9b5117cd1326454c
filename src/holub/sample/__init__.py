"""A small original sample of guides in Ukrainian, English and Russian, so that holub can be tried at once.

Rules
- Every guide says that it is a sample: nobody has vetted it for a real place and time. A centre publishes its own.
- The layout is that of ``spec/guide.md``: the language first, the same file names in every language.
- Nothing in it helps to find, name or threaten anybody.
"""

from __future__ import annotations

from pathlib import Path


def guides() -> Path:
    """The folder to bind: ``<language>/<topic>/<name>.md``, with its pictures."""
    return Path(__file__).parent / "guides"
