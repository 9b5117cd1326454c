"""A folder as a carrier: a USB stick, a memory card, or the tree that a static web server hands out.

    latest            the catalogue
    parcels/<name>.hlp
    letters/<name>.hll   sealed letters; any file there of a sealed letter's size is one, whatever its name, with a
                         stamp before it or without
    anything else     pages

Safe on FAT32: plain long names, no links, no file of 4 GiB. Files carry one fixed date and no
owner beyond what the file system imposes. Whatever else lies about (hidden files, thumbnails,
lost clusters) is ignored; links are never followed.
"""

from __future__ import annotations

import contextlib
import os
import random
import stat
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from holub.errors import Misused, Refused, Unavailable
from holub.transit.carrier import (
    LETTER_SIZES,
    MAX_BAG_BYTES,
    MAX_BAG_LETTERS,
    MAX_PAGE_BYTES,
    STAMPED_SIZES,
    Bag,
    check_letter,
    split_stamp,
)
from holub.transit.catalogue import MAX_CATALOGUE_BYTES, Catalogue, Listing, list_parcel, parse_catalogue
from holub.transit.names import (
    CATALOGUE,
    LETTERS,
    PARCEL_SUFFIX,
    PARCELS,
    RESERVED,
    check_page_path,
    check_parcel_name,
    digest_of,
    letter_file,
    parcel_name,
)
from holub.transit.placing import PARTIAL, TEMPORARY, Part, flush_folder, place_file, world

_CHUNK = 1 << 20
_SIZES = frozenset((*LETTER_SIZES, *STAMPED_SIZES))
# What operating systems leave on sticks without hiding it.
_JUNK = frozenset({"system volume information", "thumbs.db", "desktop.ini", "lost.dir", "lost+found", "$recycle.bin"})


