"""Radio: public parcels over a voice channel as the tones of a teletype (spec/sound.md, "Radio")."""

from __future__ import annotations

from holub.transit.carriers.radio.minimodem import Speed
from holub.transit.carriers.radio.radio import Radio

__all__ = ["Radio", "Speed"]
