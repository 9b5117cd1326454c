"""A folder of guides as it lies on the disk: what each language holds, byte for byte.

spec/guide.md, "The folder" and "The path". Symbolic links are never followed, hidden names are passed over, and
whatever is left out for another reason is named in the findings. Nothing is written, and no picture is opened here.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from holub.errors import Misused, Refused, Unavailable
from holub.formats import pack as carried_pack
from holub.formats.leaf import MAX_GUIDES
from holub.formats.names import MAIN
from holub.formats.pack import MAX_PACK
from holub.outbound.press.finding import Finding
from holub.outbound.press.guide import LARGEST_GUIDE
from holub.outbound.press.paths import GUIDE_ENDING, PICTURE_ENDINGS, is_language, require_path

MOST_FILES = 1_000_000
# What somebody may take for a guide: left out like anything else that is none, but never silently.
_TEXT_ENDINGS = (".md", ".markdown", ".mdown", ".txt", ".docx", ".doc", ".odt", ".rtf", ".html", ".htm", ".pdf")
# Codes of countries that are no language's, and the language that is most often meant by them (ISO 639-1).
_COUNTRIES = {"ua": "uk", "by": "be", "cz": "cs", "ge": "ka", "gr": "el", "kz": "kk"}
_PIECE = 1 << 16
# Between the listing and the opening a file may have been exchanged for a link: O_NOFOLLOW refuses it.
_READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class Pack:
    """One language. guides: (path, bytes), sorted by the UTF-8 bytes of the path. pictures: path → file."""

    language: str
    guides: tuple[tuple[str, bytes], ...]
    pictures: Mapping[str, Path]

    @cached_property
    def carried(self) -> carried_pack.Pack:
        """The guides as the main section's pack, not yet checked; made once, and so is its root."""
        return carried_pack.Pack(MAIN, self.language, dict(self.guides))


@dataclass(frozen=True)
class GuideTree:
    """All languages, sorted by tag, and what was left out or cannot be carried."""

    root: Path
    packs: tuple[Pack, ...]
    findings: tuple[Finding, ...] = ()

    def pack(self, language: str) -> Pack:
        """The pack of a language. Raises Misused if there is none."""
        for pack in self.packs:
            if pack.language == language:
                return pack
        have = ", ".join(pack.language for pack in self.packs) or "none"
        raise Misused(f"There are no guides in '{language}'", f"choose one of these languages: {have}")

    def picture(self, language: str, path: str) -> Path | None:
        """The file of a picture: the language's own, else that of the first other language that has the path."""
        return self._own.get((language, path)) or self._first.get(path)

    @cached_property
    def _own(self) -> dict[tuple[str, str], Path]:
        return {(pack.language, path): file for pack in self.packs for path, file in pack.pictures.items()}

    @cached_property
    def _first(self) -> dict[str, Path]:
        return {path: file for pack in reversed(self.packs) for path, file in pack.pictures.items()}

    @property
    def count(self) -> int:
        return sum(len(pack.guides) for pack in self.packs)


@dataclass(slots=True)
class _Reading:
    root: str
    findings: list[Finding] = field(default_factory=list)
    files: int = 0

    def leave_out(self, path: str, what: str, todo: str) -> None:
        self.findings.append(Finding(_showable(path), 0, "warning", what, todo))

    def refuse(self, path: str, what: str, todo: str) -> None:
        self.findings.append(Finding(_showable(path), 0, "error", what, todo))


def read_tree(root: Path) -> GuideTree:
    """Read a folder of guides.

    Raises Misused if `root` is no folder, Refused if it has more than MOST_FILES files, Unavailable if a file or
    folder cannot be read.
    """
    if not root.is_dir():
        raise Misused(f"There is no folder {root}", "name the folder that holds the guides")
    reading = _Reading(os.fspath(root))
    packs: dict[str, Pack] = {}
    try:
        for entry in _entries(reading.root):
            if entry.is_symlink():
                reading.leave_out(entry.name, "A symbolic link is not followed", "put the folder itself here")
            elif not entry.is_dir():
                reading.leave_out(entry.name, "The file lies beside the languages", "move it into a language's folder")
            elif not is_language(entry.name):
                reading.leave_out(entry.name, "The folder's name is no language tag", "name it like uk, en or zh-Hant")
            else:
                pack = _read_pack(reading, entry)
                if entry.name in _COUNTRIES:
                    meant = _COUNTRIES[entry.name]
                    what = f"'{entry.name}' is a country's code and no language's; no page speaks it"
                    reading.findings.append(Finding(entry.name, 0, "warning", what, f"rename the folder to {meant}"))
                if pack.guides:
                    packs[entry.name] = pack
                else:
                    reading.leave_out(entry.name, "The folder holds no guide", "add guides, or take it away")
    except OSError as error:
        where = os.path.relpath(error.filename, root) if error.filename else str(root)
        raise Unavailable(f"{_showable(where)} cannot be read ({error.strerror})", "see who may read it") from error
    _refuse_twins(reading, packs)
    return GuideTree(root, tuple(packs[tag] for tag in sorted(packs)), tuple(sorted(reading.findings)))


