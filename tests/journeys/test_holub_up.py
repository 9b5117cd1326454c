"""One command starts it all: a letter is written on the reading page, answered at the desk, and the answer is read."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.command import HOLUB
from tests.journeys.conftest import NewPhone
from tests.journeys.phone import PATIENCE

pytestmark = pytest.mark.browser
PASSWORD = "тихий ранок над озером"
QUESTION = "Чи мушу я відповідати на опитування?"
ANSWER = "Ні, не мусите."
BOUND = 60  # seconds


@pytest.fixture
def up(tmp_path: Path, code: bytes) -> Iterator[dict[str, str]]:
    """`holub up`, running; gives its three addresses, and the code for whoever sets the desk up."""
    command = [*HOLUB, "up", "--data", str(tmp_path / "data"), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        if not line:
            pytest.fail(process.stderr.read())
        told: dict[str, str] = json.loads(line)
        yield told
        process.send_signal(signal.SIGINT)
        assert process.wait(BOUND) == 0
        assert process.stderr.read() == ""


@pytest.fixture
def desk(browser: Browser, up: dict[str, str]) -> Iterator[Page]:
    """The desk, in the browser of whoever reads the terminal: their account made, and signed in."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    tab.goto(up["desk"])
    tab.locator("#code").fill(up["code"])
    tab.locator("#name").fill("Марта")
    tab.locator("#password").fill(PASSWORD)
    tab.locator("#again").fill(PASSWORD)
    with tab.expect_navigation():
        tab.locator("form button.first").click()
    secret = "".join(tab.locator("ol.groups li").all_inner_texts())
    tab.locator("#code").fill(pyotp.TOTP(secret).now())
    tab.locator("form button.first").click()
    tab.locator("main .deeds a[href='/letters']").click()  # the set-up can wait
    tab.locator("form[action='/fetch']").wait_for()
    yield tab
    context.close()


def test_a_letter_is_answered_at_the_desk(up: dict[str, str], desk: Page, phone: NewPhone) -> None:
    # Given `holub up` on the sample, when somebody writes on the reading page,
    writer = phone(up["reading page"])
    words = writer.write(QUESTION, town="Нова Каховка")
    writer.send()
    # and somebody at the desk fetches it,
    desk.locator("form[action='/fetch'] button").click()
    row = desk.locator("ul.rows a", has_text=QUESTION)
    until = time.monotonic() + BOUND
    while not row.count():
        assert time.monotonic() < until, "the letter did not come to the desk"
        desk.wait_for_timeout(200)
        desk.goto(up["desk"] + "/letters")
    row.first.click()
    assert desk.locator("#letter").inner_text().strip() == QUESTION
    # answers, and publishes the next edition,
    desk.locator("#reply").fill(ANSWER)
    with desk.expect_navigation():
        desk.locator("#reply-form button").first.click()
    desk.goto(up["desk"] + "/editions/next")
    desk.locator("form.publish button").click()
    until = time.monotonic() + BOUND
    # then the writer, on another phone, finds the answer with six words.
    while desk.request.get(up["postbox"] + "/mailbag/2/main/directory").status != 200:
        assert time.monotonic() < until, "the edition did not come to the postbox"
        desk.wait_for_timeout(200)
    reader = phone(up["reading page"])
    assert reader.ask_for_answer(words) == [ANSWER]


def test_it_prints_three_addresses_and_comes_back_as_it_was(tmp_path: Path, code: bytes) -> None:
    # Given a folder that `holub up` has used, when it is started there again,
    printed = []
    for _ in range(2):
        command = [*HOLUB, "up", "--data", str(tmp_path / "data"), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            process.send_signal(signal.SIGINT)
            assert process.wait(BOUND) == 0
        printed.append(lines)
    # then it says where everything is, both times, and there is still one edition.
    for lines in printed:
        for line, name in zip(lines, ("reading page", "desk", "postbox"), strict=True):
            assert re.fullmatch(rf"{name}: https?://[\w.:]+/?\n", line)
    assert [file.name for file in (tmp_path / "data" / "office" / "press" / "editions").iterdir()] == ["1.json"]
