"""Reply templates at the desk: written, changed, removed, put into a reply; nothing typed is lost, nothing runs."""

from __future__ import annotations

import re
from html import unescape

import pytest

from holub.faces.desk.letters import TEMPLATES
from holub.formats.letterbody import Topic
from holub.formats.mailbag import MOST_TEXT
from holub.office.templates import MOST, Template
from tests.faces.desk.conftest import HOST, PASSPHRASE, Somebody

SCHOOL = Template("en", "School", "The school may not refuse a child.\n\nAsk for it in writing.")


def kept(keeper: Somebody, template: Template = SCHOOL) -> Template:
    return keeper.desk.work.templates.add(template)


def in_vault(keeper: Somebody) -> list[Template]:
    return keeper.desk.work.templates.all()[0]


def field(page: str, name: str) -> str:
    """What stands in a text area."""
    found = re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found.group(1))


def test_an_empty_page_teaches_the_next_step(keeper: Somebody) -> None:
    page = keeper.open("/templates")
    for said in ("There are no templates yet", "write its answer once", "outlives the letters", "no words of a letter"):
        assert said in page
    assert 'href="/templates/new"' in page
    assert "outlives the letters" in keeper.open("/templates/new")
    assert '<a class="calm" href="/templates">' in keeper.open("/letters")


def test_one_is_written_changed_and_removed(keeper: Somebody) -> None:
    page = keeper.send("/templates/new", "/templates/new", title=" To  school ", language="uk", text="Ні.\r\n\r\nТак.")
    assert "The template is kept" in page
    assert "Ukrainian" in page
    (first,) = in_vault(keeper)
    assert first == Template("uk", "To school", "Ні.\n\nТак.", 1)
    form = keeper.open("/templates/1")
    assert 'value="To school"' in form
    assert '<option value="uk" selected>' in form
    assert field(form, "text") == "Ні.\n\nТак."
    keeper.send("/templates/1", "/templates/1", title="School", language="en", text="Yes.", mark=first.mark)
    (second,) = in_vault(keeper)
    assert second == Template("en", "School", "Yes.", 1)
    page = keeper.open("/templates/1/remove")
    for said in ("1 template", "School", "Replies that were written with it stay", "“remove”"):
        assert said in page
    where = "/templates/1/remove"
    assert "Nothing was removed" in keeper.send(where, where, 400, word="yes", mark=second.mark)
    assert in_vault(keeper) == [second]
    assert "The template is removed" in keeper.send(where, where, word=" Remove ", mark=second.mark)
    assert in_vault(keeper) == []


def test_they_are_listed_by_language_this_pages_first(keeper: Somebody) -> None:
    for language, title in (("uk", "Школа"), ("ar", "مدرسة"), ("en", "School"), ("uk", "Авто")):
        kept(keeper, Template(language, title, "…"))
    page = keeper.open("/templates")
    assert re.findall(r'<h2 id="in-(\w+)">', page) == ["en", "ar", "uk"]
    assert page.index("Авто") < page.index("Школа")


UNFIT = {
    "no title": ({"title": " "}, "A title has 1 to 80 characters"),
    "a long title": ({"title": "x" * 81}, "A title has 1 to 80 characters"),
    "no text": ({"text": " \u202e"}, "The text is empty"),
    "one byte too many": ({"text": "x" * (MOST_TEXT + 1)}, "1 byte too long"),
}


@pytest.mark.parametrize(("typed", "said"), UNFIT.values(), ids=UNFIT.keys())
@pytest.mark.parametrize("path", ["/templates/new", "/templates/1"])
def test_what_does_not_fit_comes_back_whole(keeper: Somebody, typed: dict[str, str], said: str, path: str) -> None:
    before = kept(keeper)
    whole = {"title": "A title", "text": "a text of mine", "language": "ru", "mark": before.mark, **typed}
    page = keeper.send(path, path, 400, **whole)
    assert said in page
    assert f'value="{whole["title"].strip()}"' in page
    assert field(page, "text") == whole["text"].replace("\u202e", "").strip()
    assert '<option value="ru" selected>' in page
    assert in_vault(keeper) == [before]


