"""The front matter of a guide: the few flat lines that the press and the reading page read alike.

spec/guide.md, "Front matter". The reader never fails: what does not fit says nothing, and is named in the notices.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

KINDS = ("guide", "checklist", "alert")
LONGEST_TITLE = 200
LONGEST_SUMMARY = 400
MOST_LINES = 64
_KEYS = frozenset({"title", "kind", "order", "reviewed", "summary"})

_FENCE = re.compile(rb"---[ \t]*(\r\n|\n|\r)?")
_PAIR = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,31}):(.*)", re.DOTALL | re.ASCII)
_ORDER = re.compile(r"-?[0-9]{1,4}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a guide says of itself. Empty text and None stand for what it does not say.

    body_at: the byte offset of the body. body_line: its first line, 1-based. unknown: the keys that no page shows.
    notices: (line, what, what to do).
    """

    title: str = ""
    kind: str = "guide"
    order: int | None = None
    reviewed: str = ""
    summary: str = ""
    body_at: int = 0
    body_line: int = 1
    unknown: tuple[str, ...] = ()
    notices: tuple[tuple[int, str, str], ...] = ()


def read_front_matter(data: bytes) -> FrontMatter:
    """Read the front matter of a guide's bytes; any bytes will do."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    if not data.startswith(b"---", start):
        return FrontMatter(body_at=start)
    lines, at, ended = [], start, False
    for line in _lines(data, start):
        at += len(line)
        lines.append(line)
        if len(lines) > 1 and _FENCE.fullmatch(line):
            ended = True
            break
    plausible = len(lines) > 1 and (b":" in lines[1] or _FENCE.fullmatch(lines[1]))
    if not plausible or not _FENCE.fullmatch(lines[0]):
        return FrontMatter(body_at=start)
    if not ended:
        return FrontMatter(body_at=start, notices=tuple(_endless(lines[1])))
    return _read_lines(lines[1:-1], at)


def _lines(data: bytes, start: int) -> list[bytes]:
    """The first lines with their ends. At most MOST_LINES, and no more bytes than a front matter can sensibly have."""
    return data[start : start + 65536].splitlines(keepends=True)[:MOST_LINES]


def _endless(second: bytes) -> list[tuple[int, str, str]]:
    """A rule above a sentence with a colon is no mistake; above a known word it is a front matter without its end."""
    notices: list[tuple[int, str, str]] = []
    pair = _PAIR.fullmatch(second.decode("utf-8", errors="replace").rstrip("\r\n"))
    if pair is not None and pair.group(1).lower() in _KEYS:
        what = f"The front matter has no end within {MOST_LINES} lines and is shown as text"
        notices.append((1, what, "write --- on a line of its own after it"))
    return notices


def _read_lines(lines: list[bytes], body_at: int) -> FrontMatter:
    values: dict[str, tuple[int, str]] = {}
    notices: list[tuple[int, str, str]] = []
    for number, raw in enumerate(lines, start=2):
        line = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        if not line.strip(" \t") or line.startswith("#"):
            continue
        pair = _PAIR.fullmatch(line)
        if not pair:
            notices.append(
                (number, "This line of the front matter is not read", "write it as 'key: value', on one line")
            )
            continue
        key = pair.group(1).lower()
        if key in values:
            notices.append((number, f"'{key}' stands twice in the front matter", "keep one; the first counts"))
            continue
        values[key] = number, _unquoted(pair.group(2).strip(" \t"))
    return _sense(values, notices, body_at, body_line=len(lines) + 3)


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r'\\(["\\])', r"\1", value[1:-1])
    if len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def _sense(
    values: dict[str, tuple[int, str]], notices: list[tuple[int, str, str]], body_at: int, body_line: int
) -> FrontMatter:
    def wrong(key: str, what: str, todo: str) -> None:
        notices.append((values[key][0], what, todo))

    def text(key: str, longest: int) -> str:
        value = shown(values.get(key, (0, ""))[1])
        if len(value) > longest:
            wrong(key, f"The {key} is longer than {longest} characters", "shorten it; the rest is cut off")
        elif not value and key in values:
            wrong(key, f"The {key} is empty", "write one, or take the line away")
        return value[:longest]

    title, summary = text("title", LONGEST_TITLE), text("summary", LONGEST_SUMMARY)
    kind = values.get("kind", (0, "guide"))[1]
    if kind not in KINDS:
        wrong("kind", f"The kind '{kind[:40]}' is unknown", f"write one of {', '.join(KINDS)}")
        kind = "guide"
    order = None
    if "order" in values:
        if _ORDER.fullmatch(values["order"][1]):
            order = int(values["order"][1])
        else:
            wrong("order", "The order is not a whole number", "write one from -9999 to 9999")
    reviewed = values.get("reviewed", (0, ""))[1]
    if "reviewed" in values and not is_date(reviewed):
        wrong("reviewed", "The day of the review is not a date", "write it as YYYY-MM-DD")
        reviewed = ""
    unknown = tuple(sorted(set(values) - _KEYS))
    return FrontMatter(title, kind, order, reviewed, summary, body_at, body_line, unknown, tuple(sorted(notices)))


def shown(text: str) -> str:
    """A title or summary without control characters and without what turns the writing direction around."""
    return _UNSHOWN.sub("", text)


def is_date(text: str) -> bool:
    """Whether the text is a real day, YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
