"""Whoever watches the wire cannot tell a letter from a decoy, nor who found an answer from who found none."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request

from holub.formats.stamp import STAMP_BYTES, write_code
from holub.inbound.mailroom.letters import State
from tests.journeys.centre import READER_HOST, TOWN_GUIDE, Centre, strangers_letters
from tests.journeys.conftest import NewPhone
from tests.journeys.phone import PATIENCE, Phone
from tests.journeys.wire import Exchange, Wire
from tests.journeys.words import said

pytestmark = pytest.mark.browser
STAMPED = 4_096 + STAMP_BYTES


class WatchedCentre(Centre):
    """Its readers know its postbox by the end of a wire that somebody watches."""

    def __init__(self, folder: Path, code: bytes) -> None:
        super().__init__(folder, code)
        self.wire = Wire(urlsplit(self.box.url).port or 0)

    @property
    def address(self) -> str:
        return f"http://{READER_HOST}:{self.wire.port}"


@pytest.fixture
def centre(tmp_path: Path, code: bytes) -> Iterator[WatchedCentre]:
    with WatchedCentre(tmp_path, code) as made, made.wire:
        yield made


# What people do with an open page.


def writes_and_wants_an_answer(phone: Phone) -> None:
    phone.write("Чи можна не відповідати?")
    phone.send()


def writes_much_and_wants_none(phone: Phone) -> None:
    write_without_answer(phone, "Ї" * 1_400)
    phone.send()


def writes_with_a_code_from_a_leaflet(phone: Phone) -> None:
    write_without_answer(phone, "?")
    phone.tab.locator("summary").click()
    phone.tab.get_by_label(said(phone.language, "send.stamp")).fill(write_code(os.urandom(STAMP_BYTES)))
    phone.send()


def has_nothing_to_say(phone: Phone) -> None:
    phone.update_from_site()


PEOPLE: list[Callable[[Phone], None]] = [
    has_nothing_to_say,
    writes_and_wants_an_answer,
    writes_much_and_wants_none,
    writes_with_a_code_from_a_leaflet,
]


def write_without_answer(phone: Phone, text: str) -> None:
    phone.press("write.title", "nav")
    phone.tab.get_by_label(said(phone.language, "write.text")).fill(text)
    phone.tab.get_by_label(said(phone.language, "write.reply")).uncheck()
    phone.press("next")
    phone.sees("send.title")


# What is seen of it.


class Watch:
    """What one phone asks from now on: the order in which it asks, and what the wire shows."""

    def __init__(self, phone: Phone, wire: Wire) -> None:
        self._phone, self._wire = phone, wire
        self._before = len(wire.seen())
        self.order: list[str] = []
        phone.tab.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.startswith("http"):
            self.order.append(f"{request.method} {urlsplit(request.url).path}")

    def seen(self, least: int) -> list[Exchange]:
        """The exchanges, sorted: which connection was first is the network's doing. Waits until all are whole."""
        until = time.monotonic() + PATIENCE / 1000
        while len(found := self._wire.seen()[self._before :]) < max(least, len(self.order)):
            assert time.monotonic() < until, (self.order, found)
            self._phone.tab.wait_for_timeout(50)
        return sorted(found)


def test_a_letter_and_a_decoy_look_alike(centre: WatchedCentre, phone: NewPhone) -> None:
    # Given pages opened from the postbox, and nothing newer there,
    centre.publish()
    seen = []
    for act in PEOPLE:
        person = phone(centre.address)
        watch = Watch(person, centre.wire)
        act(person)
        seen.append((watch.order, watch.seen(2)))
        person.tab.context.close()
    # then everybody sends the same requests in the same order, and gets the same answers;
    (order, exchanges), *others = seen
    assert order == ["GET /latest", "POST /letters"]
    assert others == [(order, exchanges)] * len(others)
    # each of one size, and without a word of who asks.
    assert [one.body for one in exchanges] == [0, STAMPED]
    for one in exchanges:
        assert not [name for name in one.headers if re.match("cookie|referer|authorization", name, re.IGNORECASE)]
    opened = centre.fetch_from_postbox()
    assert (opened.opened, opened.decoys) == (3, 1)


