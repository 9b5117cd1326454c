"""Editions at the desk: what will change, the button, what went where; guides and keepers to look at."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from holub import sample
from holub.errors import Unavailable
from holub.faces.desk import editions
from holub.formats import letter as wire
from holub.formats import mailbag
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.office.rotation import Change, rotate
from holub.office.work import Job, Places
from holub.transit.carriers.qr import plan
from tests.faces.desk.conftest import NAME, NOW, PASSPHRASE, Somebody, jpeg
from tests.office.test_sections import WATER, A, delegate, signed, write


def publish(keeper: Somebody, edition: int = 1) -> str:
    """Presses the button, gives the page that it leads to."""
    return keeper.send("/editions/next", "/editions/next", edition=str(edition))


def test_nothing_published_says_what_to_do(keeper: Somebody) -> None:
    assert "Nothing is published yet" in keeper.open("/editions")


def test_the_next_edition_shows_what_will_change_and_binds_nothing(keeper: Somebody) -> None:
    number = keeper.receive("A question")
    keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text="An answer")
    page = keeper.open("/editions/next")
    for said in (
        "Edition 1: what will change",
        "Ukrainian",
        "1 new reply",
        "a new key for letters",
        "Publish edition 1",
    ):
        assert said in page
    assert keeper.office.archive.records() == []


def test_one_button_publishes_and_says_where_it_went(keeper: Somebody) -> None:
    page = publish(keeper)
    assert "postbox" in page
    assert re.search(r"\d+ new parcels · \d+ pages", page)
    assert keeper.carrier.catalogue().listings
    assert "Edition 1" in keeper.open("/editions")
    assert "the same key for letters" in keeper.open("/editions/next")


def test_sizes_are_told_in_sheets_of_paper_too(keeper: Somebody) -> None:
    publish(keeper)
    page = keeper.open("/editions/1")
    record = keeper.office.archive.records()[0]
    size = next(entry.size for entry in record.parcels if entry.kind == "full" and entry.language == "uk")
    assert f"{plan([size], lose=1).sheets} sheets of paper" in page
    assert "On paper, one sheet may be lost." in page


def test_what_no_pile_of_paper_holds_is_not_told_in_sheets() -> None:
    assert editions.by_carrier(18_000) == [("takes.sheets", 2)]
    assert editions.by_carrier(5_000_000) == []


def test_the_next_edition_tells_about_what_its_parcels_take(
    keeper: Somebody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guides = Path(shutil.copytree(sample.guides(), tmp_path / "guides"))
    monkeypatch.setattr(keeper.desk.work, "places", replace(keeper.desk.work.places, guides=guides))
    assert "estimates" not in keeper.open("/editions/next")
    publish(keeper)
    (guides / "uk" / "news.md").write_text("---\ntitle: Новини\n---\n\nОдне речення.\n", "utf-8")
    page = keeper.open("/editions/next")
    assert "These sizes are estimates" in page
    assert re.search(r"seconds? of sound|minutes? of sound", page)
    assert "sheets of paper" in page
    told = editions.sizes_ahead(keeper.desk.work.editions.preview(guides, NOW))
    publish(keeper, 2)
    record = keeper.office.archive.records()[0]
    own = {(entry.language, entry.kind): entry.size for entry in record.parcels if not entry.is_rung}
    assert {kind for _, sizes in told for kind in sizes} >= {"full", "update"}
    for language, sizes in told:
        for kind, size in sizes.items():
            assert abs(own[language, kind] - size) < 120, (language, kind)


def test_what_is_small_is_told_in_sound_too() -> None:
    assert editions.by_carrier(89)[1:] == [("takes.seconds", 31)]
    assert editions.by_carrier(4_000)[1:] == [("takes.minutes", 11)]


def test_a_reply_travels_in_the_edition_that_is_published(keeper: Somebody) -> None:
    number = keeper.receive("A question")
    keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text="An answer")
    publish(keeper)
    assert "mailbag" in keeper.open("/editions/1")
    assert keeper.office.mailroom.view(number).line.state.value == "done"
    assert "mailbag/1/main/directory" in keeper.carrier.pages()
    assert len(keeper.carrier.pages()) > 10
    assert mailbag.MOST_TEXT == 3_824


def test_the_button_pressed_twice_publishes_once(keeper: Somebody) -> None:
    publish(keeper)
    page = keeper.send("/editions/next", "/editions/next", 400, edition="1")
    assert "published already" in page
    assert len(keeper.office.archive.records()) == 1


def test_a_carrier_that_is_away_is_named_and_can_be_sent_to_later(
    keeper: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> str:
        raise Unavailable("the stick is full", "take another")

    with monkeypatch.context() as patch:
        patch.setattr(keeper.carrier, "put", away)
        page = publish(keeper)
        assert "did not arrive at 1 place" in page
        assert "the stick is full" in page
        assert "did not arrive" in keeper.open("/editions")
    page = keeper.send("/editions/1", "/editions/send")
    assert "sent everywhere again" in page
    assert "new parcels" in page


def publish_slowly(keeper: Somebody, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Begins to publish edition 1, over a carrier that waits in its first parcel until the event is set."""
    held, reached = threading.Event(), threading.Event()
    put = keeper.carrier.put

    def slowly(parcel: bytes) -> str:
        reached.set()
        held.wait(60)
        return put(parcel)

    monkeypatch.setattr(keeper.carrier, "put", slowly)
    monkeypatch.setattr(editions, "PATIENCE", 0)
    keeper.send("/editions/next", "/editions/next", edition="1")
    assert reached.wait(60)
    return held


