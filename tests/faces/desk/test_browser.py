"""The desk in a real browser: journeys by keyboard and without scripts, hostile letters, axe-core, how it looks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from holub.faces.desk import DeskServer
from holub.formats.letterbody import Topic
from tests.faces.desk.conftest import PASSPHRASE, Somebody, by_palette, jpeg, signed_in
from tests.faces.desk.morning import LETTERS, fill, write_templates

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[3] / "reader" / "node_modules" / "axe-core" / "axe.min.js"
Contexts = Callable[..., BrowserContext]


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands."""
    found = page.evaluate(f"{AXE.read_text()}; axe.run().then(result => result.violations)")
    return [f"{page.url} {one['id']}: {node['html']} {node['any'][:1]}" for one in found for node in one["nodes"]]


def paths(number: int) -> list[str]:
    return [
        "/letters",
        "/letters?state=answered",
        f"/letters/{number}",
        f"/letters/{number + 1}",
        f"/letters/{number + 3}",
        f"/letters/{number}/shred",
        "/templates",
        "/templates/new",
        "/templates/1",
        "/templates/1/remove",
        "/templates/9/remove",
        "/editions",
        "/editions/1",
        "/editions/2",
        "/editions/next",
        "/guides",
        "/guides/uk/health/first-aid.md",
        "/set-up/name",
        "/set-up/languages",
        "/set-up/keys",
        "/set-up/retention",
        "/set-up/postbox",
        "/keepers",
        "/keys",
        "/search",
        "/search?q=%D0%B0",
        "/search?q=1",
        "/search?q=qqqqqq",
        "/nothing",
    ]


