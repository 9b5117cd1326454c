"""Delegated sections: an editor signs their guides without any office; the office carries the newest that it accepted.

What was accepted lies in OFFICE/press/sections/, one file a section, as the editors signed it. It is checked again,
against the root document of that day, at every binding: who is no longer named signs no more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from holub.errors import Misused, Older, Refused, Unavailable
from holub.formats.leaf import Editors
from holub.formats.names import MAIN, check_section
from holub.formats.pack import MAX_PACK, Pack
from holub.formats.root import RootDocument
from holub.formats.sectionfile import MAX_LANGUAGES, SectionFile, parse_section
from holub.outbound.press.check import check_tree, errors
from holub.outbound.press.signing import SEED_BYTES, Pen, sign_section_file
from holub.outbound.press.tree import read_tree
from holub.store import files
from holub.store.keyfile import read_key, write_key

EDITOR = "section key"  # the use that an editor's key file is made for
ENDING = ".hls"
MAX_FILE = 64 * 2**20  # bytes

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Carried:
    """What the next edition carries of sections, by (section, language), and which were left out and why."""

    packs: tuple[Pack, ...]
    editors: dict[tuple[str, str], Editors]
    left_out: tuple[Refused, ...]


def new_editor_key(out: Path, passphrase: str) -> bytes:
    """Makes an editor's key in a file of its own; gives its public half (32 B). Raises Misused, Unavailable."""
    seed = os.urandom(SEED_BYTES)
    public = Pen(seed).public
    write_key(out, EDITOR, public, seed, passphrase)
    return public


def sign_guides(
    guides: Path, section: str, serial: int, publisher: RootDocument, pen: Pen, now: int, progress: Progress
) -> SectionFile:
    """A folder of guides, checked and signed for a section. Raises Misused, Refused."""
    if check_section(section) == MAIN:
        raise Misused("the main section is the centre's own", "name a section that the centre delegated")
    tree = read_tree(guides)
    wrong = errors(check_tree(tree, now=now, progress=progress).findings)
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise Refused(f"{wrong[0].file}: {wrong[0].what}{more}", f"{wrong[0].todo}; `holub press check` lists all")
    packs = [Pack.of(section, pack.language, dict(pack.guides)) for pack in tree.packs]
    if len(packs) > MAX_LANGUAGES or sum(pack.size for pack in packs) > MAX_PACK:
        raise Refused(
            "the guides are more than a section can carry",
            f"at most {MAX_LANGUAGES} languages and {MAX_PACK >> 20} MiB of text together",
        )
    return sign_section_file(packs, serial, publisher, pen)


def open_pen(file: Path, passphrase: str) -> Pen:
    """An editor's key. Raises Misused (wrong passphrase, another key), Refused, Unavailable."""
    return Pen(read_key(file).open(EDITOR, passphrase))


def read_section_file(path: Path) -> SectionFile:
    """A section's file, unchecked. Raises Refused, Unavailable."""
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_FILE + 1)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read ({error.strerror})", "give a file that is there") from error
    if len(data) > MAX_FILE:
        raise Refused(f"{path.name} is larger than a section may be", "ask for it again")
    return parse_section(data)


class Sections:
    """The sections that an office has accepted."""

    def __init__(self, press: Path) -> None:
        self._folder = press / "sections"

    def check(self, path: Path, publisher: RootDocument) -> SectionFile:
        """A section's file that may be taken. Raises Older when its serial goes back, Refused."""
        fresh = read_section_file(path)
        fresh.check(publisher)
        kept = self._read(self._place(fresh.section))
        if kept is None or kept.identity != fresh.identity:
            return fresh
        if fresh.serial < kept.serial:
            raise Older(
                f"{path.name} has serial {fresh.serial} of the section {fresh.section}, and {kept.serial} was accepted",
                "ask its editors for their newest file",
            )
        if fresh.serial == kept.serial and not fresh.same_text(kept):
            raise Refused(
                f"{path.name} has other guides under serial {fresh.serial}, which was accepted before",
                "ask its editors which text is theirs; they sign it under a higher serial",
            )
        return fresh

    def keep(self, accepted: Sequence[SectionFile]) -> None:
        """Keeps checked files, durable, before an edition carries them. Raises Unavailable."""
        for one in accepted:
            files.make_private_folder(self._folder)
            files.replace(self._place(one.section), one.encode())

    def carried(self, publisher: RootDocument, fresh: Sequence[SectionFile] = ()) -> Carried:
        """All that was accepted and still holds under this root document; `fresh` files count before those kept."""
        found = {one.section: one for one in map(self._read, self._files()) if one is not None}
        found.update({one.section: one for one in fresh})
        packs: list[Pack] = []
        editors: dict[tuple[str, str], Editors] = {}
        left_out: list[Refused] = []
        for section, one in sorted(found.items()):
            try:
                signed = one.check(publisher)
            except Refused as why:
                left_out.append(Refused(f"the section {section} is left out: {why.what}", why.todo))
                continue
            packs += [row.pack for row in one.packs]
            editors.update({(section, language): by for language, by in signed.items()})
        return Carried(tuple(packs), editors, tuple(left_out))

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{ENDING}")) if self._folder.is_dir() else []

    def _place(self, section: str) -> Path:
        return self._folder / f"{section}{ENDING}"

    def _read(self, path: Path) -> SectionFile | None:
        return read_section_file(path) if path.is_file() else None
