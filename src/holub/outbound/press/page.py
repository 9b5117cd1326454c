"""The reading page: its code, filled with one language of an edition; and telling a genuine page from a swapped one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from holub.errors import Misused, Refused
from holub.formats.bundle import (
    Settings,
    WordList,
    code_hash,
    cut_page,
    cut_word_lists,
    fill_page,
    read_bundle,
    write_bundle,
)
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import Kind, parse_parcel
from holub.formats.root import RootDocument, parse_root, trust
from holub.formats.shelf import Shelf
from holub.reader import word_lists

MAX_MAILBAG = 262_144  # bytes; a larger bag is fetched by shard
MAX_PICTURES = 4 * 2**20
SIX = 6
HASH_BYTES = 10  # of the hash, in six words


@dataclass(frozen=True)
class Fingerprint:
    """What two people compare: SHA-256 of the whole page, of its code, of the root document; the edition's number."""

    page: bytes
    code: bytes
    root: bytes
    edition: int
    language: str

    @property
    def short(self) -> str:
        """Sixteen digits in fours, of code and publisher together: what fits on a leaflet."""
        digits = self._both.hex()[:16]
        return " ".join(digits[i : i + 4] for i in range(0, 16, 4))

    def in_words(self, words: Sequence[str]) -> str:
        """The same hash as six words of a list: what the page shows, and what two people say to each other."""
        number = int.from_bytes(self._both[:HASH_BYTES], "big")
        digits = [number // len(words) ** place % len(words) for place in reversed(range(SIX))]
        return " ".join(words[digit] for digit in digits)

    @property
    def _both(self) -> bytes:
        return sha256(self.code + self.root).digest()


@dataclass(frozen=True)
class Contents:
    """A page taken apart: code, settings, what it holds.

    lists: as they came; nobody signed them, and the page's code refuses those whose hash it does not name.
    """

    code: bytes
    settings: Settings
    lists: tuple[WordList, ...]
    roots: tuple[bytes, ...]
    shelf: Shelf


def build_page(
    code: bytes,
    settings: Settings,
    roots: Sequence[bytes],
    parcels: Sequence[bytes],
    lists: Mapping[str, bytes] | None = None,
) -> bytes:
    """The page that holds these parcels (full packs first, then pictures and mailbags); opened once to be sure.

    lists: packed word lists by language; those built beside the code unless given. The page's own language is first.
    """
    found = word_lists() if lists is None else lists
    languages = sorted(found, key=lambda language: (language != settings.language, language))
    words = [WordList(language, found[language]).encode() for language in languages]
    page = fill_page(code, write_bundle([settings.encode(), *words, *roots, *parcels]))
    open_page(page)
    return page


def open_page(page: bytes) -> Contents:
    """Takes a page apart and checks all that it holds against its own root document. Raises Refused."""
    code, data = cut_page(page)
    items = read_bundle(data)
    if not items:
        raise Refused("the page holds no edition", "get the page again from another source")
    settings = Settings.parse(items[0])
    lists, rest = cut_word_lists(items[1:])
    roots = [item for item in rest if item.startswith(b"holub root v1\n")]
    if not roots or rest[: len(roots)] != roots:
        raise Refused("the page names no publisher", "get the page again from another source")
    shelf = Shelf(trust(roots))
    for item in rest[len(roots) :]:
        # A mailbag too here and not at the end: where updates follow, it is the bag of the edition before them.
        shelf = shelf.taken(item)
    if not shelf.packs:
        raise Refused("the page holds no guides", "get the page again from another source")
    return Contents(code, settings, lists, tuple(roots), shelf)


def fingerprint(page: bytes) -> Fingerprint:
    """Raises Refused when it is no whole, genuine page."""
    contents = open_page(page)
    root = parse_root(contents.roots[0]).identity
    return Fingerprint(
        sha256(page).digest(), code_hash(contents.code), root, contents.shelf.edition, contents.settings.language
    )


def check_page(page: bytes, publisher: RootDocument) -> Contents:
    """The page's contents when code and edition are the publisher's own. Raises Refused, saying which is not."""
    contents = open_page(page)
    if contents.shelf.publisher.identity != publisher.identity:
        raise Refused(
            "this page belongs to another publisher", "do not read or write with it; get the page from the centre"
        )
    shelf = Shelf(publisher)
    for name, held in contents.shelf.packs.items():
        held.check(publisher)
        shelf = Shelf(publisher, {**shelf.packs, name: held})
    codes = {code for held in shelf.packs.values() for code in held.services.codes}
    if code_hash(contents.code) not in codes:
        raise Refused(
            "this page's code is not the centre's: somebody changed the page",
            "do not read or write with it; get the page from the centre",
        )
    for one in contents.lists:
        # The code, which is genuine, names the hash of each list that it takes.
        if sha256(one.packed).hexdigest().encode() not in contents.code:
            raise Refused(
                f"this page's list of words ({one.language}) is not the centre's: somebody changed the page",
                "do not write with it; get the page from the centre",
            )
    return contents


def choose_parcels(shelf: Shelf, parcels: Sequence[bytes], language: str) -> list[bytes]:
    """Those of an edition's parcels that a page in this language holds, in order. Raises Misused when there is none."""
    fulls, pictures, bags = [], [], []
    for data in parcels:
        parcel = parse_parcel(data)
        match parcel.kind:
            case Kind.FULL:
                held = Shelf(shelf.publisher).receive(data)
                ((name, pack),) = held.packs.items()
                if name[1] == language and pack.moment.edition == shelf.packs[name].moment.edition:
                    fulls.append((name, data))
            case Kind.PICTURES if len(data) <= MAX_PICTURES:
                pictures.append(data)
            case Kind.MAILBAG if len(data) <= MAX_MAILBAG:
                bags.append((MailbagParcel.read(parcel.body), data))
    if not fulls:
        known = ", ".join(sorted({name[1] for name in shelf.packs}))
        raise Misused(f"there is no full parcel in the language {language}", f"choose one of: {known}")
    chosen = [data for _, data in sorted(fulls)]
    page = Shelf(shelf.publisher)
    for data in chosen:
        page = page.receive(data)
    for data in pictures:
        try:
            page = page.receive(data)
        except Refused:
            continue  # pictures of another language, or of another edition
        chosen.append(data)
    return chosen + [data for bag, data in bags if bag.edition == page.edition]
