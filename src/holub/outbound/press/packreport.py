"""What checking one pack learns: its findings, which pictures it wants, and which words no page shows.

A report depends on the pack's bytes and on the dates between which a review is in order, and on nothing else; so an
unchanged pack is not looked at again. What depends on other packs and on picture files is joined in `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from holub.errors import Unavailable
from holub.outbound.press.cacheline import open_line, seal_line
from holub.outbound.press.facts import FactsCache
from holub.outbound.press.finding import Finding
from holub.outbound.press.guide import LONGEST_ADDRESS, Guide, link_target, scheme_of
from holub.outbound.press.paths import PICTURE_ENDINGS, awkward
from holub.outbound.press.tree import Pack

# Raise it whenever a report would say something else of the same pack.
VERSION = "holub reports 3"
_STEP = 64
SCHEMES_SHOWN = ("http", "https", "mailto", "tel")


class Wanted(NamedTuple):
    """A picture that a guide shows. file: the guide; path: inside the language's folder, "" if it leads elsewhere."""

    file: str
    line: int
    path: str
    address: str


@dataclass(slots=True)
class Count:
    """How often something was met, and where first."""

    count: int
    file: str
    line: int


@dataclass(slots=True)
class PackReport:
    """findings: of this pack alone; keys, schemes: front matter words and kinds of address that no page shows."""

    findings: list[Finding] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    keys: dict[str, Count] = field(default_factory=dict)
    schemes: dict[str, Count] = field(default_factory=dict)


def make_report(pack: Pack, guides: Iterable[Guide], span: tuple[str, str]) -> PackReport:
    """span: the dates (ISO 8601) before which a review is old, and after which it has not happened yet."""
    guides = list(guides)
    by_path = {guide.path: guide for guide in guides}
    by_small_letters: dict[str, str] = {}
    report = PackReport()
    for guide in guides:
        file = f"{pack.language}/{guide.path}"
        report.findings += _check_name(file, guide, by_small_letters)
        report.findings += _check_words(file, guide, span)
        report.findings += _check_links(file, guide, by_path)
        report.wanted += [Wanted(file, picture.line, path or "", picture.address) for picture, path in guide.pictures()]
        for key in guide.facts.front.unknown:
            _count(report.keys, key, file, 0)
        for link in guide.facts.links:
            scheme = scheme_of(link.address)
            if scheme and scheme not in SCHEMES_SHOWN:
                _count(report.schemes, scheme, file, link.line)
    return report


def _count(counts: dict[str, Count], word: str, file: str, line: int) -> None:
    counts.setdefault(word, Count(0, file, line)).count += 1


def _check_name(file: str, guide: Guide, by_small_letters: dict[str, str]) -> Iterator[Finding]:
    for line, severity, what, todo in guide.facts.notices:
        yield Finding(file, line, "error" if severity == "error" else "warning", what, todo)
    twin = by_small_letters.setdefault(guide.path.lower(), guide.path)
    if twin != guide.path:
        what = f"The name differs from {twin} in capitals alone"
        yield Finding(file, 0, "warning", what, "rename one: a memory stick holds only one of them")
    trouble = awkward(guide.path)
    if trouble:
        yield Finding(file, 0, "warning", f"The name {trouble}", "rename it: a memory stick cannot hold it")


def _check_words(file: str, guide: Guide, span: tuple[str, str]) -> Iterator[Finding]:
    if not guide.facts.front.title and not guide.facts.heading and not guide.is_topic:
        todo = "write 'title:' in the front matter, or a heading"
        yield Finding(file, 0, "warning", f"The guide has no title; its name is shown: {guide.title}", todo)
    if guide.facts.blank and not guide.is_topic:
        yield Finding(file, 0, "warning", "The guide is empty", "write it, or delete the file")
    if guide.kind == "checklist" and not guide.facts.tasks:
        yield Finding(file, 0, "warning", "The checklist has nothing to tick", "begin its items with '- [ ] '")
    if guide.reviewed > span[1]:
        todo = "write the day on which somebody last read it whole: else it never grows old"
        yield Finding(file, 0, "warning", f"The review is in the future ({guide.reviewed})", todo)
    if guide.reviewed and guide.reviewed < span[0]:
        todo = "read it again whole, and write today's date as 'reviewed:'"
        yield Finding(file, 0, "warning", f"The last review is long ago ({guide.reviewed})", todo)


