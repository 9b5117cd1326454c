"""Everybody can use it: axe-core finds nothing, targets are large, the focus follows, the exit never moves."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.reader.conftest import Open
from tests.reader.opened import DOT, GUIDES_AR, GUIDES_EN, GUIDES_UK, READER, FakeEdition

pytestmark = pytest.mark.browser

ALL = (
    {"section": "main", "language": "uk", "guides": GUIDES_UK, "pictures": {"papers/scheme.png": DOT}},
    {"section": "main", "language": "ar", "guides": GUIDES_AR},
    {"section": "main", "language": "en", "guides": GUIDES_EN},
)
AXE = (
    (READER / "node_modules" / "axe-core" / "axe.min.js").read_text()
    if READER.joinpath("node_modules").is_dir()
    else ""
)


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]


def small_targets(page: Page) -> list[Any]:
    """Buttons and fields lower than 48 px; links inside running text are read, not hit, and may be lower."""
    found: list[Any] = page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea, label, summary')]
        .filter((one) => !one.matches('[type=checkbox], [type=radio]'))
        .filter((one) => one.offsetParent && !one.closest('p:not(.under):not(.signed):not(.note)'))
        .filter((one) => !one.closest('.word, .field') || one.matches(':is(.word, .field) input, textarea, summary'))
        .filter((one) => one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().height < 47.5)
        .filter((one) => one.tagName !== 'LABEL' || one.querySelector('input'))
        .map((one) => one.outerHTML.slice(0, 120))"""
    )
    return found


def views(page: Page) -> list[tuple[str, Any]]:
    """Every view, by the way a person takes to it."""

    def three(at: int) -> Any:
        return lambda: page.locator(".three button").nth(at).click()

    def guide() -> None:
        page.locator("section .row").last.click()
        page.locator(".row").first.click()

    def codename() -> None:
        page.locator(".three button").first.click()
        page.locator("textarea").fill("?")
        page.locator(".actions .first").click()

    def show() -> None:
        page.locator(".three button").nth(2).click()
        page.locator(".actions").first.locator("button").last.click()
        page.locator(".actions .first").click()

    def camera() -> None:
        page.locator(".under .link").click()
        page.locator(".actions button").nth(-2).click()

    def listen() -> None:
        page.locator(".under .link").click()
        page.locator(".actions button").last.click()

    def seal() -> None:
        page.locator(".three button").first.click()
        page.locator("textarea").fill("?")
        page.locator("input[type=checkbox]").uncheck()
        page.locator(".actions .first").click()

    def sealed() -> None:
        seal()
        page.locator("details").evaluate("(one) => { one.open = true; }")

    def play() -> None:
        seal()
        page.locator(".actions button").nth(3).click()

    def searching() -> None:
        page.locator("input[type=search]").fill("a")

    return [
        ("home", lambda: None),
        ("topic", lambda: page.locator("section .row").first.click()),
        ("guide", guide),
        ("write", three(0)),
        ("replies", three(1)),
        ("pass", three(2)),
        ("update", lambda: page.locator(".under .link").click()),
        ("settings", lambda: page.locator("button.aa").click()),
        ("trust", lambda: page.locator(".signed button").click()),
        ("codename", codename),
        ("show", show),
        ("camera", camera),
        ("listen", listen),
        ("sealed", sealed),
        ("play", play),
        ("search", searching),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["uk", "en", "ar"])
def test_every_view_is_usable_by_everybody(open_page: Open, language: str, scheme: str) -> None:
    page = open_page(FakeEdition(packs=ALL), language=language, scheme=scheme, postboxes=("http://127.0.0.1:1",))
    exits = set()
    for name, go in views(page):
        go()
        assert violations(page) == [], name
        assert small_targets(page) == [], name
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        box = page.locator("button.exit").bounding_box()
        assert box is not None
        exits.add((round(box["x"] + box["width"]), round(box["y"])))
        if name not in ("home", "search", "show"):
            assert page.evaluate("document.activeElement.tagName") == "H1", name
        while page.locator("button.back").count():
            page.locator("button.back").click()
    assert len(exits) == 1


@pytest.mark.parametrize("language", ["uk", "ar"])
def test_what_takes_the_whole_screen_is_usable_too(open_page: Open, language: str) -> None:
    locale = "ar" if language == "ar" else "uk-UA"
    for edition in (FakeEdition(age_days=100), FakeEdition(refuse="forged"), FakeEdition(age_days=45)):
        page = open_page(edition, language=language, locale=locale)
        assert violations(page) == []


def test_the_whole_way_to_a_guide_goes_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    for _ in range(30):
        if page.evaluate("document.activeElement.classList.contains('row')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Документи"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("h1").inner_text().startswith("Фальшиве")


def test_with_text_of_twice_the_size_the_bar_hides_none_of_its_buttons(open_page: Open) -> None:
    page = open_page()
    page.locator("section .row").last.click()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for name in (".back", ".aa", ".exit"):
        words = page.locator(f".bar {name}").evaluate(
            """one => {
                const shown = document.createRange()
                shown.selectNodeContents(one)
                // Some of the words are for the ear alone, and one pixel wide.
                const { left, right, top, bottom } = [...shown.getClientRects()].find(({ width }) => width > 9)
                return [left + 2, right - 2].map(x => one.contains(document.elementFromPoint(x, (top + bottom) / 2)))
            }"""
        )
        assert words == [True, True], name


def test_a_drawing_on_nothing_is_seen_on_a_dark_page_too(open_page: Open) -> None:
    """Most drawings are dark ink, and many have no ground of their own."""
    page = open_page(FakeEdition(packs=ALL), scheme="dark")
    page.get_by_role("button", name="Документи").click()
    page.get_by_role("button", name="Фальшиве опитування").click()
    picture = page.locator(".guide-body img")
    picture.wait_for(state="attached")
    assert picture.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