def _refuse_twins(reading: _Reading, packs: Mapping[str, Pack]) -> None:
    seen: dict[str, str] = {}
    for tag in sorted(packs):
        other = seen.setdefault(tag.lower(), tag)
        if other != tag:
            reading.refuse(tag, f"The languages {other} and {tag} differ in capitals alone", "keep one folder")


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted([entry for entry in entries if entry.name[0] != "."], key=attrgetter("name"))


def _read_pack(reading: _Reading, top: os.DirEntry[str]) -> Pack:
    guides: dict[str, bytes] = {}
    pictures: dict[str, Path] = {}
    room = MAX_PACK
    for path, entry in _walk(reading, top):
        is_guide = entry.name.endswith(GUIDE_ENDING)
        if not is_guide and not entry.name.lower().endswith(PICTURE_ENDINGS):
            if entry.name.lower().endswith(_TEXT_ENDINGS):
                todo = "save it as Markdown, under a name that ends in .md in small letters"
                reading.leave_out(f"{top.name}/{path}", "The file is no guide, and no reader gets it", todo)
            continue
        carried = path if path.isascii() else unicodedata.normalize("NFC", path)
        try:
            require_path(carried)
        except Refused as refusal:
            reading.refuse(f"{top.name}/{path}", refusal.what, refusal.todo)
            continue
        if carried in guides or carried in pictures:
            what = "Two files have this name in two ways of writing its letters"
            reading.refuse(f"{top.name}/{path}", what, "delete or rename one")
        elif not is_guide:
            pictures[carried] = Path(entry.path)
        elif (content := _read_file(entry.path)) is None:
            what = f"The guide is larger than {LARGEST_GUIDE >> 20} MiB"
            reading.refuse(f"{top.name}/{path}", what, "cut it into several guides")
        else:
            guides[carried] = content
            room -= len(content)
            if room < 0 or len(guides) > MAX_GUIDES:
                what = f"The language has more than {MAX_GUIDES:,} guides or {MAX_PACK >> 20} MiB of text"
                reading.refuse(top.name, what, "take guides away, or name another folder")
                break
    return Pack(top.name, tuple(sorted(guides.items(), key=lambda item: item[0].encode())), pictures)


def _walk(reading: _Reading, top: os.DirEntry[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every ordinary file below a language's folder, with its path there."""
    folders = [("", top.path)]
    while folders:
        prefix, folder = folders.pop()
        for entry in _entries(folder):
            path = prefix + entry.name
            reading.files += 1
            if reading.files > MOST_FILES:
                raise Refused(f"The folder holds more than {MOST_FILES} files", "name the folder of the guides alone")
            if entry.is_file(follow_symlinks=False):
                yield path, entry
            elif entry.is_dir(follow_symlinks=False):
                folders.append((path + "/", entry.path))
            elif entry.is_symlink():
                reading.leave_out(f"{top.name}/{path}", "A symbolic link is not followed", "put the file itself here")


def _read_file(path: str) -> bytes | None:
    """The bytes of a file; None where they are too many. Plain calls: a file object makes twice as many of them."""
    handle = os.open(path, _READING)
    try:
        size = os.fstat(handle).st_size
        if size > LARGEST_GUIDE:
            return None
        data = os.read(handle, size + 1)
        if len(data) != size:  # too large, or written to or cut short right now
            pieces = [data]
            while pieces[-1] and sum(map(len, pieces)) <= LARGEST_GUIDE:
                pieces.append(os.read(handle, _PIECE))
            data = b"".join(pieces)
        return data if len(data) <= LARGEST_GUIDE else None
    finally:
        os.close(handle)


def _showable(path: str) -> str:
    return path.encode(errors="backslashreplace").decode()
