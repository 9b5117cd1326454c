"""A guide's body as HTML for the plain pages: nothing in it runs, and nothing in it leads out of the edition.

Raw HTML in a guide is text. A link survives only if it leads to a guide that is there; everything else becomes words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote

from markdown_it.token import Token

from holub.outbound.press.frontmatter import LONGEST_TITLE, shown
from holub.outbound.press.guide import (
    Guide,
    Slugs,
    body_text,
    is_web,
    link_target,
    markdown,
    picture_path,
    plain_words,
    scheme_of,
)

_TASK = re.compile(r"\[([ xX])\] ")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a body stands. link: a guide's path → the address of its page, None where there is none. picture: the same
    for pictures. no_picture: the words for a picture that is not there, with {words} in them."""

    link: Callable[[str], str | None]
    picture: Callable[[str], str | None]
    no_picture: str


def body_html(guide: Guide, data: bytes, around: Surroundings) -> str:
    """The body of a guide as HTML, without its title if it begins with it. Headings begin at level 2."""
    environment: dict[str, object] = {}
    tokens = markdown().parse(body_text(data, guide.body_at), environment)
    names, head, tag = Slugs(), "", "h2"
    if tokens and tokens[0].type == "heading_open":
        first = plain_words(tokens[1].children or ())
        if shown(first)[:LONGEST_TITLE] == guide.title:
            tokens = tokens[3:]
            # The heading goes, as the page has its title; links to it still need its place.
            head = f'<span id="{escape(names.next(first))}"></span>'
    levels = _levels(token.tag for token in tokens if token.type == "heading_open")
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            token.tag = tag = next(levels)
        if token.type == "heading_close":
            token.tag = tag
        if token.type == "heading_open":
            token.attrSet("id", names.next(plain_words(tokens[index + 1].children or ())))
        if token.type == "inline":
            is_item = index > 1 and tokens[index - 2].type == "list_item_open"
            token.children = _inline(guide, token.children or [], around)
            if is_item and _TASK.match(token.content):
                token.children = _task(token.children)
                tokens[index - 2].attrSet("class", "task")
    return head + str(markdown().renderer.render(tokens, markdown().options, environment))


def _levels(tags: Iterable[str]) -> Iterator[str]:
    """The headings' tags below the page's own title: from h2 on, none skipped, deeper ones deeper (WCAG 1.3.1)."""
    above: list[int] = []
    for tag in tags:
        level = int(tag[1])
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        yield f"h{min(1 + len(above), 6)}"


def _raw(html: str) -> Token:
    return Token("html_inline", "", 0, content=html)


def _task(children: list[Token]) -> list[Token]:
    first = children[0] if children else None
    found = _TASK.match(first.content) if first is not None and first.type == "text" else None
    if first is None or found is None:
        return children
    first.content = first.content[found.end() :]
    ticked = " checked" if found.group(1) != " " else ""
    box = f'<label><input type="checkbox" autocomplete="off"{ticked}> '
    return [_raw(box), *children, _raw("</label>")]


def _inline(guide: Guide, children: list[Token], around: Surroundings) -> list[Token]:
    result: list[Token] = []
    after: list[str] = []
    for index, child in enumerate(children):
        if child.type == "image":
            result.append(_image(guide, child, around))
        elif child.type == "link_open":
            address = str(child.attrGet("href") or "")
            href = _href(guide, address, around)
            if href:
                child.attrs = {"href": href}
                result.append(child)
                after.append("</a>")
            else:
                after.append(_in_words(address, plain_words(_words_until_close(children, index))))
        elif child.type == "link_close":
            result.append(_raw(after.pop() if after else ""))
        else:
            result.append(child)
    return result


def _words_until_close(children: Sequence[Token], start: int) -> Sequence[Token]:
    # Links cannot stand in links (CommonMark 0.31, 6.3), so the next end is this one's.
    end = next((i for i in range(start, len(children)) if children[i].type == "link_close"), len(children))
    return children[start:end]


def _image(guide: Guide, token: Token, around: Surroundings) -> Token:
    words = plain_words(token.children or ())
    path = picture_path(guide.path, str(token.attrGet("src") or ""))
    source = around.picture(path) if path else None
    if source is None:
        return _raw(f'<span class="d">[{escape(around.no_picture.format(words=words))}]</span>')
    return _raw(f'<img src="{escape(source)}" alt="{escape(words)}" loading="lazy">')


def _href(guide: Guide, address: str, around: Surroundings) -> str | None:
    target, fragment = link_target(guide.path, address)
    anchor = f"#{quote(fragment)}" if fragment else ""
    if target == guide.path and anchor:
        return anchor
    page = around.link(target) if target else None
    return page + anchor if page else None


def _in_words(address: str, words: str) -> str:
    """What follows the words of a link that leads nowhere from here: its address, if that helps anybody."""
    scheme = scheme_of(address)
    if is_web(address):
        shown = address
    elif scheme in ("mailto", "tel"):
        shown = unquote(address.partition(":")[2].partition("?")[0])
    else:
        return ""
    if shown.rstrip("/") == words.rstrip("/"):
        return ""
    return f' (<bdi dir="ltr">{escape(shown)}</bdi>)'
