"""How long a message is on the air, and how long one may send (spec/mesh.md, "Airtime")."""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass

from holub.errors import Misused
from holub.transit.carriers.mesh.message import MOST_MESSAGE

HOUR = 3_600.0
GAP = 4  # times a message's airtime that stays free after it: others pass it on


@dataclass(frozen=True)
class Modem:
    """How a LoRa radio is set. bandwidth: Hz; coding: 1 to 4 for 4/5 to 4/8; preamble: symbols; around: bytes that the
    mesh adds to a message.
    """

    spreading: int
    bandwidth: int
    coding: int = 1
    preamble: int = 8
    around: int = 0

    def airtime(self, message: int) -> float:
        """Seconds that a message of so many bytes takes. The formula of Semtech AN1200.13, explicit header, CRC on."""
        symbol = (1 << self.spreading) / self.bandwidth
        slow = symbol > 0.016  # the "low data rate optimisation" of long symbols
        bits = 8 * (message + self.around) - 4 * self.spreading + 28 + 16
        blocks = max(0, -(-bits // (4 * (self.spreading - 2 * slow))))
        return (self.preamble + 4.25 + 8 + blocks * (self.coding + 4)) * symbol


# The profiles of Meshtastic radios, with a packet's head and what is around a message. The first is what a radio has
# unless somebody changed it; all radios of a mesh have the same.
_AROUND = 16 + 8
PROFILES = {
    "long-fast": Modem(11, 250_000, 1, 16, _AROUND),
    "long-moderate": Modem(11, 125_000, 4, 16, _AROUND),
    "medium-slow": Modem(10, 250_000, 1, 16, _AROUND),
    "medium-fast": Modem(9, 250_000, 1, 16, _AROUND),
    "short-slow": Modem(8, 250_000, 1, 16, _AROUND),
    "short-fast": Modem(7, 250_000, 1, 16, _AROUND),
    "short-turbo": Modem(7, 500_000, 1, 16, _AROUND),
}
LONG_FAST = PROFILES["long-fast"]
# Around a message in Reticulum: its head, the radio's own, and the longest access code of an interface.
_RETICULUM = 19 + 1 + 16
_LORA = re.compile(r"sf(\d{1,2})-bw(\d{1,3}(?:\.\d{1,3})?)-cr([5-8])")
PROFILE_FORMS = f"{', '.join(PROFILES)}; or how a radio of Reticulum is set, such as sf8-bw125-cr5"


def read_profile(name: str) -> Modem:
    """The radio's setting that a name says; sf8-bw125-cr5 is factor 8, 125 kHz, coding 4/5. Raises Misused."""
    if name in PROFILES:
        return PROFILES[name]
    found = _LORA.fullmatch(name)
    spreading, bandwidth = (int(found[1]), round(float(found[2]) * 1_000)) if found else (0, 0)
    if found is None or not 5 <= spreading <= 12 or not 7_800 <= bandwidth <= 500_000:
        raise Misused(f"there is no profile {name}", f"choose one of: {PROFILE_FORMS}")
    # What the radio's own program takes: 18 symbols, or 24 ms where that is more.
    preamble = max(18, math.ceil(0.024 * bandwidth / (1 << spreading)))
    return Modem(spreading, bandwidth, int(found[3]) - 4, preamble, _RETICULUM)


def read_share(percent: float) -> float:
    """A share of each hour. Raises Misused."""
    if not 0 < percent <= 100:
        raise Misused(f"{percent:g} is no share of an hour", "give 1 for 1 %, 10 for 10 %")
    return percent / 100


class Airtime:
    """What one sender may still send. share: of each hour, such as 0.01 or 0.1 (EU 868 MHz, by sub-band)."""

    def __init__(self, modem: Modem, share: float) -> None:
        if not 0 < share <= 1:
            raise Misused(f"{share:g} is no share of an hour", "give 0.01 for 1 %, 0.1 for 10 %")
        self.share = share
        # What a wait of the rules, which are made for LongFast, is to be multiplied with.
        self.unit = modem.airtime(MOST_MESSAGE) / LONG_FAST.airtime(MOST_MESSAGE)
        self._modem = modem
        self._most = share * HOUR
        self._sent: deque[tuple[float, float]] = deque()
        self._free = float("-inf")
        self.used = 0.0  # seconds, since the beginning

    def wait(self, message: int, now: float) -> float:
        """Seconds until a message of so many bytes may go; 0 for at once. Raises Misused where it never may."""
        needed = self._modem.airtime(message)
        if needed > self._most:
            raise Misused(f"{needed:.1f} s of airtime are more than an hour allows", "choose a faster profile")
        spent = sum(seconds for at, seconds in self._sent if at > now - HOUR)
        ready = now
        for at, seconds in self._sent:
            if spent + needed <= self._most:
                break
            if at > now - HOUR:
                spent -= seconds
                ready = at + HOUR
        return max(0.0, ready - now, self._free - now)

    def spend(self, message: int, now: float) -> None:
        """A message of so many bytes goes now."""
        seconds = self._modem.airtime(message)
        while self._sent and self._sent[0][0] <= now - HOUR:
            self._sent.popleft()
        self._sent.append((now, seconds))
        self._free = now + (1 + GAP) * seconds
        self.used += seconds
