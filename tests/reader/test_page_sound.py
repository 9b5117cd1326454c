"""A page plays tones and hears them: a letter goes out of a loudspeaker, a newer edition comes in by a microphone."""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from holub.formats import letter, letterkey, narrow
from holub.formats.letterbag import read_letters, write_letters
from holub.formats.parcel import Kind, parse_parcel
from holub.transit.carriers.sound import Sound, write_recording
from holub.transit.carriers.sound.recording import RATE
from tests.fakes.room import Room
from tests.reader.conftest import FLAGS, PATIENCE, FakePostbox, Open
from tests.reader.opened import FakeEdition, bundle, fill
from tests.reader.sounds import LOUDSPEAKER, PLAYED, play, recorded

pytestmark = [pytest.mark.browser, pytest.mark.package("ggwave")]


@pytest.fixture
def key() -> letterkey.SecretKey:
    return letterkey.generate(46, os.urandom(32))


def write(page: Page, text: str) -> None:
    page.locator(".three button").first.click()
    page.locator("textarea").fill(text)
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()


def test_a_short_letter_goes_out_as_a_narrow_one(open_page: Open, key: letterkey.SecretKey, tmp_path: Path) -> None:
    page = open_page(FakeEdition(key=key.public, narrow=key.narrow))
    write(page, "Чи можна не відповідати?")
    play(page, tmp_path / "played.wav")
    [parcel] = Sound(tmp_path / "played.wav").receive()
    read = parse_parcel(parcel)
    assert read.kind is Kind.LETTERS
    [sealed] = read_letters(read.body)
    assert len(sealed) == 256
    opened = narrow.open_sealed(sealed, key.number, key.narrow_private())
    assert opened.body is not None
    assert opened.body.text == "Чи можна не відповідати?"


def test_the_writer_may_take_the_usual_seal_instead(open_page: Open, key: letterkey.SecretKey, tmp_path: Path) -> None:
    page = open_page(FakeEdition(key=key.public, narrow=key.narrow))
    write(page, "Питання")
    page.get_by_role("button", name="Зіграти звуком").click()
    page.get_by_label("Звичайна, 6 хвилин").check()
    page.evaluate(LOUDSPEAKER)
    page.get_by_role("button", name="Грати").click()
    page.get_by_text("Зіграно").wait_for()
    write_recording(tmp_path / "played.wav", [base64.b64decode(page.evaluate(PLAYED)), bytes(RATE)])
    [parcel] = Sound(tmp_path / "played.wav").receive()
    [sealed] = read_letters(parse_parcel(parcel).body)
    opened = letter.open_sealed(sealed, key)
    assert opened.body is not None
    assert (len(sealed), opened.body.text) == (4_096, "Питання")


def test_what_is_played_again_goes_on_where_it_ended(open_page: Open, key: letterkey.SecretKey, tmp_path: Path) -> None:
    page = open_page(FakeEdition(key=key.public, narrow=key.narrow))
    write(page, "Питання")
    play(page, tmp_path / "one.wav")
    page.evaluate("window.played = []")
    page.get_by_role("button", name="Грати").click()
    page.get_by_text("Зіграно").wait_for()
    write_recording(tmp_path / "two.wav", [base64.b64decode(page.evaluate(PLAYED)), bytes(RATE)])
    one, two = (list(Sound(tmp_path / name).frames()) for name in ("one.wav", "two.wav"))
    assert len(one) == len(two) == 5
    assert not set(one) & set(two)


def test_a_long_letter_takes_minutes_and_says_so(open_page: Open) -> None:
    page = open_page()
    write(page, "Довгий лист. " * 40)
    page.get_by_text("без інтернету: 6 хвилин").wait_for()


def test_leaving_stops_the_sound_at_once(open_page: Open) -> None:
    page = open_page()
    write(page, "Питання")
    page.evaluate(
        """() => {
          window.open = 0;
          const Context = window.AudioContext;
          window.AudioContext = class extends Context {
            constructor() { super(); window.open++; }
            close() { window.open--; return super.close(); }
          };
        }"""
    )
    page.get_by_role("button", name="Зіграти звуком").click()
    page.get_by_role("button", name="Грати").click()
    page.get_by_text("1 з 5").wait_for()
    assert page.evaluate("window.open") == 1
    page.get_by_role("button", name="Зупинити").click()
    assert page.evaluate("window.open") == 0
    page.get_by_role("button", name="Грати").click()
    page.locator("button.back").click()
    assert page.evaluate("window.open") == 0
    page.get_by_role("button", name="Зіграти звуком").click()
    page.get_by_role("button", name="Грати").click()
    # The quick exit: what sounded has ended before the next page is even asked for.
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("() => { window.stop = () => console.log(`${window.open} sounding`); }")
    page.locator("button.exit").click()
    page.wait_for_url("about:blank")
    assert said == ["0 sounding"]


