"""Sound in a room: narrow letters, alerts and small updates from a loudspeaker to a microphone (spec/sound.md)."""

from __future__ import annotations

from holub.transit.carriers.sound.live import Live
from holub.transit.carriers.sound.recording import Recording, write_recording
from holub.transit.carriers.sound.sound import Sound
from holub.transit.carriers.sound.timing import seconds_of
from holub.transit.carriers.sound.tones import Pace, heard, tones

__all__ = ["Live", "Pace", "Recording", "Sound", "heard", "seconds_of", "tones", "write_recording"]
