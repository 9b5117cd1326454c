"""Shorthand: frequent letters and words of a text as one byte or two, before it is compressed (spec/parcel.md).

Zstandard counts bytes, not letters: Cyrillic, Arabic and accents pay for two each time, and every match of a word
starts where the word does only by luck. With 128 bytes that UTF-8 text in one language can spare, a pack shrinks by 3
to 11 per cent more than by compression alone.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from holub.formats.wire import Reader, text8, varint

MAX_STRINGS = 128
MAX_WORDS = 8_192
LONGEST = 32  # bytes of a string, and of a word as it is written
SECONDS = 254  # a word's second byte: neither 0x00 nor 0x01
_FIRST = 0x80
_ONES = 64
_FREQUENT, _FREQUENT_WORD = 20, 6  # fewer are not worth their place
_PIECE = 2**18  # bytes of a text that are taken apart at once
_MOST_RARE = 0.02  # of the text's bytes may be of letters that are no strings: such bytes are written as two
_SURROGATE = 0xDC00  # U+DC80 + i stands for the byte 0x80 + i while texts are rewritten: no UTF-8 text holds one
_MARK = re.compile(rb"\x01.?", re.DOTALL)
_PLAIN = {b"\x01\x01": b"\x01", b"\x01\x02": b"\x00"}
_ESCAPES = {byte: _SURROGATE + byte for byte in range(_FIRST, 256)}
_RAW = {bytes([1, byte]): bytes([byte]) for byte in range(_FIRST, 256)}
_WORD = r" ?\w+"
_WRITTEN = re.compile(rf"{_WORD}|[^\x00-\x7f]")


@dataclass(frozen=True)
class Shorthand:
    """What bytes from 0x80 on stand for; without strings each is itself.

    strings: 2 to 32 bytes of UTF-8 each; the byte 0x80 + i stands for the one at i. words: as they are written, in 2 to
    32 bytes of ASCII and strings; two bytes stand for each, the first above those of the strings. There are none
    without strings.
    """

    strings: tuple[str, ...] = ()
    words: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> Shorthand:
        """What makes these texts short; nothing where there are more letters than bytes, as in Chinese."""
        text = b"\n".join(texts).decode("utf-8", "surrogateescape")
        letters = Counter(re.findall(r"[^\x00-\x7f]", text))
        kept = [
            letter
            for letter, count in letters.most_common(MAX_STRINGS)
            if count >= _FREQUENT and not "\ud800" <= letter <= "\udfff"
        ]
        rare = sum(letters.values()) - sum(letters[letter] for letter in kept)
        if rare > _MOST_RARE * len(text):
            return cls()
        known = set(kept)
        counts = {
            word: count
            for word, count in Counter(re.findall(_WORD, text)).items()
            if count >= _FREQUENT_WORD and len(word) > 2 and all(one in known or one.isascii() for one in word)
        }
        left = MAX_STRINGS - len(kept)
        most = min(MAX_WORDS, left // 2 * SECONDS, max(0, len(counts) - _ONES))
        ones = _best(
            {word: n for word, n in counts.items() if n >= _FREQUENT and len(word.encode()) <= LONGEST},
            min(_ONES, left - -(-most // SECONDS)),
            costs=1,
        )
        strings = cls((*kept, *ones))
        if not strings.strings:
            return strings
        taken = set(ones)
        rest = {word: n for word, n in counts.items() if word not in taken and len(word) <= LONGEST}
        return cls(strings.strings, tuple(map(strings._write, sorted(_best(rest, most, costs=2)))))

    def encode(self) -> bytes:
        """How many strings, and each with its length; where there are some, how many words, and each with an end."""
        strings = varint(len(self.strings)) + b"".join(text8(one.encode()) for one in self.strings)
        if not self.strings:
            return strings
        return strings + varint(len(self.words)) + b"".join(word + b"\x00" for word in self.words)

    @classmethod
    def read(cls, reader: Reader) -> Shorthand:
        """Raises Refused."""
        strings = []
        for _ in range(reader.varint(MAX_STRINGS)):
            raw = reader.text8()
            try:
                strings.append(raw.decode())
            except UnicodeDecodeError:
                raise reader.refuse("a string of its shorthand is no text") from None
            if not 2 <= len(raw) <= LONGEST or b"\x00" in raw or b"\x01" in raw:
                raise reader.refuse("a string of its shorthand is too short, too long, or has a mark in it")
        words = []
        for _ in range(reader.varint(min(MAX_WORDS, (MAX_STRINGS - len(strings)) * SECONDS)) if strings else 0):
            raw = reader.until(0, LONGEST)
            if len(raw) < 2 or min(raw) < 2 or max(raw) - _FIRST >= len(strings):
                raise reader.refuse("a word of its shorthand is too short, or has in it what no word has")
            words.append(raw)
        return cls(tuple(strings), tuple(words))

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        """What stands for a string or a word, as the letters that become its bytes."""
        strings = {one: chr(_SURROGATE + _FIRST + place) for place, one in enumerate(self.strings)}
        return {**{self._spell(word): _letters(code) for code, word in self._pairs.items()}, **strings}

    @cached_property
    def _pairs(self) -> Mapping[bytes, bytes]:
        """The words by the two bytes that stand for them."""
        leads = range(_FIRST + len(self.strings), 256)
        pairs = (bytes([lead, second]) for lead in leads for second in range(256 - SECONDS, 256))
        return dict(zip(pairs, self.words, strict=False))

    def _spell(self, word: bytes) -> str:
        return "".join(chr(byte) if byte < _FIRST else self.strings[byte - _FIRST] for byte in word)

    def _write(self, word: str) -> bytes:
        """A word of ASCII and letters that are strings."""
        return "".join(one if one.isascii() else self._codes[one] for one in word).encode("utf-8", "surrogateescape")

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """The words that are none of ours, as they are written: most of them come again."""
        return {}

    def _written(self, one: str) -> str:
        found = self._codes.get(one) or self._spelt.get(one)
        if found is None:
            codes = self._codes
            found = "".join(codes.get(c) or (c if c.isascii() else _raw(c)) for c in one)
            self._spelt[one] = found
        return found

    def shorten(self, text: bytes) -> bytes:
        """The text without a byte 0x00, its strings as one byte each, its words as two."""
        text = text.replace(b"\x01", b"\x01\x01").replace(b"\x00", b"\x01\x02")
        if not self.strings:
            return text
        rewritten = _WRITTEN.sub(lambda found: self._written(found.group()), text.decode("utf-8", "surrogateescape"))
        return rewritten.encode("utf-8", "surrogateescape")

    def open(self, text: bytes) -> list[bytes]:
        """The texts whose `shorten`, with a byte 0x00 between them, is this one. Raises ValueError when none are."""
        marked = re.split(b"(" + _MARK.pattern + b")", text, flags=re.DOTALL) if b"\x01" in text else [text]
        known = {**_PLAIN, **_RAW} if self.strings else _PLAIN
        if any(mark not in known for mark in marked[1::2]):
            raise ValueError("a byte 0x01 is followed by what does not follow it")
        plain = marked[0::2]
        if self.strings:  # all at once: one by one takes three times as long
            plain = self._lengthen(self._open_words(b"\x01".join(plain))).split(b"\x01")
        texts: list[list[bytes]] = [[]]
        for place, piece in enumerate(plain):
            first, *others = piece.split(b"\x00")
            texts[-1].append(first)
            texts.extend([other] for other in others)
            texts[-1].extend(known[mark] for mark in marked[2 * place + 1 : 2 * place + 2])
        return [b"".join(parts) for parts in texts]

    @cached_property
    def _a_word(self) -> re.Pattern[bytes]:
        """A byte above those of the strings, and the one after it. None is where the strings need all of them."""
        first = _FIRST + len(self.strings)
        return re.compile(rb"[\x%02x-\xff].?" % first if first < 256 else rb"(?!)", re.DOTALL)

    @cached_property
    def _a_code(self) -> re.Pattern[bytes]:
        """A mark and its byte, or what stands for a word or a string; without strings the marks alone."""
        codes = rb"|" + self._a_word.pattern + rb"|[\x80-\xff]" if self.strings else b""
        return re.compile(_MARK.pattern + codes, re.DOTALL)

    def _open_words(self, text: bytes) -> bytes:
        try:
            return self._a_word.sub(lambda found: self._pairs[found.group()], text)
        except KeyError:
            raise ValueError("two bytes stand for nothing") from None

    def _lengthen(self, text: bytes) -> bytes:
        # In the table of letters U+FFFE would mean that there is none.
        codes = {
            one: bytes([_FIRST + place]) for place, one in enumerate(self.strings) if len(one) == 1 and one != "\ufffe"
        }
        table = [chr(byte) for byte in range(_FIRST)]
        signs = {}
        for place, one in enumerate(self.strings):
            sign = chr(_SURROGATE + _FIRST + place)
            table.append(one if one in codes else sign)
            if one in codes:
                continue
            if all(letter in codes or letter.isascii() for letter in one):
                # The word by its letters' codes: replacing among bytes is several times as fast as among letters.
                letters = b"".join(codes.get(letter) or letter.encode() for letter in one)
                text = text.replace(bytes([_FIRST + place]), letters)
            else:
                signs[sign] = one
        found, _ = codecs.charmap_decode(text, "strict", "".join(table))
        for sign, word in signs.items():
            found = found.replace(sign, word)
        return found.encode()

    def grows(self, text: bytes, limit: int) -> bool:
        """Whether this shortened text has more than `limit` bytes, ends included, when it is opened."""
        lengths = {bytes([_FIRST + place]): len(one.encode()) for place, one in enumerate(self.strings)}
        lengths |= {code: len(self._spell(word).encode()) for code, word in self._pairs.items()}
        if len(text) * max((size // len(code) + 1 for code, size in lengths.items()), default=1) <= limit:
            return False
        found = self._count_codes(text)
        return len(text) + sum((lengths.get(code, 1) - len(code)) * count for code, count in found.items()) > limit

    def _count_codes(self, text: bytes) -> Counter[bytes]:
        # Piece by piece: of 64 MiB, taken apart at once, the codes alone would take more than a gigabyte.
        counts: Counter[bytes] = Counter()
        at = 0
        while at < len(text):
            end = min(at + _PIECE, len(text))
            codes = self._a_code.findall(text, at, end)
            if end < len(text) and codes and codes[-1] == text[end - 1 : end]:
                # Perhaps the first of two bytes: the next piece begins with it.
                codes.pop()
                end -= 1
            counts.update(codes)
            at = end
        return counts


def _best(counts: Mapping[str, int], most: int, costs: int) -> list[str]:
    """The words that save most where each is written as `costs` bytes."""
    return sorted(counts, key=lambda word: (-counts[word] * (len(word) - costs), word))[: max(0, most)]


def _letters(code: bytes) -> str:
    return code.decode("latin-1").translate(_ESCAPES)


def _raw(letter: str) -> str:
    """A letter that is no string: each of its bytes behind a mark."""
    return "".join("\x01" + chr(_SURROGATE + byte) for byte in letter.encode("utf-8", "surrogateescape"))
