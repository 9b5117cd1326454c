"""Every sentence from below is said in every language: the source and the tables are held to one another."""

from __future__ import annotations

import errno
import os
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from babel import Locale

from holub.faces import desk
from holub.faces.desk.sentences import FOLDER, GAP, INNER, read_rows
from holub.faces.desk.words import NAMES, Sentence
from tests.faces.desk.below import Below, skeleton
from tests.faces.desk.sources import Module, reached, read

LANGUAGES: Final = sorted(set(NAMES) - {"en"})
HALVES: Final = ("sentences", "phrases")  # of a file, beside what the operating system says
ROOTS: Final = [
    *(f"holub.faces.desk.{path.stem}" for path in Path(desk.__file__).parent.glob("*.py") if path.stem != "__init__"),
    "holub.transit.carriers.http",
    "holub.transit.carriers.folder",
    "holub.transit.relay.holding",
    "holub.transit.relay.making",
]
# What the desk imports and nobody at the desk ever reads.
LEFT_OUT: Final = {
    "holub.transit.postbox": "a postbox answers to carriers, which have their own words for it",
    "holub.transit.relay": "a relay's keeper reads them; of its package the office uses `holding` and `making` alone",
    "holub.transit.webserver": "said on the terminal, before the desk has a page",
    "holub.transit.carriers.qr": "the desk asks how many sheets there are, and passes over what it is told",
    "holub.transit.carriers.sound": "the desk asks how long it plays",
    "holub.transit.carriers.mesh": "no carrier of the desk",
    "holub.transit.carriers.broadcast": "no carrier of the desk",
    "holub.transit.carriers.memory": "tests use it",
    "holub.store.keyfile": "root keys' and editors' files, which only commands open",
    "holub.formats.letter": "a letter that does not open is counted, never explained",
    "holub.formats.letterbody": "as formats.letter",
    "holub.formats.narrow": "as formats.letter",
    "holub.inbound.mailroom.retention": "the set-up says it in its own words",
    "holub.outbound.press.plain": "pages for readers",
    "holub.outbound.press.plain_body": "pages for readers",
    "holub.outbound.press.plain_words": "pages for readers",
    "holub.outbound.press.start_text": "a text for readers",
}
# Texts with three words or more that are no sentence for the desk: why.
NO_SENTENCE: Final = {
    "install it from the file that holub came in": "a missing package, which stops the desk before it starts",
    "The desk does not answer to this name.": "for who came by another address: there is no language yet",
    "camera=(), microphone=()": "a header",
    "default-src 'none'": "a header",
    "a byte 0x01 is followed by what does not follow it": "a ValueError that formats.base makes a refusal of",
    "two bytes stand for nothing": "a ValueError that formats.base makes a refusal of",
    "not a canonical encoding of a point of large order": "a ValueError that formats.signature makes a refusal of",
    "root keys that are needed: ": "what a proposal changes, told by a command to whoever signs it",
    "nobody any more": "what a proposal changes, told by a command to whoever signs it",
    "the line does not fit its seal": "a ValueError: a cache that is damaged is made again",
    "unable to open": "the database's own words, looked for",
    "system volume information": "a name, looked for",
}
_WORD: Final = re.compile("[A-Za-z]{2,}")
_UNTYPED: Final = re.compile(r"`[^`]*`|\{\w+\}")
_COMMAND: Final = re.compile(r"`((?:holub|make) [^`]*)`")


@cache
def below() -> Below:
    return Below(read(name) for name in reached(ROOTS, LEFT_OUT))


def wanted(half: str) -> dict[str, str]:
    """Skeleton → where it stands; a phrase that is a sentence, too, is one."""
    sentences = {skeleton(text): f"{place}: {text}" for text, place in below().sentences.items()}
    phrases = {skeleton(text): f"{place}: {text}" for text, place in below().phrases.items()}
    return sentences if half == "sentences" else {key: phrases[key] for key in phrases.keys() - sentences.keys()}


def forms(said: Sentence) -> list[str]:
    return list(said.values()) if isinstance(said, dict) else [said]


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_from_below_is_said_and_none_is_left_over(language: str, half: str) -> None:
    rows = [skeleton(english) for english in read_rows(language)[half]]
    known, needed = set(rows), wanted(half)
    assert len(known) == len(rows), "the same sentence stands twice, with other names of its gaps"
    assert sorted(needed[key] for key in needed.keys() - known) == [], f"strings/below/{language}.json lacks these"
    assert sorted(known - needed.keys()) == [], f"no source says these of strings/below/{language}.json any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_gaps_the_commands_and_the_plural_forms(language: str) -> None:
    tags = set(Locale.parse(language).plural_form.tags) | {"other"}
    for half in HALVES:
        for english, said in read_rows(language)[half].items():
            gaps = GAP.findall(english)
            assert len(set(gaps)) == len(gaps), english
            assert not re.search(r"\}\{", english), english
            if isinstance(said, dict):
                assert set(said) == tags, english
                assert "n" in gaps, english
            for form in forms(said):
                own = GAP.findall(form)
                assert len(set(own)) == len(own), form
                assert set(own) | ({"n"} if isinstance(said, dict) else set()) == set(gaps), form
                assert set(_COMMAND.findall(english)) <= set(_COMMAND.findall(form)), form
                assert form.count("`") % 2 == 0, form
                assert not INNER.intersection(GAP.findall(" ".join(re.findall("`[^`]*`", form)))), form
                assert form == form.strip(), form
                assert form[-1:] not in ".;", form


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_operating_system_says_is_said_word_for_word(language: str) -> None:
    codes = (
        errno.EACCES, errno.EEXIST, errno.EIO, errno.EISDIR, errno.EMFILE, errno.ENODEV, errno.ENOENT, errno.ENOSPC,
        errno.ENOTDIR, errno.EPERM, errno.EROFS,
    )  # fmt: skip
    rows = read_rows(language)["system"]
    assert set(rows) == {os.strerror(code) for code in codes}
    assert all(isinstance(said, str) and said and "{" not in said for said in rows.values())


