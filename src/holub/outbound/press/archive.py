"""What the press has bound so far: every parcel once, and one record an edition, written last.

An edition exists from the moment at which its record stands in `editions/`: what was written before that for an
edition that never came to be is swept away by the next binding. Updates from one edition to the next are kept for
ever, so that any old page can catch up; those that leap, while they lie on the cheapest way to the newest edition; full
parcels for the two newest editions. `back/` leads from each edition's text to the one before.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from holub.errors import Refused, Unavailable
from holub.formats.full import open_steps, read_closed
from holub.formats.held import HeldPack
from holub.formats.pack import Pack
from holub.formats.parcel import Kind, parcel_name, parse_parcel
from holub.formats.sheet import Sheet
from holub.formats.way import Leg, names_on_ways
from holub.formats.whole import read_whole_steps
from holub.store import files

VERSION = 2
_KEPT_FULLS = 2
_KEPT_BACK = 32  # as far as updates leap
_CORRUPT = "restore the office from a backup"


@dataclass(frozen=True)
class Entry:
    """A parcel of an edition.

    start, until: the first and last edition that an update fits, else None; section, language: None for all.
    """

    kind: str
    start: int | None
    until: int | None
    edition: int
    section: str | None
    language: str | None
    name: str
    size: int

    @property
    def is_rung(self) -> bool:
        """Whether it is an update that leaps over editions."""
        return self.until is not None and self.edition - self.until > 1


@dataclass(frozen=True)
class Record:
    """One bound edition: its moment (Unix seconds), how many guides, its parcels."""

    edition: int
    time: int
    expiry: int
    guides: int
    parcels: tuple[Entry, ...]


@dataclass(frozen=True)
class BoundPack:
    """A pack as published, and the steps that its full parcel is made of."""

    held: HeldPack
    steps: tuple[bytes, ...]


@dataclass(frozen=True)
class Bound:
    """The newest edition, read back from its own parcels."""

    sheet: Sheet
    packs: Mapping[tuple[str, str], BoundPack]
    whole: tuple[bytes, ...]  # the steps of the whole edition's parcel


class Archive:
    """The press's folder inside the office."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parcels = folder / "parcels"
        self._records = folder / "editions"
        self._back = folder / "back"
        self._fallen: set[str] = set()
        for place in (folder, self._parcels, self._records, self._back):
            files.make_private_folder(place)

    def records(self) -> list[Record]:
        """All editions, newest first. Raises Refused when a record is damaged or of a newer holub."""
        numbers = sorted((int(file.stem) for file in self._records.glob("*.json") if file.stem.isdigit()), reverse=True)
        return [self._record(number) for number in numbers]

    def newest(self) -> Record | None:
        """The record of the newest edition."""
        numbers = [int(file.stem) for file in self._records.glob("*.json") if file.stem.isdigit()]
        return self._record(max(numbers)) if numbers else None

    def read_newest(self, known: Iterable[Pack] = ()) -> Bound | None:
        """The newest edition as it was bound (`read`); None where there is none yet."""
        record = self.newest()
        return self.read(record, known) if record else None

    def _record(self, number: int) -> Record:
        try:
            return _read_record((self._records / f"{number}.json").read_bytes(), number)
        except (OSError, ValueError, TypeError, KeyError) as wrong:
            raise Refused(f"the record of edition {number} is damaged", _CORRUPT) from wrong

    def parcel(self, entry: Entry) -> bytes:
        """A parcel's bytes. Raises Refused when they are not what was bound."""
        try:
            data = (self._parcels / entry.name).read_bytes()
        except OSError as error:
            raise Unavailable(f"the parcel {entry.name} cannot be read ({error.strerror})", _CORRUPT) from error
        if parcel_name(data) != entry.name:
            raise Refused(f"the parcel {entry.name} in the press's folder is damaged", _CORRUPT)
        return data

    def read(self, record: Record, known: Iterable[Pack] = ()) -> Bound:
        """An edition as it was bound, from its whole parcel's sheet and its full parcels.

        known: packs that somebody has. One whose root is the one that was bound is taken as it is, and its parcel's
        text stays closed.
        """
        sheet: Sheet | None = None
        whole: list[bytes] = []
        closed: dict[tuple[str, str], tuple[HeldPack, list[bytes]]] = {}
        for entry in record.parcels:
            if entry.kind != "full":
                continue
            body = parse_parcel(self.parcel(entry)).body
            if entry.language is None:
                sheet, whole = read_whole_steps(body)
            else:
                held, steps = read_closed(body)
                closed[held.pack.name] = held, steps
        if sheet is None or {(leaf.section, leaf.language) for leaf in sheet.packs} != set(closed):
            raise Refused(f"edition {record.edition} in the press's folder is not complete", _CORRUPT)
        roots = {(leaf.section, leaf.language): leaf.root for leaf in sheet.packs}
        same = {pack.name: pack for pack in known if roots.get(pack.name) == pack.root}
        packs = {
            name: BoundPack(
                replace(held, pack=same[name]) if name in same else open_steps(held, steps),
                tuple(steps),
            )
            for name, (held, steps) in closed.items()
        }
        return Bound(sheet, packs, tuple(whole))

    def back(self, edition: int) -> bytes | None:
        """What leads from an edition's text to the one before (`back.write_back`); None where it is not kept."""
        try:
            return (self._back / str(edition)).read_bytes()
        except OSError:
            return None

    def add(self, record: Record, parcels: Mapping[str, bytes], back: bytes | None = None) -> None:
        """Makes an edition exist: parcels by name first, durable, then the record. back: as `back` gives it."""
        with ThreadPoolExecutor(1) as pool:  # both wait for the disk
            noted = pool.submit(files.replace, self._back / str(record.edition), back) if back is not None else None
            files.add_all(self._parcels, parcels)
            if noted is not None:
                noted.result()
        rows = json.dumps({"version": VERSION, **asdict(record)}, indent=1).encode()
        files.replace(self._records / f"{record.edition}.json", rows)
        self._sweep()

    def _sweep(self) -> None:
        """Takes away full parcels that are too old, rungs off every way, and parcels that no edition names."""
        records = self.records()
        ways = names_on_ways(legs_of(records).values())
        for place, old in enumerate(records):
            kept = tuple(
                entry
                for entry in old.parcels
                if not (entry.kind == "full" and place >= _KEPT_FULLS)
                and not (entry.is_rung and entry.name not in ways)
            )
            if kept != old.parcels:
                self._fallen |= {entry.name for entry in old.parcels if entry.is_rung and entry not in kept}
                rows = json.dumps({"version": VERSION, **asdict(replace(old, parcels=kept))}, indent=1).encode()
                files.replace(self._records / f"{old.edition}.json", rows)
        named = {entry.name for record in self.records() for entry in record.parcels}
        for file in self._parcels.iterdir():
            if file.name not in named:
                file.unlink(missing_ok=True)
        wanted = {str(record.edition) for record in records[:_KEPT_BACK]}
        for file in self._back.iterdir():
            if file.name not in wanted:
                file.unlink(missing_ok=True)

    def copy_out(
        self,
        entries: Sequence[Entry],
        out: Path,
        fresh: Mapping[str, bytes] | None = None,
        *,
        lacking: Iterable[Entry] = (),
    ) -> list[Path]:
        """Writes parcels into a folder under their names, whole or not at all; those that are there stay. Their paths.

        fresh: parcels whose bytes the caller has, by name; the others are read from the press's folder. lacking: go
        too, where nothing has their name. Rungs that this archive has just given up go away, where they are: they would
        come to hundreds. Raises Refused (a damaged parcel), Unavailable.
        """
        try:
            out.mkdir(parents=True, exist_ok=True)
            there = {entry.name for entry in os.scandir(out)}
            for name in self._fallen & there:
                (out / name).unlink(missing_ok=True)
        except OSError as error:
            raise files.disk_trouble(error, out) from error
        known = there | {entry.name for entry in entries}
        for entry in [*entries, *(entry for entry in lacking if entry.name not in known)]:
            path = out / entry.name
            data = (fresh or {}).get(entry.name) or self.parcel(entry)
            try:
                if entry.name in there and path.is_file() and path.read_bytes() == data:
                    continue
                beside = path.with_name(path.name + ".new")
                beside.write_bytes(data)
                beside.replace(path)
            except OSError as error:
                raise files.disk_trouble(error, path) from error
        return [out / entry.name for entry in entries]


