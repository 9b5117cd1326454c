"""Full parcels whose packed text asks for too much, or is written in a way that is not the one accepted."""

from __future__ import annotations

from dataclasses import replace

from editioncase import case
from editionworld import EDITION, SERVICES, moment, write_base

from holub.formats.compression import compress
from holub.formats.full import write_full
from holub.formats.held import HeldPack
from holub.formats.pack import Pack
from holub.formats.wire import text8, varint
from holub.outbound.press.signing import sign_edition


def hostile_steps(uk: HeldPack) -> None:
    """Full parcels whose steps are each within the limits, and too much together."""
    base = write_base(uk.pack.guides)
    most = b"\xa0" + (64 * 2**20).to_bytes(4, "little")  # the header of a frame with 64 MiB (RFC 8878, 3.1.1.1)
    empty_block = b"\x01\x00\x00"
    announcing = [base, *[b"\x00\x00\x00" + most + empty_block] * 3]
    case(
        "steps-announce-too-much",
        "three steps announce 64 MiB each, and there is nothing in them",
        "refused",
        [write_full(uk, announcing).encode()],
    )
    large = {f"{n}.md": b"# Large\n" + b"a" * (4 * 2**20 - 8) for n in range(4)}
    nothing = b"\x01\x00\x00" + compress(b"\x00")  # scope 1: all old text is the prefix
    case(
        "steps-take-too-much",
        "twenty-four steps change nothing, each with 16 MiB of old text as its prefix",
        "refused",
        [write_full(uk, [write_base(large), *[nothing] * 24]).encode()],
    )


def shorthand_cases(uk: HeldPack) -> None:
    """Base texts with strings for frequent letters and words."""

    def full_of(text: bytes, strings: tuple[bytes, ...]) -> bytes:
        rows = varint(len(strings)) + b"".join(text8(one) for one in strings)
        base = compress(rows + b"\x01a.md\x00" + text + b"\x00")
        pack = Pack("main", "uk", {"a.md": "Дім the дім é\n".encode()})
        stamped = sign_edition(
            EDITION, moment(1), SERVICES, [replace(uk, pack=pack, pictures=0, pictures_root=bytes(32))]
        )
        return write_full(stamped[1][0], [base]).encode()

    letters = tuple(letter.encode() for letter in ("Д", "і", "м", "д", " the "))
    text = b"\x80\x81\x82\x84\x83\x81\x82 \x01\xc3\x01\xa9\n"

    def one(name: str, what: str, expect: str, text: bytes, strings: tuple[bytes, ...] = letters) -> None:
        case(name, what, expect, [full_of(text, strings)])

    one("shorthand", "four letters and a word are single bytes, another letter is marked", "ok", text)
    one("shorthand-none", "no strings: every byte stands for itself", "ok", "Дім the дім é\n".encode(), ())
    one("shorthand-nothing", "a byte stands for no string", "refused", text + b"\x85")
    one("shorthand-mark", "a mark before a byte that needs none", "refused", text + b"\x01A")
    one("shorthand-mark-none", "a byte is marked though there are no strings", "refused", text + b"\x01\xc3", ())
    one("shorthand-mark-end", "a mark before the end", "refused", text + b"\x01")
    one("shorthand-no-text", "a string is not UTF-8", "refused", text, (*letters, b"\xd0\xd0"))
    one("shorthand-short", "a string of one byte", "refused", text, (*letters, b"a"))
    one("shorthand-long", "a string of 33 bytes", "refused", text, (*letters, b"a" * 33))
    one("shorthand-zero", "a string with a byte 0x00", "refused", text, (*letters, b"a\x00"))
    one("shorthand-many", "129 strings", "refused", text, (*letters, *[b"ab"] * 124))
    large = (*letters, b"a" * 32)
    one(
        "shorthand-large",
        "a guide of more than 4 MiB when it is opened",
        "refused",
        text + b"\x85" * (2**17 + 1),
        large,
    )
