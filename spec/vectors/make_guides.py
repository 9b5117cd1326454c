"""Writes the vectors of guides: one case a file, the same bytes at every run.

    python spec/vectors/make_guides.py

What is expected is written here by hand, from spec/guide.md, and asks no reader of guides. `case` says what to do:

- "guide": read `hex` at `path`; give title, kind, order, reviewed, summary, and `body` (as text, no byte order mark).
- "fragments": read `hex`; the fragments of its headings, in order.
- "link": from the guide at `from`, where `address` leads: `path` (null: to no guide) and `fragment`.
- "topics": read `files` (path → text); the lists, top first, as [path of the topic, its title, [paths of its entries]].
- "path": whether a guide may have the path; `expect` is "ok" or "Refused".
"""

from __future__ import annotations

from typing import Any

from vectorcase import Cases

HOME = "my-home/heat_and--light.md"


def guides(cases: Cases) -> None:
    def read(name: str, what: str, text: str | bytes, path: str = HOME, **fields: Any) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        nothing = {
            "title": "Heat and light",
            "kind": "guide",
            "order": None,
            "reviewed": None,
            "summary": "",
            "body": "",
        }
        assert not set(fields) - set(nothing), fields
        cases.add(f"guide-{name}", "guide", what, "ok", path=path, hex=data.hex(), **{**nothing, **fields})

    everything = "title: Тепло\nkind: checklist\norder: -3\nreviewed: 2026-10-02\nsummary: Одна кімната.\n"
    read(
        "everything",
        "all keys",
        f"---\n{everything}---\n\n- [ ] так\n",
        title="Тепло",
        kind="checklist",
        order=-3,
        reviewed="2026-10-02",
        summary="Одна кімната.",
        body="\n- [ ] так\n",
    )
    read("empty", "no bytes at all", "")
    read("name", "no title and no heading: the file's name", "text", body="text")
    read("index", "an index is named after its folder", "", path="a/our_town/index.md", title="Our town")
    read("index-top", "the topmost index has no name", "", path="index.md", title="")
    read(
        "heading",
        "the first heading of any level, bare",
        "x\n\n### A *b* `c` [d](e.md)\n# F\n",
        title="A b c d",
        body="x\n\n### A *b* `c` [d](e.md)\n# F\n",
    )
    read("heading-underlined", "a heading over two lines", "A\nb\n===\n", title="A b", body="A\nb\n===\n")
    read("heading-closed", "signs at a heading's end", "# A #\n", title="A", body="# A #\n")
    read(
        "heading-in-code",
        "what looks like a heading in code is none",
        "```\n# no\n```\n\n    # no\n\n# Yes\n",
        title="Yes",
        body="```\n# no\n```\n\n    # no\n\n# Yes\n",
    )
    read("heading-empty", "an empty heading is passed over", "#\n\n## B\n", title="B", body="#\n\n## B\n")
    read(
        "heading-no-space",
        "a number sign without a space is text",
        "#no\n\n# Yes\n",
        title="Yes",
        body="#no\n\n# Yes\n",
    )
    read("heading-indented", "four spaces make code", "    # no\n", body="    # no\n")
    read("heading-html", "raw HTML is text in a title too", "# A <b>c</b>\n", title="A <b>c</b>", body="# A <b>c</b>\n")
    read(
        "quotes",
        "double quotes and what is escaped in them",
        '---\ntitle: "A \\"b\\" \\\\ \\n"\n---\n',
        title='A "b" \\ \\n',
    )
    read("quotes-single", "single quotes", "---\ntitle: 'it''s \\'\n---\n", title="it's \\")
    read("quotes-one", "one quote is a letter", "---\ntitle: \"A\nsummary: '\n---\n", title='"A', summary="'")
    read("literal", "no comments and no structure in a value", "---\ntitle: A: b # [c]\n---\n", title="A: b # [c]")
    read("comment", "comments and empty lines say nothing", "---\ntitle: A\n\n# kind: alert\n---\n", title="A")
    read("capitals", "keys in capitals", "---\nTITLE: A\nKind: alert\n---\n", title="A", kind="alert")
    read("kind-capital", "a kind in capitals is none", "---\nkind: Alert\n---\n")
    read("twice", "the first of two counts", "---\ntitle: A\ntitle: B\n---\n", title="A")
    read("unfit-first", "the first counts although it does not fit", "---\norder: x\norder: 2\n---\n")
    read("nested", "indented lines and lists say nothing", "---\ntags: x\n  title: A\n- kind: alert\n---\n")
    read("foreign-key", "keys in other letters say nothing", "---\nназва: A\n---\n")
    read("long-key", "a key of 33 letters is none", "---\n" + "k" * 33 + ": A\ntitle: B\n---\n", title="B")
    read("empty-title", "an empty title is none", "---\ntitle:\n---\n# B\n", title="B", body="# B\n")
    read("long-title", "cut by code points", "---\ntitle: " + "😀" * 201 + "\n---\n", title="😀" * 200)
    read("long-summary", "cut at 400", "---\nsummary: " + "я" * 401 + "\n---\n", summary="я" * 400)
    read(
        "direction", "titles lose what turns the direction", "---\ntitle: \u202eA\u202c\u2066\u0007b\n---\n", title="Ab"
    )
    read("direction-heading", "headings as titles too", "# \u202eA\n", title="A", body="# \u202eA\n")
    read("order-plus", "a plus is no sign here", "---\norder: +1\n---\n")
    read("order-long", "five digits", "---\norder: 10000\n---\n")
    read("order-digits", "digits of another script", "---\norder: ٣\n---\n")
    read("reviewed-never", "a day that never was", "---\nreviewed: 2026-02-29\n---\n")
    read("reviewed-leap", "a leap day", "---\nreviewed: 2028-02-29\n---\n", reviewed="2028-02-29")
    read("reviewed-short", "a day without its zeros", "---\nreviewed: 2026-2-3\n---\n")
    read("mark", "a byte order mark is not shown", b"\xef\xbb\xbf---\ntitle: A\n---\nx", title="A", body="x")
    read("mark-alone", "a byte order mark without front matter", b"\xef\xbb\xbf# A", title="A", body="# A")
    read("line-ends", "all line ends", "---\r\ntitle: A\rkind: alert\n--- \t\r\nb", title="A", kind="alert", body="b")
    read("nothing-between", "front matter with nothing in it", "---\n---\nx", body="x")
    read("rule", "a rule at the start is no front matter", "---\n\nA: b\n\n---\n", body="---\n\nA: b\n\n---\n")
    read("open", "front matter without an end", "---\ntitle: A\n\nx\n", body="---\ntitle: A\n\nx\n")
    read("longest", "its end is line 64", "---\ntitle: A\n" + "#\n" * 61 + "---\n", title="A")
    long = "---\ntitle: A\n" + "#x\n" * 61 + "\n---\n"
    read("too-long", "its end is line 65", long, body=long)
    read("four", "four dashes are no fence", "----\ntitle: A\n----\n", title="title: A", body="----\ntitle: A\n----\n")
    read("not-utf8", "bytes that are no text", b"# A\xff\n", title="A\ufffd", body="# A\ufffd\n")


