"""Guides: what is read from any bytes, exactly as spec/guide.md says, and that no bytes break the reader."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holub.outbound.press.frontmatter import FrontMatter, read_front_matter
from holub.outbound.press.guide import Guide, Slugs, body_text, parse_guide

MARKDOWN = st.text(alphabet=st.sampled_from("-:#[]()!<>`*_~|\\ \t\r\n\"'axдשé.md/\u202e\x00"), max_size=200)


def guide(text: str, path: str = "home/heating.md") -> Guide:
    return parse_guide(path, text.encode())


@given(st.binary(max_size=300))
@example(b"---\n:\n---")
@example(b"\xef\xbb\xbf---\r\ntitle: a\r---\n# b")
def test_no_bytes_break_the_reader(data: bytes) -> None:
    read = parse_guide("a/b.md", data)
    assert read.title
    assert 0 <= read.body_at <= len(data)
    assert len(list(read.links())) <= len(read.facts.links)


@given(MARKDOWN)
def test_no_markdown_breaks_the_reader(text: str) -> None:
    read = guide("---\ntitle: T\n---\n" + text)
    assert read.title == "T"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 4
    for address in (*read.facts.links, *read.facts.pictures):
        assert 4 <= address.line <= lines


@given(MARKDOWN)
def test_front_matter_and_body_are_the_whole_file(text: str) -> None:
    head = b"---\norder: 7\n---\n"
    assert parse_guide("a.md", head + text.encode()).body_at == len(head)


EXAMPLE = """---
title: Обігрів без газу
kind: checklist
order: 3
reviewed: 2026-10-02
summary: Як зігріти одну кімнату й не отруїтися.
---

