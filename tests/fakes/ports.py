"""Ports of this machine for what has to be told its port before it opens it.

A port that was asked for with 0 and closed again is soon somebody else's: a system gives it to the next one who asks
for any. It begins at 32,768 or later with those; these lie below. Every worker of a run draws from a share of its own.
"""

from __future__ import annotations

import os
import random
import socket
from contextlib import ExitStack

_SHARES = 16
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PER_SHARE = 750
_FIRST = 20_000 + _PER_SHARE * (_WORKER % _SHARES)
_PORTS = range(_FIRST, _FIRST + _PER_SHARE)


def free_ports(count: int = 1, *, host: str = "127.0.0.1") -> list[int]:
    """So many, one after the other, on which nobody listens over UDP or TCP.

    Drawn, so that two runs of the tests do not meet, nor what is late from a test before.
    """
    starts = range(len(_PORTS) - count + 1)
    for start in random.SystemRandom().sample(starts, len(starts)):
        found = list(_PORTS[start : start + count])
        if all(_is_free(host, port) for port in found):
            return found
    raise AssertionError("no port is free on this machine")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with ExitStack() as opened:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            try:
                opened.enter_context(socket.socket(family, kind)).bind((host, port))
            except OSError:
                return False
    return True
