"""Sweeps that bring as much as a sweep may, or a little more, and nothing else is wrong (spec/parcel.md, kind 4)."""

from __future__ import annotations

from itertools import product
from string import ascii_lowercase

from editioncase import case
from editionworld import EDITION, SERVICES, full, moment

from holub.formats.compression import LEVEL, compress
from holub.formats.difference import Difference
from holub.formats.held import HeldPack
from holub.formats.items import item_keys, items_of
from holub.formats.pack import Pack
from holub.formats.sweep import write_sweep
from holub.outbound.press.signing import sign_edition

Texts = dict[str, dict[str, bytes]]
SHORT: Texts = {"uk": {"a.md": b"# A\n"}}
GUIDE = 4 * 2**20
BESIDE = 1 + 16 * 7 + 16 * 4  # bytes of the number of guides, their keys, and their lengths


def signed(number: int, texts: Texts) -> tuple[bytes, list[HeldPack]]:
    packs = [HeldPack(moment(number), SERVICES, Pack.of("main", tag, guides)) for tag, guides in texts.items()]
    sheet, held = sign_edition(EDITION, moment(number), SERVICES, packs)
    return sheet.signature, held


def sweep_from(before: list[HeldPack], texts: Texts, level: int) -> tuple[bytes, int]:
    """The sweep from edition 1, which only adds guides; the bytes in its frame."""
    signature, after = signed(2, texts)
    old, new, keys = items_of(before), items_of(after), item_keys([held.pack.name for held in after])
    difference = Difference.between(old, new)
    assert not difference.removed
    assert not difference.changed
    content = difference.content(old, new, keys)
    # No prefix, nothing removed, nothing changed.
    change = b"\x00\x00\x00" + compress(content, level=level)
    return write_sweep(before, after, signature, change).encode(), len(content)


def sweep_cases() -> None:
    """The largest sweep, and one of each kind that is too large."""
    _, before = signed(1, SHORT)
    start = full(before[0])
    for name, what, expect, more in (
        ("largest", "its frame holds 67,108,864 bytes, sixteen new guides", "ok", 0),
        ("too-large", "its frame holds 67,108,865 bytes, sixteen new guides", "refused", 1),
    ):
        sizes = [GUIDE] * 15 + [GUIDE - BESIDE + more]
        guides = {f"b{n:x}.md": b"a" * size for n, size in enumerate(sizes)}
        sweep, size = sweep_from(before, {"uk": SHORT["uk"] | guides}, level=1)
        assert size == 64 * 2**20 + more
        case(f"sweep-{name}", what, expect, [start, sweep], phones=False)
    tags = [f"uk-{a}{b}" for a, b in product(ascii_lowercase, repeat=2)][:255]
    paths = {f"{a}{b}.md": b"a" for a, b in product("0123456789abcdef", repeat=2)} | {"g.md": b"a"}
    texts: Texts = {"uk": SHORT["uk"] | {"b.md": b"a"}, **dict.fromkeys(tags, paths)}
    sweep, _ = sweep_from(before, texts, level=LEVEL)
    case("sweep-too-many", "it adds 65,536 guides, in 256 packs", "refused", [start, sweep], phones=False)
