"""The set-up, step by step: each step can wait, looking changes nothing, and what destroys asks for the word."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from holub.faces.desk import DeskSettings, create_desk
from holub.faces.desk.set_up import STEPS
from holub.formats.root import split_chain
from holub.inbound.mailroom.retention import Retention
from holub.office.dispatch import Went
from holub.office.office import Office
from holub.office.rotation import PROPOSAL, Change, export_holder, rotate
from holub.office.signers import Signers, signers
from holub.transit.carriers import MemoryCarrier
from tests.faces.desk.conftest import HOST, NAME, NOW, PASSWORD, Clock, Somebody, Straight

DAY = 86_400
SPANS = {"editions": "4", "done_days": "0", "waiting_days": "180", "seal_weeks": "8", "open_weeks": "16"}


def chain(office: Office) -> list[bytes]:
    return split_chain(office.root_file.read_bytes())


def commands(page: str) -> list[str]:
    """The commands that a page tells."""
    found = re.findall(r'<p class="command[^>]*><code>(.*?)</code>', page)
    return [html.unescape(re.sub("<[^>]+>", "", one)).strip() for one in found]


def kept(keeper: Somebody) -> Retention:
    return keeper.office.mailroom.retention


def test_the_first_account_leads_there_and_every_step_leads_on(newcomer: Somebody) -> None:
    page = newcomer.send(
        "/first-run", "/first-run", code=newcomer.desk.code, name=NAME, password=PASSWORD, again=PASSWORD
    )
    newcomer.secret = "HOLUBTESTSECRETOFTHEDESKABCDEFGH"
    page = newcomer.send("/first-run/code", "/first-run/code", code=newcomer.code())
    assert "Five short steps" in page
    assert "<h1>The centre&#39;s name</h1>" in page
    page = newcomer.send("/set-up/name", "/set-up/name", name="Центр «Міст»")
    assert "<h1>Languages and guides</h1>" in page
    assert 'class="first" href="/set-up/keys"' in page
    assert 'class="first" href="/set-up/retention"' in newcomer.open("/set-up/keys")
    page = newcomer.send("/set-up/retention", "/set-up/retention", **SPANS)
    assert "<h1>Where editions go, and letters come from</h1>" in page
    assert 'class="first" href="/editions/next"' in page


def test_it_is_found_again_under_keepers_and_each_step_from_each(keeper: Somebody) -> None:
    assert 'href="/set-up/name"' in keeper.open("/keepers")
    for step in STEPS:
        page = keeper.open(f"/set-up/{step}")
        assert [one for one in STEPS if f'<a href="/set-up/{one}"' in page] == list(STEPS)
        assert page.count('aria-current="step"') == 1
        assert 'href="/letters"' in page
        assert re.search('href="/keepers"[^>]* aria-current="page"', page)
    keeper.open("/set-up/weather", 404)


def test_to_look_and_to_go_on_changes_nothing(keeper: Somebody) -> None:
    before = (chain(keeper.office), kept(keeper), keeper.office.vault.names())
    for step in STEPS:
        keeper.open(f"/set-up/{step}")
    keeper.send("/set-up/name", "/set-up/name", name="  Центр   «Міст» ")
    assert "It is set" not in keeper.send("/set-up/retention", "/set-up/retention", **SPANS)
    assert (chain(keeper.office), kept(keeper), keeper.office.vault.names()) == before


def test_nobody_sets_anything_who_has_not_signed_in_or_came_from_elsewhere(keeper: Somebody) -> None:
    before = (chain(keeper.office), kept(keeper))
    token = keeper.token(keeper.open("/set-up/name"))
    for path, fields in (("/set-up/name", {"name": "Other"}), ("/set-up/retention", SPANS | {"editions": "9"})):
        strange = {"sec-fetch-site": "cross-site", "origin": "https://example.org"}
        assert keeper.client.post(path, data={"token": token, **fields}, headers=strange).status_code == 403
        assert keeper.client.post(path, data={"token": "x", **fields}, headers=keeper.heading).status_code == 403
    keeper.send("/letters", "/sign-out")
    for step in STEPS:
        assert "<h1>Sign in</h1>" in keeper.open(f"/set-up/{step}")
    assert "<h1>Sign in</h1>" in keeper.send("/sign-in", "/set-up/name", name="Other")
    assert (chain(keeper.office), kept(keeper)) == before


def test_a_new_name_is_the_next_root_document(keeper: Somebody) -> None:
    page = keeper.send("/set-up/name", "/set-up/name", name="Кафе <b>«Міст»</b>")
    assert "The name is set. Readers see it with the next edition." in page
    assert keeper.office.root.name == "Кафе <b>«Міст»</b>"
    assert keeper.office.root.serial == 2
    assert len(chain(keeper.office)) == 2
    assert "Кафе &lt;b&gt;" in keeper.open("/set-up/name")
    assert "Кафе &lt;b&gt;" in keeper.open("/keepers")


@pytest.mark.parametrize("name", ["", " \n ", "a" * 81, "bell\x07"])
def test_a_name_that_cannot_be_is_told(keeper: Somebody, name: str) -> None:
    page = keeper.send("/set-up/name", "/set-up/name", 400, name=name)
    assert "A name has 1 to 80 characters on one line" in page
    assert len(chain(keeper.office)) == 1


def test_where_others_hold_the_root_keys_there_is_a_command_instead(keeper: Somebody, tmp_path: Path) -> None:
    office = keeper.office
    rotate(office, Change(root_keys=3, threshold=2), NOW)
    page = keeper.open("/set-up/keys")
    assert "<dd>3</dd>" in page
    assert "<dd>2</dd>" in page
    assert "Whoever takes this machine while it is open" in page
    # There are three already.
    assert commands(page) == [f"holub keys export-holder --office {office.folder} --number 1 --out STICK/holder.key"]
    for number in (1, 2):
        export_holder(office, number, tmp_path / f"{number}.key", "a holder's own words")
    page = keeper.open("/set-up/keys")
    assert "Nobody can sign with this office alone" in page
    assert commands(page) == []
    page = keeper.open("/set-up/name")
    assert commands(page) == [f"holub keys rotate --office {office.folder} --name NAME"]
    assert '<input id="name"' not in page
    documents = chain(office)
    # A form of before the keys were given away.
    assert commands(keeper.send("/keepers", "/set-up/name", 409, name="Other")) != []
    assert chain(office) == documents
    assert not (office.folder / PROPOSAL).exists()


def test_a_key_that_the_root_document_no_longer_names_does_not_count(keeper: Somebody) -> None:
    keeper.office.vault.put("root/99", bytes(32))
    assert signers(keeper.office) == Signers(keys=1, needed=1, here=1, waiting=False)


def test_one_root_key_in_the_office_is_told_and_what_to_do(keeper: Somebody) -> None:
    page = keeper.open("/set-up/keys")
    assert "Give root keys to people who live apart" in page
    assert f"holub keys rotate --office {keeper.office.folder} --root 3 --threshold 2" in commands(page)


def test_spans_are_set(keeper: Somebody) -> None:
    page = keeper.send("/set-up/retention", "/set-up/retention", **SPANS | {"editions": "6", "open_weeks": "30"})
    assert "It is set how long things are kept." in page
    assert kept(keeper) == replace(Retention(), editions=6, open_weeks=30)
    assert 'value="30"' in keeper.open("/set-up/retention")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("editions", "", "A marked field holds no whole number"),
        ("editions", "-1", "A marked field holds no whole number"),
        ("editions", "٤", "A marked field holds no whole number"),
        ("editions", "<b>", "A marked field holds no whole number"),
        ("editions", "33", "The number in a marked field is out of its bounds"),
        ("waiting_days", "0", "The number in a marked field is out of its bounds"),
        ("waiting_days", "00000731", "The number in a marked field is out of its bounds"),
        ("open_weeks", "53", "The number in a marked field is out of its bounds"),
        ("seal_weeks", "17", "Pages would seal letters for longer than the office opens them"),
    ],
)
def test_spans_that_cannot_be_are_told_and_what_was_typed_stays(
    keeper: Somebody, field: str, value: str, said: str
) -> None:
    page = keeper.send("/set-up/retention", "/set-up/retention", 400, **SPANS | {field: value})
    assert said in page
    assert "<b>" not in page
    assert f'value="{value.replace("<", "&lt;").replace(">", "&gt;")}"' in page
    marked = re.findall('name="([a-z_]+)" type="number"[^>]* aria-invalid="true"', page)
    assert marked == (["seal_weeks", "open_weeks"] if field == "seal_weeks" else [field])
    assert kept(keeper) == Retention()


def test_a_number_is_read_whole(keeper: Somebody) -> None:
    keeper.send("/set-up/retention", "/set-up/retention", **SPANS | {"waiting_days": "00000200"})
    assert kept(keeper) == replace(Retention(), waiting_days=200)


def test_what_another_window_set_since_is_not_undone_by_going_on(keeper: Somebody) -> None:
    names, spans = keeper.open("/set-up/name"), keeper.open("/set-up/retention")
    keeper.send("/set-up/name", "/set-up/name", name="Another name")
    keeper.send("/set-up/retention", "/set-up/retention", **SPANS | {"editions": "9"})
    documents = chain(keeper.office)
    for page, path, typed in ((names, "/set-up/name", {"name": "Центр «Міст»"}), (spans, "/set-up/retention", SPANS)):
        was = re.search('name="was" value="([^"]*)"', page)
        assert was is not None
        sent = {"token": keeper.token(page), "was": html.unescape(was[1]), **typed}
        answer = keeper.client.post(path, data=sent, headers=keeper.heading)
        assert answer.status_code == 200
        assert 'class="notice good"' not in answer.text
    assert chain(keeper.office) == documents
    assert kept(keeper).editions == 9


def test_shorter_spans_say_how_many_letters_go_and_ask_for_the_word(keeper: Somebody) -> None:
    for days in (9, 8, 1):
        keeper.receive("Where is a doctor?", now=NOW - days * DAY)
    shorter = SPANS | {"waiting_days": "7"}
    page = keeper.send("/set-up/retention", "/set-up/retention", 400, **shorter)
    assert "By this 2 letters will be shredded for good" in page
    assert kept(keeper) == Retention()
    assert 'name="due" value="2"' in page
    # Another word, no number of letters, another one; and the word for two letters takes no third one along.
    for rest in (
        {"word": "yes", "due": "2"},
        {"word": "shred"},
        {"word": "shred", "due": "1"},
        {"word": "shred", "due": "2", "waiting_days": "1"},
    ):
        page = keeper.send("/set-up/retention", "/set-up/retention", 400, **shorter | rest)
        assert "shredded for good" in page
        assert kept(keeper) == Retention()
    keeper.send("/set-up/retention", "/set-up/retention", **shorter, word=" Shred ", due="2")
    assert kept(keeper) == replace(Retention(), waiting_days=7)
    assert keeper.office.mailroom.keep_schedule(NOW) == ([], 2)


def test_places_and_what_arrived_there(keeper: Somebody) -> None:
    page = keeper.open("/set-up/postbox")
    assert "nothing sent yet" in page
    assert "Readers can write once the first edition is out" in page
    keeper.desk.work.publish()
    keeper.desk.work.wait(60)
    page = keeper.open("/set-up/postbox")
    assert "Edition 1" in page
    assert "Readers can write; what you change goes out" in page
    keeper.desk.work.dispatch.note(Went(1, "postbox", NOW, 0, 0, "it did not answer"))
    assert "did not arrive" in keeper.open("/set-up/postbox")
    work = keeper.desk.work
    work.places = replace(work.places, carriers=[("<i>stick</i>\u202e", keeper.carrier)], postboxes=("http://a.test",))
    page = keeper.open("/set-up/postbox")
    assert "&lt;i&gt;stick&lt;/i&gt;" in page
    assert "\u202e" not in page
    assert "http://a.test" in page
    work.places = replace(work.places, carriers=[])
    page = keeper.open("/set-up/postbox")
    assert "nothing would reach you" in page
    assert 'action="/fetch"' not in page


def test_languages_are_those_of_the_folder(keeper: Somebody) -> None:
    page = keeper.open("/set-up/languages")
    assert "These are sample guides" in page
    assert 'href="/guides?in=uk"' in page
    assert "only to try?" not in page.casefold()


@pytest.fixture
def trying(office: Office, tmp_path: Path) -> Iterator[Somebody]:
    """Somebody at a desk that is only for trying, with a folder of guides that is empty."""
    clock = Clock()
    (tmp_path / "guides").mkdir()
    settings = DeskSettings(tmp_path / "guides", tmp_path / "parcels", clock=clock, trial=tmp_path / "<my data>")
    app = create_desk(office, settings)
    headers = {"accept-language": "en"}
    with httpx.Client(transport=Straight(app), base_url=HOST, headers=headers, follow_redirects=True) as client:
        somebody = Somebody(client, app.state.desk, clock, office, MemoryCarrier())  # the carrier is not set up
        somebody.make_account()
        yield somebody
    app.state.desk.work.close()


def test_what_is_only_for_trying_says_how_it_is_thrown_away(trying: Somebody, tmp_path: Path) -> None:
    for step in STEPS:
        page = trying.open(f"/set-up/{step}")
        assert "<my data>" not in page
        assert commands(page)[-1] == f"holub up --data '{tmp_path}/<my data>' --throw-away"
    page = trying.open("/set-up/languages")
    assert "The folder of guides is empty" in page
    assert str(tmp_path / "guides") in page


def test_while_the_office_is_locked_no_step_opens(keeper: Somebody) -> None:
    keeper.desk.work.lock()
    for step in STEPS:
        assert 'id="passphrase"' in keeper.open(f"/set-up/{step}")
