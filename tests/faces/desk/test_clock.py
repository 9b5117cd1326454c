"""The desk says on every page that the clock jumped, and one button settles it."""

from __future__ import annotations

from tests.faces.desk.conftest import NOW, PASSPHRASE, Somebody

DAY = 86_400


def come_back(keeper: Somebody, now: int) -> None:
    """The clock stands at `now`; the office has locked itself meanwhile, and is unlocked."""
    keeper.clock.now = now
    for _ in range(2):  # it locks, and then it is at rest
        keeper.desk.look_at_clock()
    assert keeper.desk.work.locked
    keeper.desk.work.unlock(PASSPHRASE)


def test_a_clock_that_jumped_is_said_on_every_page_until_somebody_decides(keeper: Somebody) -> None:
    keeper.receive("Where is a doctor?")
    come_back(keeper, NOW + 150 * DAY)
    keeper.sign_in()
    for path in ("/letters", "/guides", "/editions", "/keepers"):
        page = keeper.open(path)
        assert "the office last ran on" in page
        assert '<a class="button" href="/clock">' in page
    page = keeper.open("/clock")
    assert "1 letter key is past its time" in page
    assert "past the time that letters are kept" not in page
    keeper.send("/clock", "/clock", now="2020-01-01", word="shred")  # a page of another day settles nothing
    assert "The clock is right" in keeper.open("/letters")
    day = keeper.office.mailroom.doubt(int(keeper.clock.now))
    assert day is not None
    for fields, said in (
        ({"goes": "1 0"}, "That is another word. Nothing was destroyed."),
        ({"goes": "1 0", "word": "yes"}, "That is another word. Nothing was destroyed."),
        ({"goes": "0 0", "word": "shred"}, "Meanwhile something else would go. Nothing was destroyed"),
    ):
        assert said in keeper.send("/clock", "/clock", 400, now=day.doubt.now, **fields)
        assert keeper.office.mailroom.doubt(int(keeper.clock.now)) == day
    assert 'name="goes" value="1 0"' in keeper.open("/clock")
    page = keeper.send("/clock", "/clock", now=day.doubt.now, goes="1 0", word=" Shred")
    assert "The office goes on by this clock." in page
    assert "the office last ran on" not in keeper.open("/letters")
    assert keeper.office.mailroom.keys.seeds(int(keeper.clock.now)) == {}
    assert "<h1>Letters</h1>" in keeper.open("/clock")  # there is nothing to decide any more


def test_letters_that_would_go_are_counted(keeper: Somebody) -> None:
    keeper.receive("Where is a doctor?")
    keeper.receive("And where a school?")
    come_back(keeper, NOW + 200 * DAY)
    keeper.sign_in()
    assert "2 letters are past the time that letters are kept" in keeper.open("/clock")


def test_where_nothing_would_go_no_word_is_asked_for(keeper: Somebody) -> None:
    keeper.receive("Where is a doctor?")
    come_back(keeper, NOW + 30 * DAY)
    keeper.sign_in()
    page = keeper.open("/clock")
    assert "nothing goes; the office works on" in page
    assert 'id="word"' not in page
    day = keeper.office.mailroom.doubt(int(keeper.clock.now))
    assert day is not None
    assert "The office goes on by this clock." in keeper.send("/clock", "/clock", now=day.doubt.now)


def test_while_the_clock_is_doubted_nothing_is_fetched_or_published(keeper: Somebody) -> None:
    keeper.receive("Where is a doctor?")
    keeper.carrier.leave_letter(bytes(4096))
    come_back(keeper, NOW + 150 * DAY)
    keeper.sign_in()
    assert "no key was destroyed" in keeper.send("/letters", "/fetch")
    assert keeper.carrier.collect_letters().letters == (bytes(4096),)
    assert "no key was destroyed" in keeper.client.get("/editions/next").text.lower()


def test_nothing_is_said_of_a_clock_to_whoever_has_not_signed_in(keeper: Somebody) -> None:
    keeper.receive("Where is a doctor?")
    come_back(keeper, NOW + 150 * DAY)
    assert "last ran on" not in keeper.open("/sign-in")


def test_a_clock_that_is_believed_is_not_spoken_of(keeper: Somebody) -> None:
    keeper.receive("Where is a doctor?")
    assert "last ran on" not in keeper.open("/letters")
    keeper.send("/letters", "/clock", now="2026-12-21")
    assert "<h1>Letters</h1>" in keeper.open("/clock")
    assert keeper.office.mailroom.keys.seeds(NOW) != {}
