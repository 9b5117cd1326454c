"""A courier's errand: one stick, one home; letters go in, the newest edition goes out, and it is told what moved.

Rules
- a letter leaves the stick only once the home has stored it durably, and only at a home that is the end of its way
  here: a postbox, or the centre's own folder. Relays exchange copies (spec/relay.md, "When a letter ends").
- a stick that is pulled out costs nothing: what was stored twice is one letter, and the next errand goes on.
- editions come from a stick only into a relay, which verifies them; a postbox gets its own from its office.
- what goes wrong with letters stops no edition, and the other way round.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from holub.errors import HolubError, Refused, Unavailable
from holub.transit.carrier import MAX_BAG_LETTERS, MAX_PAGE_BYTES
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import Catalogue
from holub.transit.giving import Given, edition_of, give
from holub.transit.home import Home, What
from holub.transit.names import PARCELS, ROOT_PAGE
from holub.transit.placing import world
from holub.transit.postbox.datafolder import DataFolder
from holub.transit.postbox.letterbox import Broken, Letterbox
from holub.transit.postbox.limits import Limits
from holub.transit.postbox.salvage import open_letterbox
from holub.transit.relay.have import SALT_BYTES, short_names, write_question
from holub.transit.relay.peer import Peer
from holub.transit.relay.server import sync_once
from holub.transit.relay.settings import Settings
from holub.transit.stampbook import BURNT, STAMPS, StampBook
from holub.transit.stick import INDEX, START_TEXT, Stick

# More letters than this stay for the next errand.
MAX_LETTERS = 1 << 20
_TOGETHER = 256
_STOP_IT = "stop it first, or give its address with --home, such as --home http://127.0.0.1:8080"


# A letter and the stamp that lies before it, or None.
_Letter = tuple[bytes | None, bytes]
_Store = Callable[[list[_Letter]], None]


@dataclass
class Errand:
    """What one errand did.

    letters_in: stored at the home · letters_out: put on the stick · letters_left: copies that stay on the stick ·
    read_only: nothing could be changed on the stick · edition: the home's own afterwards, None for none ·
    taken: it came from this stick · given: what the stick was given, None for nothing · troubles: what went wrong.
    """

    home: Home
    letters_in: int = 0
    letters_out: int = 0
    letters_left: int = 0
    read_only: bool = False
    edition: int | None = None
    taken: bool = False
    given: Given | None = None
    troubles: list[HolubError] = field(default_factory=list)


def run_errand(home: Home, stick: Stick, settings: Settings) -> Errand:
    """Sync a stick with a home, both directions.

    settings: a relay's, for a home that is one; its proxy is used for addresses. Raises Unavailable when the stick or
    the home is not there, Refused, Misused; smaller troubles are in the answer.
    """
    done = Errand(home, read_only=stick.read_only())
    match home.what:
        case What.RELAY:
            _with_relay(done, home, stick, settings)
        case What.POSTBOX:
            _with_postbox(done, home, stick)
        case What.TREE:
            _with_tree(done, home, stick)
        case What.ADDRESS:
            _with_address(done, home, stick, settings)
    done.letters_left = sum(1 for _ in stick.carrier.letters(MAX_LETTERS))
    return done


def _with_relay(done: Errand, home: Home, stick: Stick, settings: Settings) -> None:
    www = home.folder / "www"
    before = _edition(www)
    try:
        made = sync_once(home.folder, replace(settings, places=(str(stick.root),), gives=False))
    except Unavailable as error:
        if "is running on" not in error.what:
            raise
        raise Unavailable(error.what, _STOP_IT) from error
    done.letters_in, done.letters_out, done.troubles = made.taken, made.given, made.troubles
    done.edition = _edition(www)
    done.taken = done.edition != before
    _give(done, www, stick)


def _with_postbox(done: Errand, home: Home, stick: Stick) -> None:
    try:
        folder = DataFolder(home.folder)
    except Unavailable as error:
        raise Unavailable(error.what, _STOP_IT) from error
    try:
        limits = Limits()
        box = open_letterbox(folder.letters, folder.salvage, limits)
        try:
            stamps = StampBook(folder.www / STAMPS, folder.path / BURNT)
            _try(done, lambda: _take_letters(done, stick, _into(box, stamps)))
        finally:
            box.close()
        done.edition = _edition(folder.www)
        _give(done, folder.www, stick)
    except Broken as error:
        raise Unavailable(f"storing letters failed ({error})", "check the disk, then try again") from error
    finally:
        folder.close()


def _into(box: Letterbox, stamps: StampBook) -> _Store:
    def store(letters: list[_Letter]) -> None:
        lanes: dict[bool, list[tuple[bytes, bytes]]] = {True: [], False: []}
        good = []
        for stamp, letter in letters:
            claimed = stamps.claim(stamp)
            lanes[claimed].append((sha256(letter).digest(), letter))
            if stamp is not None and claimed:
                good.append(stamp)
        stored = []
        for stamped, batch in lanes.items():
            stored += box.store(batch, stamped=stamped) if batch else []
        for stamp in good:
            stamps.burn(stamp)
        if not all(stored):
            raise Unavailable("the postbox is full", "let the office fetch its letters first; the others stay here")

    return store


def _with_tree(done: Errand, home: Home, stick: Stick) -> None:
    tree = FolderCarrier(home.folder)

    def store(letters: list[_Letter]) -> None:
        for _, letter in letters:
            tree.leave_letter(letter)

    _try(done, lambda: _take_letters(done, stick, store))
    done.edition = _edition(home.folder)
    _give(done, home.folder, stick)


def _with_address(done: Errand, home: Home, stick: Stick, settings: Settings) -> None:
    with Peer(home.place, proxy=settings.proxy) as peer:
        _try(done, lambda: _exchange(done, peer, stick))
        try:
            catalogue = peer.catalogue()
        except Unavailable as error:
            if done.troubles:
                raise
            done.troubles.append(error)
            return
        done.edition = edition_of(catalogue)
        if done.read_only:
            return
        with tempfile.TemporaryDirectory(prefix="holub-carry-") as folder:
            _try(done, lambda: _fetch(peer, catalogue, stick, Path(folder)))
            _give(done, Path(folder), stick)


def _exchange(done: Errand, peer: Peer, stick: Stick) -> None:
    """Letters with an address: a relay compares, a postbox takes all; a letter's way ends at a postbox that is sure."""
    salt = secrets.token_bytes(SALT_BYTES)
    digests = (sha256(letter).digest() for letter in stick.carrier.letters(MAX_BAG_LETTERS))
    names = short_names(salt, digests)
    ordered = sorted(names)

    def keep(letters: list[bytes]) -> None:
        for letter in letters if not done.read_only else ():
            stick.carrier.leave_letter(letter)
            done.letters_out += 1

    lacking = peer.compare(write_question(salt, ordered), len(ordered), MAX_BAG_LETTERS, keep)
    if lacking is None:

        def store(letters: list[_Letter]) -> None:
            for stamp, letter in letters:
                peer.leave_letter(letter, stamp)

        _take_letters(done, stick, store, keep=not peer.final())
        return
    wanted = {names[ordered[place]] for place in lacking}
    for stamp, letter in stick.carrier.stamped_letters(2 * MAX_BAG_LETTERS):
        if sha256(letter).digest() in wanted:
            peer.leave_letter(letter, stamp)
            done.letters_in += 1


