"""Plain pages: complete, linked among themselves, and with nothing in them that runs or leads out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from holub.outbound.press.plain import EditionLine, PlainPack, plain_pages
from holub.outbound.press.plain_words import WORDS, is_right_to_left, words_for
from holub.outbound.press.tree import read_tree
from holub.transit.names import is_dating

EDITION = EditionLine(number=12, time=1_795_000_000, expiry=1_797_000_000, publisher="Sample <centre>")
ATTRIBUTES = {
    "html": {"lang", "dir"},
    "meta": {"charset", "http-equiv", "content", "name"},
    "link": {"rel", "href"},
    "a": {"href", "class", "lang", "hreflang", "dir"},
    "img": {"src", "alt", "loading"},
    "input": {"type", "autocomplete", "checked"},
    "main": {"id"},
    "nav": {"aria-label"},
    "footer": {"lang", "dir"},
    "p": {"class", "lang", "dir"},
    "bdi": {"dir"},
    "ol": {"start"},
    "code": {"class"},
    "th": {"style"},
    "td": {"style"},
    **{tag: {"class"} for tag in ("ul", "li")},
    "span": {"class", "id"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
PLAIN_TAGS = set(
    "body head title style label strong em s br hr blockquote pre table thead tbody tr small".split()  # noqa: SIM905 # so it can be read
)


class Reader(HTMLParser):
    """Collects what a page holds, and refuses what no page may hold."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.sheets: list[str] = []
        self.ids: list[str] = []
        self.words = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ATTRIBUTES or tag in PLAIN_TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES.get(tag, set()), (tag, name)
            if name in ("href", "src"):
                split = urlsplit(value or "")
                assert not split.scheme, value
                assert not split.netloc, value
                assert not split.path.startswith("/"), value
                found = self.sheets if tag == "link" else self.links if name == "href" else self.pictures
                found.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words += data


def site(*packs: PlainPack) -> dict[str, bytes]:
    pages = list(plain_pages(EDITION, packs, lambda pack, path: f"pictures/{pack.language} {path}"))
    assert len({path for path, _ in pages}) == len(pages)
    return dict(pages)


def pack(language: str = "en", section: str = "main", **guides: str) -> PlainPack:
    files = sorted((path.replace("__", "/") + ".md", text.encode()) for path, text in guides.items())
    return PlainPack(language, files, section)


def body(text: str) -> str:
    """The part of a guide's page that its text makes."""
    page = site(pack(**{"a__g": f"---\ntitle: T\n---\n{text}", "b__h": "# H"}))["en/a/g.html"].decode()
    return page.partition("confirmed</p>")[2].partition("</main>")[0]


def broken(pages: dict[str, bytes]) -> Iterable[str]:
    """Links between pages that lead to no page or to no place on it."""
    read = {path: Reader(page) for path, page in pages.items()}
    for path, reader in read.items():
        for link in (*reader.links, *reader.sheets):
            place, _, fragment = link.partition("#")
            parts = path.split("/")[:-1]
            for part in unquote(place).split("/") if place else []:
                if part == "..":
                    parts.pop()
                else:
                    parts.append(part)
            target = "/".join(parts) if place else path
            if target not in read or (fragment and unquote(fragment) not in read[target].ids):
                yield f"{path}: {link}"


