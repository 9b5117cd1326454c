"""Finding mistakes in the guides before anybody is misled by them: file, line, what is wrong, what to do.

Nothing is changed and nothing is decided here; whoever binds looks at the errors (`finding`). With a cache, checking
again reads what changed and joins the rest.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from holub.errors import Refused
from holub.outbound.press.facts import FactsCache
from holub.outbound.press.finding import Finding, Progress, quiet
from holub.outbound.press.guide import is_web
from holub.outbound.press.packreport import Count, PackReport, ReportCache, Wanted
from holub.outbound.press.tree import GuideTree

OLD_AFTER_YEARS = 2
_HEAD = 1 << 16


@dataclass(frozen=True)
class Checked:
    """findings: all of them, sorted by file and line. reports: what each language's pack was found to hold."""

    findings: tuple[Finding, ...]
    reports: Mapping[str, PackReport]


def check_tree(
    tree: GuideTree,
    *,
    now: int,
    old_after_years: int = OLD_AFTER_YEARS,
    cache: FactsCache | None = None,
    reports: ReportCache | None = None,
    progress: Progress = quiet,
    thorough: bool = False,
) -> Checked:
    """Everything that is to be said of a folder of guides.

    now: Unix seconds; a review older than `old_after_years` before it is a warning. cache, reports: are read and added
    to; the caller saves them. thorough: unpack every picture that is shown; else damage behind its first bytes is
    noticed by whoever makes it small. Raises nothing of its own: whatever the guides hold is a finding.
    """
    cache = cache if cache is not None else FactsCache()
    reports = reports if reports is not None else ReportCache()
    today = datetime.datetime.fromtimestamp(now, tz=datetime.UTC).date()
    tomorrow = (today + datetime.timedelta(days=1)).isoformat()  # where today has begun somewhere on Earth
    oldest = (today.replace(day=1) if today.day == 29 else today).replace(year=today.year - old_after_years).isoformat()
    findings = list(tree.findings)
    made: list[PackReport] = []
    done = 0
    for pack in tree.packs:
        made.append(reports.report(pack, (oldest, tomorrow), cache, partial(_advance, progress, done, tree.count)))
        done += len(pack.guides)
    shown: dict[Path, Wanted] = {}
    for pack, report in zip(tree.packs, made, strict=True):
        findings.extend(report.findings)
        findings.extend(_missing_pictures(tree, pack.language, report, shown))
    findings.extend(_check_pictures(tree.root, shown, thorough=thorough))
    findings.extend(_missing_in_languages(tree))
    findings.extend(_unknown_words(made))
    progress(tree.count, tree.count)
    by_language = {pack.language: report for pack, report in zip(tree.packs, made, strict=True)}
    return Checked(tuple(sorted(set(findings))), by_language)


def _advance(progress: Progress, before: int, total: int, read: int) -> None:
    progress(before + read, total)


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that block a binding."""
    return [finding for finding in findings if finding.severity == "error"]


def _missing_pictures(
    tree: GuideTree, language: str, report: PackReport, shown: dict[Path, Wanted]
) -> Iterator[Finding]:
    """The pictures that are not there; those that are go into `shown`, each with who shows it first."""
    for wanted in report.wanted:
        found = tree.picture(language, wanted.path) if wanted.path else None
        if found is not None:
            shown.setdefault(found, wanted)
            continue
        if is_web(wanted.address):
            what, todo = "The picture is somewhere on the web", "put the file beside the guide: readers are offline"
        elif wanted.path:
            what, todo = f"There is no picture {wanted.path}", "add the file, or take the picture out"
        else:
            what = f"'{wanted.address[:100]}' is no picture of this language's folder"
            todo = "name a JPEG, PNG, WebP or GIF file by its relative path"
        yield Finding(wanted.file, wanted.line, "warning", what, todo)


def _check_pictures(root: Path, shown: dict[Path, Wanted], *, thorough: bool) -> Iterator[Finding]:
    """Each picture that some guide shows, once, named where it is first shown."""
    if not shown:
        return
    # Many folders have no pictures: the library that reads them is loaded for the first one.
    from holub.outbound.press.pictures import LARGEST_FILE, measure, require_whole

    for path, wanted in shown.items():
        try:
            with path.open("rb") as picture:
                head = picture.read(_HEAD)
                size = picture.seek(0, 2)
                if size > LARGEST_FILE:
                    raise Refused(f"The picture is larger than {LARGEST_FILE >> 20} MiB", "make it smaller")
                if thorough:
                    picture.seek(0)
                    require_whole(picture.read(LARGEST_FILE))
                    continue
                try:
                    measure(head)
                except Refused:
                    # The size may stand behind long metadata, so the whole file has the last word.
                    picture.seek(0)
                    measure(picture.read(LARGEST_FILE))
        except Refused as refusal:
            yield Finding(wanted.file, wanted.line, "warning", f"{refusal.what} ({wanted.path})", refusal.todo)
        except OSError as error:
            what = f"The picture {path.relative_to(root).as_posix()} cannot be read ({error.strerror})"
            yield Finding(wanted.file, wanted.line, "warning", what, "see who may read it")


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


def _unknown_words(reports: Iterable[PackReport]) -> Iterator[Finding]:
    """One notice for each front matter key and each kind of address that no page shows, however many guides have it."""
    reports = list(reports)
    for key, found in _together(report.keys for report in reports).items():
        what = f"The front matter has '{key}', which no page shows (guides: {found.count})"
        yield Finding(found.file, found.line, "warning", what, "correct the word, or leave it: it is carried unread")
    for scheme, found in _together(report.schemes for report in reports).items():
        what = f"Only the words of links to '{scheme}:' are shown (links: {found.count})"
        yield Finding(found.file, found.line, "warning", what, "link to a guide or a web address, or leave it")


def _together(sides: Iterable[Mapping[str, Count]]) -> dict[str, Count]:
    total: dict[str, Count] = {}
    for side in sides:
        for word, found in side.items():
            known = total.setdefault(word, Count(0, found.file, found.line))
            known.count += found.count
    return total