Оберіть **одну** кімнату. Про чадний газ: [окремо](../health/carbon-monoxide.md#signs).

- [ ] Вікно відкрите на палець
- [ ] Двері до коридору закриті ковдрою

![Одна кімната, ковдра на дверях](room.png)
"""


def test_the_example_of_the_specification() -> None:
    read = guide(EXAMPLE)
    assert (read.title, read.kind, read.order, read.reviewed) == ("Обігрів без газу", "checklist", 3, "2026-10-02")
    assert read.summary == "Як зігріти одну кімнату й не отруїтися."
    assert [(link.line, target, part) for link, target, part in read.links()] == [
        (9, "health/carbon-monoxide.md", "signs")
    ]
    assert [(picture.line, picture.words, path) for picture, path in read.pictures()] == [
        (14, "Одна кімната, ковдра на дверях", "home/room.png")
    ]
    assert read.facts.tasks == 2
    assert read.facts.notices == ()


TITLES = {
    "the front matter's": ("---\ntitle: A\n---\n# B", "A"),
    "the first heading's, of any level": ("text\n\n### B *c* `d`\n\n# E", "B c d"),
    "an underlined heading's": ("B\nc\n===\n", "B c"),
    "not what only looks like a heading": ("```\n# no\n```\n    # no\n\n# Yes", "Yes"),
    "the next heading's, if the first is empty": ("#\n\n## B", "B"),
    "the file's": ("text", "Heating"),
    "in double quotes": ('---\ntitle: "A \\"b\\" \\\\ c"\n---\n', 'A "b" \\ c'),
    "in single quotes": ("---\ntitle: 'it''s'\n---\n", "it's"),
    "with a colon and a hash in it": ("---\ntitle: A: b # c\n---\n", "A: b # c"),
    "the first of two": ("---\ntitle: A\nTitle: B\n---\n", "A"),
    "without what turns the direction": ("---\ntitle: \u202eA\u202c\n---\n", "A"),
    "cut off": (f"---\ntitle: {'я' * 300}\n---\n", "я" * 200),
    "an empty one's place is taken": ("---\ntitle:\n---\n# B", "B"),
    "after a byte order mark": ("\ufeff---\ntitle: A\n---\n", "A"),
    "with the line ends of long ago": ("---\rtitle: A\r---\r# B\r", "A"),
    "not from a rule that is no front matter": ("---\n\ntitle: A\n\n---\n", "Heating"),
    "not from a front matter that does not end": ("---\ntitle: A\n\ntext", "Heating"),
    "not from one that is too long": ("---\ntitle: A\n" + "b: c\n" * 61 + "\n---\n", "Heating"),
    "from one that is just short enough": ("---\ntitle: A\n" + "#\n" * 61 + "---\n", "A"),
}


@pytest.mark.parametrize(("text", "title"), TITLES.values(), ids=TITLES.keys())
def test_the_title_is(text: str, title: str) -> None:
    assert guide(text).title == title


@pytest.mark.parametrize(
    ("path", "title"), [("index.md", ""), ("my-home/index.md", "My home"), ("a/b_c-d.md", "B c d"), ("ї.md", "Ї")]
)
def test_a_title_made_of_the_path(path: str, title: str) -> None:
    assert parse_guide(path, b"text").title == title


SAYS_NOTHING = {
    "a kind that is none": "kind: form",
    "an order that is no number": "order: first",
    "an order with digits of another script": "order: ٣",
    "an order too large": "order: 10000",
    "a day that is none": "reviewed: 2026-02-30",
    "a day written another way": "reviewed: 20260102",
    "a line that is not flat": "  title: x",
    "a list": "- a: b",
    "a key in other letters": "назва: x",
    "a key twice": "kind: guide\nkind: alert",
}


@pytest.mark.parametrize("line", SAYS_NOTHING.values(), ids=SAYS_NOTHING.keys())
def test_what_does_not_fit_says_nothing_and_is_named(line: str) -> None:
    read = guide(f"---\nx: y\n{line}\n---\n# B\n")
    assert (read.title, read.kind, read.order, read.reviewed) == ("B", "guide", None, "")
    assert [(notice[0], notice[1]) for notice in read.facts.notices] == [(3 + line.count("\n"), "warning")]


def test_an_empty_front_matter() -> None:
    assert read_front_matter(b"---\n---\nx") == FrontMatter(body_at=8, body_line=3)


def test_unknown_keys_are_kept_aside() -> None:
    assert guide("---\ntags: [a, b]\nauthor: c\n---\n").facts.front.unknown == ("author", "tags")


def test_headings_become_fragments() -> None:
    read = guide("# Як це? (2)\n\n## Same\n\n## same!\n\n## `code` and [link](x.md)\n\n# שלום_a-b\n")
    assert read.facts.slugs == ("як-це-2", "same", "same-1", "code-and-link", "שלום_a-b")
    assert [Slugs().next(words) for words in ("", "! a  b")] == ["", "-a--b"]


def test_links_are_sorted_into_inner_and_others() -> None:
    read = guide(
        "[a](b.md) [c](<../my guide.md#d>) [e](#f) [g](https://h.example/i.md)\n[j](../../k.md)\n"
        "[l](mailto:m@n.example) <https://o.example> [p][q] `[r](s.md)`\n\n[q]: t.md 'u'\n"
    )
    assert [(link.line, target, part) for link, target, part in read.links()] == [
        (1, "home/b.md", ""),
        (1, "my guide.md", "d"),
        (1, "home/heating.md", "f"),
        (2, "", ""),
        (3, "home/t.md", ""),
    ]
    assert len(read.facts.links) == 8


def test_dangerous_addresses_are_seen_but_never_inner() -> None:
    read = guide("[a](javascript:alert(1)) ![b](data:image/png;base64,AA) [c](JavaScript:x.md)")
    assert list(read.links()) == []
    assert [path for _, path in read.pictures()] == [""]
    assert len(read.facts.links) == 2


def test_raw_html_is_named_with_its_line_and_code_is_not() -> None:
    read = guide(
        "# A\n\n`<b>` and\n<script>x</script>\n\n```\n<i>\n```\n\n1 < 2 <3 <https://a.example>\n\n<!-- c -->\n"
    )
    assert [(line, what) for line, _, what, _ in read.facts.notices] == [
        (4, "Raw HTML is shown as text"),
        (12, "Raw HTML is shown as text"),
    ]


def test_bytes_that_are_not_utf8_are_carried_and_named() -> None:
    data = "# Добре\n\nпогано ".encode() + b"\xff\n"
    read = parse_guide("a.md", data)
    assert body_text(data, read.body_at).endswith("погано \ufffd\n")
    assert [(line, severity) for line, severity, _, _ in read.facts.notices] == [(3, "warning")]


DIRECTIONS = {
    "a number turned around": ("call \u202e0441234567\u202c now", "error"),
    "Latin letters turned around": ("\u202egro.elpmaxe", "error"),
    "Arabic turned around": ("\u202dمرحبا", "error"),
    "Arabic that is only made what it is": ("\u202eالموقع\nabc 123", "warning"),
    "a number after it is closed": ("\u202eالموقع\u202c 123", "warning"),
}


@pytest.mark.parametrize(("text", "severity"), DIRECTIONS.values(), ids=DIRECTIONS.keys())
def test_overrides_of_the_direction(text: str, severity: str) -> None:
    assert [(notice[0], notice[1]) for notice in guide(f"# A\n\n{text}\n").facts.notices] == [(3, severity)]


@pytest.mark.parametrize(
    "text", ["[" * 30000, "> " * 5000 + "x", "- " * 5000, "![" * 10000, "[a](" * 10000, "*a " * 9000 + "**" * 9000]
)
def test_deep_nesting_is_only_text(text: str) -> None:
    assert guide(text).title
