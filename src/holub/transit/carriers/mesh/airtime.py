"""How long a message is on the air, and how long one may send (spec/mesh.md, "Airtime")."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from holub.errors import Misused

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


class Airtime:
    """What one sender may still send. share: of each hour, such as 0.01 or 0.1 (EU 868 MHz, by sub-band)."""

    def __init__(self, modem: Modem, share: float) -> None:
        if not 0 < share <= 1:
            raise Misused(f"{share:g} is no share of an hour", "give 0.01 for 1 %, 0.1 for 10 %")
        self.share = share
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
