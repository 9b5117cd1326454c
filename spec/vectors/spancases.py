"""Updates and sweeps that fit several editions in a row (spec/parcel.md, kinds 3 and 4)."""

from __future__ import annotations

from hashlib import sha256

from editioncase import case
from editionworld import EDITION, KEY_LEAF, TIME, full, guides, moment

from holub.formats.held import HeldPack
from holub.formats.leaf import Services, code_leaf
from holub.formats.pack import Pack
from holub.formats.parcel import Kind, Parcel
from holub.formats.sweep import write_sweep
from holub.formats.update import write_update
from holub.formats.wire import sized, varint
from holub.outbound.press.signing import sign_edition


def span_cases() -> None:
    """Updates that fit several editions: the pack is the same from edition 2 to 4, and another before and after."""
    texts = {1: 1, 2: 2, 3: 2, 4: 2, 5: 3}
    held, sweeps = {}, {}
    for number, text in texts.items():
        services = Services.of([KEY_LEAF, b"\x02", b"\x03\x00", code_leaf([sha256(b"code %d" % number).digest()])])
        pack = HeldPack(moment(number), services, Pack.of("main", "uk", guides("uk", text)))
        sheet, (held[number],) = sign_edition(EDITION, moment(number), services, [pack])
        sweeps[number] = sheet.signature
    many = write_update(held[2], held[5], until=4).encode()

    def one(name: str, what: str, expect: str, start: int, update: bytes, *, phones: bool = True) -> None:
        more: dict[str, object] = {} if phones else {"phones": False}
        case(name, what, expect, [full(held[start]), update], None, **more)

    one("span-first", "an update that fits editions 2 to 4, and 2 is held", "ok", 2, many)
    one("span-middle", "the same, and 3 is held", "ok", 3, many)
    one("span-last", "the same, and 4 is held", "ok", 4, many)
    one("span-before", "the same, and 1 is held", "gap", 1, many)
    one("span-older", "an update that leads to edition 5, which is held", "older", 5, many)
    early = write_update(held[2], held[5], until=3).encode()
    one("span-after", "an update that fits editions 2 and 3, and 4 is held", "gap", 4, early)
    untrue = write_update(held[2], held[4], until=2).body
    untrue = b"\x01\x02\x01" + untrue[3:]
    one("span-untrue", "it says that it fits edition 1, which has another text", "forged", 1, recheck(untrue))
    body = write_update(held[2], held[5], until=4).body
    back = body[:3] + TIME.to_bytes(4, "big") + body[7:]
    one("update-time-back", "it leads to a date before the held edition's", "refused", 3, recheck(back))
    far = varint(2**32 - 2) + b"\x01" + varint(1) + body[3:]
    one("update-number-too-large", "it leads to an edition behind the last possible", "refused", 3, recheck(far))
    one(
        "update-to-nowhere",
        "it leads to the last edition that it fits",
        "refused",
        3,
        recheck(body[:2] + b"\x00" + body[3:]),
    )
    sweep = write_sweep([held[2]], [held[5]], sweeps[5], until=4).encode()
    one("span-sweep", "all packs from any of editions 2 to 4 to 5", "ok", 3, sweep, phones=False)
    one("span-sweep-before", "the same, and 1 is held", "gap", 1, sweep, phones=False)
    body = write_sweep([held[2]], [held[5]], sweeps[5], until=4).body
    rows = 8 + len(sized(held[5].services.leaves[3]))  # behind the numbers, the time, the flags and the code's leaf
    for name, what, row in (
        ("same-pictures", "it says that a pack has no pictures, as before", b"\x01\x00\x00"),
        ("no-pictures", "its list of packs with other pictures is empty", b"\x00"),
    ):
        longer = body[:7] + bytes([body[7] | 0x04]) + body[8:rows] + row + body[rows:]
        one(f"sweep-{name}", what, "refused", 3, Parcel(Kind.SWEEP, longer).encode(), phones=False)


def recheck(body: bytes) -> bytes:
    """An update with this body."""
    return Parcel(Kind.UPDATE, body).encode()
