"""The desk's languages, what they may not lack, and what they show of text from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel import Locale

from holub.faces.desk import words
from holub.faces.desk.app import ROOMS
from holub.faces.desk.editions import STAGES
from holub.faces.desk.set_up import STEPS
from holub.faces.desk.words import NAMES, Words, choose, inert, sentences
from holub.inbound.mailroom.retention import LIMITS

FOLDER = Path(words.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
SOURCES = sorted(FOLDER.glob("*.py"))
_GAP = re.compile(r"\{(\w+)\}")


def gaps(sentence: words.Sentence) -> set[str]:
    forms = sentence.values() if isinstance(sentence, dict) else [sentence]
    return set().union(*(_GAP.findall(form) for form in forms))


@pytest.mark.parametrize("language", NAMES)
def test_every_language_has_every_sentence_with_its_gaps_and_plural_forms(language: str) -> None:
    own, first = sentences(language), sentences("uk")
    assert own.keys() == first.keys()
    for key, sentence in own.items():
        assert gaps(sentence) - {"n"} == gaps(first[key]) - {"n"}, key
        assert isinstance(sentence, dict) == isinstance(first[key], dict), key
        if isinstance(sentence, dict):
            assert set(sentence) >= set(Locale.parse(language).plural_form.tags), key
            assert "n" in gaps(first[key])


def test_every_sentence_that_a_page_says_is_there_and_none_is_left_over() -> None:
    text = "".join(path.read_text() for path in [*TEMPLATES, *SOURCES])
    said = set(re.findall(r'(?:\bt|words|tell|again)\(\s*"([a-z_.]+)"', text))
    said |= set(re.findall(r'"((?:fetch|edition|size)\.[a-z_]+)"', text))
    said |= {f"room.{room.name}" for room in ROOMS} | {f"stage.{stage}" for stage in (*STAGES, "starting")}
    said |= {f"set_up.{step}{end}" for step in STEPS for end in ("", ".title")}
    said |= {f"set_up.{span}{end}" for span in LIMITS for end in ("", "_hint")}
    made = ("topic.", "state.", "empty.", "kind.", "work.", "keys.", "takes.")
    known = set(sentences("uk"))
    assert {key for key in said if not key.endswith(".")} <= known
    assert sorted(key for key in known - said if not key.startswith(made)) == []


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [("uk", 1, "1 день"), ("uk", 3, "3 дні"), ("uk", 11, "11 днів"), ("ru", 22, "22 дня"), ("en", 1, "1 day"),
     ("ar", 2, "يومان"), ("ar", 5, "5 أيام")],
)  # fmt: skip
def test_plural_forms(language: str, count: int, said: str) -> None:
    assert Words(language)("days", n=count) == said


def test_days_numbers_and_sizes() -> None:
    uk, en = Words("uk"), Words("en")
    assert uk.day("2026-11-21", "2026-11-23") == "21 листопада"
    assert uk.day("2025-11-21", "2026-11-23") == "21 листопада 2025"
    assert en.day("no day", "2026-11-23") == "no day"
    assert (en.size(999), en.size(1_500), en.size(150_000), en.size(2_000_000)) == ("999 B", "1.5 kB", "150 kB", "2 MB")
    assert uk.size(1_500) == "1,5 кБ"
    assert en.language_name("zh-Hant") == "Chinese (Traditional)"
    assert en.language_name("not a tag at all") == "not a tag at all"


@pytest.mark.parametrize(
    ("asked", "accepts", "chosen"),
    [("", "", "uk"), ("en", "ru", "en"), ("xx", "ar-EG,en", "ar"), ("", "de-DE,en;q=0.5", "en"), ("", "de", "uk")],
)
def test_the_language_is_chosen(asked: str, accepts: str, chosen: str) -> None:
    assert choose(asked, accepts) == chosen


def test_signs_that_steer_are_shown_by_their_numbers() -> None:
    shown = inert("a<\u202e\x1b\u2066\U000e0041>\n\tb")
    assert shown == (
        'a&lt;<span class="sign">U+202E</span><span class="sign">U+001B</span><span class="sign">U+2066</span>'
        '<span class="sign">U+E0041</span>&gt;\n\tb'
    )


def test_no_page_has_a_style_a_script_or_an_address_of_its_own() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=|https?://|\|\s*safe|autoescape", text), path.name
        assert text.count("<script") == (1 if path.name == "page.html" else 0)
    for path in (FOLDER / "static").iterdir():
        assert "://" not in path.read_text(), path.name


def test_every_form_that_changes_something_carries_the_token() -> None:
    for path in TEMPLATES:
        for form in re.findall(r'<form method="post"[^>]*>(.{0,14})', path.read_text(), re.DOTALL):
            assert form.startswith("{{ token() }}"), path.name


# Words of fields that must never be asked for: whoever answers letters needs none of them.
@pytest.mark.parametrize(
    "word", ["position", "coordinat", "latitude", "movement", "collaborat", "target", "phone_number"]
)
def test_no_field_asks_for_what_could_find_anybody(word: str) -> None:
    fields = [name for path in TEMPLATES for name in re.findall(r'name="([^"]+)"', path.read_text())]
    assert fields
    assert [name for name in fields if word in name.lower()] == []
