"""The words that somebody searches for, and whether a text holds them.

Rules
- Letters are made equal as on the reading page (reader/src/guides/fold.ts): case and marks fall away, letters that
  people type for one another become one; й and ї stay letters of their own.
- A word is found wherever it stands in a text, inside a longer word too, so that most endings do not matter.
- What is searched for may be a letter's own words: it is in no representation, so that no report of a mistake
  quotes it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

# Signs that people put around words, and that are no part of them.
_AROUND: Final = " ,.;:!?…()[]<>«»“”„\"'’#№،؛؟"
_OWN: Final = frozenset("йї")
_ALIKE: Final = str.maketrans(
    {
        "ґ": "г",
        "ٱ": "ا",  # alef wasla: alef
        "ة": "ه",  # teh marbuta: heh
        "ى": "ي",  # alef maksura: yeh
        "ی": "ي",  # Farsi yeh: yeh
        "ک": "ك",  # Farsi kaf: kaf
        "ـ": "",  # tatweel
        "ʼ": "'",
        "’": "'",
        "`": "'",
    }
)
_UNSEEN: Final = frozenset({"Cf", "Mn", "Mc", "Me"})  # joiners, marks of direction, soft hyphens; stress, vowel points


def fold(text: str) -> str:
    """A text as it is compared."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain.replace("`", "'") if plain.isascii() else "".join(map(_plain, plain))


@lru_cache(maxsize=4_096)
def _plain(sign: str) -> str:
    if sign in _OWN:
        return sign
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    bare = (part for part in unicodedata.normalize("NFKD", sign) if unicodedata.category(part) not in _UNSEEN)
    return "".join(bare).translate(_ALIKE)


@dataclass(frozen=True)
class Sought:
    """Words, folded, each once. Without any nothing is searched for, and every text holds them."""

    words: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, typed: str) -> Sought:
        """What somebody typed into a field."""
        bare = " ".join(word.strip(_AROUND) for word in typed.split())
        return cls(tuple(dict.fromkeys(fold(bare).split())))

    def __bool__(self) -> bool:
        return bool(self.words)

    def held_by(self, text: str) -> bool:
        """Whether every one of the words stands in the text."""
        folded = fold(text)
        return all(word in folded for word in self.words)
