"""From one page's screen into another page's camera: a newer edition, a letter to carry on; and what is refused."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
import zxingcpp
from playwright.sync_api import Browser, FilePayload, Page

from bench.film import Lens, film, photo, picture
from holub.formats import letter, letterkey
from holub.formats.framecollector import Collector
from holub.formats.framecutter import Cutter
from tests.fakes.camera import camera_on
from tests.reader.conftest import FLAGS, PATIENCE, FakePostbox, Open
from tests.reader.opened import FakeEdition, bundle, fill
from tests.reader.screens import code_photo, file_of, look, photos_into, show, show_edition

pytestmark = pytest.mark.browser


def test_a_newer_edition_goes_from_screen_to_camera(
    browser: Browser, open_page: Open, code: bytes, tmp_path: Path
) -> None:
    newer = open_page(FakeEdition(number=6, age_days=1))
    codes = show_edition(newer, 14)
    with camera_on(browser, film(codes, tmp_path / "film.mjpeg", lens=Lens(missed=0.1)), FLAGS, locale="uk-UA") as page:
        page.goto(file_of(tmp_path, code, FakeEdition(number=5)))
        look(page)
        page.get_by_text("Готово: тепер сторінка від").wait_for()
        page.get_by_role("button", name="Закрити камеру").click()
        page.locator("button.back").click()
        page.locator("button.back").click()
        page.get_by_text("1 день тому").wait_for()


def write_and_show(page: Page, text: str, count: int) -> list[str]:
    page.locator(".three button").first.click()
    page.locator("textarea").fill(text)
    page.get_by_label("Хочу отримати відповідь").uncheck()
    page.get_by_role("button", name="Далі").click()
    page.get_by_role("button", name="Показати кодом").click()
    return show(page, count)


def test_a_letter_is_taken_from_a_screen_and_carried_on(
    browser: Browser, open_page: Open, code: bytes, postbox: FakePostbox, tmp_path: Path
) -> None:
    key = letterkey.generate(46, os.urandom(32))
    codes = write_and_show(open_page(FakeEdition(key=key.public)), "Питання", 14)
    with camera_on(browser, film(codes, tmp_path / "film.mjpeg"), FLAGS, locale="uk-UA") as page:
        page.goto(file_of(tmp_path, code, FakeEdition(), (postbox.url,)))
        look(page)
        page.get_by_text("Перейшов запечатаний лист до центру").wait_for()
        # It goes on from here: to a file, to the next phone's camera, to the postbox.
        with page.expect_download() as saved:
            page.get_by_role("button", name="Зберегти як файл").click()
        held = Path(saved.value.path()).read_bytes()
        page.get_by_role("button", name="Показати кодом").click()
        assert set(show(page, 10)) <= set(codes)
        page.locator("button.back").click()
        page.get_by_role("button", name="Надіслати зараз").click()
        page.get_by_text("Чужі листи пішли далі").wait_for(state="attached")
        assert page.get_by_text("Ви несете").count() == 0 or not page.get_by_text("Ви несете").is_visible()
    assert postbox.letters == [held]
    opened = letter.open_sealed(held, key)
    assert opened.body is not None
    assert opened.body.text == "Питання"


def test_where_there_is_no_camera_photos_do(
    browser: Browser, open_page: Open, code: bytes, postbox: FakePostbox
) -> None:
    codes = show_edition(open_page(FakeEdition(number=6, age_days=1)), 12)
    edition = FakeEdition(number=5)
    postbox.files["/notes.html"] = fill(code, bundle([edition.root(), edition.parcel()]))
    context = browser.new_context(locale="uk-UA")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"http://reader.test:{postbox.port}/notes.html")
    assert page.evaluate("navigator.mediaDevices === undefined")
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    page.get_by_text("Тут браузер не дає сторінці камери").wait_for()
    assert page.get_by_role("button", name="Відкрити камеру").count() == 0
    photos_into(page, [photo(codes[0], Lens(blur=14))])
    page.get_by_text("Кодів не знайшлося").wait_for()
    photos_into(page, [photo(codes[0])])
    page.get_by_text("1 з ").wait_for()
    photos_into(page, [photo(one) for one in codes[1:]])
    page.get_by_text("Готово: тепер сторінка від").wait_for()
    context.close()


RECORD = """async (count) => {
  const codes = document.querySelector('canvas.codes');
  const film = document.createElement('canvas');
  [film.width, film.height] = [640, 480];
  const pen = film.getContext('2d');
  pen.imageSmoothingEnabled = false;
  // One picture a code: a busy machine drops most of thirty a second.
  const stream = film.captureStream(0);
  const recorder = new MediaRecorder(stream, {videoBitsPerSecond: 8e6});
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const done = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  for (const seen = new Set(); seen.size <= count; ) {
    await new Promise(requestAnimationFrame);
    const before = seen.size;
    seen.add(codes.toDataURL());
    if (seen.size === before) continue;
    pen.fillStyle = '#456';
    pen.fillRect(0, 0, 640, 480);
    pen.drawImage(codes, 100, 20, 440, 440);
    stream.getVideoTracks()[0].requestFrame();
  }
  recorder.stop();
  await done;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}"""


COUNT_ENDINGS = """() => {
  const video = document.querySelector('video.sight');
  window.endings = 0;
  new MutationObserver(() => (endings += video.hidden ? 1 : 0)).observe(video, {attributeFilter: ['hidden']});
}"""


def test_a_video_that_somebody_took_does_too(open_page: Open) -> None:
    small = [{"section": "main", "language": "uk", "guides": {"a.md": "# Вода\n\nКип’ятіть.\n"}}]
    newer = open_page(FakeEdition(number=6, age_days=1, packs=small))
    newer.locator(".three button").nth(2).click()
    newer.get_by_role("button", name="Показати кодом").click()
    # Slowly: a browser that records, draws and does other people's work at once drops many pictures.
    newer.get_by_label("Спокійно").check()
    newer.get_by_role("button", name="Показувати").click()
    page = open_page(FakeEdition(number=5))
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    page.evaluate(COUNT_ENDINGS)
    done = page.get_by_text("Готово: тепер сторінка від")
    for turn, count in enumerate((12, 24, 36)):
        # What a busy phone missed in the first video is in a longer one.
        video = base64.b64decode(newer.evaluate(RECORD, count))
        film_file = FilePayload(name="video.webm", mimeType="video/webm", buffer=video)
        page.set_input_files("input[type=file]", film_file)
        # Also a video that does not open, for a moment in sight, was one.
        page.wait_for_function("turn => endings > turn", arg=turn, timeout=2 * PATIENCE)
        if done.is_visible():
            break
    done.wait_for()
    page.set_input_files("input[type=file]", {"name": "x.webm", "mimeType": "video/webm", "buffer": b"no video"})
    page.get_by_text("Цей файл не відкривається").wait_for()


# A browser whose video stops before its end and tells nobody, and whose seconds are short.
STUCK = """() => {
  const clock = setInterval;
  window.setInterval = (call, ms) => clock(call, ms / 50);
  HTMLMediaElement.prototype.play = () => new Promise(() => undefined);
}"""


def test_a_video_that_stops_before_its_end_is_over(open_page: Open) -> None:
    newer = open_page(FakeEdition())
    newer.locator(".three button").nth(2).click()
    newer.get_by_role("button", name="Показати кодом").click()
    newer.get_by_role("button", name="Показувати").click()
    video = base64.b64decode(newer.evaluate(RECORD, 12))  # fewer, and some browsers made a film that does not open
    page = open_page(FakeEdition())
    page.evaluate(STUCK)
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    page.set_input_files("input[type=file]", {"name": "video.webm", "mimeType": "video/webm", "buffer": video})
    page.get_by_text("Кодів не знайшлося").wait_for()
    assert page.locator("video.sight").is_hidden()


# What is shown is not to be trusted: these are refused in words, and change nothing.
@pytest.mark.parametrize(
    ("edition", "words"),
    [
        (FakeEdition(number=6, refuse="forged"), "Це не від центру"),
        (FakeEdition(number=6, refuse="other-publisher"), "Це від іншого центру"),
    ],
    ids=["forged", "other-publisher"],
)
def test_what_a_strange_screen_shows_is_refused(open_page: Open, edition: FakeEdition, words: str) -> None:
    page = open_page(FakeEdition(number=5))
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    photos_into(page, [code_photo(frame) for frame in Cutter(edition.parcel(), 504).frames(2)])
    page.get_by_text(words).wait_for()
    page.locator("button.back").click()
    page.locator("button.back").click()
    page.get_by_text("2 дні тому").wait_for()


def test_junk_on_a_screen_is_passed_over(open_page: Open) -> None:
    page = open_page(FakeEdition(number=5))
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З іншого екрана").click()
    frames = list(Cutter(FakeEdition(number=6, age_days=1).parcel(), 504).frames(2))
    junk = [b"https://example.org/", b"", os.urandom(520), b"\x01" + os.urandom(200), bytes([2]) + frames[0][1:]]
    photos_into(page, [code_photo(one) for one in [*junk, *frames, *junk]])
    page.get_by_text("Готово: тепер сторінка від").wait_for()


def test_other_programs_read_what_the_page_shows(open_page: Open) -> None:
    edition = FakeEdition(number=6, age_days=1)
    parcel = edition.parcel()
    page = open_page(data=bundle([edition.root(), parcel]))
    collector = Collector(os.urandom)
    for code in show_edition(page, 14):
        read = zxingcpp.read_barcode(picture(code, 4))
        assert read is not None
        whole = collector.add(read.bytes)
        if whole is not None:
            assert whole.parcel == parcel
            return
    raise AssertionError("fourteen codes did not give the parcel")


def test_it_begins_and_ends_when_it_is_told_to(browser: Browser, open_page: Open, code: bytes, tmp_path: Path) -> None:
    page = open_page(FakeEdition())
    page.locator(".three button").nth(2).click()
    page.get_by_role("button", name="Показати кодом").click()
    assert not page.locator("canvas.codes").is_visible()
    codes = show(page, 3)
    assert not page.locator("canvas.codes").is_visible()
    page.get_by_role("button", name="Показувати").click()
    page.locator("button.back").click()
    assert page.locator("canvas").count() == 0
    with camera_on(browser, film(codes, tmp_path / "film.mjpeg"), FLAGS, locale="uk-UA") as page:
        page.goto(file_of(tmp_path, code, FakeEdition()))
        page.evaluate(
            "navigator.mediaDevices.getUserMedia = ((ask) => async (what) => (window.stream = await ask(what)))"
            "(navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)), 0"
        )
        open_tracks = "window.stream.getTracks().filter((track) => track.readyState === 'live').length"
        for close in ("Закрити камеру", "Назад"):
            look(page)
            page.get_by_role("button", name="Закрити камеру").wait_for()
            page.get_by_text("1 з ").or_(page.get_by_text("2 з ")).or_(page.get_by_text("3 з ")).wait_for()
            assert page.evaluate(open_tracks) == 1
            page.get_by_role("button", name=close).click()
            page.wait_for_function(f"() => {open_tracks} === 0")
            while page.locator("button.back").count():
                page.locator("button.back").click()


# A camera that opens when `allow` says so, as after the browser's own question.
ASKING = """() => {
  window.stream = document.createElement("canvas").captureStream();
  navigator.mediaDevices.getUserMedia = () => new Promise((open) => (window.allow = () => open(stream)));
}"""


CLOSED = "() => stream.getTracks().every((track) => track.readyState === 'ended')"


@pytest.mark.parametrize("leaves", ["button.back", "button.aa"])
def test_whoever_leaves_while_the_browser_asks_is_not_looked_at(open_page: Open, leaves: str) -> None:
    page = open_page(FakeEdition())
    page.evaluate(ASKING)
    look(page)
    page.locator(leaves).click()
    page.evaluate("allow()")
    page.wait_for_function(CLOSED)
    if leaves == "button.aa":
        page.locator("button.back").click()
        page.get_by_role("button", name="Відкрити камеру").wait_for()


def test_whoever_asked_for_less_motion_gets_it(browser: Browser, code: bytes, tmp_path: Path) -> None:
    context = browser.new_context(locale="uk-UA", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(file_of(tmp_path, code, FakeEdition()))
    page.locator(".three button").nth(2).click()
    page.get_by_role("button", name="Показати кодом").click()
    assert page.get_by_label("Спокійно").is_checked()
    context.close()


def test_a_camera_that_may_not_open_says_what_to_do(browser: Browser, code: bytes, tmp_path: Path) -> None:
    context = browser.new_context(locale="uk-UA")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(file_of(tmp_path, code, FakeEdition()))
    look(page)
    page.get_by_text("Камера не відкрилася").wait_for()
    context.close()