def fragments(cases: Cases) -> None:
    def names(name: str, what: str, text: str, *found: str) -> None:
        cases.add(f"fragments-{name}", "fragments", what, "ok", hex=text.encode().hex(), fragments=list(found))

    names(
        "letters",
        "letters, marks, digits and dashes stay",
        "# Як це? (2)\n## e\u0301_a-b שָׁלוֹם\n",
        "як-це-2",
        "e\u0301_a-b-שָׁלוֹם",
    )
    names("twice", "the same again", "# A\n# a!\n## A\n", "a", "a-1", "a-2")
    names("formatted", "without formatting", "# **A** `b c` [d](e)\n", "a-b-c-d")
    names("edges", "what is taken away leaves its space", "# ! A &amp; b\n", "-a--b")


def links(cases: Cases) -> None:
    def leads(
        name: str, what: str, address: str, path: str | None, fragment: str = "", start: str = "a/b/c.md"
    ) -> None:
        fields: dict[str, Any] = {"from": start, "address": address, "path": path, "fragment": fragment}
        cases.add(f"link-{name}", "link", what, "ok", **fields)

    leads("beside", "beside it", "d.md", "a/b/d.md")
    leads("up", "up and down", "../../x/./y//z.md#q", "x/y/z.md", "q")
    leads("out", "out of the language", "../../../x.md", None)
    leads("here", "on the page itself", "#q", "a/b/c.md", "q")
    leads("percent", "percents and letters", "%D0%B4%20м.md#%d1%8f", "a/b/д м.md", "я")
    leads("percent-up", "dots in percents climb too", "%2e%2e/d.md", "a/d.md")
    leads("percent-out", "dots in percents do not leave", "%2e%2e/%2e%2e/%2e%2e/d.md", None)
    leads("percent-broken", "percents that are no UTF-8", "%ff.md", None)
    leads("pieces", "letters in pieces are put together", "и\u0306.md", "a/b/й.md")
    leads("query", "a query is taken off", "d.md?x=1#q", "a/b/d.md", "q")
    leads("root", "from the root", "/a/b/d.md", None)
    leads("host", "on another host", "//h.example/d.md", None)
    leads("web", "on the web", "https://h.example/d.md", None)
    leads("script", "a script", "javascript:x.md", None)
    leads("other", "no guide", "d.txt", None)
    leads("folder", "a folder", "d/", None)