def _fetch(peer: Peer, catalogue: Catalogue, stick: Stick, folder: Path) -> None:
    """What the stick lacks of an edition, and the pages whose names are known, into a folder as a tree."""
    tree = FolderCarrier(folder)
    rows = []
    for row in catalogue.listings:
        if not stick.holds(f"{PARCELS}/{row.name}.hlp", row.sha256):
            try:
                peer.fetch(row, folder / PARCELS)
            except (Refused, Unavailable):
                continue
        rows.append(row)
    languages = {row.language for row in catalogue.listings if row.language}
    for path in (ROOT_PAGE, INDEX, START_TEXT, *(f"{language}.html" for language in sorted(languages))):
        page = peer.page(path, MAX_PAGE_BYTES)
        if page:
            tree.put_page(path, page)
    tree.put_catalogue(Catalogue.of(catalogue.seal, rows))


def _take_letters(done: Errand, stick: Stick, store: _Store, *, keep: bool = False) -> None:
    """Store the stick's letters, and take them away there once they are; `keep`: they stay as well."""
    for letters in _batches(stick.carrier.stamped_letters(MAX_LETTERS)):
        store(letters)
        done.letters_in += len(letters)
        if not keep and not done.read_only:
            stick.carrier.forget_letters([sha256(letter).digest() for _, letter in letters])


def _batches(letters: Iterator[_Letter]) -> Iterator[list[_Letter]]:
    batch: list[_Letter] = []
    size = 0
    for letter in letters:
        batch.append(letter)
        size += len(letter[1])
        if len(batch) == _TOGETHER or size >= 8 << 20:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _give(done: Errand, tree: Path, stick: Stick) -> None:
    if done.read_only or _edition(tree) is None:
        return

    def work() -> None:
        done.given = give(tree, stick)

    _try(done, work)


def _try(done: Errand, work: Callable[[], None]) -> None:
    try:
        with world(Path("the stick")):
            work()
    except HolubError as error:
        done.troubles.append(error)


def _edition(tree: Path) -> int | None:
    try:
        return edition_of(FolderCarrier(tree).catalogue())
    except (Refused, Unavailable):
        return None
