"""Every case of spec/vectors/guide/ reads as it says; the reading page runs the same files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from holub.errors import Refused
from holub.outbound.press.guide import body_text, link_target, parse_guide
from holub.outbound.press.paths import require_path
from holub.outbound.press.topics import Topic, topics_of

VECTORS = Path(__file__).parents[3] / "spec" / "vectors"


def load(kind: str) -> dict[str, dict[str, Any]]:
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((VECTORS / "guide").glob("*.json"))}
    found = {name: case for name, case in found.items() if case["case"] == kind}
    assert found, f"no vectors of the kind {kind!r} in {VECTORS / 'guide'}"
    return found


@pytest.mark.parametrize("case", load("guide").values(), ids=load("guide").keys())
def test_a_guide_is_read(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    guide = parse_guide(case["path"], data)
    assert guide.title == case["title"]
    assert guide.kind == case["kind"]
    assert guide.order == case["order"]
    assert guide.reviewed == (case["reviewed"] or "")
    assert guide.summary == case["summary"]
    assert body_text(data, guide.body_at) == case["body"].replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("case", load("fragments").values(), ids=load("fragments").keys())
def test_headings_have_fragments(case: dict[str, Any]) -> None:
    assert list(parse_guide("a.md", bytes.fromhex(case["hex"])).facts.slugs) == case["fragments"]


@pytest.mark.parametrize("case", load("link").values(), ids=load("link").keys())
def test_a_link_leads_there(case: dict[str, Any]) -> None:
    path, fragment = link_target(case["from"], case["address"])
    assert (path or None) == case["path"]
    assert case["path"] is None or fragment == case["fragment"]


@pytest.mark.parametrize("case", load("topics").values(), ids=load("topics").keys())
def test_topics_are_listed(case: dict[str, Any]) -> None:
    def lists(topic: Topic) -> list[list[Any]]:
        entries = topic.entries()
        found: list[list[Any]] = [[topic.path, topic.title, [entry.path for entry in entries]]]
        for below in sorted((entry for entry in entries if isinstance(entry, Topic)), key=lambda entry: entry.path):
            found += lists(below)
        return found

    assert lists(topics_of(parse_guide(path, text.encode()) for path, text in case["files"].items())) == case["lists"]


@pytest.mark.parametrize("case", load("path").values(), ids=load("path").keys())
def test_a_path_is_taken_or_refused(case: dict[str, Any]) -> None:
    if case["expect"] == "ok":
        require_path(case["path"], ending=".md")
        return
    with pytest.raises(Refused):
        require_path(case["path"], ending=".md")
