"""Real guides, in Russian, on every carrier that is wide enough for them, and their updates on the narrow ones.

A language of some 230 kB goes by stick, relay and broadcast, and on paper (test_over_paper.py). What a camera, a mesh
and sound bring here is what changed: of one guide that is a hundred bytes, while a pack would take a camera a minute,
a mesh eight hours, and sound ten.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from bench.film import Lens, film
from bench.page_browser import FLAGS
from bench.wear import WORN
from holub.transit.carriers import FolderCarrier
from holub.transit.names import PARCELS
from holub.transit.relay import RelayServer, sync_once
from tests.fakes.camera import camera_on, shown
from tests.fakes.meshtasticnode import MeshtasticNodes
from tests.journeys.centre import READER_HOST, tree
from tests.journeys.command import holub
from tests.journeys.conftest import NewPhone
from tests.journeys.phone import RESOLVE, Phone, guides_in
from tests.journeys.realguides import LANGUAGE, LAST, Real, finds_and_reads, is_of_the_last, reads_and_writes
from tests.journeys.test_from_screen_to_camera import look
from tests.journeys.test_over_paper import photographed
from tests.journeys.test_over_relays import hotspot, settings
from tests.journeys.test_over_sound import play

pytestmark = [pytest.mark.browser, pytest.mark.corpus]
CODES = 12  # that a camera looks at: more than the change takes, and far fewer than a pack
LISTEN = 5  # seconds; the radio hands over at once what it heard before


def folder(home: Path, name: str) -> Path:
    (home / name).mkdir()
    return home / name


def door(relay: RelayServer) -> str:
    """Where a phone asks that joins the relay's Wi-Fi and looks for the internet; it is led to the page."""
    return f"http://{READER_HOST}:{urlsplit(relay.url).port}/generate_204"


def test_an_edition_of_real_guides_is_read_over_http_and_from_a_stick(real: Real, phone: NewPhone) -> None:
    # Given an edition of real guides, when it is opened from the postbox and from a stick,
    guide = real.changed()
    for address in (real.centre.address + "/", (real.centre.stick / f"{LANGUAGE}.html").as_uri()):
        # then a guide is found by searching, and reads as it was bound.
        finds_and_reads(phone(address, LANGUAGE), guide, real.text()[guide.path])


@pytest.mark.parametrize("way", ["files", "site"])
def test_an_old_page_of_real_guides_catches_up(real: Real, phone: NewPhone, tmp_path: Path, way: str) -> None:
    # Given the first edition's page, when it takes what came since, from a stick's parcels or from the site,
    assert guides_in(real.pages[1], LANGUAGE) == real.text(1)
    reader = phone(real.pages[1].as_uri(), LANGUAGE)
    if way == "files":
        reader.update_from_files((real.centre.stick / "parcels").glob("*.hlp"))
    else:
        reader.update_from_site()
    reader.is_updated()
    # then it holds, byte for byte, what was bound last, and shows it.
    assert guides_in(reader.save_page(tmp_path / "saved.html"), LANGUAGE) == real.text()
    reader.home()
    guide = real.changed()
    finds_and_reads(reader, guide, real.text()[guide.path])


def test_a_broadcast_in_and_a_letter_out_over_the_web(real: Real, phone: NewPhone, tmp_path: Path) -> None:
    text = "Как узнать, что за мной следят?"
    # Given an edition that was on the air, and a relay that heard it and nothing else,
    air, heard, data = tmp_path / "air.bin", folder(tmp_path, "heard"), tmp_path / "relay"
    holub("broadcast", real.centre.stick, "--to", f"file:{air}", "--rounds", 1)
    holub("carry", "in", f"broadcast:file:{air}", heard, "--root", real.centre.root)
    assert sync_once(data, settings(heard, root=real.centre.root)).edition == LAST
    # when somebody reads and writes on its Wi-Fi, and it meets the postbox when there is a network again,
    with hotspot(data) as relay:
        reads_and_writes(phone(door(relay), LANGUAGE), real, text)
        relay.bag.turn()
    assert sync_once(data, settings(real.centre.box.url)).given == 1
    # then the office reads the letter.
    assert real.centre.fetch_from_postbox().opened == 1
    assert text in [letter.text for letter in real.centre.letters()]


def test_over_two_relays_and_a_stick(real: Real, phone: NewPhone, tmp_path: Path) -> None:
    text = "Что делать, если на входе забирают телефоны?"
    # Given a relay that took the edition from a stick,
    near, far, stick = tmp_path / "near", tmp_path / "far", folder(tmp_path, "stick")
    assert sync_once(near, settings(real.centre.stick, root=real.centre.root)).edition == LAST
    # when somebody reads and writes on its Wi-Fi, another relay meets it, and a stick that one,
    with hotspot(near) as relay:
        reads_and_writes(phone(door(relay), LANGUAGE), real, text)
        relay.bag.turn()
        assert sync_once(far, settings(relay.url, root=real.centre.root)).taken == 1
    assert sync_once(far, settings(stick)).given == 1
    # then the office reads the letter from the stick, and whoever gets the stick reads the guides.
    assert real.centre.fetch_from_stick(stick).opened == 1
    assert text in [letter.text for letter in real.centre.letters()]
    assert guides_in(stick / "notes.html", LANGUAGE) == real.text()
    guide = real.changed()
    finds_and_reads(phone((stick / "notes.html").as_uri(), LANGUAGE), guide, real.text()[guide.path])