class FolderCarrier:
    """See `holub.transit.carrier.SharedCarrier`. `root` must exist: an absent one is a stick that is not plugged in.

    one_disk: only the disk that is there now will do, for one errand. A stick that is pulled may leave its folder
    behind, empty and on this machine's own disk: the rest would be written there, and said to be on the stick.
    """

    def __init__(self, root: Path, *, one_disk: bool = False) -> None:
        self._root = root
        self._disk: int | None = None
        if one_disk:
            with contextlib.suppress(OSError):  # it is not there, which whoever asks it is told
                self._disk = root.stat().st_dev
        self._passed_over: frozenset[bytes] = frozenset()

    # Outward.

    def catalogue(self) -> Catalogue:
        return parse_catalogue(
            self._read(self.here() / CATALOGUE, MAX_CATALOGUE_BYTES, "nothing is published here yet")
        )

    def parcels(self) -> tuple[Listing, ...]:
        listed: dict[str, Listing] = {}
        if (self.here() / CATALOGUE).is_file():
            listed = {row.name: row for row in self.catalogue().listings}
        found = []
        for file in self._files(PARCELS):
            stem = file.stem.lower()
            if file.suffix.lower() != PARCEL_SUFFIX:
                continue
            with world(file):
                row = listed.get(stem)
                if row is not None and file.stat().st_size == row.size:
                    found.append(row)
                    continue
                digest, size = digest_of(file)
            # A file under a name that is not its hash is damaged, or no parcel at all.
            if size and parcel_name(digest) == stem:
                found.append(list_parcel(file))
        return tuple(sorted(found, key=lambda row: row.name))

    def fetch(self, wanted: Listing, into: Path) -> Path:
        part = Part(wanted, into)
        if part.arrived():
            return part.target
        source = self._parcel(wanted.name)
        if source is None:
            raise Unavailable(f"parcel {wanted.name} is not here", "try another carrier")
        start = part.held()
        try:
            return part.take(_chunks(source, start), start)
        except Refused:
            # The part may be what was wrong.
            if not start:
                raise
            return part.take(_chunks(source, 0), 0)

    def put(self, parcel: bytes | Path) -> str:
        with world(self._root):
            listing = list_parcel(parcel)
        there = self._parcel(listing.name)
        if there is not None:
            with world(there):
                digest, _ = digest_of(there)
            if digest == listing.sha256:
                return listing.name
            if parcel_name(digest) == listing.name:
                raise Refused(f"another parcel has the name {listing.name}", "bind the edition again")
            with world(there):
                there.unlink()
        part = Part(listing, self._folder(PARCELS))
        start = part.held()
        try:
            part.take(_chunks(parcel, start), start)
        except Refused:
            if not start:
                raise
            part.take(_chunks(parcel, 0), 0)
        return listing.name

    def put_catalogue(self, catalogue: Catalogue) -> None:
        place_file(self.here() / CATALOGUE, catalogue.encode())

    def pages(self) -> dict[str, bytes]:
        found = {}
        for file in self._walk(self.here()):
            path = file.relative_to(self._root).as_posix()
            try:
                check_page_path(path)
            except Refused:
                continue
            with world(file):
                found[path] = digest_of(file)[0]
        return found

    def put_page(self, path: str, page: bytes) -> None:
        segments = check_page_path(path)
        if len(page) > MAX_PAGE_BYTES:
            raise Refused(f"the page {path} is larger than {MAX_PAGE_BYTES >> 20} MiB", "make it smaller")
        place_file(self._page(segments), page)

    def remove_page(self, path: str) -> None:
        target = self._page(check_page_path(path))
        with world(target):
            target.unlink(missing_ok=True)
            if target.parent.is_dir():
                flush_folder(target.parent)

    # Inward.

    def leave_letter(self, letter: bytes) -> None:
        target = self._folder(LETTERS) / letter_file(check_letter(letter))
        if target.is_file() and not target.is_symlink() and target.stat().st_size == len(letter):
            with world(target):
                if target.read_bytes() == letter:
                    return
        place_file(target, letter)

    def collect_letters(self, limit: int = MAX_BAG_LETTERS) -> Bag:
        if not 0 < limit <= MAX_BAG_LETTERS:
            raise Misused(f"a bag holds 1 to {MAX_BAG_LETTERS} letters")
        files = [file for file in self._files(LETTERS) if _size(file) in _SIZES]
        random.SystemRandom().shuffle(files)
        bag: dict[bytes, bytes] = {}
        damaged, room = 0, MAX_BAG_BYTES
        for file in files:
            size = _size(file)
            if len(bag) == limit or size > room:
                break
            try:
                _, letter = split_stamp(self._read(file, size, "the letter is gone"))
                digest = check_letter(letter)
            except (Refused, Unavailable):
                damaged += 1
                continue
            if digest not in bag and digest not in self._passed_over:
                bag[digest] = letter
                room -= len(letter)
        return Bag(tuple(bag.values()), damaged, len(files) - damaged)

    def pass_over(self, digests: frozenset[bytes]) -> None:
        self._passed_over = digests

    def letters(self, most: int) -> Iterator[bytes]:
        """Each letter here, one in memory at a time, in no order that means anything; at most `most` are looked at."""
        for _, letter in self.stamped_letters(most):
            yield letter

    def stamped_letters(self, most: int) -> Iterator[tuple[bytes | None, bytes]]:
        """As `letters`, each with the stamp that lies before it, or None; nothing here tells whether that is good."""
        files = [file for file in self._files(LETTERS) if _size(file) in _SIZES]
        random.SystemRandom().shuffle(files)
        for file in files[:most]:
            try:
                stamp, letter = split_stamp(self._read(file, _size(file), "the letter is gone"))
                check_letter(letter)
            except (Refused, Unavailable):
                continue
            yield stamp, letter

    def forget_letters(self, digests: Iterable[bytes]) -> int:
        unwanted, gone = set(digests), set()
        for file in self._files(LETTERS):
            if _size(file) not in _SIZES:
                continue
            with world(file):
                digest = sha256(split_stamp(file.read_bytes())[1]).digest()
                if digest in unwanted:
                    file.unlink()
                    gone.add(digest)
        if gone:
            with world(self._root):
                flush_folder(self._root / LETTERS)
        return len(gone)

    # The tree.

    def here(self) -> Path:
        """The folder. Raises Unavailable where it is not there now."""
        try:
            found = self._root.stat()
            is_here = stat.S_ISDIR(found.st_mode) and self._disk in (None, found.st_dev)
        except OSError:
            is_here = False
        if not is_here:
            raise Unavailable(
                f"the folder {self._root.name} is not there", "check that the stick is plugged in, then retry"
            )
        return self._root

    def _folder(self, name: str) -> Path:
        folder = self.here() / name
        if folder.is_symlink():
            raise Refused(f"{name} is a link, not a folder", "delete the link and retry")
        return folder

    def _files(self, name: str) -> Iterator[Path]:
        folder = self._folder(name)
        if not folder.is_dir():
            return
        with world(folder):
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        yield from (Path(entry.path) for entry in entries if _plain(entry) and entry.is_file(follow_symlinks=False))

    def _parcel(self, name: str) -> Path | None:
        check_parcel_name(name)
        for file in self._files(PARCELS):
            if file.name.lower() == name + PARCEL_SUFFIX:
                return file
        return None

    def _page(self, segments: tuple[str, ...]) -> Path:
        place = self.here()
        for segment in segments:
            if place.is_dir():
                # A stick does not tell upper from lower case; two pages would silently become one.
                same = [entry.name for entry in place.iterdir() if entry.name.lower() == segment.lower()]
                if same and segment not in same:
                    raise Refused(f"{same[0]} and {segment} differ only in case", "rename one of the two pages")
            place /= segment
            if place.is_symlink():
                raise Refused(f"{segment} is a link", "delete the link and retry")
        return place

    def _walk(self, folder: Path) -> Iterator[Path]:
        with world(folder):
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        for entry in entries:
            if not _plain(entry) or (folder == self._root and entry.name.lower() in RESERVED):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path)

    def _read(self, file: Path, most: int, absent: str) -> bytes:
        if file.is_symlink():
            raise Refused(f"{file.name} is a link", "delete the link and retry")
        if not file.is_file():
            raise Unavailable(absent, "publish an edition first, or try another carrier")
        with world(file), file.open("rb") as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise Refused(f"{file.name} is larger than {most:,} bytes", "fetch it again, or from another carrier")
        return data


def _plain(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    return not (
        name.startswith((".", "~")) or name in _JUNK or name.endswith((TEMPORARY, PARTIAL)) or entry.is_symlink()
    )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _chunks(source: bytes | Path, start: int) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source[start:]
        return
    with source.open("rb") as file:
        file.seek(start)
        while chunk := file.read(_CHUNK):
            yield chunk
