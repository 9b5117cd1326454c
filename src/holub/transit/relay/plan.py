"""Which parcels of a place lead a relay to its newest edition: those of the fewest bytes first.

Rules
- a list is a hint, and may be a lie: it decides only what is fetched, and what does not verify is followed by the next
  plan.
- on from what is held: by sweeps and the parcel of stamps, or pack by pack, each by its updates or in full.
- from nothing: the sheet and every pack in full. At a folder, where bytes cost nothing, this comes first: the parcels
  then stay the centre's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from holub.formats.way import Leg, Ways
from holub.transit.catalogue import Listing

Track = tuple[str | None, str | None]


@dataclass(frozen=True)
class Plan:
    """rows: the parcels that make up the edition · onward: they build on what is held."""

    rows: tuple[Listing, ...]
    onward: bool

    @property
    def size(self) -> int:
        return sum(row.size for row in self.rows)


def is_update(row: Listing) -> bool:
    """Whether it leads on from an edition: one pack, or all of them."""
    return row.kind in ("update", "sweep")


def is_pack(row: Listing) -> bool:
    """Whether it is one pack in full, and not all packs in one parcel."""
    return row.kind == "full" and row.section is not None and row.language is not None


def way(rows: Iterable[Listing], track: Track, start: int, newest: int) -> list[Listing] | None:
    """The updates of a pack, or of all packs for (None, None), from one edition to another; None where none lead on."""
    known = {row.name: row for row in rows if is_update(row) and (row.section, row.language) == track}
    # A list may name millions of editions: of those before the first nothing is asked.
    legs = [
        Leg(max(row.from_edition, start), row.until_edition, row.to_edition, row.size, row.name)
        for row in known.values()
        if row.from_edition is not None
        and row.until_edition is not None
        and row.to_edition is not None
        and start <= row.until_edition < row.to_edition <= newest
    ]
    ways = Ways(legs, newest)
    return None if ways.get(start) is None else [known[leg.name] for leg in ways.follow(start)]


def plans(rows: Sequence[Listing], held: int, newest: int, *, near: bool) -> list[Plan]:
    """The ways to an edition, the best first. held: 0 for none. near: the place is a folder."""
    here = sorted((row for row in rows if row.to_edition == newest), key=lambda row: (row.size, row.name))
    sheet = next((row for row in here if row.kind == "sheet"), None)
    stamps = next((row for row in here if row.kind == "packstamps"), None)
    found: list[Plan] = []
    sweeps = way(rows, (None, None), held, newest) if held else None
    if sweeps is not None and stamps is not None:
        found.append(Plan((*sweeps, stamps), onward=True))
    if sheet is not None:
        # Sorted once: a list may name as many packs as it has lines.
        fulls: dict[Track, Listing] = {}
        for row in filter(is_pack, here):
            fulls.setdefault((row.section, row.language), row)
        leading: dict[Track, list[Listing]] = {}
        for row in filter(_is_packs_update, rows):
            leading.setdefault((row.section, row.language), []).append(row)
        reached = {(row.section, row.language) for row in here if _is_packs_update(row)}
        tracks = sorted(fulls.keys() | reached, key=lambda track: (track[0] or "", track[1] or ""))
        mixed, whole = [sheet], [sheet]
        for track in tracks:
            full = fulls.get(track)
            updates = way(leading.get(track, ()), track, held, newest) if held else None
            whole += [full] if full else []
            if updates is not None and (full is None or sum(row.size for row in updates) < full.size):
                mixed += updates
            elif full is not None:
                mixed.append(full)
        if len(mixed) > 1 and mixed != whole:
            found.append(Plan(tuple(mixed), onward=True))
        if len(whole) == len(tracks) + 1 > 1:
            found.append(Plan(tuple(whole), onward=False))
    return sorted(found, key=lambda plan: (near and plan.onward, plan.size))


def _is_packs_update(row: Listing) -> bool:
    return is_update(row) and row.section is not None and row.language is not None
