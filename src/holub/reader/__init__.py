"""The reading page's code, built from reader/ into this package (`make page`)."""

from __future__ import annotations

from pathlib import Path

from holub.errors import Misused

BUILT = Path(__file__).parent / "built" / "page.html"


def page_code() -> bytes:
    """The page without an edition. Raises Misused when it is not built."""
    try:
        return BUILT.read_bytes()
    except OSError:
        raise Misused("the reading page is not built", "run `make page` in the project's folder") from None


def page_code_if_built() -> bytes | None:
    """The page without an edition, or None."""
    return BUILT.read_bytes() if BUILT.is_file() else None
