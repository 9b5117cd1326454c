"""The postbox: the public, untrusted server that hands out editions and takes sealed letters.

It may be seized or hostile. It holds no key that opens anything, no accounts, no addresses, no
times, no log of who asked for what. What it must do: answer 201 only when a letter is durable.
"""

from __future__ import annotations

from holub.transit.postbox.limits import Limits
from holub.transit.postbox.server import PostboxServer, run_postbox
from holub.transit.postbox.token import admit_office, new_token, read_token

__all__ = ["Limits", "PostboxServer", "admit_office", "new_token", "read_token", "run_postbox"]
