"""Giving an edition to a stick: what matters most first, as much as there is room for, and nobody else's file touched.

Rules
- parcels are put before the list that names them, and the list names only what is there: a stick that is pulled out at
  any moment holds an edition that can be read, and the next run goes on.
- where not all of it fits, what the stick holds of an earlier edition goes first; then the newest text comes before
  updates, plain pages, other languages and mailbags, and pictures come last. Without room for the text nothing of the
  edition is placed.
- an edition that is newer than ours stays, when our centre signed it; another centre's stays in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.formats.header import HEADER_BYTES, Header
from holub.formats.root import RootDocument, parse_root, split_chain, trust
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import Catalogue, Listing
from holub.transit.names import PARCELS, ROOT_PAGE, is_dating, parcel_file
from holub.transit.placing import world
from holub.transit.stampbook import STAMPS
from holub.transit.stick import READ_ME, START, Placed, Stick, is_full, places

MAX_ROOTS = 1 << 20
# What stays free for letters, and for what a file system takes beyond the files.
SPARE = 1 << 20


class Rank(IntEnum):
    """What is placed first. The words are those of `Given.left_out`."""

    TEXT = 0
    UPDATES = 1
    PLAIN = 2
    LANGUAGES = 3
    MAILBAGS = 4
    REST = 5
    PICTURES = 6


_PARCELS = {
    "full": Rank.TEXT,
    "sheet": Rank.TEXT,
    "update": Rank.UPDATES,
    "sweep": Rank.UPDATES,
    "packstamps": Rank.UPDATES,
    "mailbag": Rank.MAILBAGS,
    "pictures": Rank.PICTURES,
}


@dataclass
class Given:
    """What a stick was given.

    edition: the one that it holds afterwards, None for none · parcels, pages, bytes: newly placed · removed: what
    earlier editions had and this one has not · left_out: bytes of what there was no room for, by rank ·
    missing: bytes that even the text lacks, 0 where it is there · others: names that somebody else's files have ·
    newer: the stick's edition is newer than ours · foreign: the stick carries another centre's editions.
    """

    edition: int | None = None
    parcels: int = 0
    pages: int = 0
    bytes: int = 0
    removed: int = 0
    left_out: dict[Rank, int] = field(default_factory=dict)
    missing: int = 0
    others: int = 0
    newer: bool = False
    foreign: bool = False

    @property
    def lacking(self) -> int:
        """Bytes in all that there was no room for."""
        return sum(self.left_out.values())


@dataclass(frozen=True)
class _Piece:
    rank: Rank
    size: int
    source: Path
    listing: Listing | None = None
    path: str = ""
    digest: str = ""


def give(tree: Path, stick: Stick) -> Given:
    """Give a stick the edition that lies in `tree`, a folder as web servers hand it out.

    Raises Unavailable (no edition there; the stick broke off), Refused (the tree is damaged).
    """
    source = FolderCarrier(tree)
    catalogue = source.catalogue()
    held = _held(stick)
    given = Given(edition_of(held) if held else None)
    ours, theirs = _roots(tree), _roots(stick.root)
    if ours and theirs and parse_root(ours[0]).identity != parse_root(theirs[0]).identity:
        given.foreign = True
        return given
    if held and edition_of(held) > edition_of(catalogue) and _is_signed(held, ours, theirs):
        given.newer = True
        return given
    return _Giving(source, tree, stick, catalogue, held, given).run()


def edition_of(catalogue: Catalogue) -> int:
    """The edition that a catalogue's seal names; not verified. Raises Refused."""
    return Header.parse(catalogue.seal[:HEADER_BYTES]).moment.edition