def test_every_guide_and_every_topic_has_its_page_and_all_links_lead_somewhere() -> None:
    lamp = "# Лампа\n[тут](#лампа) [далі](<../../x y.md#z-1>) [дім](../index.md)"
    pages = site(
        pack("uk", дім__index="---\ntitle: Дім\n---\n", дім__ніч__лампа=lamp, **{"x y": "# X\n# Z\n# Z"}),
        pack("ar", дім__ніч__лампа="# م"),
        pack("uk", "town-1", a="# А"),
    )
    assert set(pages) == {
        "index.html",
        "edition.uk.css",
        "edition.ar.css",
        "edition.uk.town-1.css",
        "uk/index.html",
        "uk/x y.html",
        "uk/дім/index.html",
        "uk/дім/ніч/index.html",
        "uk/дім/ніч/лампа.html",
        "ar/index.html",
        "ar/дім/index.html",
        "ar/дім/ніч/index.html",
        "ar/дім/ніч/лампа.html",
        "uk.town-1/index.html",
        "uk.town-1/a.html",
    }
    assert list(broken(pages)) == []
    assert Reader(pages["uk/дім/ніч/лампа.html"]).links[-4:] == [
        "#%D0%BB%D0%B0%D0%BC%D0%BF%D0%B0",
        "../../x%20y.html#z-1",
        "../index.html",
        "../../index.html",
    ]


def test_the_way_up_and_the_other_languages() -> None:
    pages = site(
        pack("en", a__b__c="# C", a__index="---\ntitle: Home\n---\n"), pack("ar", a__b__c="# ج"), pack("uk", x="# X")
    )
    reader = Reader(pages["en/a/b/c.html"])
    assert reader.links == [
        "#text",
        "../../index.html",
        "../index.html",
        "index.html",
        "../../../ar/a/b/c.html",
        "../../../index.html",
        "../../index.html",
    ]
    assert "Home" in reader.words
    assert "العربية" in reader.words
    assert list(broken(pages)) == []


def shown_by(sheet: bytes) -> str:
    """The text that a style sheet adds, its escapes resolved as CSS Syntax 3 (4.3.7) says."""
    text = sheet.decode().partition('content:"')[2].partition('"')[0]
    return re.sub(r"\\([0-9a-f]{6})", lambda match: chr(int(match[1], 16)), text)


def test_every_page_says_which_edition_and_until_when() -> None:
    pages = site(pack("uk", a="# А", **{"б__в": "# В"}), pack("crh", a="# A"))
    words = "Випуск 12 · 18 листопада 2026\u202fр. · Sample <centre>"
    until = "Дійсний до 11 грудня 2026\u202fр.; після"
    for first in ("index.html", "uk/index.html"):
        assert words in Reader(pages[first]).words
        assert until in Reader(pages[first]).words
    assert shown_by(pages["edition.uk.css"]).startswith(f"{words}\n{until}")
    assert shown_by(pages["edition.crh.css"]).startswith("Edition 12 · November 18, 2026")
    for path, sheet in (("uk/a.html", "../edition.uk.css"), ("uk/б/в.html", "../../edition.uk.css")):
        page = Reader(pages[path])
        assert page.sheets == [sheet]
        # Where nothing draws the sheet, the way to the first page is there in words.
        assert page.links[-1] == sheet.removesuffix("edition.uk.css").replace("../", "", 1) + "index.html"
        assert "Випуск і дата: на першій сторінці" in page.words
    assert is_dating("plain/edition.uk.town-1.css")
    assert not any(is_dating(f"plain/{path}") for path in pages if path.endswith(".html"))
    assert all(is_dating(f"plain/{path}") for path in pages if path.endswith(".css"))


def test_nothing_that_a_publisher_is_called_leaves_the_style_sheet() -> None:
    name = 'a"}*{display:none} \\ </style><b>\n\u2066🕊\ud800'
    (sheet,) = (
        page
        for path, page in plain_pages(EditionLine(1, EDITION.time, EDITION.expiry, name), [pack(a="# A")])
        if path == "edition.en.css"
    )
    assert shown_by(sheet).partition("2026 · ")[2].startswith(name)
    assert sheet.count(b'"') == 2
    assert sheet.count(b"{") == 1
    assert b"<" not in sheet


