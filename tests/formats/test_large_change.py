"""A small change that repeats some of a very large text: found in all of it, and read back as it was."""

from __future__ import annotations

import random

from holub.formats.change import apply_change, write_change
from holub.formats.update import PATHS
from holub.formats.wire import Reader


def test_a_small_change_is_found_in_a_very_large_text() -> None:
    chance = random.Random(12)
    old = {f"{number:02}.md": chance.randbytes(100_000) for number in range(45)}
    new = {**old, "30.md": b"a new beginning" + old["30.md"][5:9_000] + old["44.md"][98_000:] + old["30.md"][9_000:]}
    old["30.md"], new["30.md"] = old["30.md"][:20_000], new["30.md"][:20_000]
    change = write_change(old, new, PATHS)
    assert len(change) < 200  # neither the guide again nor the two thousand bytes that stand in another one
    assert apply_change(Reader(change, "the change"), old, PATHS, limit=2**23, what="the change") == new