def topics(cases: Cases) -> None:
    files = {
        "index.md": "---\ntitle: All\n---\n",
        "z.md": "---\norder: 1\n---\n",
        "a.md": "# A\n",
        "b-c/x.md": "# X\n",
        "c/index.md": "---\norder: -5\ntitle: Sea\n---\nRead this.\n",
        "c/d/e.md": "# E\n",
        "empty/index.md": "---\ntitle: Empty\n---\n \n",
        "y.md": "---\norder: 1\n---\n",
        "n.md": "---\nkind: alert\n---\n",
        "o.md": "---\nkind: alert\norder: 9000\n---\n",
        "\U0001f54a.md": "",
        "\uff5e.md": "",
    }
    lists = [
        ["", "All", ["o.md", "n.md", "c", "y.md", "z.md", "a.md", "b-c", "\uff5e.md", "\U0001f54a.md"]],
        ["b-c", "B c", ["b-c/x.md"]],
        ["c", "Sea", ["c/d"]],
        ["c/d", "D", ["c/d/e.md"]],
    ]
    cases.add(
        "topics",
        "topics",
        "order, alerts, nesting, an empty topic, bytes against UTF-16",
        "ok",
        files=files,
        lists=lists,
    )


def paths(cases: Cases) -> None:
    def path(name: str, what: str, text: str, expect: str = "Refused") -> None:
        cases.add(f"path-{name}", "path", what, expect, path=text)

    path("plain", "letters, spaces, signs", "Дім/it's (2): ok?.md", "ok")
    path("longest", "255 bytes", "я" * 126 + ".md", "ok")
    path("too-long", "256 bytes", "a" * 253 + ".md")
    path("empty", "nothing", "")
    path("ending", "another ending", "a.txt")
    path("ending-capital", "an ending in capitals", "a.MD")
    path("climbs", "it climbs", "a/../b.md")
    path("dot", "it stands still", "./a.md")
    path("hidden", "a part that begins with a dot", "a/.b/c.md")
    path("empty-part", "an empty part", "a//b.md")
    path("root", "from the root", "/a.md")
    path("backslash", "a backslash", "a\\b.md")
    path("control", "a control character", "a\u0007.md")
    path("pieces", "not in form C", "и\u0306.md")


def main() -> None:
    cases = Cases("guide")
    for part in (guides, fragments, links, topics, paths):
        part(cases)
    cases.write()


if __name__ == "__main__":
    main()
