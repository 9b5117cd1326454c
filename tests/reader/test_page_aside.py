"""Codes are read aside, in a worker of the page's own code; where there is none the page does it itself."""

from __future__ import annotations

import os

import pytest

from holub.formats.framecutter import Cutter
from tests.reader.conftest import Open
from tests.reader.opened import FakeEdition
from tests.reader.screens import code_photo, photos_into

pytestmark = pytest.mark.browser


# What a page finds in a browser that allows no worker: none, or one that throws, takes nothing, is silent, fails later.
NO_WORKER = {
    "none": "window.Worker = undefined",
    "refused": "window.Worker = class { constructor() { throw new DOMException('no', 'SecurityError'); } }",
    "takes nothing": "window.Worker = class { postMessage() { throw new DOMException('no'); } terminate() {} }",
    "silent": "window.Worker = class { postMessage() {} terminate() {} };"
    " const wait = setTimeout; window.setTimeout = (call, ms) => wait(call, ms / 100)",
    "failed": "window.Worker = class { postMessage() { setTimeout(() => this.onerror()); } terminate() {} }",
}


# What the page began and did not end: workers, and addresses of its own code.
REMEMBER = """() => {
  [window.workers, window.addresses] = [new Set(), new Set()];
  window.Worker = class extends Worker {
    constructor(url) {
      super(url);
      workers.add(this);
    }
    terminate() {
      super.terminate();
      workers.delete(this);
    }
  };
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    const url = createObjectURL.call(URL, blob);
    addresses.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    addresses.delete(url);
    revokeObjectURL.call(URL, url);
  };
}"""


LEFT = "() => [workers.size, addresses.size]"


@pytest.mark.parametrize("how", NO_WORKER)
def test_where_there_is_no_worker_the_page_reads_by_itself(open_page: Open, how: str) -> None:
    page = open_page(FakeEdition(number=5))
    page.evaluate(REMEMBER)
    page.evaluate(f"() => {{ {NO_WORKER[how]} }}")
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    parcel = FakeEdition(number=6, age_days=1).parcel()
    photos_into(page, [code_photo(frame) for frame in Cutter(parcel, 504).frames(2)])
    page.get_by_text("Готово: тепер сторінка від").wait_for()
    assert page.evaluate(LEFT) == [0, 0]


def test_what_was_collected_waits_as_long_as_one_can_come_back_to_it(open_page: Open) -> None:
    page = open_page(FakeEdition())
    page.evaluate(REMEMBER)
    page.get_by_role("button", name="Взяти новіше").click()
    frames = list(Cutter(os.urandom(20_000), 504).frames(2))
    for _ in range(2):
        page.get_by_role("button", name="З іншого екрана").click()
        photos_into(page, [code_photo(frames[0])])
        page.get_by_text("1 з 40").wait_for()
        page.locator("button.aa").click()
        page.locator("button.back").click()
        photos_into(page, [code_photo(frames[1])])
        page.get_by_text("2 з 40").wait_for()
        assert page.evaluate(LEFT) == [1, 0]
        page.locator("button.back").click()
        assert page.evaluate(LEFT) == [0, 0]


# A worker that is at work on the second thing that it is asked, and stays so.
BUSY = """() => {
  window.Worker = class extends Worker {
    asked = 0;
    constructor(url) {
      super(url);
      window.aside = this;
    }
    postMessage(what) {
      if (!this.asked++) super.postMessage(what);
    }
  };
}"""


LEAVE = "() => { document.querySelector('button.exit').click(); return document.body.textContent; }"


def test_the_exit_is_there_at_once_while_the_worker_is_still_at_work(open_page: Open) -> None:
    page = open_page(FakeEdition())
    page.evaluate(BUSY)
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    first, last = (code_photo(frame) for frame in Cutter(os.urandom(900), 504).frames(0))
    photos_into(page, [first])
    page.get_by_text("1 з 2").wait_for()
    photos_into(page, [last])
    page.wait_for_function("() => window.aside.asked === 2")
    # The page has not put the parcel together itself meanwhile, and does not wait for whoever does.
    assert page.get_by_text("1 з 2").is_visible()
    assert page.evaluate(LEAVE) == ""
    page.wait_for_url("about:blank")
