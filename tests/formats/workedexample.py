"""The edition of the worked examples in spec/*.md, and how the bytes that a page prints are read.

A line of an example is bytes in hexadecimal, then two spaces or more, then what they mean. `SHAKE256("x", n)` among
them stands for its first n bytes.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import Services, code_leaf
from holub.formats.letterkey import spans
from holub.formats.pack import Pack
from holub.formats.parcel import Parcel
from holub.formats.root import RootDocument
from holub.formats.sheet import Sheet
from holub.formats.update import write_update
from holub.outbound.press.signing import Pen, new_root, sign_edition

SPEC = Path(__file__).parents[2] / "spec"
_BYTES = re.compile(r"(?:[0-9a-f]{2})+|SHAKE256\(\"([^\"]+)\", (\d+)\)")

TIME = 1_796_083_200  # 1 December 2026
DAY = 86_400
ROOT, EDITION = (Pen(hashlib.sha256(f"example/{name}".encode()).digest()) for name in ("root key", "edition key"))
FIRST = {"fire.md": b"# Fire\n\nLeave first.\n", "water.md": b"# Water\n\nBoil it.\n"}
SECOND = {**FIRST, "water.md": b"# Water\n\nBoil it for a minute.\n"}
_WEEK = 47


def shake(name: str, length: int) -> bytes:
    return hashlib.shake_256(name.encode()).digest(length)


def services() -> Services:
    seal_until, opens_until = spans(_WEEK)
    numbers = b"".join(number.to_bytes(4, "big") for number in (_WEEK, seal_until, opens_until))
    key = b"\x01" + numbers + shake("example/letter key", 1_248)
    return Services.of([key, b"\x02", b"\x03\x00", code_leaf([])])


def publisher() -> RootDocument:
    return new_root("Example", TIME + 365 * DAY, [ROOT], [EDITION])


def edition(number: int, guides: dict[str, bytes]) -> tuple[Sheet, HeldPack]:
    """An edition of one pack, signed and stamped; a day between two, and 90 to live."""
    start = TIME + DAY * (number - 1)
    pack = HeldPack(Moment(number, start, start + 90 * DAY), services(), Pack.of("main", "en", guides))
    sheet, (stamped,) = sign_edition(EDITION, pack.moment, pack.services, [pack])
    return sheet, stamped


def full(number: int = 1) -> Parcel:
    held = edition(number, FIRST if number == 1 else SECOND)[1]
    return write_full(held, [write_base(list(held.pack.guides.items()))])


def update() -> Parcel:
    return write_update(edition(1, FIRST)[1], edition(2, SECOND)[1])


def page(name: str) -> str:
    return (SPEC / f"{name}.md").read_text(encoding="utf-8")


def blocks(name: str, after: str) -> list[list[str]]:
    """The lines of every block of code after these words of a page, up to its next heading."""
    _, found, rest = page(name).partition(after)
    assert found, f"spec/{name}.md does not say: {after}"
    return [one.splitlines() for one in rest.split("\n## ")[0].split("```\n")[1::2]]


def block(name: str, after: str) -> list[str]:
    """The first of them."""
    return blocks(name, after)[0]


def printed(name: str, after: str) -> bytes:
    """All bytes that the first of them shows."""
    return bytes_of(block(name, after))


def bytes_of(lines: list[str]) -> bytes:
    """The bytes that lines of an example show."""
    shown = "\n".join(re.split(r" {2,}", line)[0] for line in lines)
    left = _BYTES.sub("", shown).split()
    assert not left, f"no bytes: {left}"
    found = _BYTES.finditer(shown)
    return b"".join(shake(one[1], int(one[2])) if one[1] else bytes.fromhex(one[0]) for one in found)