class _Giving:
    def __init__(
        self, source: FolderCarrier, tree: Path, stick: Stick, new: Catalogue, held: Catalogue | None, given: Given
    ) -> None:
        self.tree, self.stick, self.new, self.held, self.given = tree, stick, new, held, given
        placed = stick.placed()
        self.before = placed.pages
        self.parcels = placed.parcels | {row.name for row in (held.listings if held else ())}
        self.after: dict[str, str] = {}
        self.there: set[str] = set()
        self.names = {row.name for row in new.listings}
        self.wanted = sorted(self._pieces(source), key=lambda piece: (piece.rank, piece.size))

    def run(self) -> Given:
        given, stick = self.given, self.stick
        stick.clear(self.before, frozenset(self.names))
        space = stick.space()
        needed = sum(space.cost(piece.size) for piece in self.wanted)
        if needed + SPARE > space.free:
            text = sum(space.cost(piece.size) for piece in self.wanted if piece.rank is Rank.TEXT)
            given.missing = max(text + SPARE - space.free - self._stale(), 0)
            if given.missing:
                return given
            self._make_room()
        fitting = self._fitting()
        if given.missing:
            return given
        # Before they are placed: after a run that breaks off they are still known as ours.
        coming = {one.path: one.digest for one in fitting if one.path}
        stick.note_placed(Placed({**self.before, **self.after, **coming}, self.parcels | self.names))
        # What names the edition on plain pages comes when nothing older is left for it to name.
        dates = [piece for piece in fitting if is_dating(piece.path)]
        if not self._place_all(piece for piece in fitting if piece not in dates):
            return given
        rows = tuple(row for row in self.new.listings if row.name in self.there)
        now = Catalogue(self.new.seal, rows)
        if now != self.held:
            stick.carrier.put_catalogue(now)
        given.edition = edition_of(now)
        self._drop_parcels()
        self._drop_pages(self.before.keys() - self.after.keys())
        self._place_all(dates)
        stick.note_placed(Placed(self.after, frozenset(self.there)))
        return given

    def _pieces(self, source: FolderCarrier) -> Iterator[_Piece]:
        """What the stick lacks; what it holds already is noted on the way."""
        for row in self.new.listings:
            file = self.tree / PARCELS / parcel_file(row.name)
            if self.stick.holds(f"{PARCELS}/{file.name}", row.sha256):
                self.there.add(row.name)
            elif file.is_file():
                yield _Piece(_PARCELS.get(row.kind, Rank.REST), row.size, file, row)
        pages = source.pages()
        for path, wish in places(pages):
            file = self.tree.joinpath(*path.split("/"))
            digest = pages[path]
            name = self.stick.name_for(wish, digest, self.before)
            if name is None:
                self.given.others += 1
            elif self.stick.holds(name, digest):
                self.after[name] = digest.hex()
            else:
                with world(file):
                    yield _Piece(_rank(path, wish), file.stat().st_size, file, None, name, digest.hex())

    def _stale(self) -> int:
        """Bytes of what the stick holds and the new edition does not have."""
        folder = self.stick.root
        parcels = [folder / PARCELS / parcel_file(name) for name in self.parcels - self.names]
        pages = [folder.joinpath(*path.split("/")) for path in self._old_pages()]
        with world(folder):
            return sum(file.stat().st_size for file in (*parcels, *pages) if file.is_file())

    def _old_pages(self) -> set[str]:
        return self.before.keys() - self.after.keys() - {piece.path for piece in self.wanted}

    def _make_room(self) -> None:
        """Take away what the new edition does not have, after a list that does not name it any more."""
        if self.held is not None:
            kept = tuple(row for row in self.held.listings if row.name in self.names)
            if kept != self.held.listings:
                # The old list's edition is not whole any more, so it names what stays and no reader looks for the rest.
                self.stick.carrier.put_catalogue(Catalogue(self.held.seal, kept))
        self._drop_parcels()
        self._drop_pages(self._old_pages())

    def _fitting(self) -> list[_Piece]:
        """What there is room for, in order; all of the text, or nothing."""
        space = self.stick.space()
        room, chosen = space.free - SPARE, []
        for piece in self.wanted:
            cost = space.cost(piece.size)
            if cost <= room:
                room -= cost
                chosen.append(piece)
                continue
            if piece.rank is Rank.TEXT:
                self.given.missing += cost
            self.given.left_out[piece.rank] = self.given.left_out.get(piece.rank, 0) + piece.size
        if self.given.missing:
            self.given.missing = max(self.given.missing - max(room, 0), 1)
        return chosen

    def _place_all(self, pieces: Iterable[_Piece]) -> bool:
        """As much as there is room for; whether the text is whole."""
        for piece in pieces:
            try:
                self._place(piece)
            except HolubError as error:
                if not is_full(error):
                    raise
                if piece.rank is Rank.TEXT:
                    self.given.missing += piece.size
                self.given.left_out[piece.rank] = self.given.left_out.get(piece.rank, 0) + piece.size
        return not self.given.missing

    def _place(self, piece: _Piece) -> None:
        if piece.listing is not None:
            self.stick.carrier.put(piece.source)
            self.there.add(piece.listing.name)
            self.given.parcels += 1
        else:
            with world(piece.source):
                page = piece.source.read_bytes()
            try:
                self.stick.carrier.put_page(piece.path, page)
            except Refused:
                self.given.others += 1
                return
            self.after[piece.path] = piece.digest
            self.given.pages += 1
        self.given.bytes += piece.size

    def _drop_parcels(self) -> None:
        for name in self.parcels - self.names:
            if self.stick.remove_parcel(name):
                self.given.removed += 1

    def _drop_pages(self, paths: Iterable[str]) -> None:
        """Advice that was withdrawn must not stay to be read."""
        for path in paths:
            self.given.removed += self.stick.remove_page(path, self.before[path])


def _rank(path: str, wish: str) -> Rank:
    if path == ROOT_PAGE or wish in (START, READ_ME):
        return Rank.TEXT
    if path == STAMPS:
        return Rank.UPDATES
    if wish.startswith("mailbag/"):
        return Rank.MAILBAGS
    if wish.startswith("more/"):
        return Rank.LANGUAGES
    return Rank.PLAIN if wish.endswith(".html") or is_dating(wish) else Rank.PICTURES


def _held(stick: Stick) -> Catalogue | None:
    """The stick's list; None where there is none, or one that is damaged."""
    try:
        found = stick.carrier.catalogue()
        edition_of(found)
    except Refused:
        return None
    except Unavailable as error:
        if isinstance(error.__cause__, OSError) or not stick.root.is_dir():
            raise
        return None
    return found


def _roots(folder: Path) -> list[bytes]:
    """The root documents that lie in a folder, oldest first; none where they are damaged."""
    file = folder / ROOT_PAGE
    with world(file):
        if file.is_symlink() or not file.is_file():
            return []
        with file.open("rb") as stream:
            data = stream.read(MAX_ROOTS)
    try:
        chain = split_chain(data)
        trust(chain)
    except Refused:
        return []
    return chain


def _is_signed(held: Catalogue, ours: list[bytes], theirs: list[bytes]) -> bool:
    """Whether our centre signed the stick's list, as far as can be told: without our root document nothing can."""
    if not ours:
        return True
    try:
        Header.parse(held.seal[:HEADER_BYTES]).verify(held.seal[HEADER_BYTES:], _newest(ours, theirs))
    except Refused:
        return False
    return True


def _newest(ours: list[bytes], theirs: list[bytes]) -> RootDocument:
    newest = trust(ours)
    for data in theirs:
        try:
            newest = newest.accept(parse_root(data))
        except (Refused, Misused):
            continue
    return newest
