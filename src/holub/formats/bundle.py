"""The bundle: the data inside a reading page, and a file that a page can be handed (spec/parcel.md, Bundle)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from holub.errors import Misused, Refused
from holub.formats.names import check_language, read_name
from holub.formats.wire import Reader, text8, u32

MAGIC = b"HLB1"
OPEN = b'<script type="text/plain" id="edition">'
CLOSE = b"</script>"
MAX_SETTINGS = 8_192
WORDS = b"HLW1"
MAX_POSTBOXES = 16
MAX_ADDRESS = 512  # characters
MAX_LISTS = 16
MAX_LIST = 65_536
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


@dataclass(frozen=True)
class Settings:
    """The language to begin in, the postboxes to send letters to, and where newer editions are, ending in a slash."""

    language: str
    postboxes: tuple[str, ...] = ()
    page: str = ""

    @property
    def is_understood(self) -> bool:
        """Whether a page opens with these (spec/reading-page.md, "Settings")."""
        places = (*self.postboxes, self.page) if self.page else self.postboxes
        if len(self.postboxes) > MAX_POSTBOXES or self.page[-1:] not in ("", "/"):
            return False
        if any(len(one) > MAX_ADDRESS or not _ADDRESS.fullmatch(one) for one in places):
            return False
        return len(self._encoded()) <= MAX_SETTINGS

    def encode(self) -> bytes:
        """Raises Misused where no page would open with them."""
        if not self.is_understood:
            todo = "give at most 16 addresses, each at most 512 characters, like https://post.example.org"
            raise Misused("the page would not open with these addresses of postboxes", todo)
        return self._encoded()

    def _encoded(self) -> bytes:
        fields: dict[str, object] = {"language": self.language, "postboxes": list(self.postboxes)}
        if self.page:
            fields["page"] = self.page
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def parse(cls, data: bytes) -> Settings:
        """Raises Refused."""
        refusal = Refused("the page's settings are damaged", "get the page again from another source")
        if len(data) > MAX_SETTINGS:
            raise refusal
        try:
            fields = json.loads(data)
            postboxes = tuple(map(str, fields["postboxes"]))
            settings = cls(check_language(fields["language"]), postboxes, str(fields.get("page", "")))
            same = settings.is_understood and settings._encoded() == data
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise refusal from None
        if not same:
            raise refusal
        return settings


@dataclass(frozen=True)
class WordList:
    """A packed word list of a language, as a page's code unpacks it. Signed by nobody: the code names its hash."""

    language: str
    packed: bytes

    def __post_init__(self) -> None:
        if not 1 <= len(self.packed) <= MAX_LIST:
            raise Refused("a word list of the page is empty or too large", "get the page again from another source")

    def encode(self) -> bytes:
        return WORDS + text8(self.language.encode()) + self.packed

    @classmethod
    def parse(cls, item: bytes) -> WordList:
        """Raises Refused."""
        reader = Reader(item, "a word list of the page")
        if reader.take(len(WORDS)) != WORDS:
            raise reader.refuse("it does not begin as such")
        language = read_name(reader.take(reader.u8()), "language")
        return cls(language, reader.rest())


def cut_word_lists(items: Sequence[bytes]) -> tuple[tuple[WordList, ...], list[bytes]]:
    """The word lists that these items begin with, one a language, and the items after them. Raises Refused."""
    end = next((at for at, item in enumerate(items) if not item.startswith(WORDS)), len(items))
    if end > MAX_LISTS:
        raise Refused("the page holds too many word lists", "get the page again from another source")
    lists = tuple(map(WordList.parse, items[:end]))
    if len({one.language for one in lists}) < len(lists):
        raise Refused("the page holds two word lists of a language", "get the page again from another source")
    return lists, list(items[end:])


def write_bundle(items: Sequence[bytes]) -> bytes:
    """Settings, word lists, root documents, parcels, in this order."""
    return MAGIC + b"".join(u32(len(item)) + item for item in items)


def read_bundle(data: bytes) -> list[bytes]:
    """The items. Raises Refused."""
    reader = Reader(data, "the page's data")
    if reader.take(len(MAGIC)) != MAGIC:
        raise reader.refuse("it does not begin as such")
    items = []
    while reader.left:
        items.append(reader.take(reader.u32()))
    return items


def fill_page(code: bytes, bundle: bytes) -> bytes:
    """The page: its code with the bundle, in base64, in the one place that is for it."""
    head, tail = _cut(code, Misused("the reading page's code has no place for an edition", "run make page"))
    if not tail.startswith(CLOSE):
        raise Misused("the reading page's code already carries an edition", "run make page")
    return head + base64.b64encode(bundle) + tail


def cut_page(page: bytes) -> tuple[bytes, bytes]:
    """A page's code and its bundle. Raises Refused when it is no reading page."""
    refusal = Refused("this file is not a reading page", "choose the page's HTML file")
    head, tail = _cut(page, refusal)
    data, close, rest = tail.partition(CLOSE)
    try:
        return head + close + rest, base64.b64decode(data, validate=True)
    except binascii.Error:
        raise refusal from None


def _cut(page: bytes, error: Misused | Refused) -> tuple[bytes, bytes]:
    if page.count(OPEN) != 1:
        raise error
    head, mark, tail = page.partition(OPEN)
    return head + mark, tail


def code_hash(code: bytes) -> bytes:
    """SHA-256 (32 B) of a page's code: what the edition's code leaf names."""
    return sha256(code).digest()
