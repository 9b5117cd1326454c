"""Shorthand: frequent letters and words of a text as single bytes, before it is compressed (spec/parcel.md, Base text).

Zstandard counts bytes, not letters: Cyrillic, Arabic and accents pay for two each time. With 128 bytes that UTF-8 text
in one language can spare, a pack shrinks by 1 to 8 per cent more than by compression alone.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from holub.formats.wire import Reader, text8, varint

MAX_STRINGS = 128
LONGEST = 32  # bytes of a string
_FIRST = 0x80
_WORDS = 32
_FREQUENT = 20  # fewer are not worth their place
_MOST_RARE = 0.02  # of the text's bytes may be of letters that are no strings: such bytes are written as two
_SURROGATE = 0xDC00  # U+DC80 + i stands for a string while texts are rewritten: no UTF-8 text holds one
_MARK = re.compile(rb"(\x01.?)", re.DOTALL)
_PLAIN = {b"\x01\x01": b"\x01", b"\x01\x02": b"\x00"}
_RAW = {bytes([1, byte]): bytes([byte]) for byte in range(_FIRST, 256)}


@dataclass(frozen=True)
class Shorthand:
    """Strings of 2 to 32 bytes of UTF-8: the byte 0x80 + i stands for the one at i. None: each byte is itself."""

    strings: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> Shorthand:
        """The strings that make these texts short; none where there are more letters than bytes, as in Chinese."""
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
        saved = {
            word: count * (len(word.encode()) - 1)
            for word, count in Counter(re.findall(r" ?\w+", text)).items()
            if count >= _FREQUENT and len(word) > 1 and len(word.encode()) <= LONGEST
        }
        best = sorted(saved, key=lambda word: (-saved[word], word))
        return cls((*kept, *best[: min(_WORDS, MAX_STRINGS - len(kept))]))

    def encode(self) -> bytes:
        """How many strings, and each with its length."""
        return varint(len(self.strings)) + b"".join(text8(one.encode()) for one in self.strings)

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
        return cls(tuple(strings))

    def shorten(self, text: bytes) -> bytes:
        """The text without a byte 0x00, its strings as one byte each."""
        text = text.replace(b"\x01", b"\x01\x01").replace(b"\x00", b"\x01\x02")
        if not self.strings:
            return text
        known = "".join(one for one in self.strings if len(one) == 1)
        rewritten = re.sub(f"[^\\x00-\\x7f{re.escape(known)}]", _raw, text.decode("utf-8", "surrogateescape"))
        # Words first: they are made of letters that are strings themselves.
        for place in sorted(range(len(self.strings)), key=lambda place: -len(self.strings[place])):
            rewritten = rewritten.replace(self.strings[place], chr(_SURROGATE + _FIRST + place))
        return rewritten.encode("utf-8", "surrogateescape")

    def open(self, text: bytes) -> list[bytes]:
        """The texts whose `shorten`, with a byte 0x00 between them, is this one. Raises ValueError when none are."""
        marked = _MARK.split(text) if b"\x01" in text else [text]
        known = {**_PLAIN, **_RAW} if self.strings else _PLAIN
        if any(mark not in known for mark in marked[1::2]):
            raise ValueError("a byte 0x01 is followed by what does not follow it")
        plain = marked[0::2]
        if self.strings:  # all at once: one by one takes three times as long
            plain = self._lengthen(b"\x01".join(plain)).split(b"\x01")
        texts: list[list[bytes]] = [[]]
        for place, piece in enumerate(plain):
            first, *others = piece.split(b"\x00")
            texts[-1].append(first)
            texts.extend([other] for other in others)
            texts[-1].extend(known[mark] for mark in marked[2 * place + 1 : 2 * place + 2])
        return [b"".join(parts) for parts in texts]

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
        """Whether this shortened text would have more than `limit` bytes when it is opened."""
        lengths = [len(one.encode()) - 1 for one in self.strings]
        if len(text) * (1 + max(lengths, default=0)) <= limit:
            return False
        more = sum(text.count(bytes([_FIRST + place])) * length for place, length in enumerate(lengths))
        return len(text) + more > limit


def _raw(found: re.Match[str]) -> str:
    """A letter that is no string: each of its bytes behind a mark."""
    raw = found.group().encode("utf-8", "surrogateescape")
    return "".join("\x01" + chr(_SURROGATE + byte) for byte in raw)
