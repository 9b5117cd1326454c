"""Paths: which may be carried, where links lead, and that a path and the link to it belong together."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Refused
from holub.formats.names import check_language
from holub.outbound.press.paths import awkward, is_language, name_as_words, relative, require_path, resolve

# Without what no path may hold: where most of what is drawn is refused, Hypothesis may give up before it tried any.
SIGNS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="/\\")
PARTS = st.text(SIGNS, min_size=1, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))


def carried(path: str) -> bool:
    try:
        require_path(path)
    except Refused:
        return False
    return True


PATHS = st.lists(PARTS, min_size=1, max_size=5).map("/".join).filter(carried)


@pytest.mark.parametrize(
    "tag", ["uk", "en", "ru", "ar", "crh", "zh-Hant", "pt-BR", "es-419", "sr-Latn-RS", "ca-valencia"]
)
def test_languages_are_known_by_their_folder(tag: str) -> None:
    assert is_language(tag)
    assert check_language(tag) == tag


@pytest.mark.parametrize(
    "name", ["", "src", "docs", "Img", "api-docs", "README.md", "u", "uk_UA", "uk-", "англ", "UK", "uk\n", "en-US-x-y"]
)
def test_other_folders_are_not(name: str) -> None:
    assert not is_language(name)


@given(st.from_regex(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", fullmatch=True))
def test_a_language_here_is_one_for_the_format(tag: str) -> None:
    if is_language(tag):
        assert check_language(tag) == tag


REFUSED = {
    "nothing": "",
    "it climbs": "a/../b.md",
    "it stands still": "a/./b.md",
    "an empty part": "a//b.md",
    "it starts at the root": "/a.md",
    "a control character": "a\x07.md",
    "a line end": "a\n.md",
    "an upper control character": "a\x85.md",
    "a line separator": "a\u2028.md",
    "an override that hides the ending": "gpj\u202e.md",
    "a mark that nobody sees": "a\u200f.md",
    "a backslash": "a\\..\\b.md",
    "an unpaired surrogate": "a\ud800.md",
    "too long": "a" * 253 + ".md",
    "letters in pieces (form D)": "и\u0306.md",
}


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused(path: str) -> None:
    with pytest.raises(Refused):
        require_path(path)


@pytest.mark.parametrize("path", ["a.md", "Що робити, коли… (2).md", "it's/Fine here.md", "б" * 126 + ".md", "a:b.md"])
def test_it_is_carried(path: str) -> None:
    require_path(path)


@pytest.mark.parametrize("path", ["a/con.md", "NUL", "lpt1.tar.md", "a?.md", "a./b.md", "a /b.md", 'a".md', "c:x.md"])
def test_a_stick_cannot_hold_it(path: str) -> None:
    assert awkward(path)


@pytest.mark.parametrize("path", ["console.md", "com10.md", "it's here.md", "a.b/c.md"])
def test_a_stick_can_hold_it(path: str) -> None:
    assert awkward(path) == ""


@given(PATHS, PATHS)
def test_the_link_from_one_guide_to_another_leads_there(origin: str, target: str) -> None:
    assert resolve(origin, relative(origin, target)) == target


@given(PATHS, st.text(max_size=40))
def test_no_address_leads_out_of_the_language(origin: str, address: str) -> None:
    found = resolve(origin, address)
    assert found is None or carried(found)


@pytest.mark.parametrize(
    "address",
    [
        "../../x.md",
        "/x.md",
        "//host/x.md",
        "http://host/x.md",
        "javascript:x.md",
        "%2e%2e/%2e%2e/x.md",
        "%ff.md",
        "a%00.md",
        "",
    ],
)
def test_such_an_address_leads_nowhere(address: str) -> None:
    assert resolve("folder/guide.md", address) is None


def test_an_address_may_be_written_in_letters_or_in_percents() -> None:
    assert resolve("a/b.md", "../дім/ой%20лихо.md") == resolve("a/b.md", quote("../дім/ой лихо.md")) == "дім/ой лихо.md"
    assert resolve("a/b.md", "и\u0306.md") == "a/й.md"


def test_a_name_becomes_a_title() -> None:
    assert name_as_words("що-робити_коли--темно") == "Що робити коли темно"
    assert name_as_words("--") == ""
