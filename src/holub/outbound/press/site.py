"""The pages of a site: what a postbox, a mirror or a USB stick shows to a browser beside the parcels.

index.html                                 the reading page in the first language
<language>.html                            the reading page in each language
plain/…                                    every guide as a page without scripts
mailbag/<edition>/<section>/directory      a mailbag's directory
mailbag/<edition>/<section>/shard/<n>      its bodies, a thousand together
root.txt                                   the root document
start.txt                                  the read-me of a stick
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holub.formats.bundle import Settings, code_hash
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import Kind, parse_parcel
from holub.formats.root import parse_root
from holub.formats.shelf import Shelf
from holub.outbound.press.page import Fingerprint, build_page, choose_parcels
from holub.outbound.press.places import Places
from holub.outbound.press.plain import EditionLine, PlainPack, plain_pages
from holub.outbound.press.start_text import PATH as START_TEXT
from holub.outbound.press.start_text import WORDS as START_WORDS
from holub.outbound.press.start_text import start_text
from holub.reader import plain_words

SHARD_BYTES = 1000 * 512  # spec/mailbag.md
FIRST_LANGUAGES = ("uk", "en")
_LANGUAGE_PAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\.html")


def is_page_of_a_site(path: str) -> bool:
    """Whether a site placed the file at this path, and may take it away: a stick holds other people's files too."""
    return path.startswith(("plain/", "mailbag/")) or _LANGUAGE_PAGE.fullmatch(path) is not None


@dataclass(frozen=True)
class Site:
    """What the pages are made of. code: the reading page's, or None where it is not built."""

    shelf: Shelf
    parcels: Sequence[bytes]
    roots: Sequence[bytes]
    code: bytes | None
    postboxes: tuple[str, ...] = ()

    @property
    def languages(self) -> list[str]:
        """The languages that there are full packs in, the first one first."""
        found = {language for _, language in self.shelf.packs}
        first = [language for language in FIRST_LANGUAGES if language in found]
        return [*first, *sorted(found.difference(first))]

    def _rank(self, language: str) -> int:
        return self.languages.index(language)

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """Path and bytes of every page."""
        yield "root.txt", b"".join(self.roots)
        moment = max((held.moment for held in self.shelf.packs.values()), key=lambda moment: moment.edition)
        yield from self._reading_pages()
        mark = self._mark(moment.edition) if self.code is not None else None
        lists = {tag: plain_words(tag) for tag in {*START_WORDS, "en"}}
        yield START_TEXT, start_text(self.languages, moment.edition, moment.expiry, mark, lists)
        yield from self._mailbags()
        line = EditionLine(moment.edition, moment.time, moment.expiry, self.shelf.publisher.name)
        packs = [
            PlainPack(language, list(held.pack.guides.items()), section)
            for (section, language), held in sorted(self.shelf.packs.items(), key=lambda row: self._rank(row[0][1]))
        ]
        places = Places()
        for path, page in plain_pages(line, packs, self._picture, places=places):
            yield f"plain/{path}", page
        for pack in packs:
            for path, picture in self.shelf.pictures.get((pack.section, pack.language), {}).items():
                yield f"plain/{places.at(f'{pack.folder}/{path}')}", picture

    def _picture(self, pack: PlainPack, path: str) -> str | None:
        here = self.shelf.pictures.get((pack.section, pack.language), {})
        return f"{pack.folder}/{path}" if path in here else None

    def _mark(self, edition: int) -> Fingerprint:
        """What the reading pages show of code and publisher; the same in all of them."""
        identity = parse_root(self.roots[0]).identity
        return Fingerprint(b"", code_hash(self.code or b""), identity, edition, self.languages[0])

    def _reading_pages(self) -> Iterator[tuple[str, bytes]]:
        if self.code is None:
            return
        for place, language in enumerate(self.languages):
            chosen = choose_parcels(self.shelf, self.parcels, language)
            page = build_page(self.code, Settings(language, self.postboxes), self.roots, chosen)
            if place == 0:
                yield "index.html", page
            yield Places().at(f"{language}.html"), page

    def _mailbags(self) -> Iterator[tuple[str, bytes]]:
        for data in self.parcels:
            parcel = parse_parcel(data)
            if parcel.kind is not Kind.MAILBAG:
                continue
            bag = MailbagParcel.read(parcel.body)
            if bag.edition != self.shelf.edition:
                continue
            top = f"mailbag/{bag.edition}/{bag.section}"
            yield f"{top}/directory", bag.directory
            for number, at in enumerate(range(0, len(bag.bodies), SHARD_BYTES)):
                yield f"{top}/shard/{number}", bag.bodies[at : at + SHARD_BYTES]
