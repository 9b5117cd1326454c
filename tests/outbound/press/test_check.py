"""Checking: every mistake has its file, line and remedy; right guides have none; again costs what changed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from holub.outbound.press import facts as facts_module
from holub.outbound.press.check import check_tree, errors
from holub.outbound.press.facts import FactsCache
from holub.outbound.press.finding import Finding
from holub.outbound.press.guide import Facts, read_facts
from holub.outbound.press.packreport import ReportCache
from holub.outbound.press.tree import read_tree
from tests.outbound.press.conftest import WriteGuides

NOW = 1_795_000_000  # 2026-11-18


def picture() -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(sink, "PNG")
    return sink.getvalue()


def check(root: Path, now: int = NOW) -> list[Finding]:
    return list(check_tree(read_tree(root), now=now).findings)


def test_right_guides_have_no_findings(write_guides: WriteGuides) -> None:
    root = write_guides(
        {
            "uk/index.md": "",
            "uk/дім/index.md": "---\ntitle: Дім\norder: 1\n---\n",
            "uk/дім/a b.md": "---\nkind: checklist\nreviewed: 2026-10-02\n---\n# А\n\n- [ ] раз\n\n![я](../p.png)\n",
            "uk/b.md": "# Б\n\n[а](<дім/a b.md#а>) [тут](#б) [тема](дім/index.md)\n"
            "[w](https://w.example) [m](mailto:m@n.example)",
            "uk/p.png": picture(),
        }
    )
    assert check(root) == []


MISTAKES = {
    "a broken link": ("# A\n\n[b](none.md)", 3, "leads nowhere", "warning"),
    "a link out of the language": ("# A\n[b](../../x.md)", 2, "leads nowhere", "warning"),
    "a heading that is not there": ("# A\n\n[b](#c)", 3, "no heading #c", "warning"),
    "an address that lacks its beginning": ("# A\n[b](www.w.example)", 2, "neither a guide nor", "warning"),
    "a picture linked, not shown": ("# A\n[b](b.png)", 2, "neither a guide nor", "warning"),
    "a missing picture": ("# A\n\n\n![b](none.png)", 4, "no picture x/none.png", "warning"),
    "a picture on the web": ("# A\n![b](https://w.example/b.png)", 2, "on the web", "warning"),
    "a picture that is no picture": ("# A\n![b](../bad.png)", 2, "no picture that can be read", "warning"),
    "a picture of a kind that is not shown": ("# A\n![b](b.svg)", 2, "is no picture", "warning"),
    "no title": ("text", 0, "has no title", "warning"),
    "nothing in it": ("# \n", 0, "has no title", "warning"),
    "a front matter that does not fit": ("---\ntitle: A\nkind: x\n---\nb", 3, "kind 'x' is unknown", "warning"),
    "a strange key": ("---\ntitle: A\nicon: x\n---\nb", 0, "'icon'", "warning"),
    "a strange address": ("# A\n[b](intent:c)", 2, "links to 'intent:'", "warning"),
    "a checklist without boxes": ("---\nkind: checklist\n---\n# A\n- b", 0, "nothing to tick", "warning"),
    "raw HTML": ("# A\n\n<script>alert(1)</script>", 3, "Raw HTML", "warning"),
    "a review of long ago": ("---\nreviewed: 2024-10-31\n---\n# A", 0, "long ago", "warning"),
    "a review that has not happened": ("---\nreviewed: 2062-01-01\n---\n# A", 0, "in the future", "warning"),
    "a front matter without an end": ("---\ntitle: A\n\n# B", 1, "has no end", "warning"),
    "a front matter that ends in dashes of a word processor": ("---\nTitle: A\n—\n# B", 1, "has no end", "warning"),
    "a number that reads backwards": ("# A\n\u202e0441234567", 2, "U+202E", "error"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line(name: str, write_guides: WriteGuides) -> None:
    text, line, what, severity = MISTAKES[name]
    root = write_guides({"uk/x/g.md": text, "uk/bad.png": b"not a picture" * 9})
    findings = check(root)
    assert [(finding.file, finding.line, finding.severity) for finding in findings] == [("uk/x/g.md", line, severity)]
    assert what in findings[0].what
    assert findings[0].todo
    assert str(findings[0]).startswith(f"uk/x/g.md:{line}: {severity}: " if line else f"uk/x/g.md: {severity}: ")


def test_a_review_is_old_from_a_given_day(write_guides: WriteGuides) -> None:
    root = write_guides({"uk/g.md": "---\nreviewed: 2024-11-18\n---\n# A"})
    assert check(root, NOW) == []
    assert check(write_guides({"uk/g.md": "---\nreviewed: 2026-11-19\n---\n# A"}), NOW) == []  # today, east of here
    write_guides({"uk/g.md": "---\nreviewed: 2024-11-18\n---\n# A"})
    assert len(check(root, NOW + 86400)) == 1
    assert check_tree(read_tree(root), now=NOW + 86400, old_after_years=3).findings == ()
    leap = 1_835_400_000  # 2028-02-29
    assert len(check(root, leap)) == 1


def test_names_that_a_stick_cannot_hold(write_guides: WriteGuides) -> None:
    findings = check(write_guides({"uk/a.md": "# A", "uk/A.md": "# A", "uk/con.md": "# A", "uk/why?.md": "# A"}))
    assert [(finding.file, finding.severity) for finding in findings] == [
        ("uk/a.md", "warning"),
        ("uk/con.md", "warning"),
        ("uk/why?.md", "warning"),
    ]


def test_what_a_language_lacks_is_one_notice(write_guides: WriteGuides) -> None:
    findings = check(write_guides({"uk/a.md": "# A", "uk/b.md": "# B", "en/b.md": "# B", "ru/c.md": "# C"}))
    assert [(finding.file, finding.line) for finding in findings] == [("en", 0), ("ru", 0), ("uk", 0)]
    assert "2 (a.md, c.md)" in findings[0].what


def test_a_picture_that_many_guides_show_is_judged_once(write_guides: WriteGuides) -> None:
    root = write_guides({"uk/a.md": "# A\n![](p.png)", "uk/b.md": "# B\n![](p.png)", "uk/p.png": picture()[:30]})
    assert [(finding.file, finding.line) for finding in check(root)] == [("uk/a.md", 2)]


def test_a_picture_with_long_metadata_is_a_picture(write_guides: WriteGuides) -> None:
    sink = io.BytesIO()
    Image.new("RGB", (8, 8)).save(sink, "JPEG", exif=b"Exif\x00\x00" + b"x" * 60000, comment=b"c" * 60000)
    assert check(write_guides({"uk/a.md": "# A\n![](p.jpg)", "uk/p.jpg": sink.getvalue()})) == []


def test_a_rule_above_a_sentence_is_no_front_matter(write_guides: WriteGuides) -> None:
    assert check(write_guides({"uk/a.md": "---\nNote: this is a sentence.\n\n# A"})) == []


def test_what_is_nested_too_deeply_for_some_pages_is_named_once(write_guides: WriteGuides) -> None:
    deep = "# A\n\n" + ">" * 90 + " b\n\n" + ">" * 90 + " c\n"
    found = check(write_guides({"uk/a.md": deep, "uk/b.md": "# B\n\n" + ">" * 50 + " b\n"}))
    assert [(finding.file, finding.line, finding.severity) for finding in found] == [("uk/a.md", 3, "warning")]


def test_a_picture_that_was_copied_in_half_is_found_by_a_thorough_look(write_guides: WriteGuides) -> None:
    sink = io.BytesIO()
    Image.effect_noise((90, 90), 60).save(sink, "JPEG")
    half = sink.getvalue()[: len(sink.getvalue()) // 2]
    tree = read_tree(write_guides({"uk/a.md": "# A\n![](p.jpg) ![](q.png)", "uk/p.jpg": half, "uk/q.png": picture()}))
    assert check_tree(tree, now=NOW).findings == ()
    found = check_tree(tree, now=NOW, thorough=True).findings
    assert [(finding.file, finding.line, finding.severity) for finding in found] == [("uk/a.md", 2, "warning")]
    assert "damaged (p.jpg)" in found[0].what


def test_progress_ends_at_the_end(write_guides: WriteGuides) -> None:
    seen: list[tuple[int, int]] = []
    tree = read_tree(write_guides({f"uk/{number}.md": "# A" for number in range(150)}))
    check_tree(tree, now=NOW, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(64, 150), (128, 150), (150, 150)]


def test_again_reads_what_changed_and_finds_the_same(
    write_guides: WriteGuides, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"uk/{number}.md": f"# {number}\n[next]({number + 1}.md)\n<b>" for number in range(20)}
    root = write_guides(files)
    cache = FactsCache()
    first = check_tree(read_tree(root), now=NOW, cache=cache).findings
    cache.save(tmp_path / "facts")
    read: list[bytes] = []

    def noted(data: bytes) -> Facts:
        read.append(data)
        return read_facts(data)

    monkeypatch.setattr(facts_module, "read_facts", noted)
    assert check_tree(read_tree(root), now=NOW, cache=FactsCache.load(tmp_path / "facts")).findings == first
    assert read == []
    (root / "uk" / "7.md").write_text("# 7\n[next](none.md)")
    tree = read_tree(root)
    warm = check_tree(tree, now=NOW, cache=FactsCache.load(tmp_path / "facts")).findings
    assert read == [b"# 7\n[next](none.md)"]
    assert warm == check_tree(tree, now=NOW).findings
    assert len(warm) == len(first)


@pytest.mark.corpus
def test_nothing_in_the_corpus_blocks_a_binding(umbrella_source: Path) -> None:
    tree = read_tree(umbrella_source)
    cache = FactsCache()
    findings = check_tree(tree, now=NOW, cache=cache).findings
    assert findings
    assert errors(findings) == []
    assert check_tree(tree, now=NOW, cache=cache).findings == findings


def test_an_unchanged_pack_is_not_looked_at_again(tmp_path: Path) -> None:
    root = tmp_path / "guides"
    for language in ("en", "uk"):
        (root / language).mkdir(parents=True)
        (root / language / "a.md").write_text("# A\n\n![no](none.png) [nowhere](b.md)\n", encoding="utf-8")
    reports = ReportCache()
    first = check_tree(read_tree(root), now=NOW, reports=reports)
    reports.save(tmp_path / "reports")
    (root / "uk" / "a.md").write_text("# A\n", encoding="utf-8")
    read: list[bytes] = []

    class Watched(FactsCache):
        def get(self, data: bytes) -> Facts | None:
            read.append(data)
            return super().get(data)

    again = check_tree(read_tree(root), now=NOW, cache=Watched(), reports=ReportCache.load(tmp_path / "reports"))
    assert read == [b"# A\n"]
    assert [f for f in again.findings if f.file.startswith("en/")] == [
        f for f in first.findings if f.file.startswith("en/")
    ]
    assert not [f for f in again.findings if f.file.startswith("uk/")]
    (root / "en" / "none.png").write_bytes(b"not a picture")
    whats = {
        f.what for f in check_tree(read_tree(root), now=NOW, reports=ReportCache.load(tmp_path / "reports")).findings
    }
    assert "There is no picture none.png" not in whats


@pytest.mark.parametrize("damage", [b"", b"holub reports 3\nabc\n{}", b"holub reports 9\n\n{}", b"\xff\n"])
def test_a_damaged_cache_of_reports_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "reports").write_bytes(damage)
    (tmp_path / "guides" / "uk").mkdir(parents=True)
    (tmp_path / "guides" / "uk" / "a.md").write_text("# A\n")
    reports = ReportCache.load(tmp_path / "reports")
    assert check_tree(read_tree(tmp_path / "guides"), now=NOW, reports=reports).findings == ()
    reports.save(tmp_path / "reports")
    assert (tmp_path / "reports").read_bytes().startswith(b"holub reports 3\n")
