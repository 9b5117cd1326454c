"""An old page updates from edition 1 to 5, over a chain of files or the short way, to the text that was bound."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.centre import TOWN_GUIDE, in_language
from tests.journeys.conftest import History, NewPhone, Serve
from tests.journeys.phone import Phone, guides_in

pytestmark = pytest.mark.browser
SEAL = 118  # header and signature before the list of parcels


def catalogue(folder: Path) -> list[dict[str, Any]]:
    """The list of parcels in a folder that a carrier has filled."""
    rows: list[dict[str, Any]] = json.loads((folder / "latest").read_bytes()[SEAL:])
    return rows


def updates(history: History) -> list[Path]:
    """The updates of the Ukrainian pack, each from an edition to the next, as the sticks brought them."""
    return [
        stick / "parcels" / f"{row['name']}.hlp"
        for number, stick in sorted(history.sticks.items())
        for row in catalogue(stick)
        if row["kind"] == "update" and row["language"] == "uk" and (row["from"], row["to"]) == (number - 1, number)
    ]


def holds_edition_five(reader: Phone, history: History, tmp_path: Path) -> None:
    """Saved, the page holds byte for byte what was bound; on the screen, news came and went."""
    saved = reader.save_page(tmp_path / "saved.html")
    assert guides_in(saved, "uk") == in_language(history.centre.bound[5], "uk")
    reader.home()
    assert "Новина 5" in reader.search("новина")
    assert "Новина 2" not in reader.search("новина")


def test_by_update_parcels_chosen_as_files(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given the page of edition 1, when the four updates are chosen together, in whatever order,
    assert guides_in(history.page(1), "uk") == in_language(history.centre.bound[1], "uk")
    reader = phone(history.page(1).as_uri())
    assert "Новина 5" not in reader.search("новина")
    reader.update_from_files(reversed(updates(history)))
    reader.is_updated()
    # then it holds edition 5.
    holds_edition_five(reader, history, tmp_path)


def test_one_file_after_the_other(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given the page of edition 1 and an update that does not follow on it, when that one comes first,
    reader = phone(history.page(1).as_uri())
    first, *others = updates(history)
    assert len(others) == 3
    reader.update_from_files([others[0]])
    # then the page says that one is missing; after the first, each one that follows is taken.
    reader.sees("refused.gap")
    for file in (first, *others):
        reader.update_from_files([file])
        reader.is_home()  # what is said of the file before stands until then
        reader.is_updated()
    holds_edition_five(reader, history, tmp_path)


def test_from_the_site_that_it_came_from(history: History, phone: NewPhone, serve: Serve, tmp_path: Path) -> None:
    # Given a mirror that handed out edition 1's page, and has edition 5 now,
    folder = Path(shutil.copytree(history.centre.stick, tmp_path / "mirror"))
    shutil.copy(history.page(1), folder / "old.html")
    reader = phone(serve(folder) + "/old.html")
    assert not reader.is_secure_context()
    # when the page asks it for what is new, then it holds edition 5.
    reader.update_from_site()
    reader.is_updated()
    holds_edition_five(reader, history, tmp_path)


def test_it_takes_the_short_way(history: History, phone: NewPhone, serve: Serve, tmp_path: Path) -> None:
    # Given a mirror of edition 5 and edition 1's page,
    folder = Path(shutil.copytree(history.centre.stick, tmp_path / "mirror"))
    shutil.copy(history.page(1), folder / "old.html")
    reader = phone(serve(folder) + "/old.html")
    asked: list[str] = []
    reader.tab.on("request", lambda request: asked.append(request.url.rpartition("/")[2].removesuffix(".hlp")))
    # when the page asks for what is new,
    reader.update_from_site()
    reader.is_updated()
    # then it fetches at most two updates for four editions, and fewer bytes than by four.
    rows = {row["name"]: row for row in catalogue(folder) if row["kind"] == "update"}
    way = [rows[name] for name in asked if name in rows]
    assert 1 <= len(way) <= 2
    assert (way[0]["from"], way[-1]["to"]) == (1, 5)
    assert sum(row["bytes"] for row in way) < sum(file.stat().st_size for file in updates(history))
    holds_edition_five(reader, history, tmp_path)


def test_from_the_postbox_when_it_was_opened_from_a_file(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given edition 1's page in a file, when it asks the postbox that it knows, then it holds edition 5.
    reader = phone(history.page(1).as_uri())
    reader.update_from_site()
    reader.is_updated()
    holds_edition_five(reader, history, tmp_path)


def test_from_a_neighbours_newer_page(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given edition 1's page on one phone and edition 5's on another, when the second is chosen in the first,
    reader = phone(history.page(1).as_uri())
    reader.update_from_files([history.page(5)])
    reader.is_updated()
    # then the first holds edition 5.
    holds_edition_five(reader, history, tmp_path)


def test_a_saved_page_is_as_good_as_the_one_that_saved_it(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given a page that was updated and saved, when the saved file is opened on another phone,
    reader = phone(history.page(1).as_uri())
    reader.update_from_files(updates(history))
    reader.is_updated()
    saved = reader.save_page(tmp_path / "saved.html")
    other = phone(saved.as_uri())
    # then it shows edition 5, and calls the page that saved it genuine, as it is called itself.
    assert "Новина 5" in other.search("новина")
    assert other.check_neighbour(history.page(5)) == "Справжня"
    other.home()
    other.search("опитуван")
    other.choose("Фальшиві «соціологічні опитування»")
    assert "Доповнення видання 5." in other.guide()
    assert history.centre.bound[5]["uk", TOWN_GUIDE].decode().rstrip().endswith("Доповнення видання 5.")
