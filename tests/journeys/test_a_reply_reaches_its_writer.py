"""A reply reaches its writer: on another phone, in another browser, with six words and nothing else."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Request

from holub.inbound.mailroom.letters import State
from tests.journeys.centre import TOWN_GUIDE, Centre, strangers_letters
from tests.journeys.conftest import NewPhone

pytestmark = pytest.mark.browser
TEXT = "Чи мушу я відповідати?"
ANSWER = "Ні, не мусите. Скажіть: «Я не беру участі» — і покладіть слухавку.\n\nБережіть себе."
SEEN = "Ні, не мусите. Скажіть: «Я не беру участі» — і покладіть слухавку.\n\nБережіть себе."


def write_and_be_answered(centre: Centre, phone: NewPhone) -> tuple[str, ...]:
    """Edition 1 is out, a letter came, it is answered; gives the writer's six words."""
    centre.publish(days=2)
    writer = phone(centre.address)
    words = writer.write(TEXT)
    writer.send()
    writer.tab.context.close()
    assert centre.fetch_from_postbox().opened == 1
    [letter] = centre.letters(State.WAITING)
    centre.office.mailroom.reply(letter.line.number, ANSWER)
    return words


def test_the_page_takes_the_next_edition_from_the_site(centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    # Given somebody who wrote, and kept a copy of the old page; and an answer in the next edition,
    words = write_and_be_answered(centre, phone)
    old = tmp_path / "notes.html"
    old.write_bytes((centre.stick / "uk.html").read_bytes())
    centre.add_to(TOWN_GUIDE, "Доповнено.")
    centre.publish()
    # when the old page is opened on a new phone, and asked to bring itself up to date,
    reader = phone(old.as_uri())
    assert reader.ask_for_answer(words) == []
    reader.update_from_site()
    reader.is_updated()
    # then six words find the answer.
    assert reader.ask_for_answer(words) == [SEEN]


def test_the_page_that_is_opened_from_the_postbox(centre: Centre, phone: NewPhone) -> None:
    # Given an answer in the next edition, when the postbox's page is opened on a new phone,
    words = write_and_be_answered(centre, phone)
    centre.publish()
    reader = phone(centre.address)
    assert not reader.is_secure_context()
    # then six words find it, and other words find nothing.
    assert reader.ask_for_answer(words) == [SEEN]
    assert reader.ask_for_answer(words[::-1]) == []
    assert ANSWER.split("\n", maxsplit=1)[0] not in reader.screen()


def test_a_file_alone_without_any_network(centre: Centre, phone: NewPhone) -> None:
    # Given an answer in the next edition, which came on a stick to a phone that has no network,
    words = write_and_be_answered(centre, phone)
    centre.publish()
    reader = phone((centre.stick / "uk.html").as_uri())
    reader.tab.context.set_offline(True)
    # then six words find it in the file alone.
    assert reader.ask_for_answer(words) == [SEEN]


def test_parcels_from_a_stick_bring_the_answer_to_an_old_page(centre: Centre, phone: NewPhone, tmp_path: Path) -> None:
    # Given the old page on a phone without network, and the next edition on a stick,
    words = write_and_be_answered(centre, phone)
    old = tmp_path / "notes.html"
    old.write_bytes((centre.stick / "uk.html").read_bytes())
    centre.publish()
    reader = phone(old.as_uri())
    reader.tab.context.set_offline(True)
    # when all the stick's parcels are chosen at once,
    reader.update_from_files((centre.stick / "parcels").glob("*.hlp"))
    reader.is_updated()
    # then the answer is among what came.
    assert reader.ask_for_answer(words) == [SEEN]


def test_among_hundreds_of_others(centre: Centre, phone: NewPhone) -> None:
    # Given an answer among those to hundreds of others: too many to travel inside the page,
    words = write_and_be_answered(centre, phone)
    letters = centre.stick / "letters"
    letters.mkdir(exist_ok=True)
    for number, sealed in enumerate(strangers_letters(centre, 520)):
        (letters / f"{number}.bin").write_bytes(sealed)
    assert centre.fetch_from_stick().opened == 520
    centre.publish()
    # when the new page is opened, from the postbox or from a file, and the phone has a network,
    for address in (centre.address, (centre.stick / "uk.html").as_uri()):
        reader = phone(address)
        asked: list[Request] = []
        reader.tab.on("request", partial(note, asked))
        # then the answer is fetched from the postbox, one shard of sealed answers at a time.
        assert reader.ask_for_answer(words) == [SEEN]
        assert [one.url.partition("/mailbag/2/")[2] for one in asked if "/mailbag/" in one.url] == [
            "main/directory",
            "main/shard/0",
        ]


def note(asked: list[Request], request: Request) -> None:
    asked.append(request)


def test_a_letter_that_waits_is_at_least_acknowledged(centre: Centre, phone: NewPhone) -> None:
    # Given a letter that the office has fetched and not answered yet, when the next edition is out,
    centre.publish(days=2)
    writer = phone(centre.address)
    words = writer.write(TEXT)
    writer.send()
    assert centre.fetch_from_postbox().opened == 1
    centre.publish()
    # then its writer sees that it has come.
    reader = phone(centre.address)
    assert reader.ask_for_answer(words) == []
    reader.sees("replies.received")


def test_an_answer_is_read_more_than_once_and_in_later_editions(centre: Centre, phone: NewPhone) -> None:
    # Given an answer, when two more editions go out, then it is still found in the second one.
    words = write_and_be_answered(centre, phone)
    centre.publish(days=1)
    centre.publish()
    assert phone(centre.address).ask_for_answer(words) == [SEEN]