def _check_links(file: str, guide: Guide, by_path: dict[str, Guide]) -> Iterator[Finding]:
    for link, target, fragment in guide.links():
        to = by_path.get(target)
        if to is None:
            what = f"The link to {target or link.address[:100]} leads nowhere"
            yield Finding(file, link.line, "warning", what, "correct the path; it is seen from this file's folder")
        elif fragment and fragment not in to.facts.slugs:
            what = f"There is no heading #{fragment[:100]} in {to.path}"
            yield Finding(file, link.line, "warning", what, "correct the part after '#'")
    for link in guide.facts.links:
        place = link.address.partition("#")[0]
        if place and link_target(guide.path, link.address)[0] is None and not scheme_of(place):
            what = f"'{link.address[:100]}' is neither a guide nor a web address; only its words are shown"
            todo = "write a relative path that ends in .md, or begin with https://"
            if place.lower().endswith(PICTURE_ENDINGS):
                todo = "put '!' before it to show the picture"
            yield Finding(file, link.line, "warning", what, todo)
    for link in (*guide.facts.links, *guide.facts.pictures):
        if len(link.address) > LONGEST_ADDRESS:
            what = f"The address is longer than {LONGEST_ADDRESS} characters"
            yield Finding(file, link.line, "warning", what, "shorten it; only its words are shown")


class ReportCache:
    """Reports by the root of their pack; the file is a cache and nothing more, and a damaged line is as good as none.

    After the version, one line a pack: language, dates and root; a seal; the report as JSON.
    """

    def __init__(self, known: Mapping[str, bytes] | None = None) -> None:
        self._known = dict(known or {})
        self._used: dict[str, bytes] = {}

    def report(
        self,
        pack: Pack,
        span: tuple[str, str],
        facts: FactsCache,
        progress: Callable[[int], object] = lambda _read: None,
    ) -> PackReport:
        """The pack's report, made only where it is not known yet. progress: told how many guides were read so far."""
        key = f"{pack.language} {' '.join(span)} {pack.carried.root.hex()}"
        found = _decoded(key, self._known.get(key, b""))
        if found is not None:
            self._used[key] = self._known[key]
            return found
        guides = []
        for read, (path, data) in enumerate(pack.guides, 1):
            guides.append(facts.guide(path, data))
            if read % _STEP == 0:
                progress(read)
        report = make_report(pack, guides, span)
        self._used[key] = _encoded(key, report)
        return report

    @classmethod
    def load(cls, path: Path) -> ReportCache:
        """Reads a cache; an absent or foreign one is empty."""
        try:
            version, *lines = path.read_bytes().split(b"\n")
        except OSError:
            return cls()
        if version.decode(errors="replace") != VERSION:
            return cls()
        rows = (line.rpartition(b"\t") for line in lines)
        return cls({key.decode(errors="replace"): raw for key, _, raw in rows if raw})

    def save(self, path: Path) -> None:
        """Writes what was used, if it is not what was read. Raises Unavailable."""
        if self._used == self._known:
            return
        new = path.with_name(path.name + ".new")
        try:
            rows = (b"%b\t%b" % (key.encode(), raw) for key, raw in self._used.items())
            new.write_bytes(b"\n".join([VERSION.encode(), *rows]))
            new.replace(path)
        except OSError as error:
            raise Unavailable(f"The cache {path.name} cannot be written ({error.strerror})", "make room") from error


def _encoded(key: str, report: PackReport) -> bytes:
    counts = ({word: [c.count, c.file, c.line] for word, c in side.items()} for side in (report.keys, report.schemes))
    return seal_line(VERSION, key.encode(), [report.findings, report.wanted, *counts])


def _decoded(key: str, raw: bytes) -> PackReport | None:
    try:
        findings, wanted, keys, schemes = open_line(VERSION, key.encode(), raw)
        return PackReport(
            list(map(Finding._make, findings)),
            list(map(Wanted._make, wanted)),
            {word: Count(*row) for word, row in keys.items()},
            {word: Count(*row) for word, row in schemes.items()},
        )
    except (TypeError, ValueError):
        return None  # another holub wrote it: it is made again
