"""Every limit of a postbox in one place. Seconds, bytes, counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from holub.transit.carrier import LETTER_SIZES, MAX_BAG_BYTES


@dataclass(frozen=True)
class Limits:
    """What a postbox puts up with. The defaults suit a small server behind nginx or Tor."""

    connections: int = 512
    head_seconds: float = 10.0  # for a request's line and headers, whole
    head_bytes: int = 16_384
    idle_seconds: int = 5  # between two requests of one connection
    stall_seconds: float = 120.0  # without the other side reading a byte of our answer
    # A letter's body, by its size: 1 MiB over a 2G phone takes four minutes and a half.
    body_seconds: dict[int, float] = field(
        default_factory=lambda: dict(zip(LETTER_SIZES, (30.0, 30.0, 90.0, 300.0), strict=True))
    )
    upload_seconds: float = 3_600.0  # a parcel or page from the office
    parcel_bytes: int = 256 << 20
    # Letters on their way to the disk, in memory; large ones may take half, so that small ones still fit.
    pending_bytes: int = 64 << 20
    batch_letters: int = 1_024
    batch_bytes: int = 16 << 20
    bag_bytes: int = MAX_BAG_BYTES
    # Disk: what the letters may take, and what must stay free so that the office can still fetch and delete.
    capacity_bytes: int = 8 << 30
    reserve_bytes: int = 64 << 20
