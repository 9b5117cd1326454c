"""Kind 1, full: a pack from nothing; a base and the changes since (spec/parcel.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from holub.errors import Misused
from holub.formats.base import read_base
from holub.formats.effort import Effort, frame_of
from holub.formats.header import Moment
from holub.formats.held import HeldPack, check_sizes
from holub.formats.leaf import MAX_GUIDES, NO_PICTURES, SERVICES, Editors, Services
from holub.formats.names import MAIN, read_name
from holub.formats.pack import MAX_PACK, Pack
from holub.formats.parcel import Kind, Parcel
from holub.formats.signature import SIGNATURE_BYTES
from holub.formats.tree import HASH_BYTES
from holub.formats.update import MAX_LEAF, apply_text
from holub.formats.wire import Reader, sized, text8, varint

MAX_STEPS = 64
WHAT = "the full parcel"
MAX_STEP = 2**27


def write_pictures(count: int, root: bytes) -> bytes:
    """How many pictures, and their root if there are any."""
    return varint(count) + (root if count else b"")


def write_full(held: HeldPack, steps: Sequence[bytes]) -> Parcel:
    """steps: the base text's frame, then the changes since that lead to the pack."""
    if not 1 <= len(steps) <= MAX_STEPS:
        raise Misused(f"a full parcel has 1 to {MAX_STEPS} steps")
    body = (
        held.moment.encode()
        + text8(held.pack.section.encode())
        + text8(held.pack.language.encode())
        + b"".join(sized(leaf) for leaf in held.services.leaves)
        + write_pictures(held.pictures, held.pictures_root)
        + (held.editors.encode() if held.editors else b"")
        + held.stamp
        + varint(len(steps))
        + b"".join(sized(step) for step in steps)
    )
    return Parcel(Kind.FULL, body)


def read_full(body: bytes) -> HeldPack:
    """The pack; not trusted until its `check`. Raises Refused."""
    held, steps = read_closed(body)
    return open_steps(held, steps)


def open_steps(held: HeldPack, steps: Sequence[bytes]) -> HeldPack:
    """What `read_closed` gave, with its text; not trusted until its `check`. Raises Refused."""
    effort = Effort(MAX_PACK, WHAT)
    effort.check_announced([steps[0], *(frame_of(step, MAX_GUIDES, WHAT) for step in steps[1:])])
    rows = read_base(steps[0], most=MAX_GUIDES, limit=MAX_PACK, what=WHAT)
    if any(a[0] >= b[0] for a, b in pairwise(rows)):
        raise Reader(b"", WHAT).refuse("its paths are not in order")
    guides = dict(rows)
    for step in steps[1:]:
        guides = apply_text(Reader(step, WHAT), guides, WHAT, effort)
    pack = check_sizes(Pack(*held.pack.name, guides), WHAT)
    return replace(held, pack=pack)


def read_closed(body: bytes) -> tuple[HeldPack, list[bytes]]:
    """What is around the text, with a pack that is still empty, and the steps that its text is made of. Raises Refused.

    For who has the text already: opening it takes longer than all else together.
    """
    reader = Reader(body, WHAT)
    moment = Moment.read(reader)
    section = read_name(reader.text8(), "section")
    language = read_name(reader.text8(), "language")
    services = Services.of([reader.sized(MAX_LEAF) for _ in SERVICES])
    pictures = reader.varint(MAX_GUIDES)
    pictures_root = reader.take(HASH_BYTES) if pictures else NO_PICTURES
    editors = None if section == MAIN else Editors.read(reader)
    stamp = reader.take(SIGNATURE_BYTES)
    steps = [reader.sized(MAX_STEP) for _ in range(reader.varint(MAX_STEPS))]
    reader.end()
    if not steps:
        raise reader.refuse("it holds no text")
    return HeldPack(moment, services, Pack(section, language, {}), pictures, pictures_root, editors, stamp), steps
