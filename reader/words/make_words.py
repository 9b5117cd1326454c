"""Makes the three word lists of the codename, out of published dictionaries.

Rules
- A list has exactly 7,776 words, so that six words drawn evenly are 77.5 bits in every language.
- A word may be shown to anybody, at any moment of their life: a word that hurts, frightens, takes a side or names
  a person or a place is left out. The files ``*.refused`` say which; a doubtful word goes.
- Two words never look, sound or type alike: see `fold` and `Picker`.
- The most frequent words come first into the list; the finished list is sorted by code point.

Sources, their versions and licences are in README.md beside this file. This runs by hand, not in tests: the tests
check the lists themselves.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

COUNT = 7776
SHORTEST, LONGEST = 3, 9
PREFIX = 5
RULES = Path(__file__).parent
LETTERS = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "uk": "абвгдеєжзиіїйклмнопрстуфхцчшщьюя",  # without ґ: too rare, and many keyboards lack it
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя",  # without ё: people write е
}
# A Ukrainian may have only a Russian keyboard, and the other way round: what such a keyboard gives stays unique.
_FOLD = str.maketrans(
    {"ґ": "г", "є": "е", "ё": "е", "э": "е", "і": "и", "ї": "и", "й": "и", "ы": "и", "щ": "ш", "ь": None, "ъ": None}
)
# Names, places, organisations, abbreviations, slang: the tags of OpenCorpora.
_LEFT_OUT = {"Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr", "Slng", "Arch", "Vulg", "Subx", "Dist"}
_DULL = {
    # adjectives made of places and offices; abstract nouns that all sound the same
    "uk": re.compile(r".*(ськ|цьк|зьк)ий|.*(ість|ізм|изм)|.{5,}(ння|ття)|.*(ований|ючий|учий|ячий|ший)|.*(тися|тись)"),
    "ru": re.compile(
        r".*(ск|цк)ий|.*(ость|изм)|.{5,}(ние|нье|тие)|.*(анный|ющий|ущий|ящий|вший|ший|емый|имый)|.*(ться|тись|чься)"
    ),
}


def fold(word: str) -> str:
    """The word as somebody would type it without the letters that keyboards of the other language lack."""
    return word.translate(_FOLD)


@dataclass
class Rules:
    """Words to leave out, and words to keep although a dictionary also knows them as a name.

    A line is a word, ``stem*``, or ``*part*``; ``#`` begins a comment.
    """

    refused: re.Pattern[str]
    kept: frozenset[str]

    @classmethod
    def read(cls, language: str) -> Rules:
        patterns = [re.escape(line).replace(r"\*", ".*") for line in _lines(RULES / f"{language}.refused")]
        return cls(re.compile("|".join(patterns) or r"(?!)"), frozenset(_lines(RULES / f"{language}.kept")))


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    words: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        words.extend(line.split("#")[0].split())
    return words


@dataclass
class Picker:
    """Takes words one after the other, the best first, and leaves out what could be taken for one already there.

    Two words differ in their first five letters (so five letters are enough to complete one) and by more than one
    letter put in, taken out or changed, both after `fold`.
    """

    taken: list[str] = field(default_factory=list)
    _prefixes: set[str] = field(default_factory=set)
    _near: set[str] = field(default_factory=set)

    def offer(self, word: str) -> bool:
        folded = fold(word)
        # Two words one edit apart share a form with one letter blanked (changed) or lost (put in, taken out).
        blanked = {folded[:i] + "_" + folded[i + 1 :] for i in range(len(folded))}
        lost = {folded[:i] + folded[i + 1 :] for i in range(len(folded))}
        if folded[:PREFIX] in self._prefixes or (blanked | lost | {folded, folded + "+"}) & self._near:
            return False
        self.taken.append(word)
        self._prefixes.add(folded[:PREFIX])
        self._near |= blanked | {folded} | {shorter + "+" for shorter in lost}
        return True


def russian_or_ukrainian(language: str, dictionary: Path) -> Iterator[str]:
    """Nouns, adjectives, verbs and adverbs in their dictionary form, the most frequent first."""
    text = dictionary.read_bytes()
    try:
        lines = text.decode("utf-8").splitlines()[1:]
    except UnicodeDecodeError:
        lines = text.decode("koi8-r").splitlines()[1:]
    spelled = {line.split("/")[0].strip() for line in lines}
    names = {word.lower() for word in spelled if word != word.lower()}
    rules = Rules.read(language)
    shape = re.compile(f"[{LETTERS[language]}]{{{SHORTEST},{LONGEST}}}")
    analyser: Any = import_module("pymorphy3").MorphAnalyzer(lang=language)
    frequent: Iterable[str] = import_module("wordfreq").top_n_list(language, 1_000_000, wordlist="large")
    for word in frequent:
        if not shape.fullmatch(word) or word not in spelled or not analyser.word_is_known(word):
            continue
        if _DULL[language].fullmatch(word) or rules.refused.fullmatch(word):
            continue
        readings = analyser.parse(word)
        if word not in rules.kept and (word in names or any(_tags(reading) & _LEFT_OUT for reading in readings)):
            continue
        if _is_dictionary_form(word, readings):
            yield word


def _tags(reading: Any) -> set[str]:
    return set(map(str, reading.tag.grammemes))


def _is_dictionary_form(word: str, readings: list[Any]) -> bool:
    best = max(reading.score for reading in readings)
    return any(
        reading.normal_form == word
        and _is_basic_form(reading)
        and reading.score >= 0.3 * best
        and not {"pssv", "actv"} & _tags(reading)
        for reading in readings
    )


def english() -> Iterator[str]:
    """EFF's large list; what the rules leave out is filled up from its two short ones."""
    rules = Rules.read("en")
    shape = re.compile(f"[a-z]{{{SHORTEST},{LONGEST}}}")
    lists = files("xkcdpass").joinpath("static")
    for name in ("eff-long", "eff-special", "eff-short"):
        for word in lists.joinpath(name).read_text("utf-8").split():
            if shape.fullmatch(word) and not rules.refused.fullmatch(word):
                yield word


def _is_basic_form(reading: Any) -> bool:
    tags = _tags(reading)
    return bool(tags & {"INFN", "infn", "ADVB"}) or (bool(tags & {"NOUN", "ADJF"}) and reading.tag.case == "nomn")


def chosen(language: str, dictionary: Path | None) -> list[str]:
    """The finished list, sorted by code point."""
    if dictionary is None:
        words = list(dict.fromkeys(english()))[:COUNT]
    else:
        picker = Picker()
        for word in russian_or_ukrainian(language, dictionary):
            if picker.offer(word) and len(picker.taken) == COUNT:
                break
        words = picker.taken
    if len(words) != COUNT:
        raise SystemExit(f"{language}: {len(words)} words are left, {COUNT} are needed; the rules refuse too much")
    return sorted(unicodedata.normalize("NFC", word) for word in words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--uk", type=Path, required=True, metavar="uk_UA.dic", help="Hunspell dictionary, Ukrainian")
    parser.add_argument("--ru", type=Path, required=True, metavar="ru_RU.dic", help="Hunspell dictionary, Russian")
    parser.add_argument("--out", type=Path, default=RULES.parent / "src" / "words")
    given = parser.parse_args()
    for language, dictionary in (("en", None), ("uk", given.uk), ("ru", given.ru)):
        words = chosen(language, dictionary)
        (given.out / f"{language}.txt").write_text("\n".join(words) + "\n", "utf-8")
        sys.stdout.write(f"{language}: {len(words)} words, {sum(map(len, words)) / len(words):.1f} letters each\n")


if __name__ == "__main__":
    main()
