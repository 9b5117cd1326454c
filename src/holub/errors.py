"""Who erred: the caller, the bytes that came in, or the world.

Every error that holub raises on purpose is one of the three classes below. Each carries two short
sentences: what happened, and what the person in front of the screen can do now. Anything else that
escapes is a bug in holub and is shown as one.
"""

from __future__ import annotations


class HolubError(Exception):
    """The root of all errors that holub raises on purpose.

    what: one clear sentence, without a trailing full stop.
    todo: what to do now; may be empty where nothing can be done.
    exit_code: what the command line ends with (docs/exit-codes.md).
    """

    exit_code = 1

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what, todo)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what}; {self.todo}" if self.todo else self.what


class Misused(HolubError):
    """The caller erred: a wrong argument, a missing step, a wrong passphrase."""

    exit_code = 2


class Refused(HolubError):
    """The bytes that came in are damaged, forged, too old, or not what they claim to be."""

    exit_code = 3


class Unavailable(HolubError):
    """The world does not allow it now: no disk space, no network, a port taken, a folder in use."""

    exit_code = 4


def from_its_file(extra: str) -> str:
    """What to do where a package of this extra is missing: no registry has holub, its centre gives it out as a file."""
    return f"install it from the file that holub came in: pip install './holub-….whl[{extra}]'"


class Damaged(Refused):
    """It broke on the way: its own check does not match. Nobody need have meant it."""


class Forged(Refused):
    """A signature, or what it covers, does not match: somebody else made it, or changed it."""


class Older(Refused):
    """It is genuine, and older than what is held already."""


class Gap(Refused):
    """It is genuine as far as can be told, and builds on something that is not held."""


class OtherPublisher(Refused):
    """It belongs to another publisher than the one that is trusted."""
