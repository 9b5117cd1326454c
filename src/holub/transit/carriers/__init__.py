"""The carriers that exist: memory, folder (a USB stick, a static tree) and HTTP."""

from __future__ import annotations

from holub.transit.carriers.folder import FolderCarrier
from holub.transit.carriers.http import HttpCarrier
from holub.transit.carriers.memory import MemoryCarrier

__all__ = ["FolderCarrier", "HttpCarrier", "MemoryCarrier"]
