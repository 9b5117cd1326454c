"""Finding mistakes in the guides before anybody is misled by them: file, line, what is wrong, what to do.

Nothing is changed and nothing is decided here; whoever binds looks at the errors (`finding`). With a cache, checking
again reads what changed and joins the rest.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from holub.errors import Refused
from holub.outbound.press.facts import FactsCache
from holub.outbound.press.finding import Finding, Progress, quiet
from holub.outbound.press.guide import LONGEST_ADDRESS, Guide, is_web, link_target, scheme_of
from holub.outbound.press.paths import PICTURE_ENDINGS, awkward
from holub.outbound.press.pictures import LARGEST_FILE, measure
from holub.outbound.press.tree import GuideTree, Pack

OLD_AFTER_YEARS = 2
_STEP = 64
_HEAD = 1 << 16
_SCHEMES_SHOWN = ("http", "https", "mailto", "tel")


def check_tree(
    tree: GuideTree,
    *,
    now: int,
    old_after_years: int = OLD_AFTER_YEARS,
    cache: FactsCache | None = None,
    progress: Progress = quiet,
) -> list[Finding]:
    """All findings, sorted by file and line.

    now: Unix seconds; a review older than `old_after_years` before it is a warning. cache: is read and added to; the
    caller saves it. Raises nothing of its own: whatever the guides hold is a finding.
    """
    cache = cache if cache is not None else FactsCache()
    findings = list(tree.findings)
    today = datetime.datetime.fromtimestamp(now, tz=datetime.UTC).date()
    oldest = (today.replace(day=1) if today.day == 29 else today).replace(year=today.year - old_after_years).isoformat()
    packs: list[tuple[Pack, list[Guide]]] = []
    done = 0
    for pack in tree.packs:
        guides = []
        for path, data in pack.guides:
            guides.append(cache.guide(path, data))
            done += 1
            if done % _STEP == 0:
                progress(done, tree.count)
        packs.append((pack, guides))
    shown: dict[Path, tuple[str, str, int]] = {}
    for pack, guides in packs:
        findings.extend(_check_pack(tree, pack, guides, oldest, shown))
    findings.extend(_check_pictures(tree.root, shown))
    findings.extend(_missing_in_languages(tree))
    findings.extend(_unknown_words(packs))
    progress(tree.count, tree.count)
    return sorted(set(findings))


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that block a binding."""
    return [finding for finding in findings if finding.severity == "error"]


def _check_pack(
    tree: GuideTree, pack: Pack, guides: list[Guide], oldest: str, shown: dict[Path, tuple[str, str, int]]
) -> Iterator[Finding]:
    by_path = {guide.path: guide for guide in guides}
    by_small_letters: dict[str, str] = {}
    for guide in guides:
        file = f"{pack.language}/{guide.path}"
        for line, severity, what, todo in guide.facts.notices:
            yield Finding(file, line, "error" if severity == "error" else "warning", what, todo)
        twin = by_small_letters.setdefault(guide.path.lower(), guide.path)
        if twin != guide.path:
            what = f"The name differs from {twin} in capitals alone"
            yield Finding(file, 0, "warning", what, "rename one: a memory stick holds only one of them")
        trouble = awkward(guide.path)
        if trouble:
            yield Finding(file, 0, "warning", f"The name {trouble}", "rename it: a memory stick cannot hold it")
        yield from _check_words(file, guide, oldest)
        yield from _check_links(file, guide, by_path)
        for picture, path in guide.pictures():
            found = tree.picture(pack.language, path) if path else None
            if found is not None:
                shown.setdefault(found, (file, path, picture.line))
                continue
            if is_web(picture.address):
                what, todo = "The picture is somewhere on the web", "put the file beside the guide: readers are offline"
            elif path:
                what, todo = f"There is no picture {path}", "add the file, or take the picture out"
            else:
                what = f"'{picture.address[:100]}' is no picture of this language's folder"
                todo = "name a JPEG, PNG, WebP or GIF file by its relative path"
            yield Finding(file, picture.line, "warning", what, todo)


def _check_words(file: str, guide: Guide, oldest: str) -> Iterator[Finding]:
    if not guide.facts.front.title and not guide.facts.heading and not guide.is_topic:
        todo = "write 'title:' in the front matter, or a heading"
        yield Finding(file, 0, "warning", f"The guide has no title; its name is shown: {guide.title}", todo)
    if guide.facts.blank and not guide.is_topic:
        yield Finding(file, 0, "warning", "The guide is empty", "write it, or delete the file")
    if guide.kind == "checklist" and not guide.facts.tasks:
        yield Finding(file, 0, "warning", "The checklist has nothing to tick", "begin its items with '- [ ] '")
    if guide.reviewed and guide.reviewed < oldest:
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


def _check_pictures(root: Path, shown: dict[Path, tuple[str, str, int]]) -> Iterator[Finding]:
    """Each picture that some guide shows, once, named where it is first shown."""
    for path, (file, name, line) in shown.items():
        try:
            with path.open("rb") as picture:
                head = picture.read(_HEAD)
                size = picture.seek(0, 2)
                if size > LARGEST_FILE:
                    raise Refused(f"The picture is larger than {LARGEST_FILE >> 20} MiB", "make it smaller")
                try:
                    measure(head)
                except Refused:
                    # The size may stand behind long metadata, so the whole file has the last word.
                    picture.seek(0)
                    measure(picture.read(LARGEST_FILE))
        except Refused as refusal:
            yield Finding(file, line, "warning", f"{refusal.what} ({name})", refusal.todo)
        except OSError as error:
            what = f"The picture {path.relative_to(root).as_posix()} cannot be read ({error.strerror})"
            yield Finding(file, line, "warning", what, "see who may read it")


def _missing_in_languages(tree: GuideTree) -> Iterator[Finding]:
    """One notice a language for all the guides that other languages have and it has not."""
    paths = {pack.language: {path for path, _ in pack.guides} for pack in tree.packs}
    everything: set[str] = set().union(*paths.values())
    for language, own in paths.items():
        missing = sorted(everything - own)
        if missing:
            few = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
            what = f"Guides that other languages have and this one has not: {len(missing)} ({few})"
            yield Finding(language, 0, "warning", what, "translate them where people need them")


def _unknown_words(packs: list[tuple[Pack, list[Guide]]]) -> Iterator[Finding]:
    """One notice for each front matter key and each kind of address that no page shows, however many guides have it."""
    keys: Counter[str] = Counter()
    schemes: Counter[str] = Counter()
    first: dict[str, tuple[str, int]] = {}
    for pack, guides in packs:
        for guide in guides:
            file = f"{pack.language}/{guide.path}"
            for key in guide.facts.front.unknown:
                keys[key] += 1
                first.setdefault(key, (file, 0))
            for link in guide.facts.links:
                scheme = scheme_of(link.address)
                if scheme and scheme not in _SCHEMES_SHOWN:
                    schemes[scheme] += 1
                    first.setdefault(scheme + ":", (file, link.line))
    for key, count in keys.items():
        what = f"The front matter has '{key}', which no page shows (guides: {count})"
        yield Finding(*first[key], "warning", what, "correct the word, or leave it: it is carried unread")
    for scheme, count in schemes.items():
        what = f"Only the words of links to '{scheme}:' are shown (links: {count})"
        yield Finding(*first[scheme + ":"], "warning", what, "link to a guide or a web address, or leave it")
