"""A centre with real guides, of one language, from a repository's own history; and somebody who reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import Corpus
from holub.outbound.press.guide import Guide, parse_guide
from holub.transit.parcelfolder import read_parcel_files
from tests.journeys.centre import Centre, in_language
from tests.journeys.phone import Phone, guides_in

LANGUAGE = "ru"
BACK = (60, 20, 3, 1, 0)  # changes of the language's folder, counted back from the last one
LAST = len(BACK)
PAGES = (1, LAST - 1)


@dataclass(frozen=True)
class Real:
    """A centre that has bound five revisions; only to be read, but letters may come in.

    pages: a reading page in a file, by edition: the first one's, and that of the one before the last.
    """

    centre: Centre
    pages: dict[int, Path]

    def text(self, edition: int = LAST) -> dict[str, bytes]:
        """What was bound, by path."""
        return in_language(self.centre.bound[edition], LANGUAGE)

    def changed(self, since: int = 1) -> Guide:
        """A guide of the last edition that was another one in that one, with a title that no other has."""
        before, after = self.text(since), self.text()
        guides = [parse_guide(path, text) for path, text in after.items()]
        titles = [guide.title for guide in guides]
        changed = [
            guide
            for guide in guides
            if guide.path in before
            and before[guide.path] != after[guide.path]
            and titles.count(guide.title) == 1
            and not guide.is_topic
        ]
        assert changed, "the revisions do not differ: choose others"
        return max(changed, key=lambda guide: len(guide.title))

    def update(self, since: int) -> Path:
        """The language's update from an edition to the last."""
        return self._parcel("update", since, LAST)

    def pack(self, edition: int) -> Path:
        """The language's whole pack of an edition."""
        return self._parcel("full", None, edition)

    def _parcel(self, kind: str, since: int | None, edition: int) -> Path:
        wanted = (kind, since, edition, LANGUAGE)
        labels = ((one.path, one.label) for one in read_parcel_files([self.centre.parcels])[0])
        [found] = [path for path, one in labels if (one.kind, one.start, one.edition, one.language) == wanted]
        return found


@contextmanager
def bind_real_guides(folder: Path, corpus: Corpus, code: bytes) -> Iterator[Real]:
    """Binds the revisions, a day after the other up to today; the last one is on the stick and in the postbox."""
    inside = f"{corpus.top}/{LANGUAGE}".removeprefix("/")
    changes = corpus.git("log", "--first-parent", "--format=%H", "HEAD", "--", inside).decode().split()
    (folder / "none").mkdir()
    pages = {}
    with Centre(folder, code, folder / "none") as centre:
        for number, back in enumerate(BACK, 1):
            guides = corpus.packs(changes[back])[LANGUAGE]
            for path, text in guides.items():
                file = centre.guides / LANGUAGE / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
            for file in (centre.guides / LANGUAGE).rglob("*.md"):
                if file.relative_to(centre.guides / LANGUAGE).as_posix() not in guides:
                    file.unlink()
            assert centre.bind(days=LAST - number).edition == number
            if number in PAGES:
                pages[number] = folder / f"notes-{number}.html"
                pages[number].write_bytes(centre.reading_page(LANGUAGE))
        centre.send_to_stick()
        centre.send_to_postbox()
        yield Real(centre, pages)


def letters_of(text: str) -> str:
    """A text's letters and digits alone: what it says, however it is set."""
    return "".join(re.findall(r"\w+", text)).casefold()


def finds_and_reads(reader: Phone, guide: Guide, text: bytes) -> None:
    """Searching for the title's words leads to the guide; each plain line of its text is on the screen."""
    assert guide.title in reader.search(guide.title)
    reader.choose(guide.title)
    assert reader.heading() == guide.title
    shown = letters_of(reader.guide())
    lines = [line for line in text.decode().splitlines() if re.fullmatch(r"[\w ,.«»?!—-]{30,}", line)]
    assert lines
    assert [line for line in lines if letters_of(line) not in shown] == []


def reads_and_writes(reader: Phone, real: Real, letter: str) -> None:
    """Somebody finds a guide, reads it, writes a letter and sends it."""
    finds_and_reads(reader, guide := real.changed(), real.text()[guide.path])
    reader.write(letter)
    reader.send()


def is_of_the_last(reader: Phone, real: Real, saved: Path) -> None:
    """Saved, the page holds byte for byte what was bound last, and shows what differs from the one before."""
    assert guides_in(reader.save_page(saved), LANGUAGE) == real.text()
    reader.home()
    finds_and_reads(reader, guide := real.changed(LAST - 1), real.text()[guide.path])
