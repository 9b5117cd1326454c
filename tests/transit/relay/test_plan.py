"""Which of the listed parcels a relay would fetch, and in which order it would try."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from unittest.mock import Mock

import pytest

from holub.formats.way import Leg, Ways
from holub.transit.catalogue import Listing
from holub.transit.relay.plan import Plan, plans, way


def row(kind: str, size: int, start: int | None, to: int, language: str | None = None) -> Listing:
    digest = sha256(repr((kind, size, start, to, language)).encode()).digest()
    section = "main" if language else None
    return Listing(digest[:8].hex(), size, digest, kind, start, to, section, language, start)


SHEET, STAMPS = row("sheet", 2_000, None, 5), row("packstamps", 140, None, 5)


FULLS = [row("full", 90_000, None, 5, "uk"), row("full", 80_000, None, 5, "ara")]


UPDATES = [row("update", 300, 3, 4, "uk"), row("update", 301, 4, 5, "uk"), row("update", 90_001, 3, 5, "ara")]


SWEEPS = [row("update", 400, 3, 4), row("sweep", 401, 4, 5)]


def chosen(rows: list[Listing], held: int, *, near: bool = False) -> list[set[Listing]]:
    return [set(plan.rows) for plan in plans(rows, held, 5, near=near)]


def test_the_fewest_bytes_come_first_and_a_folder_gives_the_centres_own_parcels() -> None:
    everything = [SHEET, STAMPS, *FULLS, *UPDATES, *SWEEPS]
    sweep, whole = {*SWEEPS, STAMPS}, {SHEET, *FULLS}
    mixed = {SHEET, *UPDATES[:2], FULLS[1]}
    assert chosen(everything, 3) == [sweep, mixed, whole]
    assert chosen(everything, 3, near=True) == [whole, sweep, mixed]
    assert chosen(everything, 0) == [whole]
    assert chosen(everything, 2) == [whole]
    assert chosen([SHEET, *FULLS, *SWEEPS], 3) == [whole]
    assert chosen([SHEET, FULLS[0], *UPDATES], 3) == [{SHEET, *UPDATES}]
    assert chosen([SHEET, FULLS[0], UPDATES[2]], 2) == []
    assert Plan((SHEET, STAMPS), onward=True).size == 2_140


def test_a_list_that_names_millions_of_editions_is_followed_from_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    far, asked = 1 << 30, []

    def ways(legs: list[Leg], goal: int) -> Ways:
        asked.append(sum(leg.until - leg.start + 1 for leg in legs))
        return Ways(legs, goal)

    monkeypatch.setattr("holub.transit.relay.plan.Ways", ways)
    lies = [
        replace(row("update", 500 + at, 0, far), from_edition=at << 8, until_edition=(at << 8) + 255)
        for at in range(99)
    ]
    sweep = row("sweep", 400, far - 1, far)
    assert way([*lies, sweep], (None, None), far - 1, far) == [sweep]
    assert way(lies, (None, None), far - 1, far) is None
    assert asked == [1, 0]


def test_a_list_that_names_a_pack_in_each_line_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Mock(wraps=way)
    monkeypatch.setattr("holub.transit.relay.plan.way", looked)
    lies = [row("full", 1_000, None, 5, f"x{at}") for at in range(99)]
    lies += [row("update", 100, 4, 5, f"x{at}") for at in range(99)]
    [mixed, whole] = plans([SHEET, *lies], 4, 5, near=False)
    assert (len(mixed.rows), len(whole.rows)) == (100, 100)
    assert sum(len(call.args[0]) for call in looked.call_args_list) == len(lies) - 99 + len([SHEET, *lies])
