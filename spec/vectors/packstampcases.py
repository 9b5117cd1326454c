"""The stamps of all packs in a parcel of their own (spec/parcel.md, kind 10)."""

from __future__ import annotations

from editioncase import case
from editionworld import EDITION, OTHER, SERVICES, edition, full, moment

from holub.formats.held import HeldPack
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Kind, Parcel, parse_parcel
from holub.formats.sweep import write_sweep
from holub.formats.whole import whole_base, write_whole
from holub.outbound.press.signing import sign_edition


def stamp_cases() -> None:
    """The stamps of all packs, for whoever came to an edition without: by a sweep, or as a whole."""
    (_, before), (signature, after) = edition(1), edition(2)
    packs = {1: before, 2: after}
    fulls = [full(held) for held in before]
    sweep = write_sweep(before, after, signature).encode()
    sheet = sign_edition(EDITION, moment(1), SERVICES, before)[0]
    whole = write_whole(sheet, [whole_base(before)]).encode()

    def these(name: str, what: str, expect: str, items: list[bytes]) -> None:
        case(f"packstamps{name}", what, expect, items, phones=False)

    def stamps(held: list[HeldPack], number: int) -> bytes:
        return PackStamps(number, tuple(one.stamp for one in held)).parcel().encode()

    one, two = (PackStamps.of(packs[number]).parcel().encode() for number in (1, 2))
    these("", "a sweep, and the stamps of the edition that it leads to", "ok", [*fulls, sweep, two])
    these("-of-a-whole", "all packs from nothing, and their stamps", "ok", [whole, one])
    _, forged = edition(2, OTHER)
    by_another = [*packs[2][:2], forged[2]]
    these("-forged", "one of the stamps is by another key", "forged", [*fulls, sweep, stamps(by_another, 2)])
    these("-of-the-edition-before", "edition 1's, under number 2", "forged", [*fulls, sweep, stamps(packs[1], 2)])
    swapped = [packs[2][1], packs[2][0], packs[2][2]]
    these("-swapped", "two stamps are in each other's place", "forged", [*fulls, sweep, stamps(swapped, 2)])
    these("-too-few", "a pack has no stamp", "forged", [*fulls, sweep, stamps(packs[2][:2], 2)])
    these("-none", "there are no stamps", "refused", [*fulls, sweep, stamps([], 2)])
    longer = Parcel(Kind.PACKSTAMPS, parse_parcel(two).body + b"\x00").encode()
    these("-trailing", "a byte follows the stamps", "refused", [*fulls, sweep, longer])
    these("-too-early", "the stamps come before their sweep", "gap", [*fulls, two])
    these("-older", "the stamps are of the edition before", "older", [*fulls, sweep, one])
