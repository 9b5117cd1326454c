"""Ways through published updates beside a direct update, for each distance up to 32 editions; part of `updates`.

The editions are bound by the press, one after the other, into an archive of their own: what is counted is what it
published, by the cheapest way that a phone (one pack) or a relay (all packs) finds in the list.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from bench.corpus import Corpus, Packs
from bench.publisher import bind_into
from holub.formats.sheet import Sheet
from holub.formats.sweep import write_sweep
from holub.formats.update import write_update
from holub.formats.way import Leg, Way, Ways, names_on_ways
from holub.outbound.press.archive import Archive, legs_of
from holub.outbound.press.ladder import ALL, Ladder, Older, Track
from holub.transit.catalogue import SEAL_BYTES, Catalogue, Listing, list_parcel

DISTANCE = 32
BAR = 1.1


def _editions(corpus: Corpus) -> list[Packs]:
    """The newest revisions whose guides differ from those before, oldest first: one more than the distance."""
    found: list[Packs] = []
    for revision in reversed(corpus.history):
        packs = corpus.packs(revision)
        if packs and (not found or packs != found[-1]):
            found.append(packs)
        if len(found) > DISTANCE:
            break
    return found[::-1]


def _direct(track: Track, older: Older, newest: Older, sheet: Sheet) -> int | None:
    """Bytes of a direct update; None where the pack was not there yet."""
    if track == ALL:
        return len(write_sweep(older.packs.values(), newest.packs.values(), sheet.signature).encode())
    name = (track[0] or "", track[1] or "")
    if name not in older.packs or name not in newest.packs:
        return None
    return len(write_update(older.packs[name], newest.packs[name]).encode())


def _row(what: str, published: list[tuple[Way, int]], adjacent: list[tuple[Way, int]]) -> dict[str, Any]:
    ratios = [way.size / direct for way, direct in published]
    before = [way.size / direct for way, direct in adjacent]
    return {
        "what": what,
        "distances": len(published),
        "median": round(statistics.median(ratios), 3),
        "worst": round(max(ratios), 3),
        "within": sum(ratio <= BAR for ratio in ratios),
        "most_over": max(way.size - direct for way, direct in published),
        "most_updates": max(way.legs for way, _ in published),
        "adjacent_worst": round(max(before), 3),
        "adjacent_longest": round(before[-1], 3),
        "adjacent_within": sum(ratio <= BAR for ratio in before),
    }


def chains(corpus: Corpus) -> list[dict[str, Any]]:
    """One row for all packs, and one a pack."""
    editions = _editions(corpus)
    if len(editions) < 3:
        return []
    with tempfile.TemporaryDirectory(prefix="holub-chains-") as place:
        archive = Archive(Path(place))
        for number, packs in enumerate(editions, 1):
            bind_into(archive, number, packs)
        return rows_of(archive)


def rows_of(archive: Archive) -> list[dict[str, Any]]:
    """The rows of `chains`, of an archive whose oldest edition is the first."""
    records = archive.records()
    bound = archive.read(records[0])
    goal, older = bound.sheet.moment.edition, Ladder.of(archive, bound).older
    newest = Older.of(bound)
    rows = []
    for track, legs in sorted(legs_of(records).items(), key=lambda row: row[0][1] or ""):
        step: list[Leg] = [leg for leg in legs if leg.edition - leg.until == 1]
        ways, plain = Ways(legs, goal), Ways(step, goal)
        found: dict[str, list[tuple[Way, int]]] = {"published": [], "adjacent": []}
        for start in range(goal - 1, 0, -1):
            direct = _direct(track, older[start], newest, bound.sheet)
            for which, among in (("published", ways), ("adjacent", plain)):
                way = among.get(start)
                if way is not None and direct is not None:
                    found[which].append((way, direct))
        rows.append(_row(track[1] or "all", found["published"], found["adjacent"]))
    lines = _listed(archive)
    rows[0]["listed"], rows[0]["listed_bytes"] = len(lines), len(Catalogue.of(bytes(SEAL_BYTES), lines).encode())
    return rows


def _listed(archive: Archive) -> list[Listing]:
    """The updates that an office lists."""
    records = archive.records()
    ways = names_on_ways(legs_of(records).values())
    return [
        list_parcel(
            archive.parcel(entry),
            entry.kind,
            from_edition=entry.start,
            until_edition=entry.until,
            to_edition=entry.edition,
            section=entry.section,
            language=entry.language,
        )
        for record in records
        for entry in record.parcels
        if entry.name in ways
    ]
