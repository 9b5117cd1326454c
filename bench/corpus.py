"""A git repository of Markdown as a history of packs, read without a work tree."""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from holub.errors import HolubError, Misused
from holub.formats.names import check_path
from holub.outbound.press.paths import is_language

Packs = dict[str, dict[str, bytes]]
"""Language to path to bytes, ascending."""

HOPS = (1, 8, 32, 128)
ONE = "en"  # the language of a repository that has no folders named by language


@dataclass(frozen=True)
class Pair:
    """Two revisions of the first-parent history, `hops` apart."""

    old: str
    new: str
    hops: int


class Corpus:
    """A repository, a work tree or a bundle."""

    def __init__(self, place: Path | None) -> None:
        if place is None or not place.exists():
            raise Misused("this benchmark needs a git repository of Markdown", "give one with --corpus REPO")
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if place.is_file():
            self._temporary = tempfile.TemporaryDirectory(prefix="holub-corpus-")
            subprocess.run(["git", "clone", "-q", "--bare", str(place), self._temporary.name], check=True)
            place = Path(self._temporary.name)
        self.place = place

    def git(self, *arguments: str, given: bytes | None = None) -> bytes:
        """What a git command prints."""
        command = ["git", "-C", str(self.place), *arguments]
        return subprocess.run(command, check=True, capture_output=True, input=given).stdout

    @cached_property
    def history(self) -> list[str]:
        """The first-parent history, oldest first."""
        return self.git("log", "--first-parent", "--reverse", "--format=%H", "HEAD").decode().split()

    @cached_property
    def top(self) -> str | None:
        """The folder whose children are languages, where most of the Markdown lies; None: all is in one language."""
        counts: Counter[str] = Counter()
        every = 0
        for line in self.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split(b"\0"):
            if not line.endswith(b".md"):
                continue
            every += 1
            parts = PurePosixPath(line.decode("utf-8", "replace")).parts
            for depth, part in enumerate(parts[:-1]):
                if is_language(part):
                    counts["/".join(parts[:depth])] += 1
                    break
        if not every:
            raise Misused("the repository has no Markdown", "choose another repository")
        # Folders such as "os" and "it" read as languages too, so a few of them do not make a layout.
        top, found = counts.most_common(1)[0] if counts else ("", 0)
        return top if 2 * found > every else None

    def packs(self, revision: str) -> Packs:
        """All guides of a revision that can be carried."""
        listed = []
        top = self.top
        for line in self.git("ls-tree", "-r", "-z", revision).split(b"\0"):
            if not line:
                continue
            meta, raw = line.split(b"\t", 1)
            path = raw.decode("utf-8", "surrogateescape")
            placed = _place(path, top) if meta.startswith(b"100") and path.endswith(".md") else None
            if placed and _carried(placed[1]):
                listed.append((*placed, meta.split()[2]))
        listed.sort(key=lambda row: (row[0], row[1]))
        answer = self.git("cat-file", "--batch", given=b"\n".join(row[2] for row in listed) + b"\n")
        packs: Packs = {}
        at = 0
        for language, inner, _ in listed:
            end = answer.index(b"\n", at)
            size = int(answer[at:end].split()[2])
            packs.setdefault(language, {})[inner] = answer[end + 1 : end + 1 + size]
            at = end + 2 + size
        return packs

    def pairs(self) -> list[Pair]:
        """Hops 1, 8, 32 and 128 back from the end, from two thirds and from the middle of the history."""
        last = len(self.history) - 1
        found = {}
        for end in (last, last * 2 // 3, last // 2):
            for hops in HOPS:
                if end - hops >= 0:
                    found[end - hops, end] = Pair(self.history[end - hops], self.history[end], hops)
        return list(found.values())


def _place(path: str, top: str | None) -> tuple[str, str] | None:
    """The language of a file and its path in the pack; None where it is no guide."""
    if top is None:
        return ONE, path
    prefix = f"{top}/" if top else ""
    language, _, inner = path.removeprefix(prefix).partition("/")
    return (language, inner) if path.startswith(prefix) and inner and is_language(language) else None


def _carried(path: str) -> bool:
    try:
        check_path(path, ending=".md")
    except HolubError:
        return False
    return True
