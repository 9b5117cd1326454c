"""Reply templates: what the centre answers often, written once, in its own words.

Rules
- A template is about nobody: it outlives the letters. It is written by hand; no reply becomes one, for then a letter
  would live on in it after it was shredded.
- Each is one secret of the vault, and all are of one size: a locked office tells how many there are, and no more.
- It is durable before anybody hears that it is kept. Whoever changes or removes one says which text they saw, so that
  nothing goes that they did not see.
- Signs that steer or hide text are left out: what somebody pastes reads in a reply as it read here.

Layout of a secret, big-endian: version u8, language (u8 length), title (varint length), text (varint length), then
zeros up to SIZE.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Final

from holub.errors import Misused, Refused
from holub.formats.mailbag import MOST_TEXT
from holub.formats.names import check_language
from holub.formats.wire import Reader, sized, text8, u8
from holub.office.alike import alike
from holub.store.vault import Vault

MOST: Final = 100
LONGEST_TITLE: Final = 80  # characters
SIZE: Final = 4_352  # bytes of a secret: the longest title and text, and a little room
_VERSION: Final = 1
_NAME: Final = re.compile(r"template/([1-9][0-9]{0,8})")
_FIRST_WORDS: Final = 140  # characters
# What the desk shows by number, and halves of characters, which nothing can encode. A list of its own: what is kept
# must not change with what is shown. Controls but line ends and tabs; overrides, embeddings, isolates; halves; tags.
_UNSEEN: Final = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class Template:
    """One template. language: a tag as formats.names has it; title: one line; text: up to MOST_TEXT bytes of UTF-8.

    number: 0 as long as it is not kept."""

    language: str
    title: str = field(repr=False)
    text: str = field(repr=False)
    number: int = 0

    @property
    def first_words(self) -> str:
        """The beginning of the text as one line, with … where it goes on."""
        line = " ".join(self.text.split())
        if len(line) <= _FIRST_WORDS:
            return line
        return f"{line[: _FIRST_WORDS + 1].rpartition(' ')[0] or line[:_FIRST_WORDS]} …"

    @property
    def mark(self) -> str:
        """Tells this text from every other: 16 hexadecimal digits."""
        return hashlib.sha256(_encode(self)).hexdigest()[:16]


class Changed(Misused):
    """Somebody changed or removed the template meanwhile."""

    def __init__(self) -> None:
        super().__init__("this template was changed meanwhile", "look at it again")


def tidied(template: Template) -> Template:
    """The template in its one form: the title one line, nothing around the text, no sign that steers or hides."""
    return replace(template, title=" ".join(_plain(template.title).split()), text=_plain(template.text).strip())


def checked(template: Template) -> Template:
    """The same, if it may be kept. Raises Misused: the language is none, the title or the text empty or too long."""
    template = tidied(template)
    try:
        check_language(template.language)
    except Refused as error:
        raise Misused(error.what, error.todo) from None
    if not 0 < len(template.title) <= LONGEST_TITLE:
        raise Misused(f"a title has 1 to {LONGEST_TITLE} characters", "name what the template is for")
    size = len(template.text.encode())
    if not 0 < size <= MOST_TEXT:
        raise Misused(
            f"the text has {size:,} bytes; 1 to {MOST_TEXT:,} fit into a reply", "shorten it, or name a guide"
        )
    return template


class Templates:
    """The templates of an office; its vault must be unlocked, else Misused is raised."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._turn = threading.Lock()

    def all(self) -> tuple[list[Template], list[int]]:
        """Those that can be read, by language and title; and the numbers of those that are damaged."""
        found: list[Template] = []
        damaged: list[int] = []
        with self._turn:
            for number in self._numbers():
                try:
                    found.append(self._read(number))
                except Refused:
                    damaged.append(number)
        return sorted(found, key=lambda one: (one.language, one.title.casefold(), one.number)), damaged

    def fitting(self, language: str, text: str) -> list[Template]:
        """What may answer a letter, best first: of its language those that share words with it, then the others. Other
        languages only where it has none. A damaged one is passed over."""
        readable, _ = self.all()
        own = [one for one in readable if one.language == language] or readable
        found = [one for _, one in alike(((one, one.title, one.text) for one in own), text)]
        return found + [one for one in own if one not in found]

    def read(self, number: int) -> Template:
        """Raises Misused (there is none), Refused (it is damaged)."""
        with self._turn:
            return self._read(number)

    def add(self, template: Template) -> Template:
        """Keeps a new one, and gives it its number. Raises Misused (unfit, or there are too many), Refused,
        Unavailable."""
        template = checked(template)
        with self._turn:
            numbers = self._numbers()
            if len(numbers) >= MOST:
                raise Misused(f"there are {MOST} templates already", "remove one that nobody needs")
            return self._keep(replace(template, number=max(numbers, default=0) + 1))

    def change(self, number: int, template: Template, was: str) -> Template:
        """Another text in place of the one with the mark `was`. Raises Misused (unfit, none, Changed), Refused,
        Unavailable."""
        template = checked(template)
        with self._turn:
            if self._read(number).mark != was:
                raise Changed
            return self._keep(replace(template, number=number))

    def remove(self, number: int, was: str) -> None:
        """Overwrites the template with the mark `was`; a damaged one has none (""). Raises Misused (none, Changed),
        Unavailable."""
        with self._turn:
            try:
                mark = self._read(number).mark
            except Refused:
                mark = ""
            if mark != was:
                raise Changed
            self._vault.remove(_name(number))

    def _numbers(self) -> list[int]:
        return sorted(int(found[1]) for name in self._vault.names() if (found := _NAME.fullmatch(name)))

    def _read(self, number: int) -> Template:
        if number not in self._numbers():
            raise Misused(f"there is no template {number}", "look at the list of templates")
        try:
            return replace(_decode(self._vault.get(_name(number))), number=number)
        except (Refused, Misused, UnicodeDecodeError):
            if self._vault.locked:
                raise
            raise Refused(f"template {number} is damaged", "remove it, or restore the office from a backup") from None

    def _keep(self, template: Template) -> Template:
        self._vault.put(_name(template.number), _encode(template))
        return template


def _name(number: int) -> str:
    return f"template/{number}"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def _encode(template: Template) -> bytes:
    parts = (text8(template.language.encode()), sized(template.title.encode()), sized(template.text.encode()))
    return (u8(_VERSION) + b"".join(parts)).ljust(SIZE, b"\0")


def _decode(secret: bytes) -> Template:
    """Raises Refused, Misused or UnicodeDecodeError for whatever `_encode` does not write."""
    reader = Reader(secret, "the template")
    if len(secret) != SIZE or reader.u8() != _VERSION:
        raise reader.refuse("it is of another size or version")
    language, title, text = reader.text8(), reader.sized(4 * LONGEST_TITLE), reader.sized(MOST_TEXT)
    found = Template(language.decode("ascii"), title.decode(), text.decode())
    if any(reader.rest()) or checked(found) != found:
        raise reader.refuse("it is not as it was kept")
    return found