FOREIGN: Final = {"uk": "[ыэъё\u0600-\u06ff]", "ru": "[іїєґ’\u0600-\u06ff]", "ar": "[\u0400-\u04ff]"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_has_a_letter_of_another_language_in_its_words(language: str) -> None:
    for part in read_rows(language).values():
        for form in (form for said in part.values() for form in forms(said)):
            assert not re.search(FOREIGN[language], form.lower()), form
            assert not re.search("[A-Za-z](?=[\u0400-\u04ff])|[\u0400-\u04ff](?=[A-Za-z])", _UNTYPED.sub("", form)), (
                form
            )


def test_all_languages_say_the_same_sentences() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(LANGUAGES)
    first = read_rows(LANGUAGES[0])
    for language in LANGUAGES:
        own = read_rows(language)
        assert [[*own[half]] for half in HALVES] == [[*first[half]] for half in HALVES], language
        assert all([*own[half]] == sorted(own[half]) for half in HALVES), language


def test_no_sentence_hides_in_a_new_way_of_making_one() -> None:
    assert below().unread == set()
    known = "\n".join([*below().sentences, *below().phrases])
    strangers, used = [], set()
    for module in below().modules:
        for line, text in module.texts():
            if len([word for word in text.split() if _WORD.search(word)]) < 3 or "<" in text or text.strip() in known:
                continue
            reason = next((one for one in NO_SENTENCE if one in text), None)
            used.add(reason)
            if reason is None:
                strangers.append(f"{module.name}:{line}: {text}")
    assert strangers == [], "say them where an error or a finding takes a sentence, or list them with a reason"
    assert used == set(NO_SENTENCE)


def test_what_is_left_out_is_really_there() -> None:
    everything = reached(ROOTS, ())
    assert [name for name in LEFT_OUT if name not in everything] == []
    assert {"holub.outbound.press.tree", "holub.transit.carriers.httptrouble", "holub.store.vault"} <= {
        module.name for module in below().modules
    }


SOURCE: Final = '''
from holub.errors import Misused, Refused
from holub.formats.wire import Reader

_TODO = "try again"
_BOTH = ("it is lost", "look for it")

class Own(Refused):
    pass

class Made(Refused):
    def __init__(self, count):
        super().__init__(f"there are {count} of them")

def raises(path, wrong, items, error, odd):
    """A docstring is no sentence."""
    more = f", and {len(items)} more" if items else ""
    raise Misused(f"{path!r} is wrong{more}", _TODO)
    raise Own(*_BOTH)
    raise Made(3)
    raise Refused("left" if odd else "right", error.todo)
    raise Refused(f"{error.what} ({path})")
    what, todo = "one", "two"
    raise Refused(what, todo)
    raise Refused(odd())

def _given(what, why):
    return Refused(f"the {what}s are not read: {why}")

def gives(data):
    _given("file", "it is long")
    _given("folder", why="it is short")
    Reader(data, "the thing").refuse("it ends")

class Reading:
    def refuse(self, path, what, todo):
        return Refused(f"{path}: {what}", todo)

def both(reading, reader):
    reading.refuse("a.md", "too long", "cut it")
    raise reader.refuse("too short")

def notices(notices):
    notices.append((1, "a notice", "do this"))
    yield 1, "error", "another", "do that"
'''


def test_sentences_are_found_however_they_are_made() -> None:
    found = Below([Module.of("holub.made", SOURCE), read("holub.formats.wire"), read("holub.errors")])
    own = {text for text, place in found.sentences.items() if place.startswith("holub.made")}
    assert own == {
        "{path} is wrong", "{path} is wrong, and {count} more", "try again", "it is lost", "look for it",
        "there are {count} of them", "left", "right", "{what} ({path})", "one", "two",
        "the files are not read: {why}", "the folders are not read: {why}",
        "a notice", "do this", "another", "do that", "{path}: {what}", "cut it",
    }  # fmt: skip
    assert {text for text, place in found.phrases.items() if place.startswith("holub.made")} == {
        "it is long", "it is short", "the thing", "it ends", "too long", "too short",
    }  # fmt: skip
    assert found.unread == {"holub.made: odd()"}


def test_gaps_that_hold_sentences_are_the_ones_that_are_looked_up() -> None:
    held = {gap for text in below().sentences for gap in GAP.findall(text) if gap in INNER}
    assert held == INNER