def test_progress_is_shown_and_one_job_runs_at_a_time(keeper: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    held = publish_slowly(keeper, monkeypatch)
    answer = keeper.client.get("/work")
    assert answer.headers["refresh"] == "1"
    assert "<progress" in answer.text
    for page, path in (("/letters", "/fetch"), ("/editions/1", "/editions/send")):
        assert "Publishing the edition" in keeper.send(page, path)
    with pytest.raises(Unavailable):
        keeper.desk.work.fetch()
    assert keeper.client.get("/editions/next").url.path == "/work"
    held.set()
    keeper.desk.work.wait(60)
    answer = keeper.client.get("/work")
    assert answer.url.path == "/editions/1"
    assert "refresh" not in answer.headers


def test_every_stage_that_a_job_tells_has_its_words(keeper: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    told: set[str] = set()
    work, key = keeper.desk.work, keeper.office.mailroom.letter_key(NOW)
    inner = work._progress

    def watched(job: Job) -> Callable[[str, int, int], None]:
        def progress(stage: str, done: int, total: int) -> None:
            inner(job)(stage, done, total)
            told.add(job.stage)

        return progress

    monkeypatch.setattr(work, "_progress", watched)
    body = Body(Topic.QUESTION, "en", "main", "A question")
    keeper.carrier.leave_letter(wire.seal(Letter(Kind.LETTER, b"s" * 32, body), key, NOW))
    keeper.send("/letters", "/fetch")
    publish(keeper)
    assert told == set(editions.STAGES)


def test_lock_now_stops_a_job_and_it_can_be_done_again(keeper: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    held = publish_slowly(keeper, monkeypatch)
    keeper.send("/letters", "/lock")
    assert keeper.office.vault.locked
    held.set()
    keeper.desk.work.wait(60)
    keeper.send("/unlock", "/unlock", passphrase=PASSPHRASE)
    keeper.sign_in()
    assert "Edition 1" in keeper.open("/editions")
    keeper.send("/editions/1", "/editions/send")
    keeper.desk.work.wait(60)
    assert "sent everywhere again" in keeper.open("/work")
    assert keeper.carrier.catalogue().listings


def test_mistakes_in_guides_take_the_button_away(keeper: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = keeper.office.folder / "wrong guides"
    (folder / "uk").mkdir(parents=True)
    (folder / "uk" / "a.md").write_bytes(b"# A guide\n\nText.\n")
    (folder / "uk" / "b.md").write_bytes(b"x" * ((4 << 20) + 1))
    monkeypatch.setattr(keeper.desk.work, "places", Places(folder, folder))
    page = keeper.open("/editions/next")
    assert "1 mistake keeps it from being published" in page
    assert "b.md" in page
    assert "Publish edition" not in page


@pytest.mark.parametrize("path", ["/editions/7", "/editions/99999999999999999999"])
def test_an_edition_that_is_not_there(keeper: Somebody, path: str) -> None:
    assert "There is no such page" in keeper.open(path, 404)


def test_guides_are_listed_searched_and_shown(keeper: Somebody) -> None:
    page = keeper.open("/guides?in=uk")
    assert "/guides/uk/rights/passport.md" in page
    assert "/guides/uk/rights/index.md" not in page
    found = keeper.open("/guides?in=uk&q=паспорт")
    assert "/guides/uk/rights/passport.md" in found
    assert "/guides/uk/phone/checks.md" not in found
    assert "<h2" in keeper.open("/guides/uk/rights/passport.md")
    assert "Nothing found" in keeper.open("/guides?in=uk&q=ґґґґ")


@pytest.mark.parametrize(
    "path", ["/guides/uk/none.md", "/guides/xx/a.md", "/guides/uk/../../etc/passwd", "/guides/uk/rights/index.md"]
)
def test_a_guide_that_is_not_there(keeper: Somebody, path: str) -> None:
    answer = keeper.client.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_keepers_shows_who_and_how_the_office_signs(keeper: Somebody) -> None:
    page = keeper.open("/keepers")
    for said in (NAME, "Центр «Міст»", "1 session"):
        assert said in page
    assert keeper.secret not in page


def test_what_an_edition_leaves_out_is_said_before_and_after(keeper: Somebody, tmp_path: Path) -> None:
    guides, work = tmp_path / "guides", keeper.desk.work
    shutil.copytree(sample.guides(), guides)
    work.places = replace(work.places, guides=guides)
    (guides / "uk" / "half.md").write_text("# Половина\n\n![Половина](half.jpg)\n", encoding="utf-8")
    (guides / "uk" / "half.jpg").write_bytes(jpeg()[:700])
    page = publish(keeper)
    assert "Edition 1 is published." in page
    assert "Not in this edition:" in page
    assert "uk/half.jpg is left out: it is damaged or too large" in page
    (guides / "uk" / "half.jpg").write_bytes(jpeg())
    assert "Not in this edition:" not in publish(keeper, 2)
    # A section that was withdrawn is told before, too, in the desk's language.
    delegate(keeper.office, [A])
    work.editions.bind(
        guides, tmp_path / "parcels", NOW, sections=[write(tmp_path, signed(keeper.office, 1, A, WATER))]
    )
    assert "Not in this edition:" not in keeper.open("/editions/next")
    rotate(keeper.office, Change(sections={"town": None}), NOW)
    keeper.open("/language/uk")
    page = keeper.open("/editions/next")
    assert "У цьому випуску немає:" in page
    assert "<bdi>town</bdi>" in page
    assert "is left out" not in page
