"""Newer editions: from a site, from files, out of a neighbour's page; and what a neighbour's page is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page

from tests.reader.conftest import FakePostbox, Open
from tests.reader.opened import GUIDES_UK, FakeEdition, bundle, code_hash, fill

pytestmark = pytest.mark.browser
SEAL = bytes(118)


def listing(parcel: bytes, kind: str, start: int | None, end: int, **changed: Any) -> dict[str, Any]:
    digest = hashlib.sha256(parcel).hexdigest()
    return {
        "bytes": len(parcel),
        "from": start,
        "kind": kind,
        "language": "uk",
        "name": digest[:16],
        "section": "main",
        "sha256": digest,
        "to": end,
        "until": start,
        **changed,
    }


def publish(box: FakePostbox, parcels: Mapping[bytes, dict[str, Any]]) -> None:
    box.files["/latest"] = SEAL + json.dumps(list(parcels.values())).encode()
    for parcel, line in parcels.items():
        box.files[f"/parcels/{line['name']}.hlp"] = parcel


def update_online(page: Page) -> None:
    page.get_by_role("button", name="Взяти новіше").click()
    page.get_by_role("button", name="З інтернету").click()


def step(number: int, age: float, **more: Any) -> bytes:
    return FakeEdition(number=number, age_days=age, follows=number - 1, **more).parcel()


def test_a_chain_of_updates_is_taken_from_the_site(open_page: Open, postbox: FakePostbox) -> None:
    six, seven = step(6, 2), step(7, 1)
    full = FakeEdition(number=7, age_days=1, name="x" * 10).parcel() + b" " * 100_000
    publish(
        postbox,
        {
            six: listing(six, "update", 5, 6),
            seven: listing(seven, "update", 6, 7),
            full: listing(full, "full", None, 7),
        },
    )
    page = open_page(FakeEdition(number=5, age_days=3), page=postbox.url + "/", postboxes=(postbox.url,))
    update_online(page)
    page.get_by_text("1 день тому").wait_for()
    assert "Готово" in page.get_by_role("status").first.inner_text()
    names = [hashlib.sha256(parcel).hexdigest()[:16] for parcel in (six, seven)]
    asked = [path for path in postbox.asked if not path.startswith("POST")]
    assert asked == ["/latest", *(f"/parcels/{name}.hlp" for name in names)]
    # A decoy goes along: one sealed letter of the smallest size with ten bytes before it, as a real one would have.
    for _ in range(600):
        if postbox.letters:
            break
        page.wait_for_timeout(100)
    assert postbox.sizes == [4106]


def test_a_whole_pack_is_taken_where_it_is_smaller_or_the_chain_is_broken(
    open_page: Open, postbox: FakePostbox
) -> None:
    seven = step(7, 1)
    full = FakeEdition(number=7, age_days=1).parcel()
    publish(postbox, {seven: listing(seven, "update", 6, 7), full: listing(full, "full", None, 7)})
    page = open_page(FakeEdition(number=5, age_days=3), page=postbox.url + "/")
    update_online(page)
    page.get_by_text("1 день тому").wait_for()
    assert postbox.asked[-1] == f"/parcels/{hashlib.sha256(full).hexdigest()[:16]}.hlp"


def test_who_taps_again_looks_once(open_page: Open, postbox: FakePostbox) -> None:
    publish(postbox, {})
    page = open_page(page=postbox.url + "/", postboxes=(postbox.url,))
    page.get_by_role("button", name="Взяти новіше").click()
    site = page.get_by_role("button", name="З інтернету")
    for looks in (1, 2):  # and when it is over, it can be asked again
        site.evaluate("one => { for (let tap = 0; tap < 5; tap++) one.click() }")
        page.get_by_role("status").filter(has_text="Нічого новішого").wait_for()
        page.locator("progress").wait_for(state="hidden")
        assert postbox.asked.count("/latest") == looks
        assert len(postbox.letters) <= looks


def test_nothing_newer_and_nobody_there_are_told_apart(open_page: Open, postbox: FakePostbox) -> None:
    publish(postbox, {})
    page = open_page(page=postbox.url + "/")
    update_online(page)
    page.get_by_text("Нічого новішого немає").wait_for()
    away = open_page(page="http://127.0.0.1:1/")
    update_online(away)
    away.get_by_text("Сайт не відповів").wait_for()


@pytest.mark.parametrize(
    ("change", "words"),
    [("other bytes", "зіпсувався дорогою"), ("forged", "підпис не сходиться"), ("rubbish", "не від такої сторінки")],
)
def test_a_tampered_site_changes_nothing(open_page: Open, postbox: FakePostbox, change: str, words: str) -> None:
    parcel = step(6, 1, refuse="forged") if change == "forged" else b"rubbish" if change == "rubbish" else step(6, 1)
    line = listing(parcel, "update", 5, 6)
    publish(postbox, {parcel: line})
    if change == "other bytes":
        postbox.files[f"/parcels/{line['name']}.hlp"] = b"X" + parcel[1:]
    page = open_page(FakeEdition(number=5, age_days=3), page=postbox.url + "/")
    update_online(page)
    page.get_by_text(words).wait_for()
    page.locator("button.back").click()
    assert "3 дні тому" in page.locator("main").inner_text()


@pytest.mark.parametrize("latest", [b"", SEAL, SEAL + b"{", SEAL + b'[{"kind":"full"}]', SEAL + b"[" * 9000])
def test_a_list_that_is_no_list_does_no_harm(open_page: Open, postbox: FakePostbox, latest: bytes) -> None:
    postbox.files["/latest"] = latest
    page = open_page(page=postbox.url + "/")
    update_online(page)
    page.locator("p.status").filter(has_text="сторінка").wait_for()
    assert all(not asked.startswith("/parcels/") for asked in postbox.asked)


def test_several_files_apply_in_whatever_order(open_page: Open) -> None:
    page = open_page(FakeEdition(number=5, age_days=3))
    page.get_by_role("button", name="Взяти новіше").click()
    page.set_input_files(
        "input[type=file]", [FilePayload(name=f"{n}.hlp", mimeType="", buffer=step(n, 8 - n)) for n in (7, 6)]
    )
    page.get_by_text("1 день тому").wait_for()


@pytest.mark.parametrize(
    ("parcel", "words"),
    [
        (FakeEdition(number=9, follows=8).parcel(), "Бракує випуску"),
        (FakeEdition(number=4).parcel(), "старіше за те"),
        (b"\x00\x01", "не від такої сторінки"),
    ],
)
def test_files_that_do_not_fit_are_refused_in_words(open_page: Open, parcel: bytes, words: str) -> None:
    page = open_page()
    page.get_by_role("button", name="Взяти новіше").click()
    page.set_input_files("input[type=file]", {"name": "x", "mimeType": "", "buffer": parcel})
    page.get_by_text(words).wait_for()


def test_a_neighbours_newer_page_gives_its_edition(open_page: Open, code: bytes) -> None:
    page = open_page(FakeEdition(number=5, age_days=3))
    newer = FakeEdition(number=8, age_days=1)
    page.get_by_role("button", name="Взяти новіше").click()
    file = fill(code, bundle([newer.root(), newer.parcel()]))
    page.set_input_files("input[type=file]", {"name": "notes.html", "mimeType": "text/html", "buffer": file})
    page.get_by_text("1 день тому").wait_for()


def checked(page: Page, file: bytes) -> str:
    page.locator(".three button").nth(2).click()
    page.set_input_files("input[type=file]", {"name": "notes.html", "mimeType": "text/html", "buffer": file})
    words = page.locator(".note h3").inner_text()
    page.locator("button.back").click()
    return words


def test_a_neighbours_page_is_told_for_what_it_is(open_page: Open, code: bytes) -> None:
    own = FakeEdition(number=5, codes=[code_hash(code)])
    page = open_page(own)

    def made(edition: FakeEdition, desk_id: str = "ab" * 32, with_code: bytes = code) -> bytes:
        return fill(with_code, bundle([edition.root(desk_id), edition.parcel()]))

    swapped = code.replace(b"<title>notes", b"<title>n0tes")
    assert swapped != code
    forged = FakeEdition(refuse="forged", packs=[{"section": "main", "language": "uk", "guides": GUIDES_UK}])
    assert checked(page, made(own)) == "Справжня"
    assert checked(page, made(FakeEdition(number=4))) == "Справжня, але старіша"
    assert checked(page, made(FakeEdition(number=6))) == "Справжня й новіша за вашу"
    assert checked(page, made(own, with_code=swapped)) == "Поради справжні, а сама сторінка чужа"
    assert checked(page, made(own, desk_id="cd" * 32)) == "Підроблена або зіпсована"
    assert checked(page, made(forged)) == "Підроблена або зіпсована"
    assert checked(page, b"<html>hello") == "Це не така сторінка"
    assert checked(page, made(own).replace(b"</script>", b"!</script>", 1)) == "Підроблена або зіпсована"
