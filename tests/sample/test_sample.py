"""The sample binds without an error, says everywhere that it is a sample, and stays small."""

from __future__ import annotations

import pytest

from holub.outbound.press.check import check_tree
from holub.outbound.press.guide import Guide, parse_guide
from holub.outbound.press.tree import read_tree
from holub.sample import guides

WRITTEN = 1_795_200_000  # 20 November 2026
MARK = {"uk": "*Зразок: ", "en": "*Sample guide: ", "ru": "*Образец: "}
LARGEST_PICTURE = 20_000
TREE = read_tree(guides())


def pieces(language: str) -> dict[str, tuple[Guide, str]]:
    """The guides of a language without the pages that only name a topic, with their text."""
    found = {}
    for path, data in TREE.pack(language).guides:
        guide = parse_guide(path, data)
        if not guide.facts.blank:
            found[path] = (guide, data.decode("utf-8"))
    return found


def test_three_languages_and_the_same_guides_in_two() -> None:
    assert [pack.language for pack in TREE.packs] == ["en", "ru", "uk"]
    assert set(pieces("uk")) == set(pieces("en"))
    assert set(pieces("ru")) < set(pieces("uk"))
    assert (len(pieces("uk")), len(pieces("ru"))) == (15, 7)


def test_the_press_finds_nothing_but_what_russian_lacks() -> None:
    findings = [str(finding) for finding in check_tree(TREE, now=WRITTEN).findings]
    assert len(findings) == 1
    assert "other languages have" in findings[0]


@pytest.mark.parametrize("language", sorted(MARK))
def test_every_guide_says_that_it_is_a_sample_and_when_it_was_reviewed(language: str) -> None:
    for path, (guide, text) in pieces(language).items():
        assert f"\n\n{MARK[language]}" in text, path
        assert guide.reviewed == "2026-11-20", path
        assert guide.summary, path


@pytest.mark.parametrize("language", ["uk", "en"])
def test_there_are_guides_two_checklists_and_an_alert(language: str) -> None:
    kinds = [guide.kind for guide, _ in pieces(language).values()]
    assert (kinds.count("guide"), kinds.count("checklist"), kinds.count("alert")) == (12, 2, 1)
    lists = [guide for guide, _ in pieces(language).values() if guide.kind == "checklist"]
    assert all(guide.facts.tasks >= 10 for guide in lists)


@pytest.mark.parametrize("language", sorted(MARK))
def test_pictures_are_shown_in_words_and_small(language: str) -> None:
    shown = [picture for guide, _ in pieces(language).values() for picture in guide.facts.pictures]
    assert shown
    assert all(picture.words for picture in shown)
    for pack in TREE.packs:
        assert all(file.stat().st_size < LARGEST_PICTURE for file in pack.pictures.values())
