"""Bringing guides over from the layout of Umbrella's content: categories, segments, checklists, pictures, links.

    <language>/<folders>/.category.yml    index, title, description  →  index.md
    <language>/<folders>/s_<name>.md      index, title, then the text →  <name>.md
    <language>/<folders>/c_<name>.yml     a list of checks and labels →  <name>.md, kind: checklist
    <language>/<folders>/f_<name>.yml     a form                      →  left out, see below
    umbrella://<folders>/<file>           a link from the language's folder → a relative path

A form asks for names, dates and what happened, and keeps the answers: here a sealed letter does that, so a form is
left out unless it holds nothing to fill in. Whatever is left out is named in the report. Doing it again writes nothing
new. The source is never changed and its links are never followed outside it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from holub.errors import Misused, Refused, Unavailable
from holub.outbound.press.finding import Progress, quiet
from holub.outbound.press.frontmatter import LONGEST_SUMMARY, LONGEST_TITLE, shown
from holub.outbound.press.guide import LARGEST_GUIDE, title_of
from holub.outbound.press.paths import PICTURE_ENDINGS, is_language, relative, require_path

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_SCHEME = r"umbrella[:;]? ?//"
# A link whose address is of that layout, its words without brackets inside. In translated guides the address often
# stands in one bracket too many, or some words away from the link's words: both are put right.
_LINK = re.compile(rf"(?<!!)\[([^\[\]]*)\]([^\[\]()\n]{{0,24}})\(\s*(\()?{_SCHEME}([^()\s]*)\s*\)(?(3)\)?)")
_BARE = re.compile(rf"\(?{_SCHEME}[^()\s]*\)?")
_MOST_YAML = 1 << 20
_CHECKLIST = {
    "ar": "قائمة تحقق",
    "en": "Checklist",
    "es": "Lista de verificación",
    "fa": "فهرست بررسی",
    "fr": "Liste de contrôle",
    "ru": "Чек-лист",
    "uk": "Перелік дій",
    "zh-Hant": "檢查清單",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """path: in the source. line: 1-based, 0 for the whole file. why: one sentence."""

    path: str
    line: int
    why: str


@dataclass(slots=True)
class ImportReport:
    """What came over. foreign: guides that already lay in the target and are not of this source; they stay."""

    guides: int = 0
    checklists: int = 0
    topics: int = 0
    pictures: int = 0
    links: int = 0
    written: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


class _Source:
    """One language of the source: which file becomes which, and what a link leads to."""

    def __init__(self, language: str, folder: Path, report: ImportReport) -> None:
        self.language = language
        self.folder = folder
        self.report = report
        self.pieces: dict[str, str] = {}
        self.pictures: list[str] = []
        self.categories: dict[str, Mapping[str, object]] = {}
        self._folders: set[str] = set()
        self._sort_files()

    def leave_out(self, path: str, why: str, line: int = 0) -> None:
        self.report.left_out.append(LeftOut(f"{self.language}/{path}", line, why))

    def _sort_files(self) -> None:
        taken: set[str] = set()
        for path in _files(self.folder, self.leave_out):
            folder, _, name = path.rpartition("/")
            if name == ".category.yml":
                self.categories[folder] = _mapping(self._read(path))
                continue
            if name.startswith("."):
                continue
            if name.lower().endswith(PICTURE_ENDINGS):
                self.pictures.append(path)
                continue
            target = self._target(folder, name, path)
            if target:
                plain, number = target.removesuffix(".md"), 1
                while target in taken:
                    number += 1
                    target = f"{plain}-{number}.md"
                taken.add(target)
                self.pieces[path] = target
                self._note_folders(folder)

    def _note_folders(self, folder: str) -> None:
        while folder not in self._folders:
            self._folders.add(folder)
            folder = folder.rpartition("/")[0]

    def _target(self, folder: str, name: str, path: str) -> str:
        stem, _, ending = name.rpartition(".")
        if ending == "md":
            plain = stem.removeprefix("s_")
        elif ending == "yml" and stem.startswith("c_"):
            plain = stem.removeprefix("c_")
        elif ending == "yml" and stem.startswith("f_"):
            if _asks(_mapping(self._read(path))):
                self.leave_out(path, "It is a form to fill in about people or events; a sealed letter takes its place")
                return ""
            plain = stem.removeprefix("f_")
        else:
            self.leave_out(path, "This kind of file has no place among guides")
            return ""
        if plain in ("", "index"):
            plain = stem
        target = "/".join(filter(None, (folder, plain))) + ".md"
        try:
            require_path(target)
        except Refused as refusal:
            self.leave_out(path, refusal.what)
            return ""
        return target

    def _read(self, path: str) -> str:
        data = (self.folder / path).read_bytes()
        if len(data) > (LARGEST_GUIDE if path.endswith(".md") else _MOST_YAML):
            self.leave_out(path, "It is too large")
            return ""
        return data.decode("utf-8", errors="replace")

    def find(self, address: str) -> str:
        """The imported path that an umbrella address leads to; "" where there is none."""
        place = address.partition("#")[0].strip("/")
        if place in self.pieces:
            return self.pieces[place]
        if place in self._folders and place in self.categories:
            return f"{place}/index.md"
        return ""

    def topics(self) -> Iterator[tuple[str, bytes]]:
        for folder in sorted(self.categories):
            if folder not in self._folders:
                self.leave_out(f"{folder}/.category.yml", "Nothing of this topic came over")
                continue
            said = self.categories[folder]
            title = _line(said.get("title")) or title_of(f"{folder}/index.md")
            self.report.topics += 1
            path = f"{folder}/index.md" if folder else "index.md"
            yield path, _front_matter(title, said.get("index"), summary=_line(said.get("description")))

    def guides(self) -> Iterator[tuple[str, bytes]]:
        for path, target in self.pieces.items():
            text = self._read(path)
            is_checklist = path.rpartition("/")[2].startswith("c_") and path.endswith(".yml")
            self.report.checklists += is_checklist
            self.report.guides += not is_checklist
            if path.endswith(".md"):
                yield target, self._segment(path, target, text)
            else:
                yield target, self._list(path, target, _mapping(text), is_checklist)

    def _segment(self, path: str, target: str, text: str) -> bytes:
        found = _FRONT.match(text)
        said = _mapping(found.group(1)) if found else {}
        body = text[found.end() :] if found else text.removeprefix("\ufeff")
        skipped = text[: found.end()].count("\n") if found else 0
        head = _front_matter(_line(said.get("title")), said.get("index")) if found else b""
        return head + self._relink(path, target, body, skipped).encode()

    def _list(self, path: str, target: str, said: Mapping[str, object], is_checklist: bool) -> bytes:
        """A checklist, or the words of a form that asks nothing."""
        folder = target.rpartition("/")[0]
        names = [_line(self.categories.get(place, {}).get("title")) for place in (folder.rpartition("/")[0], folder)]
        about = ", ".join(filter(None, names))
        word = _CHECKLIST.get(self.language, _CHECKLIST["en"])
        title = _line(said.get("title")) or (f"{word}: {about}" if about else word)
        head = _front_matter(title, said.get("index"), kind="checklist" if is_checklist else "")
        items = said.get("list")
        lines: list[str] = []
        for item in items if isinstance(items, list) else _labels(said):
            check, label = (_line(item.get("check")), _line(item.get("label"))) if isinstance(item, dict) else ("", "")
            if label:
                lines += ["", f"## {label}", ""]
            if check:
                lines.append(f"- [ ] {check}")
        return head + self._relink(path, target, "\n".join(lines).strip("\n") + "\n", 0).encode()

    def _relink(self, path: str, target: str, body: str, skipped: int) -> str:
        def line_of(found: re.Match[str]) -> int:
            return skipped + found.string.count("\n", 0, found.start()) + 1

        def link(found: re.Match[str]) -> str:
            words, gap, _, address = found.groups()
            to = self.find(address)
            if to:
                self.report.links += 1
                return f"[{words}]({relative(target, to)}){gap.rstrip()}"
            why = f"The link to {address[:100]} leads nowhere in this language; its words stay"
            self.leave_out(path, why, line_of(found))
            return words + gap.rstrip()

        def bare(found: re.Match[str]) -> str:
            why = "An address of the other layout stood outside a link; it was taken out"
            self.leave_out(path, why, line_of(found))
            return ""

        return _BARE.sub(bare, _LINK.sub(link, body)) if "umbrella" in body else body


def import_umbrella(src: Path, dst: Path, *, progress: Progress = quiet) -> ImportReport:
    """Bring all languages of `src` over into `dst`, which may exist.

    Raises Misused where `src` is no folder, holds no language, or one folder lies in the other; Unavailable where the
    disk does not allow it.
    """
    if not src.is_dir():
        raise Misused(f"There is no folder {src}", "name the folder of the content, with the languages in it")
    inside, outside = dst.resolve(), src.resolve()
    if inside == outside or inside in outside.parents or outside in inside.parents:
        raise Misused("The source and the target lie in each other", "name a new folder beside the source")
    languages = sorted(path.name for path in src.iterdir() if is_language(path.name) and path.is_dir())
    if not languages:
        raise Misused(f"{src} holds no language", "name the folder that holds en, ru and so on")
    report = ImportReport()
    try:
        for done, language in enumerate(languages):
            progress(done, len(languages))
            _import_language(_Source(language, src / language, report), dst / language)
    except OSError as error:
        raise Unavailable(f"The import stopped: {error.strerror}", "see to the disk and begin again") from error
    progress(len(languages), len(languages))
    report.left_out.sort(key=lambda left: (left.path, left.line))
    return report


def _import_language(source: _Source, target: Path) -> None:
    report, kept = source.report, set()
    for path, data in (*source.topics(), *source.guides()):
        kept.add(path)
        report.written += _write(target / path, data)
    for path in source.pictures:
        report.pictures += 1
        report.written += _write(target / path, (source.folder / path).read_bytes())
    for folder, _, names in os.walk(target):
        for name in names:
            path = (Path(folder) / name).relative_to(target).as_posix()
            if name.endswith(".md") and path not in kept:
                report.foreign.append(f"{source.language}/{path}")


def _write(path: Path, data: bytes) -> bool:
    """Write a file if it is not already so; the old one stays whole until the new one is."""
    if path.is_symlink():
        raise Refused(f"{path.name} in the target is a symbolic link", "take it away")
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(data)
    new.replace(path)
    return True


def _files(folder: Path, leave_out: object) -> Iterator[str]:
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            shown_path = path.relative_to(folder).as_posix()
            if path.is_symlink():
                if callable(leave_out):
                    leave_out(shown_path, "It is a symbolic link")
            elif path.is_file():
                yield shown_path


def _mapping(text: str) -> Mapping[str, object]:
    """A YAML mapping; where the YAML is broken, its flat lines."""
    try:
        said = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    except (yaml.YAMLError, ValueError, RecursionError):
        said = dict(re.findall(r"^([a-z]+):[ \t]*(.*?)[ \t]*$", text, re.MULTILINE))
    return said if isinstance(said, dict) else {}


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _asks(said: Mapping[str, object]) -> bool:
    """Whether a form has anything to fill in. What is not understood counts as a question."""
    screens = said.get("screens")
    if not isinstance(screens, list):
        return True
    for screen in screens:
        items = screen.get("items") if isinstance(screen, dict) else None
        if not isinstance(items, list) or any(not isinstance(i, dict) or i.get("type") != "label" for i in items):
            return True
    return False


def _labels(said: Mapping[str, object]) -> list[dict[str, object]]:
    screens = said.get("screens")
    found: list[dict[str, object]] = []
    for screen in screens if isinstance(screens, list) else []:
        found += [{"label": item.get("label")} for item in screen["items"]]
    return found


def _line(value: object) -> str:
    """A text or number as one line; anything else is nothing."""
    return shown(" ".join(str(value).split())) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _front_matter(title: str, index: object, *, kind: str = "", summary: str = "") -> bytes:
    lines = ["---"]
    if title:
        lines.append(f"title: {_quoted(title[:LONGEST_TITLE])}")
    if kind:
        lines.append(f"kind: {kind}")
    order = _line(index)
    if re.fullmatch(r"-?[0-9]{1,4}", order):
        lines.append(f"order: {order}")
    if summary:
        lines.append(f"summary: {_quoted(summary[:LONGEST_SUMMARY])}")
    return ("\n".join([*lines, "---", ""])).encode()


def _quoted(text: str) -> str:
    # Quoted where the flat reader, or another tool's YAML, would take something away or see a structure.
    if text[0] in "\"'#&*!|>%@`-?:,[]{} " or ": " in text or " #" in text or text.endswith(":"):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text
