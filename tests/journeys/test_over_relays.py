"""Editions go in on a stick and by broadcast, and out over a relay's Wi-Fi; a letter comes out over two relays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from holub.faces.cli.listening import receive
from holub.faces.cli.relay import pages
from holub.formats.parcel import Kind
from holub.office.views import Fetched
from holub.outbound.press.page import fingerprint
from holub.reader import plain_words
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.broadcast.station import Broadcast, open_medium
from holub.transit.oneway import quiet
from holub.transit.parcelfolder import read_parcel_files
from holub.transit.relay import RelayLimits, RelayServer, Settings, read_status, rooms, sync_once
from tests.journeys.centre import READER_HOST, TOWN_GUIDE, Centre
from tests.journeys.conftest import NewPhone

pytestmark = pytest.mark.browser
TEXT = "Чи є де набрати води, якщо вимкнуть насоси? 🕊"


def settings(*places: object, root: Path | None = None, hotspot: bool = False) -> Settings:
    limits = RelayLimits(rooms(128))
    return Settings(tuple(map(str, places)), root, hotspot, minutes=10_000, pages=pages, limits=limits)


@contextmanager
def hotspot(data: Path, *places: object) -> Iterator[RelayServer]:
    with RelayServer(data, settings=settings(*places, hotspot=True)) as running:
        yield running


def test_an_edition_in_and_a_letter_out(centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    # Given a stick with an edition, and a relay that took it from there,
    centre.publish()
    centre.box.stop()
    near, far, stick = tmp_path / "near", tmp_path / "far", tmp_path / "another stick"
    assert sync_once(near, settings(centre.stick, root=centre.root)).edition == 1
    with hotspot(near) as relay:
        # when a phone joins the relay's Wi-Fi and looks for the internet, it is led to the page,
        port = urlsplit(relay.url).port
        writer = phone(f"http://{READER_HOST}:{port}/generate_204")
        assert writer.tab.url == f"{relay.url}/"
        assert writer.search("опитування")
        # and a letter that is written there is taken by the relay.
        writer.write(TEXT)
        writer.send()
        assert len(relay.bag) == 1
        assert TEXT.encode() not in b"".join(file.read_bytes() for file in near.rglob("*") if file.is_file())
        # When another relay meets this one after its next round, and somebody's stick meets that one,
        relay.bag.turn()
        assert sync_once(far, settings(relay.url, root=centre.root)).taken == 1
    stick.mkdir()
    assert sync_once(far, settings(stick)).given == 1
    # then the office reads the letter from that stick; and the stick has the edition, for whoever meets it next.
    assert centre.fetch_from_stick(stick) == Fetched(opened=1, decoys=0, replays=0, refused=0, too_late=0)
    assert [letter.text for letter in centre.letters()] == [TEXT]
    page = (stick / "notes.html").read_bytes()
    assert page == (near / "www" / "index.html").read_bytes()
    read_me, mark = (stick / "README.txt").read_text(encoding="utf-8"), fingerprint(page)
    assert mark.short in read_me
    assert mark.in_words(plain_words("uk")) in read_me
    assert phone((stick / "notes.html").as_uri()).heading()
    assert read_status(far).edition == 1
    # And a copy that comes another way is a replay.
    assert sync_once(near, settings(centre.stick)).given == 1
    assert centre.fetch_from_stick() == Fetched(opened=0, decoys=0, replays=1, refused=0, too_late=0)


def test_without_scripts_the_guides_can_be_read(centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    centre.publish()
    sync_once(tmp_path / "relay", settings(centre.stick, root=centre.root))
    with hotspot(tmp_path / "relay") as relay:
        reader = phone(f"{relay.url}/plain/index.html", scripts=False)
        assert reader.heading()


def test_an_edition_comes_by_broadcast_as_a_sweep_alone(centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    # Given a relay with edition 1, a listener that keeps what it hears in a folder beside it, and a phone that reads,
    centre.publish(days=2)
    centre.box.stop()
    data, heard, air = tmp_path / "relay", tmp_path / "heard", tmp_path / "air.bin"
    heard.mkdir()
    sync_once(data, settings(centre.stick, root=centre.root))
    sync_once(data, settings(heard))
    with hotspot(data, heard) as relay:
        address = f"http://{READER_HOST}:{urlsplit(relay.url).port}/"
        reader = phone(address)
        # when of edition 2 nothing is sent but the one change of all packs and the stamps,
        centre.add_to(TOWN_GUIDE, "Відповідати на такі запитання ви не зобов'язані.")
        centre.bind()
        found, _ = read_parcel_files([centre.parcels])
        narrow = (Kind.SWEEP, Kind.PACKSTAMPS)
        sent = [one.data for one in found if one.parcel.kind in narrow and one.label.edition == 2]
        assert len(sent) == 2
        Broadcast(open_medium(f"file:{air}"), rounds=3).send(sent)
        kept = receive(
            f"broadcast:file:{air}", FolderCarrier(heard), root=centre.root, known=heard / "parcels", progress=quiet
        )
        assert (kept.parcels, kept.bytes) == (2, sum(map(len, sent)))
        assert relay._rounds is not None
        done = relay._rounds.make()
        assert (done.edition, done.troubles) == (2, [])
        # then the phone gets its update from the relay, and whoever comes new reads the same.
        reader.update_from_site()
        reader.is_updated()
        for somebody in (reader, phone(address)):
            somebody.home()
            somebody.choose(somebody.search("опитування")[0])
            assert "ви не зобов'язані" in somebody.guide()
    # And the next stick brings edition 2 to a relay that never heard anything.
    stick, far = tmp_path / "next stick", tmp_path / "far"
    stick.mkdir()
    sync_once(data, settings(stick))
    assert sync_once(far, settings(stick, root=centre.root)).edition == 2
