"""What a narrow letter says inside its seal, in at most 169 bytes (spec/letter.md, "The narrow letter").

Rules: the same parts as another letter's body, without town and pictures; the text takes the writing that makes it
shortest, so that a Cyrillic or Arabic letter holds as many characters as a Latin one; one accepted encoding.
"""

from __future__ import annotations

from holub.errors import Misused, Refused
from holub.formats.letterbody import Body, Topic
from holub.formats.wire import text8, u8

ROOM = 169  # bytes of a body
# By number; where two make a text equally short, the lower number is taken. The single-byte ones are the indexes of
# the Encoding Standard, in which every byte but 98 of windows-1251 stands for the same character in Python.
WRITINGS = ("utf-8", "cp1251", "cp1256")
_TOPICS = {int(topic): topic for topic in Topic}


def _written(text: str) -> tuple[int, bytes]:
    """(writing, bytes) of a text in the writing that makes it shortest."""
    ways = []
    for number, name in enumerate(WRITINGS):
        try:
            ways.append((len(raw := text.encode(name)), number, raw))
        except UnicodeEncodeError:
            continue
    _, number, raw = min(ways)
    return number, raw


def encode(body: Body) -> bytes:
    """topic and writing u8, language and section (u8 length each), text to the end. Raises Misused: does not fit."""
    if body.town or body.pictures:
        raise Misused("a narrow letter has neither a town nor pictures", "send it as another letter")
    writing, text = _written(body.text)
    names = text8(body.language.encode()) + text8(body.section.encode())
    raw = u8(16 * writing + body.topic) + names + text
    if len(raw) > ROOM:
        raise Misused(
            f"the letter is too long for a narrow one: {len(raw):,} bytes, where {ROOM} are the most",
            "shorten it, or send two",
        )
    return raw


def parse(raw: bytes) -> Body:
    """The body of a narrow letter. Raises Refused; what parses encodes to the same bytes."""
    try:
        writing, topic = divmod(raw[0], 16)
        end_language = 2 + raw[1]
        end_section = end_language + 1 + raw[end_language]
        if end_section > len(raw):
            raise Refused(_DAMAGED)
        language = str(raw[2:end_language], "ascii")
        section = str(raw[end_language + 1 : end_section], "ascii")
        body = Body(_TOPICS[topic], language, section, str(raw[end_section:], WRITINGS[writing]))
        again = encode(body)
    except (Misused, ValueError, LookupError):  # not that writing, no such topic, or cut short
        raise Refused(_DAMAGED) from None
    if again != raw:
        raise Refused(_DAMAGED)
    return body


_DAMAGED = "the narrow letter's body is not laid out as one"
