"""A tampered mirror is refused: flipped bytes, an older list, a page that was changed, an edition that stands still."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from holub.formats.bundle import Settings, cut_page, fill_page, read_bundle, write_bundle
from tests.journeys.centre import DAY, NAME, TOWN_GUIDE, Centre, in_language
from tests.journeys.command import HOLUB
from tests.journeys.conftest import History, NewPhone, Serve
from tests.journeys.phone import Phone, guides_in
from tests.journeys.words import READER

pytestmark = pytest.mark.browser
REFUSED = 3
SEAL = 118


@pytest.fixture
def mirror(history: History, tmp_path: Path) -> Path:
    """A mirror in bad hands: edition 5's tree, with edition 1's page as `old.html`; the pages know no other place."""
    folder = Path(shutil.copytree(history.centre.stick, tmp_path / "mirror"))
    (folder / "old.html").write_bytes(alone(history.page(1)))
    (folder / "uk.html").write_bytes(alone(history.page(5)))
    return folder


def alone(page: Path) -> bytes:
    """A page without the addresses of postboxes, which anybody can take out: they are signed by nobody."""
    code, data = cut_page(page.read_bytes())
    return fill_page(code, write_bundle([Settings("uk").encode(), *read_bundle(data)[1:]]))


def flipped(data: bytes, at: int | None = None) -> bytes:
    """The same bytes with one bit turned, in the middle unless told where."""
    at = len(data) // 2 if at is None else at
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def is_unchanged(reader: Phone, history: History, tmp_path: Path, edition: int) -> None:
    """The page still holds, and shows, what it held before."""
    saved = reader.save_page(tmp_path / "unchanged.html")
    assert guides_in(saved, "uk") == in_language(history.centre.bound[edition], "uk")
    reader.home()
    reader.search("опитуван")
    reader.choose("Фальшиві «соціологічні опитування»")
    assert ("Доповнення видання 5." in reader.guide()) is (edition == 5)


def test_flipped_bytes_in_parcels(
    mirror: Path, history: History, phone: NewPhone, serve: Serve, tmp_path: Path
) -> None:
    # Given a mirror on which one bit of every parcel was turned,
    for parcel in (mirror / "parcels").iterdir():
        parcel.write_bytes(flipped(parcel.read_bytes()))
    # when an old page asks it for what is new, then the page says so, and stays as it was.
    reader = phone(serve(mirror) + "/old.html")
    reader.update_from_site()
    reader.sees("refused.damaged")
    is_unchanged(reader, history, tmp_path, 1)


def test_a_tampered_mirror_and_an_honest_postbox(
    mirror: Path, history: History, phone: NewPhone, serve: Serve, tmp_path: Path
) -> None:
    # Given the same mirror, and an old page that knows the centre's postbox too,
    for parcel in (mirror / "parcels").iterdir():
        parcel.write_bytes(flipped(parcel.read_bytes()))
    shutil.copy(history.page(1), mirror / "old.html")
    # when the page asks for what is new, then what the mirror withholds comes from the postbox.
    reader = phone(serve(mirror) + "/old.html")
    reader.update_from_site()
    reader.is_updated()
    is_unchanged(reader, history, tmp_path, 5)


@pytest.mark.parametrize("place", ["the header", "the middle", "the end"])
def test_flipped_bytes_with_a_list_that_fits_them(
    mirror: Path, history: History, phone: NewPhone, serve: Serve, tmp_path: Path, place: str
) -> None:
    # Given a mirror that turned a bit in every parcel and wrote its list anew, so that all hashes fit,
    whole = (mirror / "latest").read_bytes()
    rows = json.loads(whole[SEAL:])
    for row in rows:
        file = mirror / "parcels" / f"{row['name']}.hlp"
        data = file.read_bytes()
        file.unlink()
        data = flipped(data, {"the header": 12, "the middle": len(data) // 2, "the end": len(data) - 1}[place])
        digest = hashlib.sha256(data).hexdigest()
        row.update(name=digest[:16], sha256=digest)
        (mirror / "parcels" / f"{digest[:16]}.hlp").write_bytes(data)
    (mirror / "latest").write_bytes(whole[:SEAL] + json.dumps(rows).encode())
    # when an old page asks it, then what came is refused, and the page stays as it was.
    reader = phone(serve(mirror) + "/old.html")
    reader.update_from_site()
    status = reader.tab.locator("main").get_by_role("status").filter(has_text="Нічого не змінено")
    status.first.wait_for()
    is_unchanged(reader, history, tmp_path, 1)


def test_an_older_list(mirror: Path, history: History, phone: NewPhone, serve: Serve, tmp_path: Path) -> None:
    # Given a mirror that went back to edition 3's list and parcels, and a page of edition 5,
    shutil.copy(history.sticks[3] / "latest", mirror / "latest")
    reader = phone(serve(mirror) + "/uk.html")
    # when the page asks, then there is nothing newer; and edition 3's own pack, chosen as a file, is refused.
    reader.update_from_site()
    reader.sees("update.none")
    rows = json.loads((mirror / "latest").read_bytes()[SEAL:])
    [full] = [row["name"] for row in rows if row["kind"] == "full" and row["language"] == "uk"]
    reader.update_from_files([history.sticks[3] / "parcels" / f"{full}.hlp"])
    reader.sees("refused.older")
    is_unchanged(reader, history, tmp_path, 5)


def test_another_centres_parcels(
    mirror: Path, history: History, phone: NewPhone, serve: Serve, tmp_path: Path, code: bytes
) -> None:
    # Given a mirror on which somebody with keys of their own has published a false edition under the same name,
    (tmp_path / "forger").mkdir()
    with Centre(tmp_path / "forger", code) as forger:
        forger.add_to(TOWN_GUIDE, "Назвіть своє ім’я й адресу.")
        for _ in range(6):
            forger.bind()
        shutil.rmtree(mirror / "parcels")
        (mirror / "latest").unlink()
        forger.send_to_stick(mirror)
    (mirror / "old.html").write_bytes(alone(history.page(1)))
    # when a page asks it, then nothing of it is taken.
    reader = phone(serve(mirror) + "/old.html")
    reader.update_from_site()
    status = reader.tab.locator("main").get_by_role("status").filter(has_text="Нічого не змінено")
    status.first.wait_for()
    assert NAME in history.centre.office.root.name
    assert "Назвіть своє" not in reader.screen()
    is_unchanged(reader, history, tmp_path, 1)


def changed_code(page: bytes) -> bytes:
    """The same edition in a page whose script does something more; its policy's hash fits the script again."""
    code, data = cut_page(page)
    text = code.decode()
    script = re.search(r'<script id="code">(.*?)</script>', text, re.DOTALL)
    assert script is not None
    longer = script[1] + ";window.changed=true"
    old, new = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (script[1], longer))
    assert text.count(f"sha256-{old}") == 1
    text = text.replace(f"sha256-{old}", f"sha256-{new}").replace(script[0], f'<script id="code">{longer}</script>')
    return fill_page(text.encode(), data)


