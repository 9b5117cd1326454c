"""Writes the vectors of marks on sheets of paper: one case a file, the same bytes at every run.

    python spec/vectors/make_marks.py

`data` is what a small code holds. Where `expect` is "ok", the other fields are what it says; where it is "Stranger", it
is no mark, and is passed over like any other code.
"""

from __future__ import annotations

from vectorcase import Cases

from holub.transit.carriers.qr.mark import Mark, set_of


def main() -> None:
    cases = Cases("mark")

    def ok(name: str, what: str, mark: Mark) -> None:
        told = {"sheet": mark.sheet, "sheets": mark.sheets, "enough": mark.enough, "codes": mark.codes}
        cases.add(name, "mark", what, "ok", data=mark.encode().hex(), set=mark.set_id.hex(), **told)

    def stranger(name: str, what: str, data: bytes) -> None:
        cases.add(name, "mark", what, "Stranger", data=data.hex())

    one = set_of([bytes.fromhex("1c588a2d0bb57463")])
    good = Mark(one, 3, 6, 4, 40).encode()
    ok("example", "the example of the specification", Mark(one, 3, 6, 4, 40))
    ok("two-parcels", "a set of two parcels", Mark(set_of([bytes(8), bytes(range(8))]), 1, 2, 1, 24))
    ok("only", "the only sheet", Mark(one, 1, 1, 1, 1))
    ok("most", "as many sheets and codes as it can say", Mark(one, 255, 255, 255, 255))
    stranger("empty", "nothing", b"")
    stranger("short", "its last byte is missing", good[:-1])
    stranger("long", "a byte too many", good + b"\0")
    stranger("first-byte", "another first byte", b"\xa2" + good[1:])
    stranger("sheet-none", "sheet 0", good[:5] + bytes([0, 6, 4, 40]))
    stranger("sheet-beyond", "sheet 7 of 6", good[:5] + bytes([7, 6, 4, 40]))
    stranger("sheets-none", "no sheets", good[:5] + bytes([0, 0, 0, 40]))
    stranger("enough-none", "no sheet is enough", good[:5] + bytes([3, 6, 0, 40]))
    stranger("enough-beyond", "7 of 6 are needed", good[:5] + bytes([3, 6, 7, 40]))
    stranger("codes-none", "a sheet without codes", good[:5] + bytes([3, 6, 4, 0]))
    cases.write()


if __name__ == "__main__":
    main()
