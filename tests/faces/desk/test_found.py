"""What the search over all rooms finds in each of them, how much of it is shown, and how it is told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from holub import sample
from holub.faces.desk import letter_rows, letters
from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.inbound.mailroom.letters import State
from holub.office.guides import GuideShelf
from tests.faces.desk.conftest import NOW, Somebody

DAY = 86_400
HEADING = re.compile(r"<h([1-3])[^>]*>(.*?)</h\1>", re.DOTALL)


def search(keeper: Somebody, words: str) -> str:
    return keeper.open(f"/search?q={quote(words)}")


def headings(page: str) -> list[str]:
    """The page's headings as they are read out, with their levels."""
    return [f"{level} {' '.join(re.sub('<[^>]+>', '', text).split())}" for level, text in HEADING.findall(page)]


def receive_many(keeper: Somebody, count: int, text: str = "number") -> None:
    room = keeper.office.mailroom
    key = room.letter_key(NOW)
    bodies = (Body(Topic.QUESTION, "en", "main", f"{text} {n}") for n in range(1, count + 1))
    secrets = (n.to_bytes(32, "big") for n in range(1, count + 1))
    sealed = [wire.seal(Letter(Kind.LETTER, *pair), key, NOW) for pair in zip(secrets, bodies, strict=True)]
    room.open_batch(sealed, NOW)


def publish(keeper: Somebody, edition: int = 1) -> None:
    keeper.send("/editions/next", "/editions/next", edition=str(edition))


class TestWithoutAnAnswer:
    """An empty field and words that nothing holds: both say what to do."""

    @pytest.mark.parametrize("query", ["", "?q=", "?q=%20%09", "?q=%C2%AB%C2%BB%3F", "?other=x"])
    def test_without_words_it_says_what_can_be_searched(self, keeper: Somebody, query: str) -> None:
        keeper.receive("About the school")
        page = keeper.open(f"/search{query}")
        assert headings(page) == ["1 Search"]
        for said in ("first words and its town", "title, topic and summary", "number or day", 'href="/letters"'):
            assert said in page
        assert "About the school" not in page

    def test_nothing_found_says_what_to_do_next(self, keeper: Somebody) -> None:
        page = search(keeper, "qqqqqq")
        assert headings(page) == ["1 Nothing found"]
        for said in ("Try a shorter word", "first words and its town", 'href="/guides"', 'value="qqqqqq"'):
            assert said in page


