"""A browser whose camera looks at what another page shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from bench.film import camera_flags

# Each code that the page draws on its canvas, once: rows of 0 and 1, the quiet zone included.
COLLECT = """async (count) => {
  const canvas = document.querySelector('canvas.codes');
  const codes = [];
  let last = '';
  while (codes.length < count) {
    await new Promise(requestAnimationFrame);
    const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    const rows = Array.from(pixels, (pixel) => (pixel & 0xff ? '0' : '1')).join('');
    if (rows !== last && rows.includes('1')) codes.push(rows);
    last = rows;
  }
  return codes;
}"""


def shown(page: Page, count: int) -> list[str]:
    """The next codes that a page shows."""
    codes: list[str] = page.evaluate(COLLECT, count)
    return codes


@contextmanager
def camera_on(browser: Browser, film_file: Path, flags: Sequence[str], **context: Any) -> Iterator[Page]:
    """A tab of a browser whose camera sees the film, and which asks nobody whether it may."""
    own = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=[*flags, *camera_flags(film_file)])
    try:
        tab = own.new_context(**context).new_page()
        tab.set_default_timeout(60_000)
        yield tab
    finally:
        own.close()
