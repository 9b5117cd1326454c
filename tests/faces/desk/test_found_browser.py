"""The search over all rooms in a real browser: by keyboard alone, and at every width of the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from holub.faces.desk import DeskServer
from tests.faces.desk.conftest import Somebody, by_palette
from tests.faces.desk.morning import fill

pytestmark = pytest.mark.browser


def test_the_rooms_are_searched_by_keyboard_alone(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    _, second, third, _ = fill(newcomer)
    newcomer.desk.work.publish()
    newcomer.desk.work.wait(60)
    page = desk("uk")
    focused = "document.activeElement.getAttribute('href') ?? document.activeElement.id"
    page.goto(f"{server.url}/letters/{third}")
    page.focus("#reply")
    page.keyboard.type("1/2")
    assert page.input_value("#reply") == "1/2"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate(focused) == "seek"
    assert page.input_value("#seek") == ""
    page.keyboard.type("ОПИТУВАН")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=**")
    assert "ОПИТУВАН" not in page.title().upper()
    assert page.input_value("#seek") == "ОПИТУВАН"
    links = page.eval_on_selector_all(".found .rows a", "all => all.map(one => one.getAttribute('href'))")
    assert links[0] == f"/letters/{second}?state=waiting"
    assert len(links) > 2
    assert all(link.startswith("/guides/") for link in links[1:])
    for link in links[:3]:
        page.keyboard.press("j")
        assert page.evaluate(focused) == link
    page.keyboard.press("k")
    assert page.evaluate(focused) == links[1]
    # What stands in the field is chosen, so that other words take its place.
    page.keyboard.press("/")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=1")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/editions/1")
    # The palette leads there, too; a room's own search has a key of its own.
    by_palette(page, "шукати в усіх")
    page.wait_for_selector("dialog", state="hidden")
    assert page.evaluate(focused) == "seek"
    page.goto(f"{server.url}/guides")
    page.wait_for_load_state()
    page.keyboard.press("f")
    assert page.evaluate(focused) == "q"


@pytest.mark.parametrize("width", [360, 500, 768, 800, 1024, 1280])
@pytest.mark.parametrize("language", ["ru", "ar"])
def test_the_top_has_room_for_the_search_at_every_width(
    language: str, width: int, desk: Callable[..., Page], newcomer: Somebody
) -> None:
    newcomer.receive("Where is water?")
    page = desk(language, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [box for one in page.locator(".top > *, .tools > *").all() if (box := one.bounding_box())]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    field = page.locator("#seek").bounding_box()
    assert field is not None
    assert field["width"] >= 150
    assert field["height"] >= 40
