"""Which of the centre's texts are about what a letter is about: by words that they share, rare ones first.

Rules
- Words are cut to their first letters, so that most endings do not matter.
- No model, nothing is learnt, and nothing of a letter is kept.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final, TypeVar

_WORD: Final = re.compile(r"\w{4,}")
_STEM: Final = 5

T = TypeVar("T")


def stems(text: str) -> set[str]:
    """The beginnings of a text's longer words, so that most endings do not matter."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("ё", "е").replace("’", "").replace("'", "")
    return {word[:_STEM] for word in _WORD.findall(plain)}


def alike(candidates: Iterable[tuple[T, str, str]], text: str) -> list[tuple[float, T]]:
    """Those that share words with a text, each with its weight, best first; equals stay in the order that they came.

    candidates: (what is chosen, its title, what else it says). A shared word weighs more the fewer candidates have it,
    and half as much where no title has it.
    """
    read = [(one, stems(title), stems(rest)) for one, title, rest in candidates]
    often = Counter(stem for _, title, rest in read for stem in title | rest)
    wanted = stems(text)
    scored: list[tuple[float, int, T]] = []
    for place, (one, title, rest) in enumerate(read):
        weight = 0.0
        for stem in wanted & (title | rest):
            rarity = math.log(1 + len(read) / often[stem])
            weight += rarity if stem in title else rarity / 2
        if weight:
            scored.append((-weight, place, one))
    # The places differ, so that what is chosen is never compared.
    return [(-weight, one) for weight, _, one in sorted(scored, key=lambda found: found[:2])]
