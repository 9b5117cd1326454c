"""Writes the vectors of frames: one case a file, the same bytes at every run.

    python spec/vectors/make_frames.py

A case says in `what` why it exists, in `case` what to do with it, and in `expect` "ok" or the class of the error:
parse    `frame` is one frame, and the other fields are what it says;
cut      a parcel's frames with `repair` repair symbols a block: how many, the first, the last, and the SHA-256 of all;
collect  `frames` arrive in this order under these `limits`; `arrives` is what comes out, in order, `refused` are the
         places of frames that are refused, and `received` is the progress at the end.

A parcel is named by `seed` and `length`: SHA-256 of "seed/0", "seed/1" and so on, one after the other, cut.
"""

from __future__ import annotations

import hashlib
from typing import Any

from vectorcase import Cases, named

from holub.formats.frame import Frame, frame_head, parse_frame
from holub.formats.framecutter import Cutter
from holub.formats.parcel import parcel_id


def parcel(seed: str, length: int) -> bytes:
    pieces = (hashlib.sha256(f"{seed}/{at}".encode()).digest() for at in range(-(-length // 32)))
    return b"".join(pieces)[:length]


def parsing(cases: Cases) -> None:
    data = parcel("parse", 1_000)
    good = Cutter(data, 104).frame(0, 12)

    def ok(name: str, what: str, frame: bytes) -> None:
        read = parse_frame(frame)
        told = {"id": read.parcel_id.hex(), "length": read.length, "block": read.block, "number": read.number}
        cases.add(f"parse-{name}", "parse", what, "ok", frame=frame.hex(), **told, symbol=read.symbol.hex())

    def refused(name: str, what: str, frame: bytes) -> None:
        cases.add(f"parse-{name}", "parse", what, "Refused", frame=frame.hex())

    def made(length: int, block: int, symbol: int) -> bytes:
        return Frame(bytes(range(8)), length, block, 0xFFFFFF, bytes(symbol)).encode()

    head = len(frame_head(bytes(8), 1_000))
    ok("repair", "a repair symbol of a parcel of 1,000 bytes", good)
    ok("smallest", "the shortest parcel in the smallest symbol", made(8, 0, 8))
    ok("largest", "256 whole blocks of the largest symbols, the last number", made(256 * 8_192 * 1_272, 255, 1_272))
    ok("last-block", "65,537 bytes in symbols of 8 have two blocks, and this is the second", made(65_537, 1, 8))
    refused("empty", "nothing", b"")
    refused("version", "version 2", b"\x02" + good[1:])
    refused("cut-id", "it ends inside the id", good[:8])
    refused("cut-length", "it ends inside the length", good[: head - 1])
    refused("cut-number", "it ends inside the symbol's number", good[: head + 3])
    refused("no-symbol", "it ends before the symbol", good[: head + 4])
    refused("cut-symbol", "the symbol lacks a byte: not a multiple of 8", good[:-1])
    refused("symbol-twelve", "a symbol of 12 bytes", made(1_000, 0, 12))
    refused("symbol-large", "a symbol of 1,280 bytes", made(1_000, 0, 1_280))
    refused("length-short", "a length of 7, less than an envelope has", made(7, 0, 8))
    refused(
        "length-longer-form", "the length in a longer form than needed", good[: head - 1] + b"\x87\x00" + good[head:]
    )
    huge = bytes([0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
    refused("length-huge", "a length of 2^32 - 1, one more than parcels have", good[:9] + huge + good[head:])
    refused("length-100-gb", "a length of 100 GB", good[:9] + b"\x80\xd0\xdb\xc3\xf4\x02" + good[head:])
    refused("blocks", "a parcel that needs 257 blocks of symbols of 8", made(256 * 8_192 * 8 + 1, 0, 8))
    refused("block-beyond", "65,536 bytes in symbols of 8 have one block, and this names a second", made(65_536, 1, 8))


def cutting(cases: Cases) -> None:
    def add(name: str, what: str, length: int, symbol: int, repair: int) -> None:
        cutter = Cutter(parcel(name, length), symbol)
        frames = list(cutter.frames(repair))
        told: dict[str, Any] = {"seed": name, "length": length, "symbol": symbol, "repair": repair}
        told |= {"id": cutter.id.hex(), "count": cutter.count, "blocks": cutter.split.blocks, "frames": len(frames)}
        told |= {"first": frames[0].hex(), "last": frames[-1].hex()}
        whole = hashlib.sha256(b"".join(frames)).hexdigest()
        cases.add(f"cut-{name}", "cut", what, "ok", **told, sha256=whole)

    add("example", "the example of the specification: K = 11, K' = 12", 81, 8, 2)
    add("one-symbol", "a parcel shorter than a symbol", 61, 104, 5)
    add("ten", "K = K' = 10", 1_040, 104, 20)
    add("eleven", "K = 11, K' = 12: repair numbers are not RFC 6330's internal ones", 11 * 104 - 7, 104, 20)
    add("eighty", "K = 80, K' = 84, in frames of 520 bytes", 40_000, 504, 80)
    add("four-hundred", "K = 400, K' = 405", 400 * 8, 8, 400)
    add("hdpc-eleven", "K = 1,040, K' = 1,050, the first with eleven dense constraints", 1_040 * 8 - 1, 8, 50)
    add("whole-block", "K = 8,192, K' = 8,194: as many symbols as a block may have", 8_192 * 8, 8, 20)
    add("blocks", "8,193 symbols: blocks of 4,097 and 4,096", 8_192 * 8 + 1, 8, 5)
    add("three-blocks", "16,385 symbols: the first two blocks have one more than the third", 16_384 * 8 + 3, 8, 3)


def collecting(cases: Cases) -> None:
    def add(name: str, what: str, frames: list[bytes], arrives: list[tuple[str, int]], **fields: Any) -> None:
        expected = [{"seed": seed, "length": length} for seed, length in arrives]
        lines = [frame.hex() for frame in frames]
        cases.add(f"collect-{name}", "collect", what, "ok", frames=lines, arrives=expected, **fields)

    def cut(seed: str, length: int, symbol: int = 104) -> Cutter:
        return Cutter(parcel(seed, length), symbol)

    eighty = cut("eighty", 79 * 104 + 3)
    kept = [frame for at, frame in enumerate(eighty.frames(repair=100)) if named(f"lost {at}", 1)[0] < 128]
    add("half-lost", "half of all frames are lost, K = 80, K' = 84", kept, [("eighty", 79 * 104 + 3)])
    shuffled = sorted(cut("shuffled", 2_000).frames(repair=30), key=lambda frame: hashlib.sha256(frame).digest())
    add("any-order", "any order", shuffled, [("shuffled", 2_000)])
    repair = list(cut("repair", 1_100).frames(repair=16, first=11))
    add("repair-alone", "not one source symbol arrives, K = 11, K' = 12", repair, [("repair", 1_100)])
    twice = cut("twice", 900)
    again = [frame for number in range(9) for frame in [twice.frame(0, number)] * 3]
    add("each-thrice", "every frame comes three times", again, [("twice", 900)], received=[])
    few = list(cut("few", 900).frames())[:8]
    add("one-short", "eight of nine, each twice", few + few, [], received=[[8, 9]])
    one, other = list(cut("one", 900).frames()), list(cut("other", 700).frames())
    mixed = [frame for pair in zip(one, other, strict=False) for frame in pair] + one[len(other) :]
    add("two-parcels", "two parcels at once", mixed, [("other", 700), ("one", 900)])
    wide, narrow = cut("sizes", 900, 104), cut("sizes", 900, 56)
    stray = [narrow.frame(0, 0), *wide.frames(), narrow.frame(0, 1)]
    add("sizes-mixed", "symbols of two sizes: each is collected for itself", stray, [("sizes", 900)], received=[])
    true = cut("lying", 900)
    liar = Frame(true.id, 5_000, 0, 0, bytes(104)).encode()
    add(
        "lying-length",
        "a frame with the same id and another length",
        [liar, *true.frames()],
        [("lying", 900)],
        received=[],
    )
    big = Frame(bytes(8), 100_001, 0, 0, bytes(104)).encode()
    small = list(cut("small", 900).frames())
    lines = {"limits": {"length": 100_000}, "refused": [0]}
    add(
        "too-long",
        "a parcel longer than the limit is refused, and the others arrive",
        [big, *small],
        [("small", 900)],
        **lines,
    )
    poisoned = cut("poisoned", 900)
    forged = Frame(poisoned.id, 900, 0, 4, bytes(104)).encode()
    rest = [*poisoned.frames(repair=80)]
    add("poisoned", "one forged frame comes first: others replace it in time", [forged, *rest], [("poisoned", 900)])
    wrong = Frame(parcel_id(b"another"), 900, 0, 0, bytes(104))
    renamed = [Frame(wrong.parcel_id, 900, 0, at, parse_frame(frame).symbol).encode() for at, frame in enumerate(small)]
    add("another-id", "whole frames under an id that is not theirs: nothing arrives", renamed, [])
    three = cut("three", 3 * 8_192 * 8 - 9, 8)
    some = [frame for at, frame in enumerate(three.frames()) if at < 40]
    add("blocks", "frames of three blocks count together", some, [], received=[[40, three.count]])
    flood = [Frame(parcel_id(bytes([at])), 900, 0, 0, bytes(104)).encode() for at in range(9)]
    order = [*small[:4], *flood, *small[4:]]
    what = "nine strangers and room for three: the parcel that has most stays"
    add("flood", what, order, [("small", 900)], limits={"parcels": 3}, received=[[1, 9], [1, 9]])


def main() -> None:
    cases = Cases("frame")
    parsing(cases)
    cutting(cases)
    collecting(cases)
    cases.write()


if __name__ == "__main__":
    main()
