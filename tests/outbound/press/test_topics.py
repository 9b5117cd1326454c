"""Topics: folders in the editors' order, alerts first, nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holub.outbound.press.guide import Guide, parse_guide
from holub.outbound.press.topics import Topic, topics_of


def made(files: dict[str, str]) -> Topic:
    return topics_of(parse_guide(path, text.encode()) for path, text in files.items())


def names(topic: Topic) -> list[str]:
    return [entry.path for entry in topic.entries()]


def test_alerts_are_first_then_the_order_then_the_path() -> None:
    top = made(
        {
            "z.md": "---\norder: 1\n---\n",
            "a.md": "# A",
            "b/x.md": "# X",
            "c/index.md": "---\norder: -5\ntitle: Sea\n---\n",
            "c/x.md": "# X",
            "y.md": "---\norder: 1\n---\n",
            "m.md": "---\nkind: alert\n---\n",
        }
    )
    assert names(top) == ["m.md", "c", "y.md", "z.md", "a.md", "b"]
    assert [topic.title for topic in top.walk()] == ["", "B", "Sea"]


def test_a_topic_counts_its_own_text_only_if_there_is_any() -> None:
    assert made({"a/index.md": "---\ntitle: A\n---\n\n", "a/b.md": "b", "a/c/d.md": "d"}).count == 2
    assert made({"a/index.md": "Read this first.", "a/b.md": "b"}).count == 2


@given(st.sets(st.lists(st.sampled_from(["a", "b", "index", "ж"]), min_size=1, max_size=4).map("/".join)))
def test_every_guide_has_its_place(stems: set[str]) -> None:
    paths = {f"{stem}.md" for stem in stems}
    top = made(dict.fromkeys(paths, "text"))
    found = [guide.path for topic in top.walk() for guide in (*topic.guides, topic.index) if isinstance(guide, Guide)]
    assert sorted(found) == sorted(paths)
    assert top.count == len(paths)
