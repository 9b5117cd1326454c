"""Letters at the desk: read, answered, closed, shredded, fetched; nothing quoted, nothing run."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.faces.desk.letters import quotes
from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter, decoy
from holub.formats.letterbody import Body, Topic
from holub.transit.carriers.folder import FolderCarrier
from tests.faces.desk.conftest import NOW, Somebody, jpeg

DAY = 86_400


def test_an_empty_desk_says_what_to_do_next(keeper: Somebody) -> None:
    for state, said in (("waiting", "Fetch letters"), ("answered", "next edition"), ("done", "goes by itself")):
        assert said in keeper.open(f"/letters?state={state}")


def test_the_list_says_what_matters(keeper: Somebody) -> None:
    keeper.receive("Where can I charge a phone?", Topic.HELP, "en", now=NOW - 8 * DAY, town="Nova")
    keeper.receive("Thank you", Topic.FEEDBACK, "uk", wants=False)
    page = keeper.open("/letters")
    for said in ("Needs help", "8 days", "Nova", "English", "waits for a reply", "no reply wanted", "Ukrainian"):
        assert said in page
    assert "icon-long" in page
    assert "icon-new" in page
    assert "2 letters wait" in page


def test_a_reply_is_kept_and_never_starts_with_the_letter(keeper: Somebody) -> None:
    number = keeper.receive("What do I say at the school door?")
    page = keeper.open(f"/letters/{number}")
    assert re.search(r'<textarea id="reply"[^>]*>\s*</textarea>', page)
    onward = keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text="Say that you will come tomorrow.")
    assert "The reply is kept" in onward
    assert keeper.office.mailroom.view(number).reply == "Say that you will come tomorrow."
    assert "Say that you will come tomorrow." in keeper.open(f"/letters/{number}")
    assert "Say that you" not in keeper.open("/letters?state=answered")


def test_after_a_reply_the_next_waiting_letter_opens(keeper: Somebody) -> None:
    first, second = keeper.receive("one"), keeper.receive("two")
    assert f"Letter {second}" in keeper.send(f"/letters/{first}", f"/letters/{first}/reply", text="Good.")


TEXTS = {
    "nothing": ("  \n ", 400, "The reply is empty"),
    "one byte too many": ("x" * 3825, 400, "1 byte too long"),
    "letters of two bytes": ("ї" * 1913, 400, "2 bytes too long"),
}


@pytest.mark.parametrize(("text", "status", "said"), TEXTS.values(), ids=TEXTS.keys())
def test_a_reply_that_does_not_fit_comes_back_whole(keeper: Somebody, text: str, status: int, said: str) -> None:
    number = keeper.receive("A question")
    page = keeper.send(f"/letters/{number}", f"/letters/{number}/reply", status, text=text)
    assert said in page
    assert text.strip() in page
    assert keeper.office.mailroom.view(number).reply == ""


@pytest.mark.parametrize("text", ["x" * 3824, "ї" * 1912, "рядок\r\nдругий"])
def test_a_reply_that_fits_is_kept(keeper: Somebody, text: str) -> None:
    number = keeper.receive("A question")
    keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text=text)
    assert keeper.office.mailroom.view(number).reply == text.replace("\r\n", "\n")


LETTER = "They asked on Tuesday whether my children would go to the new school in autumn, and I said nothing."


def test_a_quote_is_asked_about_once(keeper: Somebody) -> None:
    number = keeper.receive(LETTER)
    text = "You wrote: whether my  CHILDREN would go to the new school. Well done."
    page = keeper.send(f"/letters/{number}", f"/letters/{number}/reply", 409, text=text)
    assert "in a row" in page
    assert keeper.office.mailroom.view(number).reply == ""
    keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text=text, quote="yes")
    assert keeper.office.mailroom.view(number).reply == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [(LETTER[:40], True), (LETTER[:39], False), (LETTER[:39].upper() + LETTER[39].upper(), True), ("", False)],
)
def test_forty_characters_in_a_row_are_a_quote(text: str, expected: bool) -> None:
    assert quotes(LETTER, text) is expected


def test_a_letter_that_wants_no_reply_has_no_field_for_one(keeper: Somebody) -> None:
    number = keeper.receive("Thank you", Topic.FEEDBACK, wants=False)
    page = keeper.open(f"/letters/{number}")
    assert "No reply is wanted" in page
    assert "<textarea" not in page
    keeper.send(f"/letters/{number}", f"/letters/{number}/reply", 400, text="Thanks")


def test_closing_puts_a_letter_aside(keeper: Somebody) -> None:
    number = keeper.receive("A thought")
    assert "The letter is closed" in keeper.send(f"/letters/{number}", f"/letters/{number}/done")
    assert f"/letters/{number}?" not in keeper.open("/letters")
    assert f"/letters/{number}?" in keeper.open("/letters?state=done")


def test_shredding_says_how_much_and_asks_for_the_word(keeper: Somebody) -> None:
    number = keeper.receive("Do not keep this", pictures=(jpeg(), jpeg("red")))
    page = keeper.open(f"/letters/{number}/shred")
    for said in ("1 letter", "2 pictures", "the word that the letter arrived", "“shred”"):
        assert said in page
    assert "Nothing was shredded" in keeper.send(
        f"/letters/{number}/shred", f"/letters/{number}/shred", 400, word="yes"
    )
    assert "The letter is shredded" in keeper.send(
        f"/letters/{number}/shred", f"/letters/{number}/shred", word=" Shred "
    )
    assert "There is no such page" in keeper.open(f"/letters/{number}", 404)
    assert keeper.office.mailroom.rows() == []


@pytest.mark.parametrize(
    "path", ["/letters/99", "/letters/99999999999999999999", "/letters/99/shred", "/letters/1/picture/0"]
)
def test_a_letter_that_is_not_there_is_said_calmly(keeper: Somebody, path: str) -> None:
    assert "There is no such page" in keeper.open(path, 404)


def test_pictures_come_one_by_one_as_fresh_jpegs(keeper: Somebody) -> None:
    number = keeper.receive("See", pictures=(jpeg(), jpeg("red")))
    page = keeper.open(f"/letters/{number}")
    assert page.count("<img ") == 2
    answer = keeper.client.get(f"/letters/{number}/picture/1")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert keeper.client.get(f"/letters/{number}/picture/2").status_code == 404
    keeper.send("/letters", "/lock")
    assert keeper.desk.pictures == (0, ())


def test_a_hostile_letter_is_text(keeper: Somebody) -> None:
    text = "<script>alert(1)</script>\u202eabc\u2066 {{ 7*7 }} </textarea><img src=https://example.org/x>"
    number = keeper.receive(text, town="<i>Town</i>")
    for page in (keeper.open(f"/letters/{number}"), keeper.open("/letters")):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "U+202E" in page
        assert "<i>" not in page
        assert "example.org/x>" not in page
        assert not {"\u202e", "\u2066"} & set(page)


def test_the_search_finds_first_words_and_towns_and_is_shown_inert(keeper: Somebody) -> None:
    keeper.receive("About the school")
    keeper.receive("About the heating", town="Nova")
    page = keeper.open("/letters?q=SCHOOL")
    assert "About the school" in page
    assert "About the heating" not in page
    assert "About the heating" in keeper.open("/letters?q=nova")
    page = keeper.open('/letters?q="><script>')
    assert "Nothing found" in page
    assert '"><script>' not in page


@pytest.mark.parametrize(
    "query", ["state=nothing", "after=-1", "after=99999999999999999999", "after=x", "state=", "after=²"]
)
def test_odd_addresses_show_the_list(keeper: Somebody, query: str) -> None:
    assert "Nobody is kept waiting" in keeper.open(f"/letters?{query}")


def test_many_letters_come_in_pages(keeper: Somebody) -> None:
    room = keeper.office.mailroom
    key = room.letter_key(NOW)
    room.open_batch(
        [
            wire.seal(Letter(Kind.LETTER, bytes([n]) * 32, Body(Topic.QUESTION, "en", "main", f"number {n}")), key, NOW)
            for n in range(1, 61)
        ],
        NOW,
    )
    page = keeper.open("/letters")
    assert page.count('<li><a href="/letters/') >= 50
    (onward,) = re.findall(r"/letters\?state=waiting&amp;after=(\d+)", page)
    rest = keeper.open(f"/letters?state=waiting&after={onward}")
    assert f"/letters/{int(onward) + 1}?" in rest
    assert f"/letters/{onward}?" not in rest
    assert 'href="/letters/60?state=waiting" aria-current="true"' in keeper.open("/letters/60")


def test_guides_that_fit_are_suggested(keeper: Somebody) -> None:
    number = keeper.receive("Мене змушують узяти паспорт, що робити?")
    page = keeper.open(f"/letters/{number}")
    assert "/guides/uk/rights/passport.md" in page
    other = keeper.receive("Ґґґґґ ффффф", language="uk")
    assert "Nothing alike" in keeper.open(f"/letters/{other}")


def test_fetching_opens_what_the_postbox_holds(keeper: Somebody) -> None:
    key = keeper.office.mailroom.letter_key(NOW)
    body = Body(Topic.QUESTION, "en", "main", "From the postbox")
    keeper.carrier.leave_letter(wire.seal(Letter(Kind.LETTER, b"s" * 32, body), key, NOW))
    keeper.carrier.leave_letter(wire.seal(decoy(), key, NOW))
    page = keeper.send("/letters", "/fetch")
    assert "1 new letter came. Put aside: 1." in page
    assert "From the postbox" in page
    assert keeper.carrier.collect_letters().waiting == 0


def test_letters_that_came_too_late_are_counted_and_what_to_do_is_said(keeper: Somebody) -> None:
    assert "/set-up/retention" not in keeper.open("/letters")
    room = keeper.office.mailroom
    key = room.letter_key(NOW)
    sealed = [wire.seal(decoy(), key, NOW) for _ in range(2)]
    room.clock.accept(key.opens_until)
    assert room.open_batch(sealed, key.opens_until).too_late == 2
    room.clock.accept(NOW)
    page = keeper.open("/letters")
    assert "2 letters came after their keys were gone" in page
    assert '<a href="/set-up/retention">' in page


def test_what_a_stick_keeps_for_other_centres_is_said(keeper: Somebody, tmp_path: Path) -> None:
    stick, work = FolderCarrier(tmp_path), keeper.desk.work
    work.places = dataclasses.replace(work.places, carriers=[("the stick", stick)])
    stick.leave_letter(b"\1" + (7).to_bytes(4, "big") + bytes(4091))
    page = keeper.send("/letters", "/fetch")
    assert "New letters: 0. Put aside: 0. Left on the stick, perhaps for another centre: 1." in page


def test_a_postbox_that_does_not_answer_is_named(keeper: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(limit: int = 0) -> None:
        raise Unavailable("example.org cannot answer now", "try again later")

    monkeypatch.setattr(keeper.carrier, "collect_letters", away)
    page = keeper.send("/letters", "/fetch")
    assert "The work stopped" in page
    assert "example.org cannot answer now" in page