def test_when_there_are_a_hundred_that_is_said_and_nothing_typed_is_lost(keeper: Somebody) -> None:
    for number in range(MOST):
        kept(keeper, Template("en", f"{number}", "a text"))
    page = keeper.send("/templates/new", "/templates/new", 400, title="More", language="en", text="one more text")
    assert "There are 100 templates already" in page
    assert field(page, "text") == "one more text"


def test_a_change_from_another_window_is_not_overwritten_unseen(keeper: Somebody) -> None:
    old = kept(keeper)
    other = keeper.desk.work.templates.change(1, Template("en", "School", "Theirs."), old.mark)
    mine = {"title": "School", "language": "en", "text": "Mine."}
    page = keeper.send("/templates/1", "/templates/1", 409, mark=old.mark, **mine)
    assert "Somebody changed this template meanwhile" in page
    assert field(page, "text") == "Mine."
    assert "Theirs." in page  # what would be written over is there to be read
    assert in_vault(keeper) == [other]
    assert "Nothing was removed" in keeper.send(
        "/templates/1/remove", "/templates/1/remove", 409, word="remove", mark=old.mark
    )
    assert in_vault(keeper) == [other]
    (mark,) = re.findall(r'name="mark" value="(\w+)"', page)
    keeper.send("/templates/1", "/templates/1", mark=mark, **mine)
    assert in_vault(keeper) == [Template("en", "School", "Mine.", 1)]


def test_a_text_whose_template_was_removed_meanwhile_can_be_kept_as_a_new_one(keeper: Somebody) -> None:
    old = kept(keeper)
    form = keeper.token(keeper.open("/templates/1"))
    keeper.desk.work.templates.remove(1, old.mark)
    data = {"token": form, "title": "School", "language": "en", "text": "Mine.", "mark": old.mark}
    answer = keeper.client.post("/templates/1", data=data, headers=keeper.heading)
    assert answer.status_code == 409
    assert field(answer.text, "text") == "Mine."
    assert 'action="/templates/new"' in answer.text


@pytest.mark.parametrize("path", ["/templates/9", "/templates/9/remove", "/templates/99999999999", "/templates/x"])
def test_one_that_is_not_there_is_said_calmly(keeper: Somebody, path: str) -> None:
    assert "There is no such page" in keeper.open(path, 404)


def test_an_odd_language_becomes_the_pages_own(keeper: Somebody) -> None:
    assert '<option value="en" selected>' in keeper.open('/templates/new?in="><script>')
    assert '<option value="zh-Hant" selected>' in keeper.open("/templates/new?in=zh-Hant")
    keeper.send("/templates/new", "/templates/new", title="a", language="../en", text="b")
    assert in_vault(keeper)[0].language == "en"