def test_a_recording_brings_a_newer_edition(open_page: Open, tmp_path: Path) -> None:
    page = open_page(FakeEdition(number=5))
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="Слухати").click()
    page.set_input_files("input[type=file]", {"name": "a.wav", "mimeType": "audio/wav", "buffer": b"no sound"})
    page.get_by_text("Цей файл не відкривається").wait_for()
    write_recording(tmp_path / "silence.wav", [bytes(RATE)])
    page.set_input_files("input[type=file]", tmp_path / "silence.wav")
    page.get_by_text("Звуків не розібрано").wait_for()
    newer = FakeEdition(number=6, age_days=1, packs=[{"section": "main", "language": "uk", "guides": {"a.md": "# А"}}])
    page.set_input_files("input[type=file]", recorded(tmp_path, newer.parcel()))
    page.get_by_text("Готово: тепер сторінка від").wait_for()


def test_where_there_is_no_microphone_the_page_says_what_to_do(
    browser: Browser, code: bytes, postbox: FakePostbox
) -> None:
    edition = FakeEdition(number=5)
    postbox.files["/notes.html"] = fill(code, bundle([edition.root(), edition.parcel()]))
    context = browser.new_context(locale="uk-UA")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"http://reader.test:{postbox.port}/notes.html")
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="Слухати").click()
    page.get_by_text("Тут браузер не дає сторінці мікрофона").wait_for()
    assert page.get_by_role("button", name="Відкрити мікрофон").count() == 0
    context.close()


def test_a_microphone_hears_a_letter_to_carry_on(
    browser: Browser, code: bytes, key: letterkey.SecretKey, tmp_path: Path
) -> None:
    sealed = os.urandom(256)
    # As much to spare as people send by default: where the machine is busy, the browser loses pieces of what it hears.
    file = recorded(tmp_path, write_letters([sealed]).encode(), Room(snr=15, low=400, high=6_000), rounds=2)
    edition = FakeEdition()
    (tmp_path / "own.html").write_bytes(fill(code, bundle([edition.root(), edition.parcel()])))
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={file}",
    ]
    own = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *flags])
    try:
        page = own.new_context(locale="uk-UA").new_page()
        page.set_default_timeout(90_000)
        page.goto((tmp_path / "own.html").as_uri())
        page.get_by_role("button", name="Взяти новіше").click()
        page.get_by_role("button", name="Слухати").click()
        page.get_by_role("button", name="Відкрити мікрофон").click()
        page.get_by_text("Перейшов запечатаний лист до центру").wait_for()
        page.get_by_role("button", name="Закрити мікрофон").click()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Зберегти як файл").click()
        assert Path(saved.value.path()).read_bytes() == sealed
    finally:
        own.close()


def test_nothing_that_was_heard_is_left_in_the_profile(browser: Browser, code: bytes, tmp_path: Path) -> None:
    sealed = os.urandom(256)
    file = recorded(tmp_path, write_letters([sealed]).encode())
    edition = FakeEdition()
    (tmp_path / "notes.html").write_bytes(fill(code, bundle([edition.root(), edition.parcel()])))
    profile = tmp_path / "profile"
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=shutil.which("chromium"), args=[*FLAGS, *flags], locale="uk-UA"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto((tmp_path / "notes.html").as_uri())
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="Слухати").click()
    page.get_by_role("button", name="Відкрити мікрофон").click()
    page.get_by_role("button", name="Закрити мікрофон").wait_for()
    page.set_input_files("input[type=file]", file)
    page.get_by_text("Ви несете 1 лист").wait_for()
    # Choosing a file has closed the microphone.
    page.get_by_role("button", name="Відкрити мікрофон").wait_for()
    context.close()

    frames = list(Sound(file).frames())
    needles = [sealed[:32], frames[0][30:62], file.read_bytes()[60_000:60_032]]
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert any(b"notes.html" in path.read_bytes() for path in files)
    for path in files:
        held = path.read_bytes()
        assert not any(needle in held for needle in needles), path
