"""Reading: the first screen, topics, guides, search, languages, and what is said of an old or false edition."""

from __future__ import annotations

import time

import pytest

from tests.reader.conftest import Open
from tests.reader.opened import DOT, GUIDES_AR, GUIDES_EN, GUIDES_UK, FakeEdition

pytestmark = pytest.mark.browser

THREE = (
    {"section": "main", "language": "uk", "guides": GUIDES_UK, "pictures": {"papers/scheme.png": DOT}},
    {"section": "main", "language": "ar", "guides": GUIDES_AR},
    {"section": "main", "language": "en", "guides": GUIDES_EN},
)


def test_the_first_screen_says_what_counts(open_page: Open) -> None:
    page = open_page()
    assert page.locator("h1").inner_text().startswith("Від ")
    assert "2 дні тому" in page.locator(".under").first.inner_text()
    assert "Воду з крана кип’ятіть" in page.locator(".alerts").inner_text()
    # By `order`, then those without one by path.
    assert page.locator(".rows .title").all_inner_texts() == ["Документи", "Health", "Phone"]
    assert page.locator(".three button").all_inner_texts() == ["Написати нам", "Мої відповіді", "Передати далі"]
    assert "Центр «Міст»" in page.locator(".signed").inner_text()
    assert page.title() == "notes"


def test_a_guide_is_shown_as_its_page_says(open_page: Open) -> None:
    page = open_page(FakeEdition(packs=THREE))
    page.get_by_role("button", name="Документи").click()
    page.get_by_role("button", name="Фальшиве опитування").click()
    assert page.locator("h1").inner_text() == "Фальшиве опитування: як відмовитися"
    assert "Перевірено 2 жовтня 2026" in page.locator(".under").inner_text()
    body = page.locator(".guide-body")
    assert body.locator("ol > li").count() == 3
    assert body.locator("input[type=checkbox]").count() == 2
    assert body.locator("input[type=checkbox]:checked").count() == 1
    assert body.locator("b").count() == 0
    assert "не жирний</b>" in body.inner_text()
    assert body.locator("a").count() == 0
    assert "сайт (https://example.org/help)" in body.inner_text()
    image = body.locator("img")
    assert image.get_attribute("alt") == "Схема розмови"
    page.wait_for_function("() => document.querySelector('.guide-body img').naturalWidth === 1")


def test_an_inner_link_leads_to_its_heading_and_back_to_the_same_place(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Документи").click()
    page.get_by_role("button", name="Фальшиве опитування").click()
    page.get_by_role("button", name="паспорт", exact=True).click()
    assert page.locator("h1").inner_text() == "Якщо примушують узяти паспорт"
    assert page.evaluate("document.activeElement.textContent") == "Terms"
    assert page.evaluate("scrollY") > 200
    page.locator("button.back").click()
    assert page.locator("h1").inner_text() == "Фальшиве опитування: як відмовитися"
    assert "#" not in page.url


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("опит", "Фальшиве опитування: як відмовитися"),
        ("ОПИТУВАННЯМИ", "Фальшиве опитування: як відмовитися"),
        ("джгут", "Перша допомога вдома"),
        ("елка", "Перша допомога вдома"),
        ("цифровий слід", "Що телефон знає про вас"),
        ("серце", "Серце болить"),
    ],
)
def test_search_finds_what_people_type(open_page: Open, typed: str, found: str) -> None:
    page = open_page()
    page.locator("input[type=search]").fill(typed)
    page.locator(f".rows:visible .title:text-is('{found}')").wait_for()


@pytest.mark.parametrize("typed", ["اهلا", "اقرا", "المدرسه", "استطلاع"])
def test_search_in_arabic_forgives_marks_and_hamza(open_page: Open, typed: str) -> None:
    page = open_page(FakeEdition(packs=THREE), language="ar")
    page.locator("input[type=search]").fill(typed)
    page.locator("section[aria-label] > .rows .row").first.wait_for()