class TestBesideALetter:
    """What is offered, and how it gets into the reply where no script runs."""

    def test_those_that_fit_come_first_five_at_most(self, keeper: Somebody) -> None:
        for number in range(TEMPLATES):
            kept(keeper, Template("en", f"Other {number}", "nothing alike"))
        kept(keeper)
        kept(keeper, Template("uk", "Школа", "Іншою мовою"))
        number = keeper.receive("They will not take my child to school", language="en")
        page = keeper.open(f"/letters/{number}")
        offered = re.findall(r'name="template" value="(\d+)"', page)
        assert offered == ["6", "1", "2", "3", "4"]
        assert 'All templates</a> <span class="number">6</span>' in page

    def test_other_languages_are_said_to_be_others(self, keeper: Somebody) -> None:
        kept(keeper, Template("uk", "Школа", "Так."))
        page = keeper.open(f"/letters/{keeper.receive('School', language='en')}")
        assert "None is in the letter's language" in unescape(page)
        assert "Ukrainian</span>" in page
        own = keeper.open(f"/letters/{keeper.receive('Школа', language='uk')}")
        assert "None is in the letter's language" not in unescape(own)

    def test_without_any_the_first_one_is_a_step_away(self, keeper: Somebody) -> None:
        page = keeper.open(f"/letters/{keeper.receive('Школа', language='uk')}")
        assert 'href="/templates/new?in=uk"' in page

    def test_a_letter_that_wants_no_reply_is_offered_none(self, keeper: Somebody) -> None:
        kept(keeper)
        page = keeper.open(f"/letters/{keeper.receive('Thank you', Topic.FEEDBACK, 'en', wants=False)}")
        assert 'id="templates"' not in page
        assert "Guides on this" in page

    def insert(self, keeper: Somebody, number: int, status: int = 200, **fields: str) -> str:
        """Presses the button of a template, as a browser without scripts does it: it sends the reply's form."""
        page = keeper.open(f"/letters/{number}")
        (action,) = set(re.findall(r'form="reply-form" formaction="([^"#]+)', page))
        return keeper.send(f"/letters/{number}", action, status, **fields)

    def test_it_fills_an_empty_reply_and_keeps_nothing_yet(self, keeper: Somebody) -> None:
        kept(keeper)
        number = keeper.receive("School")
        page = self.insert(keeper, number, template="1", text="")
        assert field(page, "reply") == SCHOOL.text
        assert keeper.office.mailroom.view(number).reply == ""
        assert keeper.office.mailroom.view(number).line.state.value == "waiting"

    def test_it_goes_below_what_was_typed_or_kept(self, keeper: Somebody) -> None:
        kept(keeper)
        number = keeper.receive("School")
        page = self.insert(keeper, number, template="1", text=" Good day.\r\n</textarea><b>\r\n")
        assert field(page, "reply") == f" Good day.\n</textarea><b>\n\n{SCHOOL.text}"
        keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text="Kept.")
        again = self.insert(keeper, number, template="1", text=field(keeper.open(f"/letters/{number}"), "reply"))
        assert field(again, "reply") == f"Kept.\n\n{SCHOOL.text}"
        assert keeper.office.mailroom.view(number).reply == "Kept."

    def test_too_long_together_is_said_and_nothing_is_cut(self, keeper: Somebody) -> None:
        kept(keeper)
        number = keeper.receive("School")
        page = self.insert(keeper, number, template="1", text="x" * MOST_TEXT)
        assert f"{len(SCHOOL.text) + 2} bytes too long" in page
        assert field(page, "reply") == "x" * MOST_TEXT + f"\n\n{SCHOOL.text}"

    @pytest.mark.parametrize("chosen", ["2", "0", "x", "", "²", "99999999999999999999"])
    def test_one_that_is_gone_takes_nothing_along(self, keeper: Somebody, chosen: str) -> None:
        kept(keeper)
        number = keeper.receive("School")
        page = self.insert(keeper, number, 409, template=chosen, text="What I typed")
        assert "no longer there" in page
        assert field(page, "reply") == "What I typed"

    def test_a_damaged_one_is_not_offered_and_can_be_removed(self, keeper: Somebody) -> None:
        kept(keeper)
        keeper.office.vault.put("template/2", b"noise")
        number = keeper.receive("School")
        assert 'value="2"' not in keeper.open(f"/letters/{number}")
        page = self.insert(keeper, number, 409, template="2", text="What I typed")
        assert field(page, "reply") == "What I typed"
        assert "1 template cannot be read" in keeper.open("/templates")
        page = keeper.open("/templates/2")
        assert "1 template cannot be read" in page
        assert "Template 2" in page
        mine = keeper.token(page), "Mine."
        data = dict(zip(("token", "text"), mine, strict=True), title="School", language="en", mark="")
        answer = keeper.client.post("/templates/2", data=data, headers=keeper.heading)
        assert (answer.status_code, field(answer.text, "text")) == (409, "Mine.")
        keeper.send("/templates/2/remove", "/templates/2/remove", word="remove", mark="")
        assert "cannot be read" not in keeper.open("/templates")

    def test_the_letters_own_words_are_asked_about_all_the_same(self, keeper: Somebody) -> None:
        text = "They asked on Tuesday whether my children would go to the new school in autumn."
        kept(keeper, Template("en", "School", text))
        number = keeper.receive(text)
        page = self.insert(keeper, number, template="1", text="")
        keeper.send(f"/letters/{number}", f"/letters/{number}/reply", 409, text=field(page, "reply"))
        assert keeper.office.mailroom.view(number).reply == ""

    def test_no_reply_is_offered_to_be_kept_as_a_template(self, keeper: Somebody) -> None:
        """It would outlive the letter's shredding: a letter's page sends its forms to the letter alone."""
        kept(keeper)
        number = keeper.receive("School")
        keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text="An answer.")
        page = keeper.open(f"/letters/{number}")
        main = page[page.index("<main") : page.index("</main>")]
        actions = {action.partition("#")[0] for action in re.findall(r'(?:form)?action="([^"]+)"', main)}
        assert actions == {"/letters", "/fetch"} | {f"/letters/{number}/{deed}" for deed in ("reply", "template")}


