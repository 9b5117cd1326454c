"""The reading page's code, and the word lists that go into its data: built from reader/ (`make page`)."""

from __future__ import annotations

from pathlib import Path

from holub.errors import Misused

BUILT = Path(__file__).parent / "built" / "page.html"
_LIST = "words-"


def page_code() -> bytes:
    """The page without an edition. Raises Misused when it is not built."""
    try:
        return BUILT.read_bytes()
    except OSError:
        raise Misused("the reading page is not built", "run `make page` in the project's folder") from None


def page_code_if_built() -> bytes | None:
    """The page without an edition, or None."""
    return BUILT.read_bytes() if BUILT.is_file() else None


def word_lists() -> dict[str, bytes]:
    """Language to packed word list, by language; those that are built. The code beside them names their hashes."""
    files = sorted(BUILT.parent.glob(f"{_LIST}*.bin"))
    return {file.stem.removeprefix(_LIST): file.read_bytes() for file in files}


def plain_words(language: str) -> list[str]:
    """The words of a list, sorted; none where there is no list in this language, or it is not built."""
    file = BUILT.parent / f"{_LIST}{language}.txt"
    return file.read_text(encoding="utf-8").split() if file.is_file() else []
