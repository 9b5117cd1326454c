"""Paper there and sound back: a newer edition comes in on sheets, and a letter goes out of a loudspeaker."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.wear import WORN
from tests.journeys.centre import in_language
from tests.journeys.command import holub
from tests.journeys.conftest import History, NewPhone
from tests.journeys.phone import guides_in
from tests.journeys.test_an_old_page_updates import updates
from tests.journeys.test_over_paper import photographed
from tests.journeys.test_over_sound import play

pytestmark = [pytest.mark.browser, pytest.mark.package("ggwave")]
TEXT = "Чи треба показувати телефон під час перевірки?"


def test_a_newer_edition_comes_on_paper_and_a_letter_leaves_by_sound(
    history: History, phone: NewPhone, tmp_path: Path
) -> None:
    # Given a phone without any network that holds edition 1,
    reader = phone(history.page(1).as_uri())
    reader.tab.context.set_offline(True)
    # when the updates since are printed, a worn copy is photographed behind the blockade, and the page is given the
    # parcels that were read from it,
    centre, way, sheets = history.centre, updates(history), tmp_path / "sheets.pdf"
    holub("carry", "out", *way, f"qr:{sheets}", "--root", centre.root)
    (held := tmp_path / "held").mkdir()
    told = holub("carry", "in", f"qr:{photographed(sheets, tmp_path / 'photographs', WORN)}", held)
    assert told["parcels"] == len(way)
    reader.update_from_files(sorted((held / "parcels").iterdir()))
    # then the page is of the newest edition, as it was bound;
    reader.is_updated()
    newest = centre.bound[max(centre.bound)]
    assert guides_in(reader.save_page(tmp_path / "saved.html"), "uk") == in_language(newest, "uk")
    # and when somebody writes in it, plays the letter, and the recording is carried to a postbox,
    reader.write(TEXT)
    play(reader, tmp_path / "recorded.wav")
    assert holub("carry", "in", f"sound:{tmp_path / 'recorded.wav'}", centre.box.url)["letters"] == 1
    # then the office reads it.
    assert centre.fetch_from_postbox().opened
    assert TEXT in [letter.text for letter in centre.letters()]