@pytest.mark.parametrize("language", ["uk", "en", "ru", "ar"])
def test_axe_finds_nothing_on_any_page(
    language: str, desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (make page)")
    numbers = fill(newcomer)
    page = desk(language)
    for _ in range(2):
        newcomer.desk.work.publish()
        newcomer.desk.work.wait(60)
    wrong = []
    page.goto(server.url + "/templates")
    wrong += violations(page)
    write_templates(newcomer)
    newcomer.office.vault.put("template/9", b"damaged")
    for path in paths(numbers[0]):
        page.goto(server.url + path)
        wrong += violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    narrow = ["/letters", f"/letters/{numbers[0]}", "/templates", "/templates/1", "/templates/1/remove", "/editions/2"]
    for path in (*narrow, "/search", "/search?q=%D0%B0", "/search?q=1"):
        page.goto(server.url + path)
        wrong += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog[open]")
    wrong += violations(page)
    before, room = int(newcomer.clock.now) - 200 * 86_400, newcomer.office.mailroom
    room.clock.accept(before)  # so that today's clock is doubted
    room.letter_key(before)  # and something would go
    for path in ("/letters", "/clock"):
        page.goto(server.url + path)
        assert page.locator("a[href='/clock'], #word").count() == 1
        wrong += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.goto(server.url + "/letters")
    page.click("#lock button")
    page.wait_for_selector("#passphrase")
    wrong += violations(page)
    page.fill("#passphrase", PASSPHRASE)
    page.click("main button")
    page.wait_for_selector("#name")
    wrong += violations(page)
    assert wrong == []


# Set to a folder to have the pages drawn there, for somebody to look at.
SHOTS = os.environ.get("HOLUB_SCREENSHOTS", "")


HOSTILE = (
    "<script>document.title = 'taken'; fetch('https://example.org/')</script>"
    '<img src="https://example.org/x.png" onerror="document.title=1"><style>*{display:none}</style>'
    "<svg onload=alert(1)></svg></textarea><base href='https://example.org/'><meta http-equiv=refresh content='0'>"
    "https://example.org/ \u202egnp.exe\u202c {{ 7*7 }} \x07\u2067"
)


def test_a_hostile_letter_is_text_and_asks_nobody(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    number = newcomer.receive(HOSTILE, Topic.HELP, "en", town="<b onclick=x>\u202e")
    page = desk("en")
    page.goto(f"{server.url}/letters/{number}")
    shown = page.inner_text("#letter")
    assert "<script>document.title = 'taken'" in shown
    assert "{{ 7*7 }}" in shown
    assert "U+202E" in shown
    assert not set("\u202e\u202c\u2067\x07") & set(page.content())
    assert page.title().startswith("Letter")
    assert page.locator("#letter a, #letter img, #letter script, #letter svg, #letter style").count() == 0
    assert page.locator(".rows b, .under b").count() == 0
    assert page.evaluate("document.baseURI").startswith(server.url)


def test_the_policy_stops_a_script_and_a_picture_even_if_they_got_in(
    context: Contexts, newcomer: Somebody, server: DeskServer
) -> None:
    page = signed_in(server, newcomer, context())
    stopped: dict[str, str | None] = {}
    arrived: list[str] = []
    page.on("requestfailed", lambda request: stopped.update({request.url: request.failure}))
    page.on("requestfinished", lambda request: arrived.append(request.url))
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<img src="https://example.org/x.png" onerror="document.title=1"><iframe src="/keys"></iframe>\')'
    )
    assert page.evaluate("fetch('/keys').then(() => 'got', () => 'stopped')") == "stopped"
    assert page.title() != "1"
    assert stopped["https://example.org/x.png"] == "csp"
    assert arrived == []


def test_a_morning_by_keyboard_alone(desk: Callable[..., Page], newcomer: Somebody, server: DeskServer) -> None:
    first, second, third, thanks = fill(newcomer)
    page = desk("uk")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/letters/{first}**")
    page.keyboard.press("r")
    page.keyboard.type("Ні. Школа приймає дитину без нового паспорта.")
    assert page.inner_text("[data-used]") == "82"
    page.click("text=Зберегти відповідь")
    page.wait_for_url(f"**/letters/{second}**")
    assert "Відповідь збережено" in page.inner_text("main")
    page.keyboard.press("e")
    page.wait_for_url(f"**/letters/{third}**")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/editions")
    by_palette(page, "наступний")
    page.wait_for_url("**/editions/next")
    assert "1 нова відповідь" in page.inner_text("main")
    page.click("text=Видати випуск 1")
    page.wait_for_url("**/editions/1", timeout=60_000)
    assert "Випуск 1 видано" in page.inner_text("main")
    page.keyboard.press("?")
    page.wait_for_url("**/keys")
    assert newcomer.carrier.catalogue().listings
    assert [line.number for line in newcomer.office.mailroom.rows()] == [first, second, third, thanks]
    assert newcomer.office.mailroom.view(first).line.state.value == "done"


def test_after_lock_now_the_way_back_shows_no_letter(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    number = newcomer.receive("A letter that nobody may read now")
    page = desk("en")
    page.goto(f"{server.url}/search?q=nobody")
    assert "nobody may read" in page.content()
    page.goto(f"{server.url}/letters/{number}")
    page.click("#lock button")
    page.wait_for_selector("#passphrase")
    for _ in range(3):
        page.go_back()
        page.wait_for_selector("#passphrase")
        assert "nobody may read" not in page.content()


def test_a_quote_is_warned_of_while_it_is_typed(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    number = newcomer.receive(LETTERS[Topic.QUESTION][0])
    page = desk("en")
    page.goto(f"{server.url}/letters/{number}")
    assert page.input_value("#reply") == ""
    page.fill("#reply", "Ви пишете: без нового паспорта дитину не візьмуть до школи. Чи це правда?")
    assert page.is_visible("#quote-warning")
    page.fill("#reply", "Це неправда.")
    assert not page.is_visible("#quote-warning")


def test_pictures_are_blurred_until_they_are_asked_for(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    number = newcomer.receive("Дивіться", Topic.HAPPENED, pictures=(jpeg(),))
    page = desk("en")
    page.goto(f"{server.url}/letters/{number}")
    look = "getComputedStyle(document.querySelector('.pictures img')).filter"
    assert "blur" in page.evaluate(look)
    page.keyboard.press("Tab")
    page.click("text=Show the pictures")
    assert page.evaluate(look) == "none"
    page.wait_for_function("() => document.querySelector('.pictures img').naturalWidth === 320")


def test_the_whole_day_works_without_scripts(desk: Callable[..., Page], newcomer: Somebody, server: DeskServer) -> None:
    number = newcomer.receive("How do I keep warm without heating?", language="en")
    page = desk("en", scripts=False, width=360, height=740)
    page.click("ul.rows a")
    page.fill("#reply", "Choose one small room and stay in it together.")
    page.click("text=Keep the reply")
    page.get_by_text("The reply is kept").wait_for()
    page.fill("#seek", "WARM heating")
    page.press("#seek", "Enter")
    page.wait_for_url("**/search?q=**")
    assert "1 letter" in page.inner_text("main h2")
    page.click(".found .rows a")
    page.wait_for_url(f"**/letters/{number}?state=answered")
    page.goto(f"{server.url}/editions/next")
    page.click("text=Publish edition 1")
    page.get_by_text("Edition 1 is published").wait_for()
    assert page.url.endswith("/editions/1")
    page.goto(f"{server.url}/letters/{number}/shred")
    page.fill("#word", "shred")
    page.click("text=Shred for ever")
    page.get_by_text("The letter is shredded").wait_for()
    page.click("#lock button")
    page.get_by_text("The office is locked").wait_for()


if SHOTS:

    @pytest.mark.parametrize("language", ["uk", "ar"])
    @pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800), (1760, 1000)])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_desk_is_drawn(
        language: str,
        width: int,
        height: int,
        scheme: str,
        desk: Callable[..., Page],
        newcomer: Somebody,
        server: DeskServer,
    ) -> None:
        numbers = fill(newcomer)
        write_templates(newcomer)
        page = desk(language, width=width, height=height, scheme=scheme)
        for _ in range(2):
            newcomer.desk.work.publish()
            newcomer.desk.work.wait(60)
        shots = [
            "/letters",
            f"/letters/{numbers[0]}",
            f"/letters/{numbers[1]}",
            "/editions",
            "/editions/2",
            "/editions/next",
            "/guides",
            "/keepers",
            f"/letters/{numbers[0]}/shred",
            "/templates",
            "/templates/1",
            "/templates/1/remove",
            "/search",
            "/search?q=%D0%B0",
            "/search?q=2",
            "/search?q=qqqqqq",
        ]
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        for place, path in enumerate(shots):
            page.goto(server.url + path)
            name = f"{place}-{path.strip('/').replace('/', '-')}-{language}-{width}-{scheme}.png"
            page.screenshot(path=str(Path(SHOTS) / name), full_page=True)
        page.goto(server.url + "/letters")
        page.click("#lock button")
        page.wait_for_selector("#passphrase")
        page.screenshot(path=str(Path(SHOTS) / f"9-locked-{language}-{width}-{scheme}.png"))
