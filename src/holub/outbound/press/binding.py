"""Binding: guides become edition N+1, signed, with its parcels; what did not change is not made again.

A changed pack's full parcel takes the change as a further step; only when the steps grow beyond a hundredth of the
base, or beyond thirty-two, is the whole text compressed anew. So binding costs what changed, not what exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256

from holub.errors import Misused, Refused, Unavailable
from holub.formats.base import write_base
from holub.formats.change import MAX_ITEMS, write_change
from holub.formats.compression import MAX_WHOLE
from holub.formats.full import write_full
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import Editors, Services
from holub.formats.names import MAIN
from holub.formats.pack import MAX_PACK, Pack, pictures_root
from holub.formats.packstamps import PackStamps
from holub.formats.pictures import write_pictures_parcel
from holub.formats.sheet import Sheet
from holub.formats.steps import grown
from holub.formats.update import PATHS
from holub.formats.whole import whole_base, whole_change, write_whole
from holub.outbound.press.archive import Bound, BoundPack, Entry, Record, make_entry
from holub.outbound.press.back import write_back
from holub.outbound.press.ladder import ALL, Ladder, Track
from holub.outbound.press.signing import Pen, sign_edition

LIFE = 90 * 86_400  # seconds from an edition's time to its expiry, unless told otherwise
_WORKERS = 2

Name = tuple[str, str]
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Manuscript:
    """What goes into the next edition: packs with their pictures (path to bytes), already checked; for every pack of a
    delegated section what its editors signed."""

    packs: Sequence[Pack]
    pictures: Mapping[Name, Mapping[str, bytes]] = field(default_factory=dict)
    editors: Mapping[Name, Editors] = field(default_factory=dict)

    def check_editors(self, before: Mapping[Name, BoundPack]) -> None:
        """Raises Misused where editors' signatures are missing or misplaced, Refused where a serial would go back."""
        for pack in self.packs:
            signed = self.editors.get(pack.name)
            if (pack.section == MAIN) != (signed is None):
                raise Misused("a delegated section cannot be bound without its editors' signatures", "ask its editors")
            last = before[pack.name].held.editors if pack.name in before else None
            if signed is not None and last is not None and signed.serial < last.serial:
                raise Refused(
                    f"{pack.section}/{pack.language} has serial {signed.serial}, and {last.serial} is published",
                    "ask its editors for their newest file",
                )


@dataclass(frozen=True)
class Binding:
    """An edition that is bound and not yet kept: its sheet, its record, its parcels by name; what leads back."""

    sheet: Sheet
    record: Record
    parcels: Mapping[str, bytes]
    changed: int
    back: bytes | None = None


def next_moment(old: Bound | None, now: int, life: int = LIFE) -> Moment:
    """The moment of the next edition. Raises Unavailable when the clock is behind the last edition's."""
    if old is None:
        return Moment(1, now, now + life)
    last = old.sheet.moment
    if now < last.time:
        raise Unavailable("this machine's clock is behind the last edition's date", "set the clock, then bind again")
    return Moment(last.edition + 1, now, now + life)


def count_changes(old: Pack | None, new: Pack) -> tuple[int, int, int]:
    """How many guides are added, changed and removed."""
    before = old.guides if old else {}
    if before is new.guides:
        return 0, 0, 0
    added = sum(path not in before for path in new.guides)
    changed = sum(path in before and before[path] != text for path, text in new.guides.items())
    return added, changed, sum(path not in new.guides for path in before)


def _text(old: BoundPack | None, new: Pack) -> tuple[tuple[bytes, ...], bytes | None]:
    """The full parcel's steps, and the change since the edition before (None for a new pack)."""
    rows = list(new.guides.items())
    if old is None:
        return (write_base(rows),), None
    change = write_change(old.held.pack.guides, new.guides, PATHS)
    if old.held.pack.root == new.root:
        return old.steps, change
    size = max(old.held.pack.size, new.size)
    return grown(old.steps, change, size, MAX_PACK, lambda: write_base(rows)), change


