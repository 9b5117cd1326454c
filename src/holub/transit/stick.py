"""A stick that is handed on: what of it is ours, where a person finds the start, what a broken-off copy left behind.

    notes.html          the reading page in the edition's first language: the one page at the top
    README.txt          what to do, in the edition's languages
    more/<language>.html, plain/…, mailbag/…, root.txt
    latest  parcels/  letters/            as on any folder (spec/postbox.md, "The public tree")
    parcels/list        what was placed here, so that nobody else's file is taken for it

A web server's tree has the same pages under other names: index.html, start.txt, <language>.html.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from holub.errors import HolubError, Refused
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import LETTERS, PARCEL_SUFFIX, PARCELS, check_page_path, check_parcel_name, digest_of
from holub.transit.placing import PARTIAL, TEMPORARY, flush_folder, place_file, world

START, READ_ME, MORE = "notes.html", "README.txt", "more"
INDEX, START_TEXT = "index.html", "start.txt"
MAX_LIST_BYTES = 32 << 20
# A stick's own names may be taken by somebody's files; then these are tried.
_OTHER_NAMES = 9
_UNFINISHED = re.compile(rf"[0-9a-f]{{16}}{re.escape(TEMPORARY)}")
_PART = re.compile(rf"[0-9a-f]{{16}}{re.escape(PARTIAL)}")
_LANGUAGE_PAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\.html")
_SIBLINGS = (".br", ".zst")


@dataclass(frozen=True)
class Space:
    """Bytes that are free, and the bytes of the smallest piece that a file takes."""

    free: int
    piece: int

    def cost(self, size: int) -> int:
        """What a file of `size` bytes takes."""
        return -(-max(size, 1) // self.piece) * self.piece


@dataclass(frozen=True)
class Placed:
    """What earlier runs placed on a stick. pages: path to hexadecimal SHA-256 · parcels: names."""

    pages: Mapping[str, str] = field(default_factory=dict)
    parcels: frozenset[str] = frozenset()


class Stick:
    """A folder that people carry about. Raises Unavailable where it is not there or breaks off."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.carrier = FolderCarrier(root, one_disk=True)

    def read_only(self) -> bool:
        """Whether nothing can be written here: a switch on the card, or another's stick."""
        with world(self.root):
            flags = os.statvfs(self.root).f_flag
        return bool(flags & os.ST_RDONLY) or not os.access(self.root, os.W_OK)

    def space(self) -> Space:
        """What is free now."""
        with world(self.root):
            found = os.statvfs(self.root)
        return Space(found.f_bavail * found.f_frsize, max(found.f_frsize, 1))

    def placed(self) -> Placed:
        """What was placed here. A list that is damaged, or none, counts as empty."""
        file = self.root / PARCELS / "list"
        if file.is_symlink() or not file.is_file():
            return Placed()
        with world(file), file.open("rb") as stream:
            data = stream.read(MAX_LIST_BYTES + 1)
        try:
            told = json.loads(data[:MAX_LIST_BYTES])
            pages = {str(path): str(digest) for path, digest in told["pages"].items() if check_page_path(path)}
            return Placed(pages, frozenset(check_parcel_name(name) for name in told["parcels"]))
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError, Refused):
            return Placed()

    def note_placed(self, placed: Placed) -> None:
        """Keep the list of what was placed here."""
        if placed != self.placed():
            told = {"pages": dict(sorted(placed.pages.items())), "parcels": sorted(placed.parcels)}
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            place_file(self.carrier.here() / PARCELS / "list", text.encode())

    def clear(self, known: Mapping[str, str], wanted: frozenset[str] = frozenset()) -> None:
        """Take away what earlier copies that broke off left; parts of `wanted` parcels stay, to be gone on with."""
        folders = {self.root, self.root / PARCELS, self.root / LETTERS}
        for path in known:
            folders.update(self.root / parent for parent in Path(path).parents)
        for folder in sorted(folders):
            if not folder.is_dir() or not self._inside(folder):
                continue
            with world(folder), os.scandir(folder) as entries:
                for entry in list(entries):
                    part = folder.name == PARCELS and _PART.fullmatch(entry.name) and entry.name[:16] not in wanted
                    if (part or _UNFINISHED.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False):
                        Path(entry.path).unlink()

    def holds(self, path: str, digest: bytes) -> bool | None:
        """Whether a page lies here whole: None where there is none, False where something else has its name."""
        file = self.root.joinpath(*path.split("/"))
        with world(file):
            if not self._inside(file):
                return False
            if not file.is_file():
                return False if file.exists() or self._other_case(path) else None
            return digest_of(file)[0] == digest

    def name_for(self, path: str, digest: bytes, placed: Mapping[str, str]) -> str | None:
        """Where a page goes without touching anybody else's file: `path`, for the two at the top another; or None."""
        for name in _names(path):
            if name in placed or self.holds(name, digest) is not False:
                return name
        return None

    def remove_page(self, path: str, digest: str) -> bool:
        """Take a page away, if it is still the one that was placed; the folders that it leaves empty as well."""
        file = self.root.joinpath(*path.split("/"))
        with world(file):
            if not file.is_file() or not self._inside(file) or digest_of(file)[0].hex() != digest:
                return False
            file.unlink()
            folder = file.parent
            while folder != self.root and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent
            flush_folder(folder)
        return True

    def remove_parcel(self, name: str) -> int:
        """Take a parcel away; its bytes, 0 where it was not there."""
        file = self.root / PARCELS / f"{name}{PARCEL_SUFFIX}"
        with world(file):
            if file.is_symlink() or not file.is_file():
                return 0
            size = file.stat().st_size
            file.unlink()
            flush_folder(file.parent)
        return size

    def _inside(self, file: Path) -> bool:
        """Whether a path leads over no link."""
        return file.resolve() == self.root.resolve() / file.relative_to(self.root)

    def _other_case(self, path: str) -> bool:
        folder = self.root
        for segment in path.split("/"):
            if not folder.is_dir():
                return False
            names = {entry.name for entry in folder.iterdir()}
            if segment not in names and segment.lower() in {name.lower() for name in names}:
                return True
            folder /= segment
        return False


def places(tree: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Where the pages of a web server's tree go on a stick: (path there, path here)."""
    first = tree.get(INDEX)
    for path in tree:
        if path.endswith(_SIBLINGS) and path.rpartition(".")[0] in tree:
            continue  # compressed for web servers alone
        if path == INDEX:
            yield path, START
        elif path == START_TEXT:
            yield path, READ_ME
        elif _LANGUAGE_PAGE.fullmatch(path):
            if tree[path] != first:
                yield path, f"{MORE}/{path}"
        else:
            yield path, path


def _names(path: str) -> Iterator[str]:
    yield path
    if path in (START, READ_ME):
        stem, _, ending = path.rpartition(".")
        for number in range(2, _OTHER_NAMES + 1):
            yield f"{stem}-{number}.{ending}"


def is_full(error: HolubError) -> bool:
    """Whether an error says that there is no space left."""
    return isinstance(error.__cause__, OSError) and error.what.startswith("there is no space")
