"""Editions for benchmarks, signed with a key that is worth nothing."""

from __future__ import annotations

from bench.corpus import Packs
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import KEY_LEAF_BYTES, Services, code_leaf
from holub.formats.names import MAIN
from holub.formats.pack import Pack
from holub.formats.root import RootDocument
from holub.formats.sheet import Sheet
from holub.outbound.press.archive import Archive, Record
from holub.outbound.press.binding import Manuscript, bind
from holub.outbound.press.ladder import Ladder
from holub.outbound.press.signing import Pen, new_root, sign_edition

TIME = 1_795_000_000
LIFE = 7_776_000
PEN = Pen(bytes(32))
ROOT: RootDocument = new_root("bench", TIME + 10 * LIFE, [PEN], [PEN])
SERVICES = Services.of([b"\x01" + bytes(KEY_LEAF_BYTES - 1), b"\x02", b"\x03\x00", code_leaf([bytes(32)])])


def publish(packs: Packs, number: int) -> tuple[Sheet, list[HeldPack]]:
    """These packs as edition `number`, a day after the one before."""
    time = TIME + 86_400 * number
    moment = Moment(number, time, time + LIFE)
    held = [HeldPack(moment, SERVICES, Pack.of(MAIN, language, guides)) for language, guides in packs.items()]
    sheet, stamped = sign_edition(PEN, moment, SERVICES, held)
    return sheet, stamped


def bind_into(
    archive: Archive,
    number: int,
    packs: Packs,
    *,
    services: Services = SERVICES,
    life: int = LIFE,
    ladder: bool = True,
) -> Record:
    """These packs as the archive's next edition, a day after the one before, bound as the press does.

    life: until it expires, in seconds · ladder: with updates from every older edition that wants one.
    """
    old = archive.read_newest()
    time = TIME + 86_400 * number
    binding = bind(
        Manuscript([Pack.of(MAIN, language, guides) for language, guides in packs.items()]),
        old,
        moment=Moment(number, time, time + life),
        services=services,
        pen=PEN,
        ladder=Ladder.of(archive, old) if old and ladder else None,
    )
    archive.add(binding.record, binding.parcels, binding.back)
    return binding.record
