"""What of an opened letter is kept, and how it is laid out before it is sealed.

Rules
- Three records, each under its own slot: the letter's words, its pictures, and what its answer needs. The last one
  lets an answer travel on after the words are shredded, or the other way round.
- Every letter has the third record, also where no reply is wanted, so that its presence says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from holub.formats.letter import NO_SECRET, SECRET_SIZE, Inside
from holub.formats.letterbody import Checked, Topic, read_head

WORDS: Final = b"holub/letter/words/v1"
PICTURES: Final = b"holub/letter/pictures/v1"
RETURN: Final = b"holub/letter/return/v1"

# (words, return, pictures or empty); nothing for a decoy.
Records: TypeAlias = tuple[bytes, bytes, bytes] | tuple[()]


@dataclass(frozen=True, slots=True)
class Words:
    """What the writer wrote."""

    topic: Topic
    language: str
    town: str = field(repr=False)
    section: str
    wants_reply: bool
    pictures: int
    text: str = field(repr=False)

    @classmethod
    def parse(cls, record: bytes) -> Words:
        """From an opened record, as `words_of` lays it out."""
        topic, language, section, town, end = read_head(record[2:])
        return cls(topic, language, town, section, bool(record[0]), record[1], record[2 + end :].decode())


def words_of(body: Checked, wants_reply: bool) -> bytes:
    """wants a reply u8, pictures u8; as they came: topic u8, language, section, town (u8 length each); text."""
    return bytes((wants_reply, len(body.pictures))) + body.head + body.text


@dataclass(frozen=True, slots=True)
class Return:
    """What an answer needs: S (all zero where no reply is wanted), the section of its mailbag, the reply's text."""

    secret: bytes = field(repr=False)
    section: str
    text: str = field(default="", repr=False)

    @property
    def wanted(self) -> bool:
        """Whether the letter waits for an answer."""
        return self.secret != NO_SECRET

    def encode(self) -> bytes:
        """S, section (u8 length), text."""
        section = self.section.encode()
        return self.secret + bytes((len(section),)) + section + self.text.encode()

    @classmethod
    def parse(cls, record: bytes) -> Return:
        """From an opened record."""
        end = SECRET_SIZE + 1 + record[SECRET_SIZE]
        return cls(record[:SECRET_SIZE], record[SECRET_SIZE + 1 : end].decode(), record[end:].decode())


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a letter. anew: whether they were made anew here, or lie as they came."""

    files: tuple[bytes, ...] = field(repr=False)
    anew: bool = False

    def encode(self) -> bytes:
        """anew u8, then each picture behind its length (u32)."""
        return bytes((self.anew,)) + b"".join(len(file).to_bytes(4, "big") + file for file in self.files)

    @classmethod
    def parse(cls, record: bytes) -> Pictures:
        """From an opened record."""
        files = []
        at = 1
        while at < len(record):
            end = at + 4 + int.from_bytes(record[at : at + 4], "big")
            files.append(record[at + 4 : end])
            at = end
        return cls(tuple(files), bool(record[0]))


def records_of(letter: Inside) -> Records:
    """What of an opened letter is kept."""
    _, secret, body = letter
    if body is None:
        return ()
    pictures = Pictures(body.pictures).encode() if body.pictures else b""
    answer = secret + bytes((len(body.section),)) + body.section
    return words_of(body, secret != NO_SECRET), answer, pictures
