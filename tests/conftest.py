"""What every test stands on: no network beyond this machine, and missing programs named.

A test says what it needs by a marker (`browser`, `corpus`, `program("zstd")`); where that is not
there, the test is skipped and the reason names what is missing and how to get it.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from holub.store.vault import Cost
from scripts import debian

ROOT = Path(__file__).resolve().parent.parent

# A busy machine is no mistake in the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def find_corpus() -> Path | None:
    """The real corpus: HOLUB_CORPUS, else a git bundle in ../shared/corpus; None where there is none."""
    named = os.environ.get("HOLUB_CORPUS")
    if named:
        return Path(named)
    return next(iter(sorted((ROOT.parent / "shared" / "corpus").glob("*.bundle"))), None)


def find_browser() -> Path | None:
    """A Chromium on PATH; None where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(found) if found else None


def lacking(item: pytest.Item) -> str | None:
    """What this test needs and this machine does not have, with how to get it; None where it can run."""
    if item.get_closest_marker("browser") and find_browser() is None:
        return "Chromium is not installed (Debian: apt-get install chromium)"
    if item.get_closest_marker("corpus") and find_corpus() is None:
        return "the real corpus is not here (set HOLUB_CORPUS to a git repository of Markdown)"
    for marker in item.iter_markers("package"):
        if find_spec(str(marker.args[0])) is None:
            return f"the Python package {marker.args[0]} is not installed (make dev says why)"
    for marker in item.iter_markers("program"):
        program = str(marker.args[0])
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian: apt-get install {debian.PROGRAMS.get(program, program)})"
    return None


def pytest_configure() -> None:
    # What a shell starts in the background ignores Ctrl+C, and so would each program that a test starts and stops so.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        reason = lacking(item)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", autouse=True)
def light_passphrases() -> Iterator[None]:
    """Vaults and key files cost little to open; what a guess costs by default is for tests/store/test_vault.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cost.__init__, "__defaults__", (64, 1, 1))
        yield


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The Chromium that tests drive; for tests marked `browser`."""
    found = find_browser()
    assert found is not None, "mark this test with pytest.mark.browser"
    return found


@pytest.fixture(scope="session")
def corpus_path() -> Path:
    """The real corpus (a git repository or bundle); for tests marked `corpus`."""
    found = find_corpus()
    assert found is not None, "mark this test with pytest.mark.corpus"
    return found


def _stay_home(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse a connection that would leave this machine: no test may need the world, or bother it."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return  # a Unix socket
    host = str(address[0])
    try:
        home = host in ("", "localhost") or ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        home = False
    if not home:
        raise PermissionError(f"a test tried to reach {host}: tests stay on this machine")


sys.addaudithook(_stay_home)
