"""Small signed editions for tests."""

from __future__ import annotations

import random
from collections.abc import Mapping

from holub.formats import bagleaf, mailbag
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import KEY_LEAF_BYTES, Services, code_leaf
from holub.formats.mailbag import Reply
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.pack import Pack
from holub.formats.parcel import Parcel
from holub.formats.root import RootDocument
from holub.formats.sheet import Sheet
from holub.outbound.press.signing import Pen, new_root, sign_edition

TIME = 1_795_000_000
DAY = 86_400
PEN = Pen(b"\x07" * 32)
ROOT: RootDocument = new_root("A test", TIME + 1000 * DAY, [PEN], [PEN])
SERVICES = Services.of([b"\x01" + bytes(KEY_LEAF_BYTES - 1), b"\x02", b"\x03\x00", code_leaf([])])


def moment(edition: int) -> Moment:
    time = TIME + edition * DAY
    return Moment(edition, time, time + 90 * DAY)


def publish(edition: int, packs: Mapping[str, Mapping[str, bytes]]) -> tuple[Sheet, dict[str, HeldPack]]:
    """A sheet and its stamped packs of the main section, by language."""
    held = [
        HeldPack(moment(edition), SERVICES, Pack.of("main", language, guides)) for language, guides in packs.items()
    ]
    sheet, stamped = sign_edition(PEN, moment(edition), SERVICES, held)
    return sheet, {one.pack.language: one for one in stamped}


def full(held: HeldPack) -> Parcel:
    return write_full(held, [write_base(list(held.pack.guides.items()))])


def with_replies(edition: int, guides: Mapping[str, bytes], replies: int = 1) -> tuple[HeldPack, MailbagParcel]:
    """An edition's one pack, and the mailbag that the edition signed."""
    bag = mailbag.build(
        [Reply(bytes([at]) * 16, "An answer") for at in range(replies)], edition, random.Random(edition).randbytes
    )
    services = SERVICES.replaced({2: bagleaf.encode_leaf([mailbag.entry_of("main", bag)])})
    blank = HeldPack(moment(edition), services, Pack.of("main", "uk", guides))
    _, [pack] = sign_edition(PEN, moment(edition), services, [blank])
    return pack, MailbagParcel(edition, "main", bag.directory, b"".join(bag.shards))
