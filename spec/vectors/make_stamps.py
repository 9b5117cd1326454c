"""Writes the vectors of stamps: codes as people type them, and lists.

    python spec/vectors/make_stamps.py

Written from spec/stamp.md, without holub's own code.
"""

from __future__ import annotations

import hashlib

from vectorcase import Cases, named, u32

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST = 65_536


def code(stamp: bytes) -> str:
    """The eighteen letters of a stamp, without dashes."""
    check = int.from_bytes(hashlib.sha256(b"holub/stamp/check" + stamp).digest()[:2], "big") >> 6
    number = int.from_bytes(stamp, "big") << 10 | check
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(18)))


def mark(stamp: bytes) -> bytes:
    """A stamp's hash in a list."""
    return hashlib.sha256(b"holub/stamp/v1" + stamp).digest()[:10]


def listed(hashes: list[bytes], *, magic: bytes = b"HST\x01", count: int | None = None) -> bytes:
    """A list with 64 bytes where the signature goes."""
    body = u32(3) + u32(len(hashes) if count is None else count) + b"".join(hashes)
    return magic + body + named("stamp signature", 64)


def main() -> None:
    cases = Cases("stamp")

    def typed(name: str, what: str, expect: str, text: str, stamp: bytes = b"") -> None:
        cases.add(name, "code", what, expect, typed=text, stamp=stamp.hex())

    one = bytes(range(10))
    # A stamp whose code has 0 and 1, so that letters that look like them can stand for them.
    plain, zeros = code(named("stamp/17", 10)), code(one)
    typed("code-plain", "a code in three groups", "ok", "-".join((zeros[:6], zeros[6:12], zeros[12:])), one)
    typed("code-joined", "without dashes", "ok", zeros, one)
    typed(
        "code-lower", "in small letters, with spaces and a line end", "ok", f" {zeros[:6]} {zeros[6:].lower()}\n", one
    )
    typed("code-alike", "the letter O for 0", "ok", zeros.replace("0", "o"), one)
    typed("code-other", "another stamp", "ok", plain, named("stamp/17", 10))
    typed("code-ones", "all bits set", "ok", code(b"\xff" * 10), b"\xff" * 10)
    typed("code-slip", "one letter is another", "Refused", zeros[:-1] + LETTERS[LETTERS.index(zeros[-1]) ^ 1])
    typed("code-swapped", "two letters changed places", "Refused", zeros[:3] + zeros[4] + zeros[3] + zeros[5:])
    typed("code-short", "a letter is missing", "Refused", zeros[:-1])
    typed("code-long", "a letter too many", "Refused", zeros + "0")
    typed("code-letter", "a letter that no code has", "Refused", "U" + zeros[1:])
    typed("code-digit", "digits of another script", "Refused", zeros.replace("0", "०"))
    typed("code-empty", "nothing", "Refused", "")

    def row(name: str, what: str, expect: str, data: bytes) -> None:
        cases.add(name, "list", what, expect, list=data.hex())

    hashes = sorted(mark(named(f"stamp/{number}", 10)) for number in range(5))
    good = listed(hashes)
    row("list-plain", "five stamps", "ok", good)
    row("list-empty", "no stamps", "ok", listed([]))
    row("list-magic", "another version", "Refused", listed(hashes, magic=b"HST\x02"))
    row("list-cut", "a byte is missing", "Refused", good[:-1])
    row("list-trailing", "a byte too many", "Refused", good + b"\0")
    row("list-count", "it announces more than there are", "Refused", listed(hashes, count=6))
    row("list-too-many", "it announces more than a list can have", "Refused", listed(hashes, count=MOST + 1))
    row("list-order", "two hashes changed places", "Refused", listed([hashes[1], hashes[0], *hashes[2:]]))
    row("list-twice", "a hash stands twice", "Refused", listed([hashes[0], hashes[0], *hashes[1:]]))
    cases.write()


if __name__ == "__main__":
    main()
