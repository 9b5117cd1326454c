"""A browser as a person has it: its own process and its own profile on the disk, closed by hand or killed."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from bench.page_browser import FLAGS
from tests.journeys.phone import PATIENCE, RESOLVE, SMALL

SLOWER = 6
_STARTS_IN = 60.0  # seconds, a bound
_SAVES_AFTER = 4.0  # seconds in which a browser writes what it keeps of open tabs


class OwnBrowser:
    """Chromium with a profile; the same profile may be opened again by another one, later."""

    def __init__(self, playwright: Playwright, program: Path, profile: Path) -> None:
        self.profile = profile
        profile.mkdir(exist_ok=True)
        port_file = profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        command = [
            str(program),
            "--headless",
            *FLAGS,
            RESOLVE,
            "--lang=uk",
            f"--window-size={SMALL['width']},{SMALL['height']}",
            f"--user-data-dir={profile}",
            f"--disk-cache-dir={profile / 'cache'}",
            "--remote-debugging-port=0",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + _STARTS_IN
        while not (port_file.is_file() and port_file.read_text().count("\n")):
            assert self._process.poll() is None, "the browser ended as it began"
            assert time.monotonic() < until, "the browser does not start"
            time.sleep(0.05)
        port = port_file.read_text().split()[0]
        self._connection: Browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", timeout=PATIENCE)

    def tab(self) -> Page:
        """Its one tab: a small screen, a slow processor."""
        context = self._connection.contexts[0]
        context.set_default_timeout(3 * PATIENCE)
        tab = context.pages[0] if context.pages else context.new_page()
        tab.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
        context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return tab

    def close(self) -> None:
        """As a person closes it, after a while in which it saves what it saves."""
        if self._process.poll() is None:
            time.sleep(_SAVES_AFTER)
            self._connection.new_browser_cdp_session().send("Browser.close")
            self._process.wait(60)
        self._connection.close()

    def kill(self) -> None:
        """As a battery ends it: at once, every process of it, after it had time to save what it saves."""
        time.sleep(_SAVES_AFTER)
        os.killpg(self._process.pid, signal.SIGKILL)  # the session that was started for this browser alone
        self._process.wait(60)
        self._connection.close()


def traces(profile: Path, text: str) -> list[str]:
    """The files of a profile that hold a text, in UTF-8 or UTF-16, whatever its case."""
    wanted = [re.compile(re.escape(text.encode(code)), re.IGNORECASE) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [name for name, data in _files(profile) if any(pattern.search(data) for pattern in wanted)]


def traces_in_sequence(profile: Path, words: tuple[str, ...]) -> list[str]:
    """The files that hold any two of these words, one soon after the other as they follow."""
    found = set()
    for name, data in _files(profile):
        for code in ("utf-8", "utf-16-le", "utf-16-be"):
            for first, second in itertools.pairwise(words):
                pattern = re.escape(first.encode(code)) + rb".{1,40}?" + re.escape(second.encode(code))
                if re.search(pattern, data, re.DOTALL):
                    found.add(name)
    return sorted(found)


def _files(profile: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(profile.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file.relative_to(profile).as_posix(), file.read_bytes()