def test_a_letter_and_a_decoy_look_alike_where_a_newer_edition_is_taken_along(
    centre: WatchedCentre, phone: NewPhone, tmp_path: Path
) -> None:
    # Given pages of edition 1 in files, and edition 2 at the postbox,
    centre.publish(days=2)
    old = tmp_path / "notes.html"
    old.write_bytes((centre.stick / "uk.html").read_bytes())
    centre.add_to(TOWN_GUIDE, "Доповнено.")
    centre.publish()
    # when somebody takes it, and somebody else sends a letter,
    idler = phone(old.as_uri())
    watch = Watch(idler, centre.wire)
    has_nothing_to_say(idler)
    idler.is_updated()
    order, exchanges = watch.order, watch.seen(3)
    writer = phone(old.as_uri())
    watch = Watch(writer, centre.wire)
    writes_and_wants_an_answer(writer)
    # then the letter goes as the decoy did, and both take the same parcels.
    assert watch.seen(len(exchanges)) == exchanges
    assert watch.order == order
    assert order[:2] == ["GET /latest", "POST /letters"]
    assert len(order) > 2
    assert all(one.startswith("GET /parcels/") for one in order[2:])
    assert sorted({one.body for one in exchanges}) == [0, STAMPED]


def test_who_has_an_answer_and_who_has_none_look_alike(centre: WatchedCentre, phone: NewPhone) -> None:
    # Given an answer among those to a thousand others,
    centre.publish(days=2)
    writer = phone(centre.address)
    words = writer.write("Чи можна не відповідати?")
    writer.send()
    writer.tab.context.close()
    assert centre.fetch_from_postbox().opened == 1
    [letter] = centre.letters(State.WAITING)
    centre.office.mailroom.reply(letter.line.number, "Можна.")
    letters = centre.stick / "letters"
    letters.mkdir(exist_ok=True)
    for number, sealed in enumerate(strangers_letters(centre, 1_000)):
        (letters / f"{number}.bin").write_bytes(sealed)
    while centre.fetch_from_stick().opened:
        pass
    centre.publish()
    # when the writer asks, and somebody with other words,
    seen = []
    for typed, found in ((words, ["Можна."]), (words[::-1], [])):
        person = phone(centre.address)
        watch = Watch(person, centre.wire)
        assert person.ask_for_answer(typed) == found
        seen.append((watch.order, watch.seen(2)))
        person.tab.context.close()
    # then both fetch the list and one shard, the same but for which of them it is.
    for order, exchanges in seen:
        directory, shard = order
        assert directory == "GET /mailbag/2/main/directory"
        assert re.fullmatch(r"GET /mailbag/2/main/shard/[01]", shard)
        assert len(exchanges) == 2
    with_answer, without = ([but_for_the_place(one) for one in exchanges] for _, exchanges in seen)
    assert with_answer == without


def but_for_the_place(one: Exchange) -> Exchange:
    """The exchange without the shard's number, name and length: the last one is shorter, whoever fetches it."""
    number = re.search(r"/shard/(\d+)", one.request)
    if not number:
        return one
    assert one.answer == (1_000, 24)[int(number[1])] * 512
    headers = tuple(head for head in one.answer_headers if not head.lower().startswith(("content-length", "etag")))
    return one._replace(request=one.request.replace(number[0], "/shard"), answer_headers=headers, answer=0)


def test_who_only_reads_asks_nobody(centre: WatchedCentre, phone: NewPhone) -> None:
    # Given a page that is open, when somebody looks for a guide, reads it, and writes a letter without sending it,
    centre.publish()
    reader = phone(centre.address)
    watch = Watch(reader, centre.wire)
    title, *_ = reader.search("опитування")
    reader.choose(title)
    assert reader.guide()
    reader.write("Чи можна не відповідати?")
    # then nothing at all is asked of the network.
    assert watch.order == []
    assert watch.seen(0) == []
