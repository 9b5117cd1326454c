"""The public tree of a postbox: what is handed out and how, and how the office changes it."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import pytest

from holub.errors import Refused
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.catalogue import SEAL_BYTES, Catalogue, list_parcel
from holub.transit.postbox import PostboxServer
from holub.transit.postbox.publictree import PublicTree
from tests.transit.conftest import Start
from tests.transit.plain_http import ask

PARCEL = secrets.token_bytes(1_000_000)
NAME = hashlib.sha256(PARCEL).hexdigest()[:16]
PATH = f"/parcels/{NAME}.hlp"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_postbox_without_an_edition_says_so(postbox: PostboxServer) -> None:
    for path in ("/", "/latest"):
        answer = ask(postbox.url, "GET", path)
        assert (answer.status, answer.body) == (404, b"nothing has been published here yet\n")


def test_a_parcel_is_handed_out_whole_for_ever_and_to_every_page(postbox: PostboxServer, office: HttpCarrier) -> None:
    office.put(PARCEL)
    answer = ask(postbox.url, "GET", PATH, {"origin": "null"})
    assert (answer.status, answer.body) == (200, PARCEL)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["etag"] == f'"{NAME}"'
    head = ask(postbox.url, "HEAD", PATH)
    assert (head.status, head.headers["content-length"], head.body) == (200, "1000000", b"")
    again = ask(postbox.url, "GET", PATH, {"if-none-match": f'"{NAME}"'})
    assert (again.status, again.body) == (304, b"")


RANGES = {
    "bytes=0-": (206, slice(0, None)),
    "bytes=0-0": (206, slice(0, 1)),
    "bytes=999999-": (206, slice(999_999, None)),
    "bytes=300000-700000": (206, slice(300_000, 700_001)),
    "bytes=999990-2000000": (206, slice(999_990, None)),
    "bytes=-10": (206, slice(999_990, None)),
    "bytes=-2000000": (206, slice(0, None)),
    "bytes=1000000-": (416, slice(0, 0)),
    "bytes=-0": (416, slice(0, 0)),
    "bytes=5-4": (200, slice(0, None)),
    "bytes=-": (200, slice(0, None)),
    "bytes=0-1,5-6": (200, slice(0, None)),
    "lines=0-1": (200, slice(0, None)),
    "bytes=" + "9" * 40 + "-": (200, slice(0, None)),
}


def test_ranges(postbox: PostboxServer, office: HttpCarrier) -> None:
    office.put(PARCEL)
    for asked, (status, part) in RANGES.items():
        answer = ask(postbox.url, "GET", PATH, {"range": asked})
        assert answer.status == status, asked
        assert answer.body == PARCEL[part], asked
        if status == 206:
            start, stop, _ = part.indices(len(PARCEL))
            assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/1000000"
    other = ask(postbox.url, "GET", PATH, {"range": "bytes=5-", "if-range": '"another"'})
    assert (other.status, other.body) == (200, PARCEL)


def test_a_compressed_sibling_is_handed_out_where_it_is_there_but_never_in_part(
    postbox: PostboxServer, office: HttpCarrier
) -> None:
    office.put_page("index.html", b"<title>page</title>")
    office.put_page("index.html.br", b"brotli")
    office.put_page("index.html.zst", b"zstandard")
    for accepted, body, coding in (
        ("br, zstd", b"brotli", "br"),
        ("gzip, zstd;q=0.5", b"zstandard", "zstd"),
        ("gzip", b"<title>page</title>", None),
        ("br;q=0", b"<title>page</title>", None),
    ):
        answer = ask(postbox.url, "GET", "/", {"accept-encoding": accepted})
        assert (answer.status, answer.body, answer.headers.get("content-encoding")) == (200, body, coding), accepted
        assert answer.headers["vary"] == "accept-encoding"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    part = ask(postbox.url, "GET", "/", {"accept-encoding": "br", "range": "bytes=1-5"})
    assert (part.status, part.body) == (206, b"title")
    # A new page makes the old siblings wrong.
    office.put_page("index.html", b"<title>new</title>")
    assert ask(postbox.url, "GET", "/", {"accept-encoding": "br, zstd"}).body == b"<title>new</title>"


def test_every_answer_has_its_policy_and_says_nothing_about_the_server(
    postbox: PostboxServer, office: HttpCarrier
) -> None:
    office.put_page("index.html", b"<p>")
    office.put_page("plain/uk/phone.html", b"<p>")
    for method, path in (
        ("GET", "/"),
        ("GET", "/plain/uk/phone.html"),
        ("GET", "/nothing"),
        ("GET", "/letters"),
        ("PATCH", "/letters"),
        ("POST", "/letters"),
        ("GET", "/healthz"),
    ):
        answer = ask(postbox.url, method, path)
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        for closed in ("form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert closed in policy
        assert ("script-src" in policy) == (not path.startswith("/plain/"))
        # A page from here may fetch from the postboxes that its settings name, and from nowhere is code let in.
        assert ("connect-src http: https:;" in policy) == ("script-src" in policy)
        assert ("worker-src blob:;" in policy) == ("script-src" in policy)
        assert not {"server", "date", "set-cookie", "last-modified"} & answer.headers.keys()


def test_a_page_from_a_file_may_fetch_replies(postbox: PostboxServer, office: HttpCarrier) -> None:
    office.put_page("mailbag/7/main/directory", b"tags")
    office.put_page("mailbag/7/main/shard/0", b"bodies")
    office.put_page("index.html", b"<p>")
    for path, body in (("directory", b"tags"), ("shard/0", b"bodies")):
        answer = ask(postbox.url, "GET", f"/mailbag/7/main/{path}", {"origin": "null"})
        assert (answer.status, answer.body) == (200, body)
        assert answer.headers["access-control-allow-origin"] == "*"
    asked = {"origin": "null", "access-control-request-method": "GET"}
    preflight = ask(postbox.url, "OPTIONS", "/mailbag/7/main/directory", asked)
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    assert ask(postbox.url, "GET", "/mailbag/8/main/directory", {"origin": "null"}).status == 404
    assert "access-control-allow-origin" not in ask(postbox.url, "GET", "/", {"origin": "null"}).headers


def test_a_fault_is_answered_in_one_sentence_and_its_log_tells_nothing_of_the_request(
    postbox: PostboxServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(tree: PublicTree, path: str) -> None:
        raise RuntimeError(f"planted {path}")

    monkeypatch.setattr(PublicTree, "find", fail)
    answer = ask(postbox.url, "GET", "/planted.html")
    assert (answer.status, answer.body) == (500, b"the postbox has a fault; try again later\n")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert [record.getMessage() for record in caplog.records] == ["an answer failed: RuntimeError"]


def test_plain_pages_are_not_kept_by_browsers(postbox: PostboxServer, office: HttpCarrier) -> None:
    office.put_page("plain/uk/index.html", b"<p>")
    answer = ask(postbox.url, "GET", "/plain/uk/")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")


def test_a_changed_page_has_another_tag_though_its_date_and_size_are_the_same(
    postbox: PostboxServer, office: HttpCarrier
) -> None:
    office.put_page("index.html", b"<p>1")
    first = ask(postbox.url, "GET", "/").headers["etag"]
    office.put_page("index.html", b"<p>2")
    second = ask(postbox.url, "GET", "/", {"if-none-match": first})
    assert (second.status, second.body) == (200, b"<p>2")


def test_nothing_outside_the_tree_is_handed_out(postbox: PostboxServer, tmp_path: Path) -> None:
    www = tmp_path / "data" / "www"
    (www / "link.html").symlink_to(tmp_path / "office.token")
    (www / "folder").symlink_to(tmp_path)
    (www / ".hidden").write_text("hidden")
    (www / "parcels" / "note.txt").write_text("not a parcel")
    for path in (
        "/link.html",
        "/folder/office.token",
        "/.hidden",
        "/../letters.sqlite3",
        "/%2e%2e/letters.sqlite3",
        "/..%2fletters.sqlite3",
        "/%2e%2e%5cletters.sqlite3",
        "//etc/passwd",
        "/www/index.html",
        "/parcels/note.txt",
        "/parcels/",
        "/parcels/..%2f..%2foffice.sha256",
        "/parcels",
        "/www/../../version",
        "/%00",
        "/" + "a/" * 200,
    ):
        assert ask(postbox.url, "GET", path).status in (404, 401), path


def test_a_parcel_under_a_name_that_is_not_its_hash_is_refused(
    postbox: PostboxServer, token: str, tmp_path: Path
) -> None:
    for path, body in (
        (f"/parcels/{'0' * 16}.hlp", PARCEL),
        (PATH, PARCEL[:-1]),
        (PATH, b""),
        ("/parcels/x.hlp", PARCEL),
        ("/parcels/..%2fx", PARCEL),
    ):
        assert ask(postbox.url, "PUT", path, bearer(token), body).status in (400, 404, 405), path
    assert list((tmp_path / "data" / "www").rglob("*.*")) == []


def test_a_parcel_past_the_limit_is_refused_by_its_length_and_by_its_bytes(
    start: Start, token: str, tmp_path: Path
) -> None:
    server = start(parcel_bytes=10_000)
    assert ask(server.url, "PUT", PATH, bearer(token), PARCEL[:10_001]).status == 413
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (10_001, PARCEL[:10_001])
    headers = bearer(token) | {"transfer-encoding": "chunked"}
    assert ask(server.url, "PUT", PATH, headers, chunked, length=False).status == 400
    assert list((tmp_path / "data" / "www").rglob("*.*")) == []


def test_a_damaged_parcel_is_replaced_by_sending_it_again(
    postbox: PostboxServer, office: HttpCarrier, tmp_path: Path
) -> None:
    office.put(PARCEL)
    (tmp_path / "data" / "www" / "parcels" / f"{NAME}.hlp").write_bytes(b"damaged")
    office.put(PARCEL)
    assert ask(postbox.url, "GET", PATH).body == PARCEL


def test_a_catalogue_must_not_promise_what_is_not_there(postbox: PostboxServer, office: HttpCarrier) -> None:
    catalogue = Catalogue.of(bytes(SEAL_BYTES), [list_parcel(PARCEL)])
    with pytest.raises(Refused):
        office.put_catalogue(catalogue)
    office.put(PARCEL)
    office.put_catalogue(catalogue)
    answer = ask(postbox.url, "GET", "/latest", {"origin": "null"})
    assert (answer.body, answer.headers["cache-control"]) == (catalogue.encode(), "public, max-age=60")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_damaged_catalogue_changes_nothing(postbox: PostboxServer, office: HttpCarrier, token: str) -> None:
    office.put(PARCEL)
    catalogue = Catalogue.of(bytes(SEAL_BYTES), [list_parcel(PARCEL)])
    office.put_catalogue(catalogue)
    for data in (b"", bytes(SEAL_BYTES), catalogue.encode()[:-1], catalogue.encode() + b" "):
        assert ask(postbox.url, "PUT", "/latest", bearer(token), data).status == 400
    assert office.catalogue() == catalogue


def test_a_listed_parcel_cannot_be_taken_away(postbox: PostboxServer, office: HttpCarrier, token: str) -> None:
    office.put(PARCEL)
    office.put_catalogue(Catalogue.of(bytes(SEAL_BYTES), [list_parcel(PARCEL)]))
    assert ask(postbox.url, "DELETE", PATH, bearer(token)).status == 400
    office.put_catalogue(Catalogue.of(bytes(SEAL_BYTES), []))
    assert ask(postbox.url, "DELETE", PATH, bearer(token)).status == 204
    assert ask(postbox.url, "GET", PATH).status == 404


def test_the_tree_of_a_postbox_is_a_folder_carriers(
    postbox: PostboxServer, office: HttpCarrier, tmp_path: Path
) -> None:
    office.put(PARCEL)
    office.put_page("plain/uk/phone.html", b"<p>")
    catalogue = Catalogue.of(bytes(SEAL_BYTES), [list_parcel(PARCEL)])
    office.put_catalogue(catalogue)
    mirror = FolderCarrier(tmp_path / "data" / "www")
    assert mirror.catalogue() == catalogue
    assert mirror.parcels() == catalogue.listings
    assert mirror.pages() == office.pages()
