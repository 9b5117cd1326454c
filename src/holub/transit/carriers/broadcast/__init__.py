"""Broadcast: a carousel of frames over satellite, radio, a network, a file or a pipe; nobody answers.

Rules (spec/broadcast.md)
- what goes out is public. Letters never do: everybody would hear that one was written.
- what is sent next follows from ranks and shares alone; the clock decides only how fast.
- a receiver may begin at any moment, and trusts nothing: checks against accidents, signatures against people.
"""

from __future__ import annotations
