"""The page as a file: one place for the data, the same bytes each time, and a page that can write itself again."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.reader.conftest import FakePostbox, Open
from tests.reader.opened import (
    CLOSES,
    OPENS,
    READER,
    FakeEdition,
    build_code,
    bundle,
    code_hash,
    cut,
    fill,
    packed_lists,
)

pytestmark = pytest.mark.browser
MOST_BROTLI = 120_000


@pytest.fixture(scope="session")
def real(code: bytes) -> bytes:
    """The page as it is shipped."""
    subprocess.run(["node", str(READER / "build.mjs")], check=True, capture_output=True)
    return (READER.parent / "src" / "holub" / "reader" / "built" / "page.html").read_bytes()


def test_the_shipped_page_has_one_empty_place_for_the_data(real: bytes) -> None:
    assert real.count(OPENS) == 1
    assert real.partition(OPENS)[2].startswith(CLOSES)
    assert b"fakes" not in real


def test_the_script_stands_under_its_own_hash(real: bytes) -> None:
    script = real.partition(b'<script id="code">')[2].rpartition(CLOSES)[0]
    assert script.count(CLOSES) == 0
    digest = base64.b64encode(hashlib.sha256(script).digest())
    assert b"script-src 'sha256-" + digest + b"' 'wasm-unsafe-eval'" in real
    assert b"unsafe-inline'" not in real.split(b"style-src")[0]


def test_the_same_source_gives_the_same_bytes(code: bytes, tmp_path: Path) -> None:
    assert build_code(tmp_path / "again.html") == code


def test_the_lists_are_built_beside_the_page(real: bytes) -> None:
    built = READER.parent / "src" / "holub" / "reader" / "built"
    assert sorted(packed_lists()) == ["en", "ru", "uk"]
    for language, packed in packed_lists().items():
        assert (built / f"words-{language}.bin").read_bytes() == packed
        assert hashlib.sha256(packed).hexdigest().encode() in real
        assert (built / f"words-{language}.txt").read_bytes() == (READER / "src/words" / f"{language}.txt").read_bytes()


def test_the_code_does_not_grow_beyond_what_a_slow_line_takes(real: bytes) -> None:
    done = subprocess.run(["node", str(READER / "build.mjs")], check=True, capture_output=True, text=True)
    found = re.search(r"(\d+) as brotli", done.stdout)
    assert found is not None
    assert int(found[1]) <= MOST_BROTLI


def test_nothing_in_the_source_could_keep_what_was_typed() -> None:
    """No storage, no history, no forms, no HTML made of strings, no WebCrypto."""
    forbidden = re.compile(
        r"localStorage|sessionStorage|indexedDB|document\.cookie|pushState|replaceState|<form|innerHTML|outerHTML"
        r"|insertAdjacentHTML|document\.write|crypto\.subtle|serviceWorker|\beval\(|new Function"
    )
    sources = sorted((READER / "src").rglob("*.ts"))
    assert len(sources) > 30
    for source in sources:
        assert not forbidden.search(source.read_text()), source


def test_a_saved_page_is_the_file_it_came_from(open_page: Open, code: bytes) -> None:
    edition = FakeEdition()
    data = bundle([edition.root(), edition.parcel()])
    page = open_page(data=data)
    page.locator(".three button").nth(2).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Зберегти як файл").click()
    assert saved.value.suggested_filename == "notes.html"
    assert Path(saved.value.path()).read_bytes() == fill(code, data)


def test_a_server_that_says_another_charset_spoils_nothing(browser: Browser, postbox: FakePostbox, code: bytes) -> None:
    edition = FakeEdition()
    file = fill(code, bundle([edition.root(), edition.parcel()]))
    postbox.files["/notes.html"], postbox.html = file, "text/html; charset=windows-1251"
    with browser.new_context(accept_downloads=True) as context:
        page = context.new_page()
        page.goto(f"http://reader.test:{postbox.port}/notes.html")
        page.get_by_role("heading", name="Від").first.wait_for()
        page.locator(".three button").nth(2).click()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Зберегти як файл").click()
        assert Path(saved.value.path()).read_bytes() == file


def test_a_page_that_took_an_update_saves_it_under_the_same_code(open_page: Open, code: bytes, tmp_path: Path) -> None:
    old, new = FakeEdition(number=5), FakeEdition(number=6, age_days=1, follows=5)
    data = bundle([old.root(), old.parcel()])
    page = open_page(data=data)
    page.get_by_role("button", name="Взяти новіше").click()
    update = new.parcel()
    page.set_input_files("input[type=file]", {"name": "x.hlp", "mimeType": "", "buffer": update})
    page.get_by_text("1 день тому").wait_for()
    page.locator(".three button").nth(2).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Зберегти як файл").click()
    file = tmp_path / "notes.html"
    saved.value.save_as(file)
    own, held = cut(file.read_bytes())
    assert code_hash(own) == code_hash(code)
    assert held == data + len(update).to_bytes(4, "big") + update
    page.goto(file.as_uri())
    page.get_by_text("1 день тому").wait_for()


def test_an_empty_page_says_so(open_page: Open) -> None:
    assert "порожня" in open_page(data=b"").locator("h1").inner_text()


@pytest.mark.parametrize(
    "settings",
    [
        b"{}",
        b'{"language":"uk","postboxes":[],"page":"","more":1}',
        b'{"language":"uk","postboxes":["javascript:alert(1)"],"page":""}',
        b'{"language":"uk","postboxes":[],"page":"https://example.org"}',
        b"[" * 5000,
    ],
)
def test_settings_that_are_not_understood_show_nothing(open_page: Open, settings: bytes) -> None:
    edition = FakeEdition()
    items = [settings, edition.root(), edition.parcel()]
    data = b"HLB1" + b"".join(len(item).to_bytes(4, "big") + item for item in items)
    page = open_page(data=data)
    assert page.locator("h1").inner_text() == "Ця сторінка пошкоджена"
    assert "Документи" not in page.content()
