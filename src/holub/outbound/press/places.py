"""Where a page of the site lies: under its own name wherever every carrier can hold that, else under a made one.

A guide's path may hold what a USB stick, Windows or the public tree cannot: `what?.md`, `con.md`, two names that
differ in capitals alone, forty folders (spec/postbox.md, "The public tree"). Such a guide still gets its page.
"""

from __future__ import annotations

from hashlib import sha256

from holub.outbound.press.paths import awkward

MOST_SEGMENTS = 11  # of the twelve, `plain/` takes one
MOST_BYTES = 390
_SEGMENT_BYTES = 120
_DIGITS = 16
# Beyond Windows' own: the public tree keeps these from being a name.
_DEVICES = frozenset({"com0", "lpt0"})


class Places:
    """The places of one site's pages. The first of two names that differ in capitals alone keeps it."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def at(self, path: str) -> str:
        """The place of a page or picture: `path` itself, or the same with made names; always the same for a path."""
        made = ""
        for number, part in enumerate(path.split("/")):
            name = _made(part) if _unfit(part) else part
            if self._taken(f"{made}/{name}" if number else name):
                name = _made(part)
                self._taken(f"{made}/{name}" if number else name)
            made = f"{made}/{name}" if number else name
        if made.count("/") < MOST_SEGMENTS and len(made.encode()) <= MOST_BYTES:
            return made
        return f"{made.partition('/')[0]}/{_made(path)}"

    def _taken(self, place: str) -> bool:
        return self._known.setdefault(place.lower(), place) != place


def _unfit(part: str) -> bool:
    return bool(awkward(part)) or len(part.encode()) > _SEGMENT_BYTES or part.partition(".")[0].lower() in _DEVICES


def _made(part: str) -> str:
    """A name of its own for a part, with the same ending."""
    _, dot, ending = part.rpartition(".")
    kept = f".{ending}" if dot and ending.isascii() and ending.isalnum() and len(ending) <= 4 else ""
    return f"_{sha256(part.encode()).hexdigest()[:_DIGITS]}{kept.lower()}"
