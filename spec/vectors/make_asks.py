"""Writes the vectors of a mesh's asks: one case a file, the same bytes at every run.

    python spec/vectors/make_asks.py

A case says in `what` why it exists and in `expect` "ok" or the class of the error. `case` is
ask      `message` is an ask for `more` symbols of the parcel `id`;
other    `message` is no ask: a frame, or what is read as one.

Bytes are put together here as spec/mesh.md says, without the code that is tested.
"""

from __future__ import annotations

from vectorcase import Cases, named

ASK = b"\x41"


def main() -> None:
    cases = Cases("mesh")
    parcel = named("ask", 8)

    def ask(name: str, what: str, more: int) -> None:
        cases.add(name, "ask", what, "ok", message=(ASK + parcel + bytes([more])).hex(), id=parcel.hex(), more=more)

    def refused(name: str, what: str, message: bytes) -> None:
        cases.add(name, "ask", what, "Refused", message=message.hex())

    def other(name: str, what: str, message: bytes) -> None:
        cases.add(name, "other", what, "ok", message=message.hex())

    ask("ask-one", "one symbol more", 1)
    ask("ask-most", "255 symbols more, or more than that", 255)
    ask("ask-many", "128 symbols more: no sign", 128)
    refused("ask-none", "no symbol more", ASK + parcel + b"\0")
    refused("ask-cut", "it lacks its last byte", ASK + parcel)
    refused("ask-first-byte-alone", "its first byte alone", ASK)
    refused("ask-trailing", "a byte too many", ASK + parcel + b"\1\0")
    refused("ask-long", "an ask as long as a message may be", ASK + named("long", 199))
    other("other-whole-frame", "a frame of 200 bytes", b"\1" + named("frame", 199))
    other("other-frame", "a frame's first byte", b"\1" + parcel + b"\1")
    other("other-small-letter", "a byte that is near by", b"\x61" + parcel + b"\1")
    other("other-empty", "nothing", b"")
    cases.write()


if __name__ == "__main__":
    main()