def test_a_new_edition_leaves_pages_as_they_are_whose_guide_did_not_change() -> None:
    guides = {"a__one": "# One", "a__two": "# Two", "b__three": "# Three"}
    before = dict(plain_pages(EDITION, [pack(**guides), pack("uk", **guides)]))
    line = EditionLine(13, EDITION.time + 86_400, EDITION.expiry + 86_400, EDITION.publisher)
    after = dict(plain_pages(line, [pack(**{**guides, "a__two": "# Two\nmore"}), pack("uk", **guides)]))
    assert {path for path in after if before.get(path) != after[path]} == {
        "index.html",
        "en/index.html",
        "uk/index.html",
        "edition.en.css",
        "edition.uk.css",
        "en/a/two.html",
    }


def test_the_review_is_dated_or_said_to_be_unknown() -> None:
    pages = site(pack(a="---\nreviewed: 2026-10-02\n---\n# A", b="# B"))
    assert "confirmed on October 2, 2026" in Reader(pages["en/a.html"]).words
    assert "Nobody has written down" in Reader(pages["en/b.html"]).words


def test_pages_say_themselves_that_they_are_utf8_before_a_server_says_otherwise() -> None:
    pages = site(pack("uk", a="# А"))
    assert [path for path, page in pages.items() if path.endswith(".html") != page.startswith(b"\xef\xbb\xbf<")] == []


def test_alerts_are_on_the_first_page_and_only_once() -> None:
    pages = site(pack(a="# A", deep__b="---\nkind: alert\nsummary: Now\n---\n# Boil water"))
    first = Reader(pages["en/index.html"])
    assert first.words.index("Urgent") < first.words.index("Boil water") < first.words.rindex("Topics")
    assert first.links.count("deep/b.html") == 1


@pytest.mark.parametrize("language", ["ar", "fa", "he", "ur", "az-Arab"])
def test_right_to_left(language: str) -> None:
    assert is_right_to_left(language)
    page = site(pack(language, a="# A"))[f"{language}/a.html"]
    assert f'<html lang="{language}" dir="rtl">'.encode() in page


def test_left_to_right_and_words_for_languages_without_their_own() -> None:
    assert not is_right_to_left("uk")
    assert not is_right_to_left("ar-Latn")
    assert words_for("fr") is WORDS["en"]
    assert words_for("ar-EG") is WORDS["ar"]
    page = site(pack("crh", a="# A"))["crh/a.html"].decode()
    assert '<footer lang="en" dir="ltr">' in page


SHOWN = {
    "a link to a guide": ("[x](../b/h.md#h)", '<a href="../b/h.html#h">x</a>'),
    "a link to nothing": ("[x *y*](none.md)", "x <em>y</em>"),
    "a web address in words": ("[x](https://w.example/?a&b)", 'x (<bdi dir="ltr">https://w.example/?a&amp;b</bdi>)'),
    "a web address that is its own words": ("<https://w.example>", "https://w.example"),
    "an address to write to": ("[x](mailto:a@w.example?subject=b)", 'x (<bdi dir="ltr">a@w.example</bdi>)'),
    "a script": ("[x](javascript:alert(1))", "x"),
    "a script in capitals": ("[x](&#74;avascript:alert(1))", "x"),
    "data": ("[x](data:text/html,y)", "x"),
    "another host": ("[x](//w.example/h.md)", "x"),
    "raw HTML": ("<b onclick=x>y</b>", "&lt;b onclick=x&gt;y&lt;/b&gt;"),
    "a picture": ("![x](p.png)", '<img src="../../pictures/en%20a/p.png" alt="x" loading="lazy">'),
    "a picture from outside": ("![x](https://w.example/p.png)", '<span class="d">[Picture: x]</span>'),
    "a vector picture": ('![x"](p.svg)', '<span class="d">[Picture: x&quot;]</span>'),
}


@pytest.mark.parametrize("name", SHOWN)
def test_it_is_shown_so(name: str) -> None:
    text, html = SHOWN[name]
    assert body(text) == f"<p>{html}</p>\n"


def test_what_is_nested_deeply_is_there() -> None:
    shown = body("".join(f"{'  ' * level}- level {level}.\n" for level in range(25)) + "\n" + ">" * 30 + " said\n")
    assert [level for level in range(25) if f"level {level}." not in shown] == []
    assert "said" in shown