def test_how_much_was_found_is_spoken_once_and_all_rows_come(open_page: Open) -> None:
    guides = {f"g{at:02}.md": f"---\ntitle: Вода {at}\n---\n\nКип’ятіть.\n" for at in range(30)}
    page = open_page(FakeEdition(packs=[{"section": "main", "language": "uk", "guides": guides}]))
    page.evaluate(
        """() => {
          window.spoken = [];
          const live = document.querySelector("[aria-live]");
          new MutationObserver(() => window.spoken.push(live.textContent)).observe(live, { childList: true });
        }"""
    )
    rows = page.locator("main section[aria-label] > .rows .row")
    place = page.get_by_role("region", name="Знайдене")
    assert place.count() == 0
    page.locator("input[type=search]").fill("вода")
    rows.nth(19).wait_for()
    assert place.count() == 1
    said = page.locator("main section[aria-label] > .under").inner_text()
    assert "20" in said
    assert page.evaluate("window.spoken.filter(Boolean)") == [said]
    assert rows.locator(".title").all_inner_texts() == [f"Вода {at}" for at in range(20)]
    page.locator("input[type=search]").fill("вода 29")
    page.locator("main section[aria-label] > .rows li:first-child .title:text-is('Вода 29')").wait_for()
    page.locator("input[type=search]").fill("ґґґґ")
    rows.first.wait_for(state="detached")
    assert place.count() == 1
    page.locator("input[type=search]").fill("")
    place.wait_for(state="detached")