HOSTILE = "<script>document.title=1</script> \"><img src=x onerror=1> </textarea> {{ 7*7 }} ' \u202egnp\u2066 \x07&amp;"


def test_hostile_titles_and_texts_are_text(keeper: Somebody) -> None:
    keeper.send("/templates/new", "/templates/new", title=HOSTILE[:60], language="en", text=HOSTILE)
    number = keeper.receive("School", language="en")
    plain = HOSTILE.replace("\u202e", "").replace("\u2066", "").replace("\x07", "")
    for path in ("/templates", "/templates/1", "/templates/1/remove", f"/letters/{number}"):
        page = keeper.open(path)
        assert "<script>document" not in page, path
        assert "<img src=x" not in page, path
        assert "&lt;script&gt;document.title=1&lt;/script&gt;" in page, path
        assert not {"\u202e", "\u2066", "\x07"} & set(page), path
    assert field(keeper.open("/templates/1"), "text") == plain
    (inserted,) = re.findall(r'data-insert="([^"]*)" data-apart', keeper.open(f"/letters/{number}"))
    assert unescape(inserted) == plain


POSTS = ["/templates/new", "/templates/1", "/templates/1/remove", "/letters/1/template"]
FIELDS = {"title": "a", "language": "en", "text": "b", "word": "remove", "template": "1"}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("heading", [{"sec-fetch-site": "cross-site"}, {"origin": "https://example.org"}, {}])
def test_a_form_from_elsewhere_does_nothing(keeper: Somebody, path: str, heading: dict[str, str]) -> None:
    before = kept(keeper)
    keeper.receive("School")
    data = {"token": keeper.token(keeper.open("/templates/new")), "mark": before.mark, **FIELDS}
    assert keeper.client.post(path, data=data, headers=heading).status_code == 403
    assert keeper.client.post(path, data={**data, "token": "x"}, headers=keeper.heading).status_code == 403
    assert in_vault(keeper) == [before]


@pytest.mark.parametrize("path", POSTS)
def test_nobody_gets_there_without_signing_in_or_while_it_is_locked(keeper: Somebody, path: str) -> None:
    before = kept(keeper)
    keeper.receive("School")
    page = path.replace("/letters/1/template", "/templates")
    keeper.send("/letters", "/sign-out")
    data = {"token": keeper.token(keeper.open("/sign-in")), "mark": before.mark, **FIELDS}
    assert "Sign in" in keeper.client.post(path, data=data, headers=keeper.heading).text
    assert "School" not in keeper.open(page)
    keeper.send("/sign-in", "/lock")
    data["token"] = keeper.token(keeper.open("/unlock"))
    assert "The office is locked" in keeper.client.post(path, data=data, headers=keeper.heading).text
    locked = keeper.open(page)
    assert "The office is locked" in locked
    assert "School" not in locked
    keeper.send("/unlock", "/unlock", passphrase=PASSPHRASE)
    assert in_vault(keeper) == [before]


def test_the_palette_and_the_keys_name_them(keeper: Somebody) -> None:
    page = keeper.open("/keys")
    assert '<li><a href="/templates">Templates</a></li>' in page
    assert "<kbd>t</kbd>" in page
    assert keeper.heading["origin"] == HOST


def test_in_the_frame_they_belong_to_letters(keeper: Somebody) -> None:
    kept(keeper)
    for path in ("/templates", "/templates/new", "/templates/1", "/templates/1/remove"):
        assert '<a href="/letters" data-go="l" aria-current="page">' in keeper.open(path), path
