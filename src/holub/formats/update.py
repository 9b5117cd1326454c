"""Kind 3, update: one pack from one edition to a later one (spec/parcel.md).

What did not change is not carried, and the pack's root is not carried at all: the receiver rebuilds it, and the stamp
decides. So an update after a small change costs some 90 bytes beside the change. It fits all editions in a row from
which it would be the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holub.errors import Gap, Misused, Older, Refused
from holub.formats.base import BESIDE
from holub.formats.change import apply_change, write_change
from holub.formats.difference import Keys
from holub.formats.effort import Effort
from holub.formats.header import Moment
from holub.formats.held import HeldPack, check_sizes
from holub.formats.leaf import MAX_GUIDES, NO_PICTURES, SERVICES, Editors
from holub.formats.names import MAIN, MAX_PATH, read_name, read_path
from holub.formats.pack import MAX_PACK, Pack
from holub.formats.parcel import Kind, Parcel
from holub.formats.signature import SIGNATURE_BYTES
from holub.formats.tree import HASH_BYTES
from holub.formats.wire import Reader, sized, text8, u8, u32, varint

EXPIRY, PICTURES, EDITORS, RESERVED, SERVICE = 0x01, 0x02, 0x04, 0x08, 0x10
MAX_LEAF = 65_536
MAX_NUMBER = 2**32 - 1
MAX_MORE = 255  # editions that an update fits beside the first

PATHS = Keys[str](
    write=lambda path: path.encode() + b"\x00",
    read=lambda reader: read_path(reader.until(0, MAX_PATH), ending=".md"),
)


def apply_text(
    reader: Reader, guides: Mapping[str, bytes], what: str, effort: Effort | None = None
) -> dict[str, bytes]:
    """The guides after a change of one pack. Raises Refused."""
    limit = MAX_PACK + MAX_GUIDES * BESIDE
    new = apply_change(reader, guides, PATHS, limit=limit, what=what, effort=effort)
    if not 1 <= len(new) <= MAX_GUIDES:
        raise Refused(f"{what} would leave {len(new)} guides", "ask for it again from another source")
    return new


@dataclass(frozen=True)
class Span:
    """Which editions an update or a sweep fits, 256 at most, from `start` to `until`, and to which edition it leads.

    Raises Misused.
    """

    start: int
    until: int
    edition: int

    def __post_init__(self) -> None:
        if not (1 <= self.start <= self.until <= self.start + MAX_MORE and self.until < self.edition <= MAX_NUMBER):
            raise Misused("an update leads from some editions in a row to a later one")

    def encode(self) -> bytes:
        return varint(self.start) + u8(self.until - self.start) + varint(self.edition - self.until)

    @classmethod
    def read(cls, reader: Reader) -> Span:
        """Raises Refused."""
        start, more, editions = reader.varint(MAX_NUMBER), reader.u8(), reader.varint(MAX_NUMBER)
        if not start or not editions or start + more + editions > MAX_NUMBER:
            raise reader.refuse("it leads from nowhere or to nowhere")
        return cls(start, start + more, start + more + editions)

    def check_fits(self, held: int, what: str) -> None:
        """Raises Older where the edition that is held is as new, Gap where it is none of those that it fits."""
        if self.edition <= held:
            raise Older(f"{what} leads to edition {self.edition}", "nothing to do: it is held already")
        if not self.start <= held <= self.until:
            first = f"edition {self.start}" + (f" to {self.until}" if self.until > self.start else "")
            raise Gap(
                f"{what} leads on from {first}, and edition {held} is held",
                f"get edition {self.until} first, or the full parcels",
            )


@dataclass(frozen=True)
class Step:
    """The part that updates and sweeps share beside the numbers: when the new edition is from, what changed."""

    time: int
    flags: int

    @classmethod
    def between(cls, old: HeldPack, new: HeldPack) -> Step:
        """The step between two packs held, without the flags of what differs beside expiry and services."""
        a, b = old.moment, new.moment
        if b.edition <= a.edition or b.time < a.time:
            raise Misused("an update leads from an edition to a later one")
        flags = 0 if b.expiry - b.time == a.expiry - a.time else EXPIRY
        for i in range(len(SERVICES)):
            if old.services.leaves[i] != new.services.leaves[i]:
                flags |= SERVICE << i
        return cls(b.time, flags)

    def encode(self) -> bytes:
        return u32(self.time) + u8(self.flags)

    @classmethod
    def read(cls, reader: Reader) -> Step:
        return cls(reader.u32(), reader.u8())

    def write_rest(self, new: HeldPack) -> bytes:
        """The expiry and the service leaves, where they changed."""
        parts = [u32(new.moment.expiry)] if self.flags & EXPIRY else []
        parts += [sized(leaf) for i, leaf in enumerate(new.services.leaves) if self.flags & (SERVICE << i)]
        return b"".join(parts)

    def read_rest(self, reader: Reader, old: HeldPack, edition: int) -> tuple[Moment, dict[int, bytes]]:
        """The new moment, and the changed service leaves by index. Raises Refused."""
        usual = self.time + old.moment.expiry - old.moment.time
        expiry = reader.u32() if self.flags & EXPIRY else usual
        same = self.flags & EXPIRY and expiry == usual
        if same or not old.moment.time <= self.time < expiry <= MAX_NUMBER:
            raise reader.refuse("its dates are impossible")
        changed = {i: reader.sized(MAX_LEAF) for i in range(len(SERVICES)) if self.flags & (SERVICE << i)}
        if any(leaf == old.services.leaves[i] for i, leaf in changed.items()):
            raise reader.refuse("it carries a part that did not change")
        return Moment(edition, self.time, expiry), changed


def update_head(old: HeldPack, new: HeldPack) -> bytes:
    """What stands between an update's numbers and its change: everything but the text. Raises Misused.

    Where it is the same from editions in a row that hold the same text, one update fits them all.
    """
    if old.pack.name != new.pack.name:
        raise Misused("an update leads from a pack to the same pack")
    step = Step.between(old, new)
    pictures = (old.pictures, old.pictures_root) != (new.pictures, new.pictures_root)
    editors = old.editors != new.editors
    flags = step.flags | (PICTURES if pictures else 0) | (EDITORS if editors else 0)
    section = b"" if new.pack.section == MAIN else new.pack.section.encode()
    return (
        Step(step.time, flags).encode()
        + text8(section)
        + text8(new.pack.language.encode())
        + step.write_rest(new)
        + (varint(new.pictures) + (new.pictures_root if new.pictures else b"") if pictures else b"")
        + (new.editors.encode() if editors and new.editors else b"")
        + new.stamp
    )


def write_update(old: HeldPack, new: HeldPack, change: bytes | None = None, *, until: int | None = None) -> Parcel:
    """The update that leads from `old` to `new`, which is stamped. Raises Misused.

    change: the text's change, where it is known. until: the last edition that the update fits as well as `old`'s.
    """
    start = old.moment.edition
    span = Span(start, start if until is None else until, new.moment.edition)
    head = update_head(old, new)
    if change is None:
        change = write_change(old.pack.guides, new.pack.guides, PATHS)
    return Parcel(Kind.UPDATE, span.encode() + head + change)


def update_target(body: bytes) -> tuple[str, str, Span]:
    """Section, language, and from which editions to which this update leads. Raises Refused."""
    reader = Reader(body, "the update")
    span = Span.read(reader)
    Step.read(reader)
    return *_names(reader), span


def _names(reader: Reader) -> tuple[str, str]:
    raw = reader.text8()
    if raw == MAIN.encode():
        raise reader.refuse("it names the main section in a longer form than needed")
    return read_name(raw, "section") if raw else MAIN, read_name(reader.text8(), "language")


def read_update(body: bytes, old: HeldPack) -> HeldPack:
    """The pack after the update; not trusted until its `check`. `old` is left as it is. Raises Refused."""
    what = "the update"
    reader = Reader(body, what)
    span, step = Span.read(reader), Step.read(reader)
    if step.flags & RESERVED:
        raise reader.refuse("it has a flag that is not known")
    if _names(reader) != old.pack.name:
        raise Refused("the update is for another pack", "use the update for the language and section that you hold")
    span.check_fits(old.moment.edition, what)
    moment, changed = step.read_rest(reader, old, span.edition)
    pictures, pictures_root = old.pictures, old.pictures_root
    if step.flags & PICTURES:
        pictures = reader.varint(MAX_GUIDES)
        pictures_root = reader.take(HASH_BYTES) if pictures else NO_PICTURES
        if (pictures, pictures_root) == (old.pictures, old.pictures_root):
            raise reader.refuse("it carries a part that did not change")
    editors = old.editors
    if step.flags & EDITORS:
        editors = Editors.read(reader)
        if old.pack.section == MAIN or editors == old.editors:
            raise reader.refuse("it carries a part that did not change")
    stamp = reader.take(SIGNATURE_BYTES)
    guides = apply_text(reader, old.pack.guides, what)
    pack = check_sizes(Pack(*old.pack.name, guides), what)
    return HeldPack(moment, old.services.replaced(changed), pack, pictures, pictures_root, editors, stamp)
