"""A person with a phone: what they see and press on the reading page, in the words of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page

from holub.formats.names import MAIN
from holub.outbound.press.page import open_page
from tests.journeys.words import READER, said

SMALL = {"width": 360, "height": 740}
PATIENCE = 60_000  # ms: a bound for a machine that is busy with other things, never a measure
# Any other name is nowhere: what the page asks for can only be on this machine.
RESOLVE = "--host-resolver-rules=MAP reader.test 127.0.0.1,MAP * ~NOTFOUND,EXCLUDE 127.0.0.1,EXCLUDE localhost"
TOPICS = {
    "question": "write.concern.question",
    "help": "write.concern.help",
    "happened": "write.concern.event",
    "feedback": "write.concern.feedback",
}
SEARCHED = """results => {
  const count = results.querySelector("p").textContent
  const said = [...document.querySelectorAll("[role=status]")].some(one => one.textContent === count)
  return said && results.querySelectorAll(".row").length >= Number(/\\d+/.exec(count)?.[0] ?? 0)
}"""
AXE = READER / "node_modules" / "axe-core" / "axe.min.js"


class Phone:
    """One open reading page. Every method is something that a person does, or sees."""

    def __init__(self, tab: Page, language: str = "uk") -> None:
        self.tab = tab
        self.language = language

    # Opening and seeing.

    def open(self, address: str) -> None:
        self.tab.goto(address)
        self.tab.locator("h1").first.wait_for()

    def heading(self) -> str:
        return self.tab.locator("h1").inner_text()

    def sees(self, name: str) -> Locator:
        """Waits until the page says this string; gives where."""
        found = self.tab.get_by_text(said(self.language, name)).locator("visible=true").first
        found.wait_for()
        return found

    def screen(self) -> str:
        """All that can be read now."""
        return self.tab.locator("body").inner_text()

    def press(self, name: str, within: str = "body") -> None:
        self.tab.locator(within).get_by_role("button", name=said(self.language, name)).first.click()

    def home(self) -> None:
        while self.tab.locator("button.back").count():
            self.press("back")

    def is_secure_context(self) -> bool:
        return bool(self.tab.evaluate("window.isSecureContext"))

    # Reading.

    def search(self, words: str) -> list[str]:
        """Types into the search field; gives the titles found."""
        field = self.tab.get_by_role("searchbox")
        field.click()
        field.fill("")
        field.press_sequentially(words)
        results = self.tab.get_by_role("region", name=said(self.language, "search.results"))
        # The count is spoken once the typing pauses and all texts are read; rows below the screen are drawn after that.
        self.tab.wait_for_function(SEARCHED, arg=results.element_handle())
        return results.locator(".row .title").all_inner_texts()

    def choose(self, title: str) -> None:
        """Opens the row with this title."""
        self.tab.locator(".row", has=self.tab.locator(".title", has_text=re.compile(f"^{re.escape(title)}$"))).click()

    def guide(self) -> str:
        return self.tab.locator(".guide-body").inner_text()

    # Writing.

    def write(self, text: str, *, topic: str = "question", town: str = "") -> tuple[str, ...]:
        """Writes a letter up to the sealed screen; gives the six words that were shown."""
        self.home()
        self.press("write.title", "nav")
        self.tab.get_by_label(said(self.language, TOPICS[topic])).check()
        self.tab.get_by_label(said(self.language, "write.text")).press_sequentially(text)
        if town:
            self.tab.get_by_label(said(self.language, "write.town")).fill(town)
        self.press("next")
        self.tab.locator(".codename li").first.wait_for()
        words = tuple(self.tab.locator(".codename li").all_inner_texts())
        self.press("codename.known")
        self.sees("send.title")
        return words

    def send(self) -> None:
        self.press("send.now")
        self.sees("sent.title")

    def save_letter(self, into: Path) -> Path:
        """Takes the sealed letter as a file; gives it under the name that the page proposes."""
        with self.tab.expect_download() as saving:
            self.press("send.file")
        file = into / saving.value.suggested_filename
        saving.value.save_as(file)
        self.sees("saved.title")
        return file

    # Answers.

    def ask_for_answer(self, words: Sequence[str]) -> list[str]:
        """Types the six words, of each the letters until the list has it, then taps it there; gives the answers."""
        self.home()
        self.press("replies.title", "nav")
        for at, word in enumerate(words):
            field = self.tab.locator(".word input").nth(at)
            field.click()
            offered = self.tab.get_by_role("option", name=word, exact=True)
            for letter in word:
                field.press_sequentially(letter)
                if offered.count():
                    offered.click()
                    break
        self.press("replies.find")
        self.tab.get_by_role("button", name=said(self.language, "replies.again")).wait_for()
        return [answer.strip() for answer in self.tab.locator(".answer").all_inner_texts()]

    # Newer editions.

    def update_from_site(self) -> None:
        """Asks the site, and waits for what the page says then."""
        self.home()
        self.press("home.update")
        self.press("update.site")

    def update_from_files(self, files: Iterable[Path]) -> None:
        self.home()
        self.press("home.update")
        with self.tab.expect_file_chooser() as choosing:
            self.press("update.file")
        choosing.value.set_files(list(files))

    def update_by_ear(self, recording: Path) -> None:
        self.home()
        self.press("home.update")
        self.press("listen.title")
        with self.tab.expect_file_chooser() as choosing:
            self.press("listen.file")
        choosing.value.set_files(recording)

    def is_updated(self) -> None:
        """Waits until the page says that it is newer now."""
        status = self.tab.get_by_role("status").filter(has_text=said(self.language, "update.done"))
        status.first.wait_for(state="attached")

    def is_home(self) -> None:
        """Waits until the first screen is shown, to which the page goes by itself after each file that it took."""
        self.tab.locator("button.back").wait_for(state="detached")

    # Passing on.

    def save_page(self, file: Path) -> Path:
        self.home()
        self.press("pass.title", "nav")
        with self.tab.expect_download() as saving:
            self.press("pass.save")
        saving.value.save_as(file)
        return file

    def check_neighbour(self, file: Path) -> str:
        """Gives what this page says of somebody else's page."""
        self.home()
        self.press("pass.title", "nav")
        with self.tab.expect_file_chooser() as choosing:
            self.press("check.choose")
        choosing.value.set_files(file)
        verdict = self.tab.locator(".note h3")
        verdict.wait_for()
        return verdict.inner_text().strip()

    # What a helper with a tool sees.

    def violations(self) -> list[tuple[str, list[str]]]:
        """What axe-core finds on the screen as it is."""
        self.tab.evaluate(AXE.read_text("utf-8"))
        found = self.tab.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]


def guides_in(page: Path, language: str) -> dict[str, bytes]:
    """The text that a page's file holds in one language, after all of it has verified."""
    return dict(open_page(page.read_bytes()).shelf.packs[MAIN, language].pack.guides)
