"""The page hands on what it has: itself through the phone's own sharing, other people's letters by sound."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from holub.formats.framecutter import Cutter
from holub.formats.letterbag import read_letters, write_letters
from holub.formats.parcel import parse_parcel
from holub.transit.carriers.sound import Sound
from tests.reader.conftest import Open
from tests.reader.opened import FakeEdition, bundle, fill
from tests.reader.screens import code_photo, photos_into
from tests.reader.sounds import play

pytestmark = pytest.mark.browser
FAILED = "Телефон не поділився сторінкою. Збережіть її як файл"

# A phone's own sharing: keeps what it was handed, then does what `outcome` says. It takes files as Chromium does.
SHARING = """(outcome) => {
  window.shared = [];
  navigator.canShare = ({files}) => files.every((file) => file.name.endsWith('.html') && file.type === 'text/html');
  navigator.share = async ({files}) => {
    if (!navigator.userActivation.isActive) throw new DOMException('', 'NotAllowedError');
    for (const file of files) window.shared.push(file);
    if (outcome) throw new DOMException('', outcome);
  };
}"""
SHARED = """async () => Promise.all(window.shared.map(async (file) => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return [file.name, file.type, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))];
}))"""


def share(page: Page, outcome: str) -> None:
    page.evaluate(SHARING, outcome)
    page.locator(".three button").nth(2).click()
    page.get_by_role("button", name="Поділитися").click()
    page.wait_for_function("() => window.shared.length")


def test_where_the_phone_can_it_shares_the_pages_file(open_page: Open, code: bytes) -> None:
    edition = FakeEdition()
    data = bundle([edition.root(), edition.parcel()])
    page = open_page(data=data)
    share(page, "")
    [[name, kind, held]] = page.evaluate(SHARED)
    assert (name, kind) == ("notes.html", "text/html")
    assert base64.b64decode(held) == fill(code, data)
    assert FAILED not in page.inner_text("body")


def test_who_changes_their_mind_is_told_nothing(open_page: Open) -> None:
    page = open_page()
    share(page, "AbortError")
    page.evaluate("() => new Promise((then) => setTimeout(then))")
    assert FAILED not in page.inner_text("body")
    # And may still share it.
    page.get_by_role("button", name="Поділитися").click()
    page.wait_for_function("() => window.shared.length === 2")


@pytest.mark.parametrize("outcome", ["NotAllowedError", "DataError"])
def test_a_phone_that_refuses_after_all_is_told_of(open_page: Open, outcome: str) -> None:
    page = open_page()
    share(page, outcome)
    page.get_by_role("status").filter(has_text=FAILED).wait_for()


@pytest.mark.parametrize(
    "lacks", ["navigator.canShare = () => false", "delete window.shared, navigator.share = undefined"]
)
def test_where_it_cannot_the_file_is_saved_first_of_all(open_page: Open, lacks: str) -> None:
    page = open_page()
    page.evaluate(SHARING, "")
    page.evaluate(f"() => {{ {lacks} }}")
    page.locator(".three button").nth(2).click()
    assert page.locator(".actions .first").first.inner_text() == "Зберегти як файл"
    assert page.get_by_role("button", name="Поділитися").count() == 0


def carry(page: Page, letters: list[bytes]) -> None:
    """Brings other people's letters over from a screen; they are passed on from where they came."""
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    photos_into(page, [code_photo(frame) for frame in Cutter(write_letters(letters).encode(), 504).frames(2)])
    page.get_by_text("Ви несете").wait_for()


@pytest.mark.package("ggwave")
def test_short_letters_of_others_go_on_by_sound(open_page: Open, tmp_path: Path) -> None:
    short, usual = [os.urandom(256) for _ in range(2)], os.urandom(4_096)
    page = open_page()
    carry(page, [*short, usual])
    # Who waits half a minute for the short ones is not made to wait for the usual one.
    names = page.get_by_role("button", name="Зіграти звуком").all_inner_texts()
    assert names == ["Зіграти звуком · 44 секунди", "Зіграти звуком · 6 хвилин"]
    play(page, tmp_path / "played.wav")
    [parcel] = Sound(tmp_path / "played.wav").receive()
    assert sorted(read_letters(parse_parcel(parcel).body)) == sorted(short)
    # They are other people's: nothing tells this person of six words.
    assert "шість слів" not in page.inner_text("main")


def test_letters_with_pictures_do_not_go_by_sound(open_page: Open) -> None:
    page = open_page()
    carry(page, [os.urandom(65_536)])
    assert page.get_by_role("button", name="Зберегти як файл").is_visible()
    assert page.get_by_role("button", name="Зіграти звуком").count() == 0