def test_changes_go_from_screen_to_camera(real: Real, browser: Browser, phone: NewPhone, tmp_path: Path) -> None:
    # Given two phones with the first edition, of which one had the changes since from somewhere,
    first = phone(real.pages[1].as_uri(), LANGUAGE)
    first.tab.context.set_offline(True)
    first.update_from_files([real.update(1)])
    first.is_updated()
    first.home()
    # when the other looks at its screen for the first second or two,
    first.press("pass.title", "nav")
    first.press("show.title")
    first.press("show.start")
    seen = film(shown(first.tab, CODES), tmp_path / "film.mjpeg", lens=Lens(missed=0.1))
    with camera_on(browser, seen, [*FLAGS, RESOLVE], locale=LANGUAGE) as tab:
        other = Phone(tab, LANGUAGE)
        other.open(real.pages[1].as_uri())
        tab.context.set_offline(True)
        look(other)
        other.sees("update.done")
        other.press("camera.stop")
        # then it too is of the last edition.
        is_of_the_last(other, real, tmp_path / "saved.html")


def test_a_changed_guide_goes_over_a_mesh(real: Real, phone: NewPhone, tmp_path: Path) -> None:
    # Given a place that holds the pack of the edition before, and the change of one guide since,
    here, update = folder(tmp_path, "here"), real.update(LAST - 1)
    FolderCarrier(here).put(real.pack(LAST - 1))
    # when that is sent by one radio and heard by another,
    fast = ("--profile", "short-turbo", "--share", 100)
    with MeshtasticNodes() as nodes:
        places = [f"tcp:127.0.0.1:{port}" for port in nodes.ports]
        holub("mesh", "send", update, "--stay", 0, "--radio", places[0], *fast)
        told = holub("mesh", "listen", here, "--root", real.centre.root, "--radio", places[1], *fast, "--for", LISTEN)
    assert (told["parcels"], told["refused"]) == (1, 0)
    # then the place holds the last edition, byte for byte, and brings a phone there.
    told = holub("parcel", "apply", here / PARCELS, "--to", tmp_path / "held", "--root", real.centre.root)
    assert (told["edition"], told["refused"]) == (LAST, [])
    assert tree(tmp_path / "held") == real.centre.bound[LAST]
    reader = phone(real.pages[LAST - 1].as_uri(), LANGUAGE)
    reader.update_from_files((here / PARCELS).iterdir())
    reader.is_updated()
    is_of_the_last(reader, real, tmp_path / "saved.html")


@pytest.mark.package("ggwave")
def test_a_changed_guide_is_heard(real: Real, phone: NewPhone, tmp_path: Path) -> None:
    # Given a phone without any network that holds the edition before,
    reader = phone(real.pages[LAST - 1].as_uri(), LANGUAGE)
    reader.tab.context.set_offline(True)
    # when the change of one guide since is written as sound, and the page is given a recording of that,
    sound = tmp_path / "update.wav"
    holub("carry", "out", real.update(LAST - 1), f"sound:{sound}")
    reader.update_by_ear(sound)
    # then it is of the last edition.
    reader.is_updated()
    is_of_the_last(reader, real, tmp_path / "saved.html")


@pytest.mark.package("ggwave")
def test_paper_there_and_sound_back(real: Real, phone: NewPhone, tmp_path: Path) -> None:
    # Given a phone without any network that holds the first edition,
    letter, sheets, stick = "Пароль уже сменить?", tmp_path / "sheets.pdf", folder(tmp_path, "stick")
    reader = phone(real.pages[1].as_uri(), LANGUAGE)
    reader.tab.context.set_offline(True)
    # when the changes since are printed and photographed, and the page is given what the photographs hold,
    holub("carry", "out", real.update(1), f"qr:{sheets}", "--root", real.centre.root)
    held = folder(tmp_path, "held")
    told = holub("carry", "in", f"qr:{photographed(sheets, tmp_path / 'photographs', WORN)}", held)
    assert told["parcels"] == 1
    reader.update_from_files((held / PARCELS).iterdir())
    # then it is of the last edition;
    reader.is_updated()
    is_of_the_last(reader, real, tmp_path / "saved.html")
    # and a letter that it plays comes to the office.
    reader.write(letter)
    play(reader, tmp_path / "letter.wav")
    assert holub("carry", "in", f"sound:{tmp_path / 'letter.wav'}", stick)["letters"] == 1
    assert real.centre.fetch_from_stick(stick).opened == 1
    assert letter in [one.text for one in real.centre.letters()]
