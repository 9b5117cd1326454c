"""Reply templates in a real browser: put into a reply with a script and without, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from holub.faces.desk import DeskServer
from holub.office.templates import Template
from tests.faces.desk.conftest import Somebody, by_palette

pytestmark = pytest.mark.browser

SCHOOL = Template("en", "School", "Школа не може відмовити.\n\nПросіть письмово.")
LETTER = "They asked on Tuesday whether my children would go to the new school in autumn."


def room_for(text: str) -> str:
    """A number of bytes as the counter shows it."""
    return f"{len(text.encode()):,}"


def test_with_a_script_it_goes_where_somebody_writes(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    newcomer.desk.work.templates.add(SCHOOL)
    newcomer.desk.work.templates.add(Template("en", "The same words", LETTER))
    number = newcomer.receive(LETTER, language="en")
    page = desk("en")
    page.goto(f"{server.url}/letters/{number}")
    page.wait_for_load_state()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    # Without a mouse: t goes to the templates, Tab on to the next, Enter presses.
    page.keyboard.press("t")
    chosen = "document.activeElement.textContent"
    assert page.evaluate(chosen) == "Put into the reply: The same words"
    page.keyboard.press("Tab")
    assert page.evaluate(chosen) == "Put into the reply: School"
    page.keyboard.press("Enter")
    assert page.input_value("#reply") == SCHOOL.text
    assert page.inner_text("[data-used]") == room_for(SCHOOL.text)
    assert page.evaluate("document.activeElement.id") == "reply"
    # At the cursor, as a paragraph of its own; what is chosen stays.
    page.fill("#reply", "Good day. Good bye.")
    page.evaluate("document.querySelector('#reply').setSelectionRange(0, 9)")
    school = page.locator("[name=template][value='1']")
    school.click()
    assert page.input_value("#reply") == f"Good day.\n\n{SCHOOL.text}\n\n Good bye."
    page.keyboard.type("P.S.")
    assert page.input_value("#reply") == f"Good day.\n\n{SCHOOL.text}\n\nP.S. Good bye."
    assert page.inner_text("[data-used]") == room_for(page.input_value("#reply"))
    # The letter's own words are warned of, wherever they come from.
    assert not page.is_visible("#quote-warning")
    page.locator("[name=template][value='2']").click()
    assert page.is_visible("#quote-warning")
    assert sent == []
    assert newcomer.office.mailroom.view(number).reply == ""
    # A guide's title goes into the middle of a sentence.
    page.fill("#reply", "Look into , please.")
    page.evaluate("document.querySelector('#reply').setSelectionRange(10, 10)")
    page.locator(".fitting button[type=button]").first.click()
    title = page.locator(".fitting a").filter(has_not_text="All templates").first.inner_text()
    assert page.input_value("#reply") == f"Look into «{title}», please."


def test_a_kept_reply_is_gone_on_with_at_its_end(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    newcomer.desk.work.templates.add(SCHOOL)
    number = newcomer.receive(LETTER)
    newcomer.office.mailroom.reply(number, "Good day.")
    page = desk("en")
    page.goto(f"{server.url}/letters/{number}")
    page.wait_for_load_state()
    page.locator("[name=template][value='1']").click()
    assert page.input_value("#reply") == f"Good day.\n\n{SCHOOL.text}"


def test_without_a_script_nothing_typed_is_lost(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    page = desk("en", scripts=False, width=360, height=740)
    page.click("text=Templates")
    page.click("text=New template")
    page.fill("#title", SCHOOL.title)
    page.select_option("#in", "en")
    page.fill("#text", SCHOOL.text)
    page.click("text=Keep the template")
    page.get_by_text("The template is kept").wait_for()
    number = newcomer.receive(LETTER, language="en")
    page.goto(f"{server.url}/letters/{number}")
    page.fill("#reply", "Good day.")
    page.locator("[name=template][value='1']").click()
    page.wait_for_url(f"**/letters/{number}/template#reply-title")
    assert page.input_value("#reply") == f"Good day.\n\n{SCHOOL.text}"
    assert newcomer.office.mailroom.view(number).reply == ""
    page.click("text=Keep the reply")
    page.get_by_text("The reply is kept").wait_for()
    assert newcomer.office.mailroom.view(number).reply == f"Good day.\n\n{SCHOOL.text}"
    page.goto(f"{server.url}/templates/1/remove")
    page.fill("#word", "remove")
    page.click("text=Remove for ever")
    page.get_by_text("The template is removed").wait_for()
    assert newcomer.desk.work.templates.all() == ([], [])


def test_the_list_is_gone_through_by_keyboard(
    desk: Callable[..., Page], newcomer: Somebody, server: DeskServer
) -> None:
    for title in ("First", "Second"):
        newcomer.desk.work.templates.add(Template("uk", title, "…"))
    page = desk("uk")
    by_palette(page, "шаблони")
    page.wait_for_url("**/templates")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Змінити: Second"
    page.keyboard.press("Enter")
    page.wait_for_url("**/templates/2")
    page.wait_for_load_state()
    page.fill("#text", "ї" * 1913)
    assert page.locator("[data-used].over").inner_text() == "3\N{NO-BREAK SPACE}826"


def test_a_hostile_template_is_text(desk: Callable[..., Page], newcomer: Somebody, server: DeskServer) -> None:
    hostile = "<script>document.title = 'taken'</script>\"><img src=x onerror='document.title=1'></textarea>"
    newcomer.desk.work.templates.add(Template("en", hostile[:70], hostile))
    number = newcomer.receive("School", language="en")
    page = desk("en")
    for path in ("/templates", "/templates/1", "/templates/1/remove", f"/letters/{number}"):
        page.goto(server.url + path)
        assert page.locator("main script, main img").count() == 0, path
        assert not page.title().startswith(("taken", "1")), path
    page.get_by_role("button", name="Put into the reply").click()
    assert page.input_value("#reply") == hostile