@lru_cache(maxsize=1024)  # one binding asks thrice for all of them
def _read_record(row: bytes, number: int) -> Record:
    fields: dict[str, Any] = json.loads(row)
    version = fields.pop("version")
    if version > VERSION:
        raise Refused(f"edition {number} was bound by a newer holub", "install the newer holub")
    if version < VERSION:
        raise Refused(f"edition {number} was bound by an older holub", "go on with the holub that bound it")
    parcels = tuple(Entry(**entry) for entry in fields.pop("parcels"))
    return Record(**fields, parcels=parcels)


def make_entry(
    data: bytes,
    edition: int,
    section: str | None,
    language: str | None,
    start: int | None = None,
    until: int | None = None,
) -> Entry:
    """The entry for a parcel; a sweep is called an update, and a whole a full parcel, of everything."""
    kind = parse_parcel(data).kind
    word = {Kind.SWEEP: "update", Kind.WHOLE: "full"}.get(kind, kind.name.lower())
    return Entry(word, start, until, edition, section, language, parcel_name(data), len(data))


def legs_of(records: Iterable[Record]) -> dict[tuple[str, str] | tuple[None, None], list[Leg]]:
    """All updates by pack; those of all packs under (None, None)."""
    found: dict[tuple[str, str] | tuple[None, None], list[Leg]] = {}
    for entry in (entry for record in records for entry in record.parcels):
        if entry.start is not None and entry.until is not None:
            track = (entry.section, entry.language) if entry.section and entry.language else (None, None)
            found.setdefault(track, []).append(Leg(entry.start, entry.until, entry.edition, entry.size, entry.name))
    return found
