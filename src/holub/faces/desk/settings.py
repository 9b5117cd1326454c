"""What a desk is told when it starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holub.office.work import Places
from holub.transit.carrier import Carrier


@dataclass(frozen=True)
class DeskSettings:
    """Places and times of a desk.

    guides: the folder that editions are bound from · parcels: the folder that they are written into · carriers: (a
    name for people, the carrier), which editions go to and letters come from · postboxes: URLs written into the
    reading page · page_code: that page's code, None where it is not built · hosts: the names in the address bar that
    are answered, the first one is the desk's own · idle, absolute: seconds until a session ends · lock_after: seconds
    without anybody signed in until the office locks itself, 0 for never · trial: the folder that can be thrown away
    whole, where all of this is only for trying · clock: Unix seconds.
    """

    guides: Path
    parcels: Path
    carriers: Sequence[tuple[str, Carrier]] = ()
    postboxes: tuple[str, ...] = ()
    page_code: bytes | None = field(default=None, repr=False)
    hosts: tuple[str, ...] = ("localhost",)
    idle: int = 15 * 60
    absolute: int = 12 * 3600
    lock_after: int = 30 * 60
    trial: Path | None = None
    clock: Callable[[], float] = time.time

    @property
    def places(self) -> Places:
        """The part that the office's work needs."""
        return Places(self.guides, self.parcels, self.carriers, self.postboxes, self.page_code)
