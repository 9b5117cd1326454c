"""A room between a loudspeaker and a microphone: noise, echo, a small loudspeaker, another clock. Seeded.

Sound is a list of samples at 48,000 a second, -1 to 1. Simulated: no room, loudspeaker or microphone was measured.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from holub.transit.carriers.sound.recording import RATE, at_rate, native

_NOISE = 1 << 16


@dataclass(frozen=True)
class Room:
    """What a room does to sound.

    snr: the sound's power over the noise's, both over all frequencies, dB; None without noise · echo: the reverberation
    time (seconds until 60 dB less); its first reflections are as strong as `wet` · low, high: what a loudspeaker gives,
    Hz · drift: how much faster the other clock is, in millionths · seed.
    """

    snr: float | None = None
    echo: float = 0.0
    wet: float = 1.0
    low: float = 0.0
    high: float = 0.0
    drift: int = 0
    seed: int = 1

    def through(self, sound: Sequence[float]) -> list[float]:
        chance = random.Random(self.seed)
        heard = list(sound)
        power = sum(value * value for value in heard) / max(1, len(heard))
        if self.high:
            heard = _filtered(heard, self.high, False)
        if self.low:
            heard = _filtered(heard, self.low, True)
        if self.echo:
            heard = _echoed(heard, self.echo, self.wet, chance)
        if self.drift:
            heard = drifted(heard, self.drift)
        if self.snr is not None:
            heard = _noisy(heard, math.sqrt(power * 10 ** (-self.snr / 10)), chance)
        return heard


def floats(sixteen: bytes) -> list[float]:
    """Little-endian 16-bit samples as -1 to 1."""
    return [value / 32_768 for value in native(sixteen)]


def shorts(sound: Sequence[float], strength: float = 1.0) -> array[int]:
    """16-bit samples; what is too loud is cut off, as a microphone does."""
    return array("h", [max(-32_768, min(32_767, round(value * strength * 32_767))) for value in sound])


def drifted(sound: Sequence[float], millionths: int) -> list[float]:
    return [
        value / 32_767 for part in at_rate([shorts(sound)], RATE + RATE * millionths // 1_000_000) for value in part
    ]


def _noisy(sound: list[float], deviation: float, chance: random.Random) -> list[float]:
    table = [chance.gauss(0, deviation) for _ in range(_NOISE)]
    noise: list[float] = []
    while len(noise) < len(sound):
        # Each piece from another place and turned over at random: it does not repeat as a tone would.
        cut = chance.randrange(_NOISE)
        noise += table[cut:] + table[:cut] if chance.random() < 0.5 else [-value for value in table[::-1]]
    return [value + other for value, other in zip(sound, noise, strict=False)]


def _echoed(sound: list[float], seconds: float, wet: float, chance: random.Random) -> list[float]:
    """Twenty-four reflections, drawn over the reverberation time, each weaker the later it comes."""
    length = round(seconds * RATE)
    delays = sorted(chance.randrange(RATE // 200, length) for _ in range(24))
    gains = [chance.choice((-1, 1)) * 10 ** (-3 * delay / length) for delay in delays]
    strength = wet / math.sqrt(sum(gain * gain for gain in gains))
    heard = sound + [0.0] * length
    for delay, gain in zip(delays, gains, strict=True):
        by = gain * strength
        heard[delay : delay + len(sound)] = [
            old + by * new for old, new in zip(heard[delay : delay + len(sound)], sound, strict=True)
        ]
    return heard


def _filtered(sound: list[float], hertz: float, high: bool) -> list[float]:
    """A second-order Butterworth filter (two poles), as a small loudspeaker falls off."""
    w = math.tan(math.pi * hertz / RATE)
    norm = 1 / (1 + math.sqrt(2) * w + w * w)
    b0 = norm if high else w * w * norm
    b1 = -2 * b0 if high else 2 * b0
    a1, a2 = 2 * (w * w - 1) * norm, (1 - math.sqrt(2) * w + w * w) * norm
    x1 = x2 = y1 = y2 = 0.0
    heard = []
    for x in sound:
        y = b0 * (x + x2) + b1 * x1 - a1 * y1 - a2 * y2
        x2, x1, y2, y1 = x1, x, y1, y
        heard.append(y)
    return heard