def test_lists_to_tick() -> None:
    assert body("- [ ] a **b**\n- [x] c\n- d") == (
        '<ul>\n<li class="task"><label><input type="checkbox" autocomplete="off"> a <strong>b</strong></label></li>\n'
        '<li class="task"><label><input type="checkbox" autocomplete="off" checked> c</label></li>\n<li>d</li>\n</ul>\n'
    )


def test_headings_begin_at_two_skip_no_level_and_the_title_stands_once() -> None:
    assert body("# T\n# T\n###### Z") == '<span id="t"></span><h2 id="t-1">T</h2>\n<h3 id="z">Z</h3>\n'
    assert body("# T\n## A\n#### B\n### C\n## D") == (
        '<span id="t"></span><h2 id="a">A</h2>\n<h3 id="b">B</h3>\n<h3 id="c">C</h3>\n<h2 id="d">D</h2>\n'
    )


def test_the_policy_forbids_everything_but_our_style_and_pictures() -> None:
    page = site(pack(a="# A"))["en/a.html"].decode()
    policy = page.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.startswith("default-src &#x27;none&#x27;; style-src &#x27;self&#x27; &#x27;sha256-")
    assert "unsafe" not in policy
    assert "script" not in page


@given(
    st.lists(st.text(max_size=30) | st.sampled_from(["[", "](", "<a", "![", ")", "\n\n", "- [ ] ", "|-|\n", "`", "#"]))
)
def test_whatever_a_guide_holds_nothing_runs_and_nothing_leads_out(pieces: list[str]) -> None:
    text = "".join(pieces)
    guides = [("a.md", text.encode(errors="replace")), ("b.md", b"---\ntitle: " + text[:40].encode(errors="replace"))]
    for page in site(PlainPack("en", guides)).values():
        Reader(page)


@given(st.binary(max_size=80))
def test_bytes_that_are_not_text(data: bytes) -> None:
    pages = set(site(PlainPack("uk", [("a.md", data)])))
    assert pages == {"index.html", "edition.uk.css", "uk/index.html", "uk/a.html"}


@pytest.mark.browser
def test_a_browser_shows_pictures_and_follows_links_and_complains_of_nothing(
    tmp_path: Path, browser_path: Path
) -> None:
    from playwright.sync_api import sync_playwright

    def place(_pack: PlainPack, path: str) -> str:
        return f"pictures/{path}"

    packs = [
        pack("ar", a__g="# م\n\n![x](p.png)\n\n- [ ] ا\n\n[b](../дім b.md) [c](<../дім b.md>)", **{"дім b": "# B"})
    ]
    for path, content in plain_pages(EDITION, packs, place):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "pictures" / "a").mkdir(parents=True)
    sink = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(sink, "WEBP")
    (tmp_path / "pictures" / "a" / "p.png").write_bytes(sink.getvalue())
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    arguments += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(browser_path), args=arguments)
        context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto((tmp_path / "ar" / "a" / "g.html").as_uri())
        box = page.locator("img").bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (30, 20)
        page.get_by_role("checkbox").check()
        assert page.get_by_role("checkbox").is_checked()
        page.get_by_role("link", name="c", exact=True).click()
        page.get_by_role("heading", name="B").wait_for()
        browser.close()
    assert complaints == []


@pytest.mark.corpus
def test_the_corpus_becomes_pages_without_a_broken_link(umbrella_imported: Path) -> None:
    tree = read_tree(umbrella_imported)
    packs = [PlainPack(language, tree.pack(language).guides) for language in ("en", "ar")]
    pages = dict(plain_pages(EDITION, packs))
    assert len(pages) > sum(len(found.guides) for found in packs)
    # One link of the source leads to a heading that was renamed.
    assert [link for link in broken(pages) if "#things-you-should-know" not in link] == []