def page_check(page: Path, root: Path) -> subprocess.CompletedProcess[str]:
    command = [*HOLUB, "page", "check", str(page), "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_page_whose_code_was_changed(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given a page that works and shows true guides, but whose code somebody changed,
    false = tmp_path / "notes.html"
    false.write_bytes(changed_code(history.page(5).read_bytes()))
    victim = phone(false.as_uri())
    assert victim.tab.evaluate("window.changed") is True
    # when a neighbour's page checks it, and the command line does,
    neighbour = phone(history.page(5).as_uri())
    # then both tell that it was swapped; and the genuine one is called genuine.
    assert neighbour.check_neighbour(false) == "Поради справжні, а сама сторінка чужа"
    assert neighbour.check_neighbour(history.page(5)) == "Справжня"
    assert neighbour.check_neighbour(history.page(3)) == "Справжня, але старіша"
    assert phone(history.page(3).as_uri()).check_neighbour(history.page(5)) == "Справжня й новіша за вашу"
    told = page_check(false, history.centre.root)
    assert told.returncode == REFUSED
    assert "somebody changed the page" in told.stderr
    assert page_check(history.page(5), history.centre.root).returncode == 0


def test_a_page_whose_edition_was_changed(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given a page with one bit of its edition turned,
    false = with_a_bit_turned(history.page(5), b"HLP", tmp_path / "notes.html")
    # when it is opened, then a warning takes the whole screen, and no guide is shown;
    victim = phone(false.as_uri())
    alarm = victim.tab.locator("main.alarm")
    assert re.search("підмінив|пошкоджена", alarm.inner_text())
    assert victim.tab.get_by_role("searchbox").count() == 0
    assert "опитування" not in victim.screen()
    # and a neighbour's page and the command line call it swapped.
    neighbour = phone(history.page(5).as_uri())
    assert neighbour.check_neighbour(false) == "Підроблена або зіпсована"
    assert page_check(false, history.centre.root).returncode == REFUSED


def with_a_bit_turned(page: Path, beginning: bytes, into: Path) -> Path:
    """A page of which the first item that begins so has one bit turned in its middle."""
    code, data = cut_page(page.read_bytes())
    items = read_bundle(data)
    at = next(number for number, item in enumerate(items) if item.startswith(beginning))
    items[at] = flipped(items[at])
    into.write_bytes(fill_page(code, write_bundle(items)))
    return into


def test_a_page_whose_list_of_words_was_changed(history: History, phone: NewPhone, tmp_path: Path) -> None:
    # Given a page whose Ukrainian list of words, which codenames are drawn from, has one bit turned,
    false = with_a_bit_turned(history.page(5), b"HLW1\x02uk", tmp_path / "notes.html")
    # when a neighbour's page and the command line check it, then neither calls it genuine.
    neighbour = phone(history.page(5).as_uri())
    assert neighbour.check_neighbour(false) != "Справжня"
    assert page_check(false, history.centre.root).returncode == REFUSED
    # And no codename is drawn from it: the page takes a list that is whole.
    writer = phone(false.as_uri())
    words = writer.write("Чи можна пити воду з крана?")
    english = set((READER / "src" / "words" / "en.txt").read_text(encoding="utf-8").split())
    assert len(words) == 6
    assert set(words) <= english


def test_another_centres_page(history: History, phone: NewPhone, tmp_path: Path, code: bytes) -> None:
    # Given a page of somebody with keys of their own who calls themselves by the centre's name,
    (tmp_path / "forger").mkdir()
    with Centre(tmp_path / "forger", code) as forger:
        forger.bind()
        forger.send_to_stick()
        false = Path(shutil.copy(forger.stick / "uk.html", tmp_path / "notes.html"))
    # when a neighbour's page checks it, then it is called swapped, by the command line too.
    assert phone(history.page(5).as_uri()).check_neighbour(false) == "Підроблена або зіпсована"
    assert page_check(false, history.centre.root).returncode == REFUSED


@pytest.fixture
def frozen(tmp_path: Path, code: bytes) -> Iterator[Centre]:
    """A centre whose only edition, on its stick, is the one that the test binds."""
    (tmp_path / "frozen").mkdir()
    with Centre(tmp_path / "frozen", code) as made:
        yield made


def test_a_mirror_that_stands_still_is_seen_to(frozen: Centre, phone: NewPhone, serve: Serve) -> None:
    # Given a mirror that has kept back every edition for forty days, when its page is opened,
    frozen.bind(days=40)
    frozen.send_to_stick()
    reader = phone(serve(frozen.stick) + "/uk.html")
    # then the first screen says loudly how old it is, and so does every guide.
    loud = reader.tab.locator(".note.loud")
    assert "Цим порадам 40 днів" in loud.inner_text()
    box = loud.bounding_box()
    assert box is not None
    assert box["y"] < 740
    reader.search("опитуван")
    reader.choose("Фальшиві «соціологічні опитування»")
    assert "Сторінці 40 днів" in reader.tab.locator("main").inner_text()


def test_an_expired_edition_takes_the_whole_screen(frozen: Centre, phone: NewPhone) -> None:
    # Given an edition that expired yesterday, when its page is opened,
    frozen.bind(days=31, life=30 * DAY)
    frozen.send_to_stick()
    reader = phone((frozen.stick / "uk.html").as_uri())
    # then a warning takes the whole screen; who has read it may read on.
    assert "застаріла" in reader.heading()
    assert reader.tab.get_by_role("searchbox").count() == 0
    reader.press("expired.anyway")
    assert reader.search("опитуван")


def test_a_letter_is_not_sealed_to_a_key_that_is_too_old(frozen: Centre, phone: NewPhone) -> None:
    # Given a mirror frozen for ten weeks, when somebody wants to write, then they are told to get a newer page first.
    frozen.bind(days=70)
    frozen.send_to_stick()
    reader = phone((frozen.stick / "uk.html").as_uri())
    reader.press("write.title", "nav")
    reader.sees("write.late")
    assert reader.tab.locator("textarea").count() == 0
