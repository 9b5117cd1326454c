"""From phone to phone without a network or a file: what one page shows on its screen another reads with its camera."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bench.film import Lens, film
from bench.page_browser import FLAGS
from holub.inbound.mailroom.letters import State
from holub.office.views import Fetched
from tests.fakes.camera import camera_on, shown
from tests.journeys.centre import Centre, in_language
from tests.journeys.conftest import History, NewPhone
from tests.journeys.phone import RESOLVE, Phone, guides_in

pytestmark = pytest.mark.browser
TEXT = "Хто підкаже, де тепер беруть довідки?"
SYMBOL = 504


def codes_of(reader: Phone) -> list[str]:
    """Shows what is on the screen to be shown, until whoever misses a tenth of it has enough."""
    size = re.search(r"(\d+) кБ", reader.sees("show.takes").inner_text())
    assert size is not None
    reader.press("show.start")
    codes = shown(reader.tab, 1_000 * int(size[1]) * 5 // 4 // SYMBOL + 8)
    reader.press("show.stop")
    return codes


def look(neighbour: Phone) -> None:
    neighbour.home()
    neighbour.press("home.update")
    neighbour.press("camera.title")
    neighbour.press("camera.start")


def test_an_old_page_becomes_a_new_one(browser: Browser, history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given edition 5's page on one phone, without any network, and edition 1's on another,
    newest = phone(history.page(5).as_uri())
    newest.tab.context.set_offline(True)
    newest.press("pass.title", "nav")
    newest.press("show.title")
    seen = film(codes_of(newest), tmp_path / "film.mjpeg", lens=Lens(missed=0.1))
    # when the second looks at the first one's screen,
    with camera_on(browser, seen, [*FLAGS, RESOLVE], locale="uk-UA") as tab:
        old = Phone(tab)
        old.open(history.page(1).as_uri())
        tab.context.set_offline(True)
        assert "Новина 5" not in old.search("новина")
        look(old)
        old.sees("update.done")
        old.press("camera.stop")
        # then it holds edition 5, byte for byte, saved and on the screen.
        old.home()
        assert "Новина 5" in old.search("новина")
        saved = old.save_page(tmp_path / "saved.html")
    assert guides_in(saved, "uk") == in_language(history.centre.bound[5], "uk")


def test_a_neighbour_carries_a_letter(browser: Browser, centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    # Given somebody without a network who wrote a letter and shows it on the screen,
    centre.publish()
    writer = phone((centre.stick / "uk.html").as_uri())
    writer.tab.context.set_offline(True)
    words = writer.write(TEXT)
    writer.press("show.title")
    seen = film(codes_of(writer), tmp_path / "film.mjpeg")
    # when a neighbour's phone reads it, and the neighbour sends it on where there is a network,
    with camera_on(browser, seen, [*FLAGS, RESOLVE], locale="uk-UA") as tab:
        neighbour = Phone(tab)
        neighbour.open((centre.stick / "uk.html").as_uri())
        look(neighbour)
        neighbour.sees("camera.letters")
        assert TEXT not in neighbour.screen()
        neighbour.press("camera.stop")
        neighbour.press("send.now")
        tab.get_by_role("status").filter(has_text="Чужі листи пішли далі").wait_for(state="attached")
    # then the office opens what was written, and its answer comes to whoever has the six words.
    assert centre.fetch_from_postbox() == Fetched(opened=1, decoys=0, replays=0, refused=0, too_late=0)
    [letter] = centre.letters(State.WAITING)
    assert letter.text == TEXT
    assert len(words) == 6
