"""Mesh radio: alerts, single guides, small updates and narrow letters in messages of at most 200 bytes.

Rules (spec/mesh.md)
- whoever sends can be found by direction finding: so messages are few and short, and nothing is sent unasked.
- no message says who or where somebody is.
- airtime is a limit of law and of courtesy; it is counted before a message is sent, by a clock that is an argument.
"""

from __future__ import annotations
