"""The relay: a small service that anybody can run behind the blockade. It holds, hands on, forgets, and cannot read.

It is in somebody else's hands and may be seized. It holds signed editions and a bounded bag of sealed letters, and
keeps no times, no addresses, no order and no log. What it does is in spec/relay.md.
"""

from __future__ import annotations

from holub.transit.relay.limits import RelayLimits, rooms
from holub.transit.relay.server import RelayServer, run_relay, sync_once
from holub.transit.relay.settings import Air, Settings
from holub.transit.relay.status import Status, read_status

__all__ = ["Air", "RelayLimits", "RelayServer", "Settings", "Status", "read_status", "rooms", "run_relay", "sync_once"]
