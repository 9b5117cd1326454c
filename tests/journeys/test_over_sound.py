"""By sound: a short letter from a page to the office over a recording, and a small parcel from the office to a page."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from holub.faces import cli
from holub.office.views import Fetched
from holub.transit.carriers.sound import write_recording
from tests.journeys.centre import Centre, in_language
from tests.journeys.conftest import History, NewPhone
from tests.journeys.phone import Phone, guides_in
from tests.journeys.test_an_old_page_updates import updates
from tests.journeys.words import said, strings
from tests.reader.sounds import LOUDSPEAKER, PLAYED

pytestmark = [pytest.mark.browser, pytest.mark.package("ggwave")]
TEXT = "Чи можна не відповідати на опитування?"


def playing(writer: Phone) -> Locator:
    """What leads to playing; for a change it says how long that takes."""
    return writer.tab.get_by_role("button", name=str(strings(writer.language)["play.title"]))


def play(writer: Phone, file: Path) -> None:
    """Plays the sealed letter, or the change; what a recorder in the room would hold is kept in a file."""
    playing(writer).click()
    writer.tab.evaluate(LOUDSPEAKER)
    writer.press("play.start")
    writer.tab.get_by_text(said(writer.language, "play.done")).wait_for()
    write_recording(file, [bytes(96_000), base64.b64decode(writer.tab.evaluate(PLAYED)), bytes(96_000)])


def test_a_letter_is_played_recorded_and_carried_to_the_office(
    centre: Centre, phone: NewPhone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a published edition and a phone without any network,
    centre.publish()
    writer = phone((centre.stick / "uk.html").as_uri())
    writer.tab.context.set_offline(True)
    # when somebody writes a few words, plays them, and a relay keeper records it and carries the recording on,
    words = writer.write(TEXT)
    play(writer, tmp_path / "recorded.wav")
    assert cli.run(["carry", "in", f"sound:{tmp_path / 'recorded.wav'}", str(centre.stick)]) == 0
    assert "1 letter carried" in capsys.readouterr().out
    # then the office reads it from the stick, and can answer it.
    assert centre.fetch_from_stick() == Fetched(opened=1, decoys=0, replays=0, refused=0, too_late=0)
    [letter] = centre.letters()
    assert (letter.text, letter.line.wants_reply, len(words)) == (TEXT, True, 6)


def test_a_small_update_is_played_to_a_page(
    history: History, phone: NewPhone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a page of edition 1, and the update to edition 2 as a stick brought it,
    reader = phone(history.page(1).as_uri())
    reader.tab.context.set_offline(True)
    update = updates(history)[0]
    # when it is written as sound, and the page is given a recording of that,
    sound = tmp_path / "update.wav"
    assert cli.run(["carry", "out", str(update), f"sound:{sound}"]) == 0
    assert f"1 parcel ({update.stat().st_size:,} bytes)" in capsys.readouterr().out
    reader.update_by_ear(sound)
    # then the page is of edition 2, as it was bound.
    reader.is_updated()
    assert guides_in(reader.save_page(tmp_path / "saved.html"), "uk") == in_language(history.centre.bound[2], "uk")


def test_a_page_plays_its_latest_change_to_another(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given a page of edition 1 that took the update to edition 2, and another of edition 1, both without any network,
    giver, taker = (phone(history.page(1).as_uri()) for _ in range(2))
    for one in (giver, taker):
        one.tab.context.set_offline(True)
    giver.home()
    giver.press("pass.title")
    assert playing(giver).count() == 0  # a whole pack takes hours
    giver.update_from_files(updates(history)[:1])
    giver.is_updated()
    # when the one passes it on by sound, and the other is given a recording of that,
    giver.home()
    giver.press("pass.title")
    play(giver, tmp_path / "update.wav")
    taker.update_by_ear(tmp_path / "update.wav")
    # then that one too is of edition 2, as it was bound.
    taker.is_updated()
    assert guides_in(taker.save_page(tmp_path / "saved.html"), "uk") == in_language(history.centre.bound[2], "uk")
