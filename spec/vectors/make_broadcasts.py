"""Writes the vectors of a broadcast's records and datagrams: one case a file, the same bytes at every run.

    python spec/vectors/make_broadcasts.py

A case says in `what` why it exists, in `case` what to do with it, and in `expect` "ok" or the class of the error:
record    `frame` in a record is `record`; the frame is named by `seed` and `length`;
stream    `pieces` come one after the other, and `frames` are what is found in them, in order; nothing else is an error;
datagram  `datagram` came alone, and `frames` is what is kept of it: one frame or none.

Bytes are put together here as spec/broadcast.md says, without the code that is tested.
"""

from __future__ import annotations

import zlib

from vectorcase import Cases, named

MARKER = bytes.fromhex("1acffc1d")
MOST = 1_290


def checked(data: bytes) -> bytes:
    return data + zlib.crc32(data).to_bytes(4, "big")


def record(frame: bytes, length: int | None = None) -> bytes:
    told = len(frame) if length is None else length
    return MARKER + checked(told.to_bytes(2, "big") + frame)


def records(cases: Cases) -> None:
    def add(name: str, what: str, length: int) -> None:
        frame = named(name, length)
        fits = 0 < length <= MOST
        told = {"record": record(frame).hex()} if fits else {}
        cases.add(f"record-{name}", "record", what, "ok" if fits else "Misused", frame=frame.hex(), **told)

    add("six", "a frame of six bytes", 6)
    add("shortest", "a frame of one byte", 1)
    add("longest", "the longest frame", MOST)
    add("none", "no frame", 0)
    add("too-long", "a frame longer than any", MOST + 1)


def streams(cases: Cases) -> None:
    one, two = named("one", 40), named("two", 60)

    def add(name: str, what: str, pieces: list[bytes], frames: list[bytes]) -> None:
        hexed = {"pieces": [piece.hex() for piece in pieces], "frames": [frame.hex() for frame in frames]}
        cases.add(f"stream-{name}", "stream", what, "ok", **hexed)

    flipped = bytearray(record(one))
    flipped[20] ^= 1
    cut = record(one)[:-1]
    covering = MARKER + (200).to_bytes(2, "big")
    add("two", "two records, one after the other", [record(one) + record(two)], [one, two])
    add("nothing", "nothing", [], [])
    add(
        "junk",
        "bytes without a marker before, between and after",
        [named("junk", 30).join([b"", record(one), record(two), b""])],
        [one, two],
    )
    add("bytewise", "byte by byte", [bytes([byte]) for byte in record(one)], [one])
    add("marker-cut", "the marker is cut between two pieces", [record(one) + MARKER[:2], record(two)[2:]], [one, two])
    add(
        "marker-inside",
        "a frame that has a marker in it",
        [record(named("head", 9) + MARKER + named("tail", 9))],
        [named("head", 9) + MARKER + named("tail", 9)],
    )
    add(
        "record-inside",
        "a frame that is a record: it is taken whole, and not once more",
        [record(record(two))],
        [record(two)],
    )
    add("check", "a bit of the first is wrong", [bytes(flipped) + record(two)], [two])
    add("check-of-length", "the length is wrong by one", [record(one, 41) + record(two)], [two])
    add("length-none", "a length of 0", [MARKER + checked(bytes(2)) + record(one)], [one])
    add(
        "length-above",
        "a length of 1,291, one more than frames have",
        [record(named("long", MOST + 1)) + record(one)],
        [one],
    )
    add("cut", "the last record lacks a byte", [record(two) + cut], [two])
    add("cut-before", "a record that lacks a byte, and a whole one behind it", [cut + record(two)], [two])
    add(
        "covering",
        "a marker that was none announces more than follows, and a whole record lies in that",
        [covering + record(one)],
        [one],
    )
    add("marker-twice", "a marker right before a record", [MARKER + record(one)], [one])


def datagrams(cases: Cases) -> None:
    frame = named("datagram", 100)

    def add(name: str, what: str, datagram: bytes, kept: bool) -> None:
        frames = [datagram[:-4].hex()] if kept else []
        cases.add(f"datagram-{name}", "datagram", what, "ok", datagram=datagram.hex(), frames=frames)

    wrong = bytearray(checked(frame))
    wrong[7] ^= 0x10
    add("whole", "a frame and its check", checked(frame), True)
    add("bit", "a bit is wrong", bytes(wrong), False)
    add("no-check", "the check is missing", frame, False)
    add("order", "the check's bytes are in the other order", frame + zlib.crc32(frame).to_bytes(4, "little"), False)
    add("cut", "a byte is missing", checked(frame)[:-1], False)


def main() -> None:
    cases = Cases("broadcast")
    records(cases)
    streams(cases)
    datagrams(cases)
    cases.write()


if __name__ == "__main__":
    main()