def _whole(old: Bound | None, packs: Sequence[HeldPack]) -> tuple[tuple[bytes, ...], bytes | None]:
    """The whole edition's steps, and the sweep's change where the list of packs is the old one."""
    if old is None or set(old.packs) != {held.pack.name for held in packs}:
        return (whole_base(packs),), None
    change = whole_change([pack.held for pack in old.packs.values()], packs)
    if all(old.packs[held.pack.name].held.pack.root == held.pack.root for held in packs):
        return old.whole, change
    size = max(sum(pack.held.pack.size for pack in old.packs.values()), sum(held.pack.size for held in packs))
    return grown(old.whole, change, size, MAX_WHOLE, lambda: whole_base(packs), items=MAX_ITEMS), change


def bind(
    manuscript: Manuscript,
    old: Bound | None,
    *,
    moment: Moment,
    services: Services,
    pen: Pen,
    ladder: Ladder | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Binding:
    """Edition `moment.edition`, which follows `old`. Raises Misused when there is nothing to bind, Refused.

    ladder: the editions before it, for updates that leap, and fit more than `old`.
    """
    if not manuscript.packs:
        raise Misused("there are no guides to bind", "put guides into folders named by language, such as uk/")
    before = dict(old.packs) if old else {}
    manuscript = replace(manuscript, packs=[_same_or_new(before.get(pack.name), pack) for pack in manuscript.packs])
    manuscript.check_editors(before)
    total = len(manuscript.packs) + 2
    done = 0

    def text(pack: Pack) -> tuple[tuple[bytes, ...], bytes | None]:
        nonlocal done
        result = _text(before.get(pack.name), pack)
        done += 1
        progress(done, total)
        return result

    blank = [_held(pack, manuscript, moment, services) for pack in manuscript.packs]
    with ThreadPoolExecutor(_WORKERS) as pool:  # compression holds no lock
        everything = pool.submit(_whole, old, blank)
        texts = dict(zip([pack.name for pack in manuscript.packs], pool.map(text, manuscript.packs), strict=True))
        whole, sweep = everything.result()
    sheet, packs = sign_edition(pen, moment, services, blank)

    parcels: list[tuple[bytes, Entry]] = []

    def add(data: bytes, section: str | None, language: str | None) -> None:
        parcels.append((data, make_entry(data, moment.edition, section, language)))

    add(sheet.parcel().encode(), None, None)
    for held in packs:
        add(write_full(held, texts[held.pack.name][0]).encode(), *held.pack.name)
        pictures = manuscript.pictures.get(held.pack.name)
        if pictures:
            add(write_pictures_parcel(*held.pack.name, pictures).encode(), *held.pack.name)
    progress(total - 1, total)
    add(PackStamps.of(packs).parcel().encode(), None, None)
    add(write_whole(sheet, whole).encode(), None, None)
    if old is not None:
        changes: dict[Track, bytes | None] = {ALL: sweep, **{name: change for name, (_, change) in texts.items()}}
        for (section, language), start, until, update in (ladder or Ladder.from_one(old)).updates(
            sheet, packs, changes
        ):
            parcels.append((update, make_entry(update, moment.edition, section, language, start, until)))
    progress(total, total)
    changed = sum(sum(count_changes(_pack(before.get(held.pack.name)), held.pack)) for held in packs)
    changed += sum(len(gone.held.pack.guides) for name, gone in before.items() if name not in texts)
    guides = sum(len(held.pack.guides) for held in packs)
    entries = tuple(entry for _, entry in parcels)
    record = Record(moment.edition, moment.time, moment.expiry, guides, entries)
    back = write_back(_texts(bound.held for bound in before.values()), _texts(packs)) if old is not None else None
    return Binding(sheet, record, {entry.name: data for data, entry in parcels}, changed, back)


def _texts(packs: Iterable[HeldPack]) -> dict[Name, Mapping[str, bytes]]:
    return {held.pack.name: held.pack.guides for held in packs}


def _pack(bound: BoundPack | None) -> Pack | None:
    return bound.held.pack if bound else None


def _held(pack: Pack, manuscript: Manuscript, moment: Moment, services: Services) -> HeldPack:
    index = {path: sha256(data).digest() for path, data in manuscript.pictures.get(pack.name, {}).items()}
    blank = HeldPack(moment, services, pack, editors=manuscript.editors.get(pack.name))
    return replace(blank, pictures=len(index), pictures_root=pictures_root(index))


def _same_or_new(last: BoundPack | None, pack: Pack) -> Pack:
    """The pack that was read back where the guides are the same, so that its root is made once."""
    return last.held.pack if last is not None and last.held.pack.guides == pack.guides else pack