# In the task of the key itself, before any frame: where the rows end, and where what they may fill does.
TYPE = """(word) => {
  const field = document.querySelector("input[type=search]");
  field.value = word;
  field.dispatchEvent(new Event("input"));
  const rows = document.querySelector("main section[aria-label] > .rows");
  return [rows.getBoundingClientRect().bottom, document.querySelector(".three").getBoundingClientRect().top];
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("line", ["", "і" * 108 + "."], ids=["titles alone", "narrow letters"])
def test_a_key_fills_the_screen_at_once(open_page: Open, line: str, width: int) -> None:
    guides = {f"g{at:02}.md": f"---\ntitle: Вода {at}\nsummary: {line}\n---\n" for at in range(20)}
    page = open_page(FakeEdition(packs=[{"section": "main", "language": "uk", "guides": guides}]), width=width)
    for word in ("в", "вода"):
        end, screen = page.evaluate(TYPE, word)
        assert end >= screen


def test_a_key_draws_what_a_keyboard_of_the_screen_leaves_to_see(open_page: Open) -> None:
    """Such a keyboard makes the part that one sees smaller and the window not; no browser without a screen has one."""
    guides = {f"g{at:02}.md": f"---\ntitle: Вода {at}\n---\n" for at in range(20)}
    page = open_page(FakeEdition(packs=[{"section": "main", "language": "uk", "guides": guides}]))
    rows = "main section[aria-label] > .rows .row"
    drawn = f"(word) => [({TYPE})(word)[0], document.querySelectorAll('{rows}').length]"
    _, without = page.evaluate(drawn, "в")
    page.evaluate(TYPE, "")
    page.evaluate("Object.defineProperty(window, 'visualViewport', { value: { offsetTop: 0, height: 420 } })")
    end, beside = page.evaluate(drawn, "в")
    assert end >= 420
    assert beside < without
    # The others come when the typing pauses.
    page.locator(rows).nth(19).wait_for()


def test_search_that_finds_nothing_leads_to_a_letter(open_page: Open) -> None:
    page = open_page()
    page.locator("input[type=search]").fill("ґґґґ")
    page.get_by_role("button", name="Запитати нас").click()
    assert page.locator("h1").inner_text() == "Написати нам"


def test_languages_change_the_page_and_its_direction(open_page: Open) -> None:
    page = open_page(FakeEdition(packs=THREE))
    page.locator("button.aa").click()
    page.get_by_label("العربية").first.check()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    page.locator("button.back").click()
    assert page.locator(".rows .title").first.inner_text() == "Health"
    page.locator("button.aa").click()
    page.get_by_label("Русский").first.check()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ru", "ltr"]


def test_a_centres_name_of_the_other_direction_keeps_its_marks(open_page: Open) -> None:
    page = open_page(FakeEdition(packs=THREE), language="ar", locale="ar")
    page.locator(".signed button").click()
    name = page.get_by_text("Центр «Міст»", exact=True)
    # Where its first and its last sign stand: read from the left, the mark that closes it closes it.
    first, last = name.evaluate(
        """(one) => [0, one.textContent.length - 1].map((at) => {
          const sign = document.createRange();
          sign.setStart(one.firstChild, at);
          sign.setEnd(one.firstChild, at + 1);
          return sign.getBoundingClientRect().left;
        })"""
    )
    assert last > first


def test_letters_grow_and_colours_change(open_page: Open) -> None:
    page = open_page()
    page.locator("button.aa").click()
    page.get_by_label("Дуже великий").check()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "26px"
    page.get_by_label("Темна", exact=True).check()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_old_edition_is_loud_and_an_expired_one_takes_the_screen(open_page: Open) -> None:
    old = open_page(FakeEdition(age_days=45))
    assert "45" in old.locator(".loud h2").inner_text()
    expired = open_page(FakeEdition(age_days=100))
    assert "застаріла" in expired.locator("h1").inner_text()
    assert "Документи" not in expired.content()
    expired.get_by_role("button", name="Однаково читати").click()
    assert "Документи" in expired.locator("main").inner_text()


@pytest.mark.parametrize(("reason", "words"), [("forged", "підмінив"), ("damaged", "пошкоджена")])
def test_what_does_not_verify_takes_the_screen(open_page: Open, reason: str, words: str) -> None:
    page = open_page(FakeEdition(refuse=reason))
    assert words in page.locator("h1").inner_text()
    assert page.locator(".row, .three button, input").count() == 0


def test_a_clock_that_is_behind_is_named(open_page: Open) -> None:
    page = open_page(FakeEdition(age_days=-30))
    assert "годинник" in page.locator(".loud h2").inner_text()
    page.locator(".three button").first.click()
    assert page.locator("textarea").count() == 0


def test_the_quick_exit_leaves_a_blank_page(open_page: Open) -> None:
    page = open_page()
    page.locator("button.exit").click()
    page.wait_for_url("about:blank")
    assert page.evaluate("document.body.textContent") == ""


def test_escape_twice_leaves_and_once_does_not(open_page: Open) -> None:
    page = open_page()
    keyboard, now = page.context.new_cdp_session(page), time.time()

    def escape(at: float) -> None:
        """Pressed then, by the keyboard's own clock: a busy machine makes no pause longer."""
        for kind in ("rawKeyDown", "keyUp"):
            key = {"type": kind, "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27, "timestamp": now + at}
            keyboard.send("Input.dispatchKeyEvent", key)

    escape(0)
    escape(1.05)
    assert page.locator("h1").count() == 1
    escape(2.0)
    page.wait_for_url("about:blank")


def test_a_phone_turned_face_down_leaves(open_page: Open) -> None:
    page = open_page()
    turn = "([beta, gamma]) => dispatchEvent(new DeviceOrientationEvent('deviceorientation', {beta, gamma}))"
    page.evaluate(turn, [10, 0])
    page.evaluate(turn, [180, 0])
    page.wait_for_timeout(700)
    page.evaluate(turn, [180, 0])
    page.wait_for_url("about:blank")


def test_a_topic_found_by_searching_opens_as_a_topic(open_page: Open) -> None:
    page = open_page()
    page.locator("input[type=search]").fill("довідки")
    page.locator(".rows:visible .row").first.click()
    assert page.locator("h1").inner_text() == "Документи"
    assert page.locator(".rows .row").count() == 2
