"""What a letter says inside its seal (spec/letter.md, "The body").

Rules: a strict binary layout, one accepted encoding, a limit on every part before it is read. A town stands only
where the writer chose to be counted, by name; there is no field for a position, a number, a name or a contact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from holub.errors import Misused, Refused
from holub.formats.names import LANGUAGE_BYTES, SECTION_BYTES, check_language, check_section
from holub.formats.wire import text8, u8, u32

MOST_TOWN = 80
MOST_TEXT = 60_000
MOST_PICTURES = 8
MOST_PICTURE = 1_000_000
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_JPEG = b"\xff\xd8\xff"


class Topic(IntEnum):
    """What the writer wants, so that the desk can order its day."""

    QUESTION = 1
    FEEDBACK = 2
    HELP = 3
    HAPPENED = 4


@dataclass(frozen=True, slots=True)
class Body:
    """One letter's content. Raises Misused, or Refused for a name that is none.

    language: the text's, as formats.names has it. section: whose mailbag shall carry the answer. text: up to 60,000
    bytes of UTF-8 without NUL, empty only beside pictures. town: up to 80 bytes, empty unless the writer chose to be
    counted. pictures: up to 8 JPEG files of up to 1,000,000 bytes each.
    """

    topic: Topic
    language: str
    section: str
    text: str = field(repr=False)
    town: str = field(default="", repr=False)
    pictures: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        check_language(self.language)
        check_section(self.section)
        wrong = _wrong(self)
        if wrong:
            raise Misused(wrong, "change the letter")


def _wrong(body: Body) -> str:
    """What keeps these parts from being a body, or an empty string."""
    try:
        town, text = body.town.encode(), body.text.encode()
    except UnicodeEncodeError:
        return "the letter holds half a character"
    if len(town) > MOST_TOWN or _CONTROLS.search(body.town):
        return f"the town's name is longer than {MOST_TOWN} bytes or holds control characters"
    if len(text) > MOST_TEXT:
        return f"the text is longer than {MOST_TEXT} bytes"
    if b"\0" in text or not (text or body.pictures):
        return "the letter has no text, or a zero in it"
    if not body.pictures:
        return ""
    if len(body.pictures) > MOST_PICTURES:
        return f"the letter has more than {MOST_PICTURES} pictures"
    if any(len(picture) > MOST_PICTURE or not picture.startswith(_JPEG) for picture in body.pictures):
        return f"a picture is no JPEG, or longer than {MOST_PICTURE} bytes"
    return ""


def encode(body: Body) -> bytes:
    """topic u8, language, section, town (u8 length each), text (u32 length), then pictures if there are any."""
    names = b"".join(text8(name.encode()) for name in (body.language, body.section, body.town))
    parts = [u8(body.topic), names, _long(body.text.encode())]
    if body.pictures:
        parts.append(u8(len(body.pictures)))
        parts += [_long(picture) for picture in body.pictures]
    return b"".join(parts)


class Checked(NamedTuple):
    """A body that keeps every rule, still as the bytes that travelled: an office seals these again as they are.

    head: topic, language, section and town as they stand in the body; section, text: those parts alone.
    """

    head: bytes
    section: bytes
    text: bytes
    pictures: tuple[bytes, ...]

    def __repr__(self) -> str:
        return "<a checked body>"


def check(raw: bytes, *, pictures: bool) -> Checked:
    """The parts of the body of a letter with or without pictures. Raises Refused."""
    # No reader, and no object a part: this stands beside every opening. Every part is held to its length.
    try:
        section_at = 2 + raw[1]
        town_at = section_at + 1 + raw[section_at]
        text_at = town_at + 1 + raw[town_at]
        text, end = _sized(raw, text_at, MOST_TEXT)
        images: tuple[bytes, ...] = ()
        if pictures:
            images, end = _pictures(raw, end)
        names = LANGUAGE_BYTES.fullmatch(raw, 2, section_at) and SECTION_BYTES.fullmatch(raw, section_at + 1, town_at)
        if not names or raw[0] not in _TOPICS or end != len(raw):
            raise Refused(_DAMAGED)
        if raw[town_at] and not _is_town(raw[town_at + 1 : text_at]):
            raise Refused(_DAMAGED)
        str(text, "utf-8")
    except (ValueError, LookupError):  # not UTF-8, or cut short
        raise Refused(_DAMAGED) from None
    if b"\0" in text or not (text or images):
        raise Refused(_DAMAGED)
    return Checked(raw[:text_at], raw[section_at + 1 : town_at], text, images)


def parse(raw: bytes, *, pictures: bool) -> Body:
    """The same as a Body. Raises Refused; what parses encodes to the same bytes."""
    return body_of(check(raw, pictures=pictures))


def body_of(checked: Checked) -> Body:
    """The body that these parts spell."""
    topic, language, section, town, _ = read_head(checked.head)
    return Body(topic, language, section, checked.text.decode(), town, checked.pictures)


def read_head(raw: bytes) -> tuple[Topic, str, str, str, int]:
    """(topic, language, section, town, where they end) at the front of bytes that were checked before."""
    names, at = [], 1
    for _ in range(3):
        end = at + 1 + raw[at]
        names.append(raw[at + 1 : end].decode())
        at = end
    language, section, town = names
    return Topic(raw[0]), language, section, town, at


_DAMAGED = "the letter's body is not laid out as one"
_TOPICS = frozenset(int(topic) for topic in Topic)


def _is_town(raw: bytes) -> bool:
    return len(raw) <= MOST_TOWN and not _CONTROLS.search(str(raw, "utf-8"))


def _pictures(raw: bytes, at: int) -> tuple[tuple[bytes, ...], int]:
    """The pictures that begin at `at`, and where they end."""
    count = raw[at]
    at += 1
    if not 0 < count <= MOST_PICTURES:
        raise Refused(_DAMAGED)
    images = []
    for _ in range(count):
        image, at = _sized(raw, at, MOST_PICTURE)
        if not image.startswith(_JPEG):
            raise Refused(_DAMAGED)
        images.append(image)
    return tuple(images), at


def _sized(raw: bytes, at: int, most: int) -> tuple[bytes, int]:
    """The part that stands at `at` after its u32 length, and where it ends."""
    start = at + 4
    end = start + int.from_bytes(raw[at:start], "big")
    if end > start + most or end > len(raw):
        raise Refused(_DAMAGED)
    return raw[start:end], end


def _long(raw: bytes) -> bytes:
    return u32(len(raw)) + raw
