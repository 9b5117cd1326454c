"""The search field at the top of every page: who has it, and what becomes of what is typed there."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from holub.faces.desk import letter_rows
from holub.faces.desk.sought import Sought
from holub.inbound.mailroom.letters import Line, State
from holub.inbound.mailroom.room import Mailroom
from tests.faces.desk.conftest import PASSPHRASE, Somebody
from tests.faces.desk.test_found import headings, search


class TestTheField:
    """At the top of every page of who is signed in, and of nobody else."""

    @pytest.mark.parametrize("path", ["/letters", "/guides", "/editions", "/keepers", "/keys", "/search"])
    def test_it_is_on_every_page(self, keeper: Somebody, path: str) -> None:
        page = keeper.open(path)
        header = page[page.index('<header class="top">') : page.index("</header>")]
        assert re.search(
            r'<form method="get" action="/search" role="search" [^>]*aria-label="Search all rooms"', header
        )
        assert re.search(r'<label [^>]*for="seek">Search all rooms</label>\s*<input id="seek" name="q"', header)

    def test_who_has_not_signed_in_sees_no_field_and_no_answer(self, keeper: Somebody) -> None:
        keeper.receive("About the school")
        keeper.send("/letters", "/sign-out")
        page = keeper.open("/search?q=school")
        assert "<h1>Sign in</h1>" in page
        assert 'id="seek"' not in page
        assert "About the school" not in page

    def test_a_locked_office_leads_to_the_way_in(self, keeper: Somebody) -> None:
        keeper.receive("About the school")
        keeper.send("/letters", "/lock")
        answer = keeper.client.get("/search?q=school", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/unlock", b"")
        assert 'id="seek"' not in keeper.open("/unlock")

    def test_an_office_that_is_locked_while_the_page_is_made_shows_nothing_of_it(
        self, keeper: Somebody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keeper.receive("About the school")
        holding = letter_rows.holding

        def locked(room: Mailroom, state: State, sought: Sought, *, after: int = 0) -> Iterator[Line]:
            keeper.desk.lock()
            return holding(room, state, sought, after=after)

        monkeypatch.setattr(letter_rows, "holding", locked)
        page = keeper.open("/search?q=school")
        assert "The office is locked" in page
        assert "About the school" not in page

    def test_it_is_among_the_keys_and_the_commands(self, keeper: Somebody) -> None:
        page = keeper.open("/keys")
        assert re.search(r"<kbd>/</kbd></td><td>search all rooms<", page)
        assert re.search(r"<kbd>f</kbd></td><td>search this list<", page)
        assert '<button type="button" data-focus="seek">Search all rooms</button>' in page


HOSTILE = {
    "out of the field": '"><script>alert(1)</script>',
    "a template": "{{ 7*7 }} {% raw %}",
    "marks that steer": "\u202eabc\u2066\u0000\u001b",
    "no text": "\udcff",
    "an address": "&state=done&q=other#x%00",
}


class TestWhatIsTyped:
    """Whatever it is, it is text, short, and kept nowhere."""

    @pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
    def test_it_is_text(self, keeper: Somebody, typed: str) -> None:
        written = typed.encode("utf-8", "replace").decode().replace("\0", "")
        number = keeper.receive(f"before {written}", town="<i>Town</i>")
        page = keeper.open(f"/search?q={quote(typed, errors='surrogateescape')}")
        assert "<script>alert" not in page
        page = search(keeper, "before")
        assert f"/letters/{number}?" in page
        assert "<script>alert" not in page
        assert "<i>" not in page
        assert not set("\u202e\u2066\u0000\u001b") & set(page)

    def test_the_links_to_the_lists_carry_it_whole(self, keeper: Somebody) -> None:
        keeper.receive("a&b=c #1 50% é")
        page = search(keeper, "a&b=c #1 50% é")
        link = re.search(r'href="(/letters\?state=waiting&amp;q=[^"]+)"', page)
        assert link is not None
        assert "a&amp;b=c #1 50% é" in keeper.open(link.group(1).replace("&amp;", "&")).partition('class="rows"')[2]

    def test_of_a_longer_text_two_hundred_characters_count(self, keeper: Somebody) -> None:
        keeper.receive("wxyz")
        page = search(keeper, "wxyz " * 40 + "another")
        assert headings(page)[0] == "1 Found: 1"
        assert 'maxlength="200"' in page
        assert f'value="{"wxyz " * 39}wxyz"' in page
        assert headings(search(keeper, "\ufdfa" * 1_000)) == ["1 Nothing found"]

    def test_it_is_in_the_field_and_not_in_the_title(self, keeper: Somebody) -> None:
        keeper.receive("About the zebra")
        page = search(keeper, "zebra")
        assert "<title>Found: 1 · " in page
        assert re.search(r'<input id="seek" [^>]*value="zebra"', page)

    def test_nothing_is_stored_or_told_elsewhere(self, keeper: Somebody) -> None:
        answer = keeper.client.get("/search?q=school")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "school" not in str(answer.headers)

    def test_it_is_in_no_log_and_in_no_file(
        self, keeper: Somebody, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with caplog.at_level(logging.DEBUG, logger="holub"), caplog.at_level(logging.DEBUG, logger="uvicorn"):
            search(keeper, "zweigwort")
        keeper.send("/letters", "/lock")
        keeper.desk.work.unlock(PASSPHRASE)
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        assert not any(b"zweigwort" in data for data in files)
        assert "zweigwort" not in caplog.text
        assert "zweigwort" not in "".join(capfd.readouterr())

    def test_another_language_keeps_what_was_searched_for(self, keeper: Somebody) -> None:
        words = "ї" * 190
        page = search(keeper, words)
        link = re.search(r'<a href="(/language/uk\?back=[^"]+)"', page)
        assert link is not None
        answer = keeper.open(link.group(1).replace("&amp;", "&"))
        assert f'value="{words}"' in answer
        assert "Нічого не знайшлося" in answer
