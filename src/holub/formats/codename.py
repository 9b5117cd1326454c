"""A writer's codename: six words, and the secrets that follow from it (spec/mailbag.md, "Codenames").

Rules: codenames are generated, never chosen, because the public mailbag lets anybody try guesses in private; nothing
but the words is kept; the word list, the random bytes and the week are arguments.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Sequence

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from holub.errors import Misused

WORDS = 6
LIST_SIZE = 7_776
RANDOM_SIZE = 64
DESK_ID_SIZE = 32
WEEKS = 26
COUNTERS = 32
KEY_SIZE = 32
MOST_CODENAME = 512
_MEMORY_KIB, _PASSES, _LANES = 32_768, 3, 1
_EVEN = 65_536 - 65_536 % LIST_SIZE
_SPACES = re.compile("[\t-\r ]+")
# What the keyboards of phones put in place of the plain signs.
_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u0060\u2032", "'") | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


def propose(words: Sequence[str], random: bytes) -> str:
    """Six words of a list of 7,776, each equally likely: 77.5 bits. random: 64 bytes, read as 32 numbers.

    Numbers of 62,208 and above would favour the list's beginning and are passed over (rejection sampling). Misused on
    a list of another length, or on random bytes that run out (for true random bytes once in 10^27).
    """
    if len(words) != LIST_SIZE:
        raise Misused(f"a word list has {LIST_SIZE} words, this one {len(words)}")
    if len(random) != RANDOM_SIZE:
        raise Misused(f"a codename takes {RANDOM_SIZE} random bytes")
    numbers = (int.from_bytes(random[at : at + 2], "big") for at in range(0, RANDOM_SIZE, 2))
    chosen = [words[number % LIST_SIZE] for number in numbers if number < _EVEN][:WORDS]
    if len(chosen) < WORDS:
        raise Misused("the random bytes are not random", "use the operating system's source")
    return " ".join(chosen)


def normalise(typed: str) -> str:
    """The one form of a codename: NFKC, small letters, plain apostrophes and hyphens, six words, single spaces.

    Raises Misused where that does not leave six words.
    """
    if len(typed) > MOST_CODENAME:
        raise Misused("this is longer than any codename", f"type the {WORDS} words, with spaces between them")
    # Small letters can leave NFKC (U+0130 does), so the form is made once more.
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).lower())
    words = [word for word in _SPACES.split(lowered.translate(_PLAIN)) if word]
    if len(words) != WORDS:
        raise Misused(f"a codename has {WORDS} words, this has {len(words)}", "type them with spaces between them")
    return " ".join(words)


def unknown(codename: str, words: Sequence[str]) -> list[int]:
    """The places (0 to 5) of the words of a normalised codename that are not in the list: slips of the finger."""
    known = frozenset(words)
    return [place for place, word in enumerate(codename.split(" ")) if word not in known]


def stretch(codename: str, desk_id: bytes) -> bytes:
    """K, 32 bytes: Argon2id (RFC 9106) of a normalised codename; salt: the desk id; 32 MiB, 3 passes, 1 lane."""
    if len(desk_id) != DESK_ID_SIZE:
        raise Misused(f"a desk id has {DESK_ID_SIZE} bytes")
    if normalise(codename) != codename:
        raise Misused("the codename is not in its one form", "normalise it first")
    kdf = Argon2id(salt=desk_id, length=KEY_SIZE, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return kdf.derive(codename.encode())


def secret(key: bytes, number: int, counter: int) -> bytes:
    """S, 32 bytes: HMAC-SHA256(K, "reply" || key number u32 || counter u8); the writer draws the counter, 0 to 31."""
    if not 0 <= counter < COUNTERS:
        raise Misused(f"a counter is 0 to {COUNTERS - 1}")
    return hmac.digest(key, b"reply" + number.to_bytes(4, "big") + bytes([counter]), "sha256")


def candidates(key: bytes, number: int) -> list[bytes]:
    """Every S that a reply may answer to: the 26 weeks that end with `number`, newest first, 32 counters each.

    number: that of the letter key in the edition whose mailbag is searched, so that no clock is asked.
    """
    weeks = range(number, max(-1, number - WEEKS), -1)
    return [secret(key, week, counter) for week in weeks for counter in range(COUNTERS)]
