"""How whoever writes a full parcel adds a change to it: as a further step, or under a new base (spec/parcel.md).

The press does so for each edition, and a relay that makes a full parcel of what it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from holub.formats.effort import is_prudent
from holub.formats.leaf import MAX_GUIDES

WRITTEN_STEPS = 32
STEPS_SHARE = 100  # the steps may weigh one hundredth of the base


def grown(
    steps: Sequence[bytes],
    change: bytes,
    text: int,
    limit: int,
    base: Callable[[], bytes],
    *,
    items: int = MAX_GUIDES,
) -> tuple[bytes, ...]:
    """The steps with one more, or a new base where they have grown too heavy.

    text: bytes of the larger of old and new text; limit: what a text of this kind may have; items: how many of them.
    """
    changes = (*steps[1:], change)
    heavy = len(steps) > WRITTEN_STEPS or sum(map(len, changes)) * STEPS_SHARE > len(steps[0])
    if heavy or not is_prudent(len(steps), changes, text, limit, items):
        return (base(),)
    return (*steps, change)