class TestLetters:
    """Letters of every state, as their list shows them."""

    def test_every_state_is_searched_and_told_apart(self, keeper: Somebody) -> None:
        waiting = keeper.receive("The zebra asks", Topic.HELP, "en", now=NOW - 8 * DAY, town="Nova")
        answered = keeper.receive("зебра і Zebra", Topic.QUESTION, "uk")
        closed = keeper.receive("ZEBRA, again", Topic.FEEDBACK, "en", wants=False)
        keeper.receive("About the heating")
        keeper.send(f"/letters/{answered}", f"/letters/{answered}/reply", text="Say nothing.")
        keeper.send(f"/letters/{closed}", f"/letters/{closed}/done")
        page = search(keeper, "zebra")
        assert headings(page) == ["1 Found: 3", "2 3 letters", "3 Waiting 1", "3 Answered 1", "3 Done 1"]
        for number, state in ((waiting, "waiting"), (answered, "answered"), (closed, "done")):
            assert f'<a href="/letters/{number}?state={state}">' in page
            assert f'<a href="/letters?state={state}&amp;q=zebra">' in page
            assert f'aria-labelledby="found-{state}"' in page
        for said in ("Needs help", "8 days", "Nova", "English", "waits for a reply", "no reply wanted", "icon-long"):
            assert said in page
        assert "heating" not in page
        assert "Say nothing" not in page

    def test_no_more_of_a_letter_is_searched_or_shown_than_its_first_words(self, keeper: Somebody) -> None:
        keeper.receive("opening " + "words " * 30 + "secretend")
        assert headings(search(keeper, "secretend")) == ["1 Nothing found"]
        page = search(keeper, "opening")
        assert "opening words" in page
        assert "secretend" not in page

    def test_of_many_twenty_are_shown_all_are_counted_and_the_list_has_them_all(
        self, keeper: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receive_many(keeper, 200)
        keeper.receive("About the heating")
        closed = 7
        keeper.send(f"/letters/{closed}", f"/letters/{closed}/done")
        monkeypatch.setattr(letter_rows, "_STEP", 30)
        page = search(keeper, "NUMBER")
        assert headings(page)[:4] == ["1 Found: 200", "2 200 letters", "3 Waiting 199", "3 Done 1"]
        assert page.count('<li><a href="/letters/') == 20
        assert f'href="/letters/{closed}?' not in page  # twenty that wait stand before it; its list has it
        assert "all 199 letters that hold these words" in page
        shown: list[str] = []
        path = "/letters?state=waiting&q=NUMBER"
        while path:
            listed = keeper.open(path)
            shown += re.findall(r'<li><a href="/letters/(\d+)\?', listed)
            onward = re.search(r'<p class="onward"><a href="([^"]+)"', listed)
            path = onward.group(1).replace("&amp;", "&") if onward else ""
        assert shown == [str(number) for number in range(1, 201) if number != closed]
        assert len(shown) > 3 * letters.PAGE

    def test_more_letters_than_one_search_looks_through_are_said(
        self, keeper: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receive_many(keeper, 3)
        assert "oldest letters" not in search(keeper, "number")
        monkeypatch.setattr(letter_rows, "SEARCHED", 2)
        monkeypatch.setattr(letter_rows, "_STEP", 1)
        page = search(keeper, "number")
        assert "Only the 2 oldest letters of each state were searched." in page
        assert headings(page)[1] == "2 2 letters"

    def test_a_batch_with_a_letter_that_was_shredded_does_not_end_the_search(
        self, keeper: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receive_many(keeper, 4)
        room, rows = keeper.office.mailroom, type(keeper.office.mailroom).rows

        def one_less(self: object, state: State | None = None, *, after: int = 0, limit: int = 100) -> list[object]:
            return [line for line in rows(room, state, after=after, limit=limit) if line.number != 2]

        monkeypatch.setattr(letter_rows, "_STEP", 2)
        monkeypatch.setattr(type(room), "rows", one_less)
        assert headings(search(keeper, "number"))[1] == "2 3 letters"

    def test_the_letters_own_search_forgives_the_same(self, keeper: Somebody) -> None:
        keeper.receive("Ґанок і ёлка")
        assert "Ґанок і ёлка" in keeper.open(f"/letters?q={quote('ганок елка')}")


class TestGuides:
    """Guides of every language, the keeper's own first."""

    def test_titles_topics_and_summaries_are_searched_in_every_language(self, keeper: Somebody) -> None:
        page = search(keeper, "паспорт")
        assert "/guides/uk/rights/passport.md" in page
        assert any(heading.startswith("3 Ukrainian ") for heading in headings(page))
        assert re.search(r'<a href="/guides\?in=uk&amp;q=%D0%BF[^"]*">In the list', page)
        listed = re.search(r'href="(/guides\?in=uk&amp;q=[^"]+)"', page)
        assert listed is not None
        assert "/guides/uk/rights/passport.md" in keeper.open(listed.group(1).replace("&amp;", "&"))

    def test_a_guide_shows_its_title_language_and_summary_inert(self, keeper: Somebody, tmp_path: Path) -> None:
        guides = tmp_path / "guides"
        for language, title in (("en", "Charging <b>phones</b> \u202e"), ("ar", "Charging هاتف")):
            (guides / language).mkdir(parents=True)
            text = f"---\ntitle: {title}\nsummary: With & without a socket\n---\n\nPlain.\n"
            (guides / language / "charge.md").write_text(text, "utf-8")
        keeper.desk.shelf = GuideShelf(guides, tmp_path / "facts")
        page = search(keeper, "charging")
        assert headings(page) == ["1 Found: 2", "2 2 guides", "3 English 1", "3 Arabic 1"]
        assert "Charging &lt;b&gt;phones&lt;/b&gt;" in page
        assert "With &amp; without a socket" in page
        assert re.search(r'<strong lang="ar" dir="auto">Charging هاتف</strong>', page)
        assert "\u202e" not in page

    def test_guides_that_cannot_be_read_keep_nobody_from_the_letters(self, keeper: Somebody, tmp_path: Path) -> None:
        keeper.receive("About the school")
        keeper.desk.shelf = GuideShelf(tmp_path / "nowhere", tmp_path / "facts")
        page = search(keeper, "school")
        assert headings(page) == ["1 Found: 1", "2 1 letter", "3 Waiting 1", "2 Guides"]
        assert "About the school" in page
        assert "The search could not look here." in page

    def test_many_guides_are_counted_and_twenty_shown(self, keeper: Somebody, tmp_path: Path) -> None:
        guides = tmp_path / "guides"
        shutil.copytree(sample.guides(), guides)
        for number in range(25):
            (guides / "en" / f"many{number}.md").write_text(f"---\ntitle: Zebra {number}\n---\n\nPlain.\n")
        keeper.desk.shelf = GuideShelf(guides, tmp_path / "facts")
        page = search(keeper, "zebra")
        assert headings(page)[1:] == ["2 25 guides", "3 English 25"]
        assert page.count('<li><a href="/guides/en/many') == 20
        assert "all 25 guides that hold these words" in page


class TestEditions:
    """By number or by day."""

    def test_an_edition_is_found_by_its_number(self, keeper: Somebody) -> None:
        publish(keeper)
        page = search(keeper, "edition 1")
        assert headings(page) == ["1 Found: 1", "2 1 edition"]
        assert '<a href="/editions/1">' in page

    def test_editions_that_cannot_be_read_are_said(self, keeper: Somebody) -> None:
        keeper.receive("letter 1")
        publish(keeper)
        (record,) = keeper.office.folder.rglob("1.json")
        record.write_text("{")
        page = search(keeper, "1")
        assert "2 Editions" in headings(page)
        assert "letter 1" in page
        assert "The search could not look here." in page


@pytest.mark.parametrize(
    ("language", "said"), [("uk", "5 листів"), ("ru", "5 писем"), ("en", "5 letters"), ("ar", "5 رسائل")]
)
def test_counts_are_said_in_every_language(keeper: Somebody, language: str, said: str) -> None:
    receive_many(keeper, 5)
    keeper.client.get(f"/language/{language}")
    assert f"2 {said}" in headings(search(keeper, "number"))
