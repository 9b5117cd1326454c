"""A guide as the press understands it: its title, kind, links, pictures and headings, with their lines.

Reading never fails, whatever the bytes: what is odd is a notice. What depends on the bytes alone (`Facts`) is apart
from what depends on the path, so that facts can be kept by the hash of the bytes and used again (`check`).
Markdown is CommonMark with tables, strikethrough and task lists, and raw HTML is text (spec/guide.md, "The body").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType

from holub.outbound.press.frontmatter import LONGEST_TITLE, FrontMatter, read_front_matter, shown
from holub.outbound.press.paths import GUIDE_ENDING, PICTURE_ENDINGS, name_as_words, resolve

LARGEST_GUIDE = 1 << 22
LONGEST_ADDRESS = 2048
DEEPEST = 60  # levels of lists and quotations in one another; a list and its item are two
LONGEST_TEXT = 32_768  # characters of one paragraph, heading or cell whose links and emphasis are looked for

_HTML = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(\s[^<>]*)?/?>|<!--")
# An override and what it covers: up to the character that closes it or the end of the line.
_OVERRIDES = re.compile("([\u202d\u202e])([^\u202c\n\r\u2028\u2029]*)")
_TURNED = {"\u202d": ("R", "AL", "AN"), "\u202e": ("L", "EN", "AN")}
_TASK = re.compile(r"\[[ xX]\] ")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


class Address(NamedTuple):
    """One link or picture as it is written. line: 1-based, in the file. words: the text shown for it."""

    line: int
    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bytes of a guide say, wherever the file lies. notices: (line, severity, what, what to do)."""

    front: FrontMatter
    heading: str
    slugs: tuple[str, ...]
    links: tuple[Address, ...]
    pictures: tuple[Address, ...]
    tasks: int
    blank: bool
    notices: tuple[tuple[int, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide at its path inside its pack. reviewed: YYYY-MM-DD or "". body_at: byte offset of the body."""

    path: str
    title: str
    kind: str
    order: int | None
    reviewed: str
    summary: str
    body_at: int
    facts: Facts

    @property
    def is_topic(self) -> bool:
        return self.path.rpartition("/")[2] == "index.md"

    def links(self) -> Iterator[tuple[Address, str, str]]:
        """Inner links: (as written, path inside the pack or "" where it cannot be resolved, fragment)."""
        for link in self.facts.links:
            target, fragment = link_target(self.path, link.address)
            if target is not None:
                yield link, target, fragment

    def pictures(self) -> Iterator[tuple[Address, str]]:
        """Pictures: (as written, path inside the language or "" where it is from outside or no picture)."""
        for picture in self.facts.pictures:
            yield picture, picture_path(self.path, picture.address) or ""


def link_target(origin: str, address: str) -> tuple[str | None, str]:
    """Where an address in the guide at `origin` leads: (path inside the pack, fragment).

    The path is None where the address is not meant for a guide, and "" where it is but cannot be resolved.
    """
    place, _, fragment = address.partition("#")
    name = unicodedata.normalize("NFC", unquote(fragment))
    if not place:
        return origin, name
    place = place.partition("?")[0]
    if not place.endswith(GUIDE_ENDING) or place.startswith("/") or scheme_of(place):
        return None, name
    return resolve(origin, place) or "", name


def scheme_of(address: str) -> str:
    """The scheme of an address in small letters, "" where it has none."""
    found = _SCHEME.match(address)
    return found.group(1).lower() if found else ""


def is_web(address: str) -> bool:
    return _WEB.match(address) is not None


def picture_path(origin: str, address: str) -> str | None:
    """The path of a picture that the guide at `origin` shows; None where it is not one of the language's own."""
    path = resolve(origin, address)
    return path if path is not None and path.lower().endswith(PICTURE_ENDINGS) else None


def parse_guide(path: str, data: bytes) -> Guide:
    """Read a guide. It takes any bytes and never fails."""
    return place_guide(path, read_facts(data))


def place_guide(path: str, facts: Facts) -> Guide:
    """The guide that has these facts, at this path."""
    front = facts.front
    title = front.title or facts.heading or title_of(path)
    return Guide(path, title, front.kind, front.order, front.reviewed, front.summary, front.body_at, facts)


def title_of(path: str) -> str:
    """A title made of the file's name; for index.md of its folder's, "" at the top."""
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(GUIDE_ENDING)
    return name_as_words(folder.rpartition("/")[2] if stem == "index" else stem)


@cache
def markdown() -> MarkdownIt:
    """The one Markdown parser of the press. Addresses come out as they are written; whoever shows them must judge."""
    # The preset leaves out, without a word, what is nested deeper than 20 levels: a list in a list nine times.
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable(["table", "strikethrough"])
    _bound(parser)
    # Both are instance attributes on purpose: a refused or re-encoded address could not be shown in words.
    object.__setattr__(parser, "validateLink", lambda _url: True)
    object.__setattr__(parser, "normalizeLink", lambda url: url)
    return parser


def _bound(parser: MarkdownIt) -> None:
    """Let a text that nobody writes pass unread: the time for its links grows with the square of its length."""
    whole = parser.inline.parse

    def parse(src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if len(src) <= LONGEST_TEXT:
            return whole(src, md, env, tokens)
        tokens.append(Token("text", "", 0, content=src))
        return tokens

    object.__setattr__(parser.inline, "parse", parse)


@cache
def _block_markdown() -> MarkdownIt:
    # Inline parsing is most of the cost, and most paragraphs have neither links nor HTML: the facts ask for it by need.
    settings = {"html": False, "maxNesting": DEEPEST}
    parser = MarkdownIt("commonmark", settings).enable(["table", "strikethrough"]).disable("inline")
    _bound(parser)
    object.__setattr__(parser, "validateLink", lambda _url: True)
    object.__setattr__(parser, "normalizeLink", lambda url: url)
    return parser


def body_text(data: bytes, body_at: int) -> str:
    """The body as text, with one kind of line end; bytes that are not UTF-8 become U+FFFD."""
    return data[body_at:].decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def read_facts(data: bytes) -> Facts:
    """What the bytes of a guide say."""
    front = read_front_matter(data)
    text = body_text(data, front.body_at)
    notices = [(line, "warning", what, todo) for line, what, todo in front.notices]
    notices.extend(_notice_bytes(data))
    links: list[Address] = []
    pictures: list[Address] = []
    names = Slugs()
    slugs: list[str] = []
    heading, tasks, too_deep = "", 0, False
    environment: dict[str, object] = {}
    tokens = _block_markdown().parse(text, environment)
    for index, token in enumerate(tokens):
        if token.level == DEEPEST - 1 and token.nesting == 1 and not too_deep:
            too_deep = True
            line = front.body_line + (token.map[0] if token.map else 0)
            what = f"Lists or quotations are nested deeper than {DEEPEST} levels; some pages lack what is in there"
            notices.append((line, "warning", what, "write it less deep"))
        if token.type != "inline":
            continue
        if len(token.content) > LONGEST_TEXT:
            what = f"The text is longer than {LONGEST_TEXT:,} characters without a break; nothing in it is linked"
            first = front.body_line + (token.map[0] if token.map else 0)
            notices.append((first, "warning", what, "put empty lines between its paragraphs"))
        in_heading = index > 0 and tokens[index - 1].type == "heading_open"
        in_item = index > 1 and tokens[index - 2].type == "list_item_open"
        tasks += bool(in_item and _TASK.match(token.content))
        if not in_heading and "[" not in token.content and "<" not in token.content:
            continue
        children: list[Token] = []
        parser = _block_markdown()
        parser.inline.parse(token.content, parser, environment, children)
        if in_heading:
            words = plain_words(children)
            heading = heading or shown(words)[:LONGEST_TITLE]
            slugs.append(names.next(words))
        first_line = front.body_line + (token.map[0] if token.map else 0)
        _collect(children, first_line, links, pictures, notices)
    return Facts(
        front, heading, tuple(slugs), tuple(links), tuple(pictures), tasks, not text.strip(), tuple(sorted(notices))
    )


def _notice_bytes(data: bytes) -> Iterator[tuple[int, str, str, str]]:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield line, "warning", "The file is not UTF-8", "save it as UTF-8; until then some letters cannot be read"
        text = data.decode(errors="replace")
    for found in _OVERRIDES.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        what = f"An invisible character (U+{ord(found.group(1)):04X}) turns the writing direction around"
        turned = _TURNED[found.group(1)]
        misleads = any(unicodedata.bidirectional(character) in turned for character in found.group(2))
        todo = "delete it: it makes a number or an address read backwards" if misleads else "delete it"
        yield line, "error" if misleads else "warning", what, todo


def _collect(
    children: Sequence[Token],
    line: int,
    links: list[Address],
    pictures: list[Address],
    notices: list[tuple[int, str, str, str]],
) -> None:
    html_seen = False
    for index, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "text" and not html_seen and "<" in child.content and _HTML.search(child.content):
            html_seen = True
            notices.append((line, "warning", "Raw HTML is shown as text", "write it as Markdown, or put it in `code`"))
        elif child.type == "link_open":
            end = next((i for i in range(index, len(children)) if children[i].type == "link_close"), len(children))
            links.append(_address(child, "href", line, plain_words(children[index:end])))
        elif child.type == "image":
            pictures.append(_address(child, "src", line, plain_words(child.children or ())))


def _address(token: Token, attribute: str, line: int, words: str) -> Address:
    return Address(line, str(token.attrGet(attribute) or "")[: LONGEST_ADDRESS + 1], words[:LONGEST_TITLE])


def plain_words(tokens: Sequence[Token]) -> str:
    """The text of inline tokens without its formatting; runs of white space become one space."""
    return " ".join("".join(_pieces(tokens)).split())


def _pieces(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield from _pieces(token.children or ())


class Slugs:
    """Fragments for the headings of one guide, in order; a repeated one gets a number (spec/guide.md, "Fragment")."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def next(self, words: str) -> str:
        kept = (c for c in words.lower() if c in " -_" or unicodedata.category(c) in _SLUG_CATEGORIES)
        slug = "".join(kept).replace(" ", "-")
        times = self._seen.get(slug, 0)
        self._seen[slug] = times + 1
        return f"{slug}-{times}" if times else slug


_SLUG_CATEGORIES = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd"))
