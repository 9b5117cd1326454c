"""The simulated town: what must hold whatever is drawn, and that docs/blockade.md is what the figures say."""

from __future__ import annotations

import json
import random as system_random
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from bench import blockade, blockade_page
from bench.blockade import AXES, TOWN, measured
from bench.town import LONG, edition_days, evict, flooded, letter_days
from holub.transit.relay.room import Room
from holub.transit.relay.slotfile import SlotFile

SMALL = replace(TOWN, phones=600, relays=8, letters=20, writing=10, places=60, days=40, junk=0.0)


def test_the_same_seed_gives_the_same_town() -> None:
    assert (edition_days(SMALL, 3) == edition_days(SMALL, 3)).all()
    assert (letter_days(SMALL, 3).days == letter_days(SMALL, 3).days).all()
    assert (edition_days(SMALL, 3) != edition_days(SMALL, 4)).any()


def test_where_nothing_comes_through_nothing_arrives() -> None:
    closed = replace(SMALL, loss=1 - 1e-9)
    assert (edition_days(closed, 1) < LONG).sum() == SMALL.sticks
    assert (letter_days(closed, 1).days == LONG).all()


def test_where_everything_comes_through_everything_arrives() -> None:
    wide = replace(SMALL, loss=0.0, pace=4.0, places=100_000, days=60)
    assert (edition_days(wide, 1) < 14).all()
    days = letter_days(wide, 1).days
    assert (days < 30).all()
    assert (days > 0).all()


def test_more_loss_and_more_seizures_never_help() -> None:
    for bad in (replace(SMALL, loss=0.7), replace(SMALL, seized=0.75), replace(SMALL, pace=0.25)):
        for follow in (edition_days, lambda town, seed: letter_days(town, seed).days):
            here, there = (np.mean([measured(follow(town, seed), 20)[0] for seed in range(5)]) for town in (SMALL, bad))
            assert there < here, bad


def test_without_any_relay_no_letter_comes_out() -> None:
    assert measured(letter_days(replace(SMALL, seized=1.0), 1).days, LONG - 1)[0] < 0.2


def test_stamped_letters_are_as_if_there_were_no_junk() -> None:
    quiet, loud = (letter_days(replace(SMALL, stamped=0.2, junk=junk, places=200), 2) for junk in (0.0, 0.9))
    assert (quiet.stamped == loud.stamped).all()
    assert (quiet.days[quiet.stamped] == loud.days[loud.stamped]).all()
    assert (loud.days[~loud.stamped] == LONG).sum() > (quiet.days[~quiet.stamped] == LONG).sum()


def test_a_bag_never_holds_more_than_its_places() -> None:
    random = np.random.default_rng(1)
    row, stamped = np.ones(500, bool), np.arange(500) < 120
    evict(row, 100, stamped, random)
    assert row.sum() == 100
    assert row[stamped].sum() == 100
    row = np.arange(500) < 90
    evict(row, 100, stamped, random)
    assert row.sum() == 90


def _relay_room(places: int) -> Room:
    """A relay's own room for letters, on a file that is only counted."""

    class File:
        count = places

        def slots(self) -> list[Any]:
            return []

    return Room(cast(SlotFile, File()))


def test_the_model_and_the_relay_evict_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Honest letters among junk, in the order of their coming: the shares that stay agree, first, last and in all."""
    places, offered, seeds = 64, 512, 60
    draw = system_random.Random(7)
    # The relay's lots are the same in every run as well: of fifteen thousand that are drawn, one is beyond the doubt.
    monkeypatch.setattr("holub.transit.relay.room.secrets.token_bytes", draw.randbytes)
    honest = np.array([draw.random() < 0.25 for _ in range(offered)])
    early = np.zeros(offered, bool)
    early[: offered // 4] = True
    for of in (honest, early):
        relay, model = [], []
        for seed in range(seeds):
            room = _relay_room(places)
            digests = [draw.randbytes(32) for _ in range(offered)]
            for digest in digests:
                room.place(digest, "visitors", stamped=False)
            held = np.array([digest in room for digest in digests])
            assert held.sum() == places
            relay.append(held[of].mean())
            model.append(flooded(places, of, seed)[0])
        doubt = 4 * (np.var(relay) / seeds + np.var(model) / seeds) ** 0.5
        assert abs(np.mean(relay) - np.mean(model)) <= doubt


def test_the_figures_have_every_point_and_meet_the_bars() -> None:
    result = json.loads(blockade_page.FIGURES.read_text(encoding="utf-8"))["results"]["blockade"]
    assert {(row["axis"], row["value"]) for row in result["curves"]} == {
        (axis, value) for axis, values in AXES.items() for value in values
    }
    assert "OVER" not in blockade.table(result)
    for row in result["curves"]:
        assert row["share"]["low"] <= row["share"]["median"] <= row["share"]["high"]


@pytest.mark.parametrize("file", blockade_page.files(), ids=lambda file: file.name)
def test_the_page_and_its_pictures_are_what_the_figures_say(file: Path) -> None:
    told = f"{file.name} is not current: run python -m bench.blockade_page"
    assert file.read_text(encoding="utf-8") == blockade_page.files()[file], told


def test_a_picture_is_well_formed_and_says_what_it_shows() -> None:
    result = json.loads(blockade_page.FIGURES.read_text(encoding="utf-8"))["results"]["blockade"]
    for axis in AXES:
        tree = ET.fromstring(blockade_page.picture(result, axis))  # noqa: S314 - our own
        texts = [element.text or "" for element in tree.iter() if element.tag.endswith("}text")]
        assert {"arrives, %", "days, where it arrives", blockade.NAMES[axis]} <= set(texts)
        assert all(float(at) >= 0 for element in tree.iter() for at in (element.get("x", "0"), element.get("y", "0")))


def test_the_bars_are_checked() -> None:
    result = blockade.bag()
    assert result["within"]
    assert result["within_stamped"]
    assert abs(result["after"] - result["share"]) < 0.02
