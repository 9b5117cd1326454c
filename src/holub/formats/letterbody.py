"""What a letter says inside its seal (spec/letter.md, "The body").

Rules: a strict binary layout, one accepted encoding, a limit on every part before it is read. A town stands only
where the writer chose to be counted, by name; there is no field for a position, a number, a name or a contact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum

from holub.errors import Misused, Refused
from holub.formats.names import check_language, check_section
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


def parse(raw: bytes, *, pictures: bool) -> Body:
    """The body of a letter with or without pictures. Raises Refused; what parses encodes to the same bytes."""
    # One slice a part and no reader: this stands beside every opening, and every slice is held to its length.
    try:
        end_language = 2 + raw[1]
        end_section = end_language + 1 + raw[end_language]
        end_town = end_section + 1 + raw[end_section]
        text, at = _sized(raw, end_town, MOST_TEXT)
        images: tuple[bytes, ...] = ()
        if pictures:
            images, at = _pictures(raw, at)
        if at != len(raw):
            raise Refused(_DAMAGED)
        language = str(raw[2:end_language], "ascii")
        section = str(raw[end_language + 1 : end_section], "ascii")
        town = str(raw[end_section + 1 : end_town], "utf-8")
        return Body(_TOPICS[raw[0]], language, section, str(text, "utf-8"), town, images)
    except (Misused, ValueError, LookupError):  # not UTF-8, no such topic, or cut short
        raise Refused(_DAMAGED) from None


_DAMAGED = "the letter's body is not laid out as one"
_TOPICS = {int(topic): topic for topic in Topic}


def _pictures(raw: bytes, at: int) -> tuple[tuple[bytes, ...], int]:
    """The pictures that begin at `at`, and where they end."""
    count = raw[at]
    at += 1
    if not 0 < count <= MOST_PICTURES:
        raise Refused(_DAMAGED)
    images = []
    for _ in range(count):
        image, at = _sized(raw, at, MOST_PICTURE)
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
