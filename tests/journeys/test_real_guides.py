"""Real guides, in Russian, from a repository's own history: found, read, and brought up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.corpus import Corpus
from holub.outbound.press.guide import Guide, parse_guide
from tests.journeys.centre import Centre, in_language
from tests.journeys.conftest import NewPhone
from tests.journeys.phone import Phone, guides_in

pytestmark = [pytest.mark.browser, pytest.mark.corpus]
LANGUAGE = "ru"
BACK = (60, 20, 3, 1, 0)  # changes of the language's folder, counted back from the last one


@dataclass(frozen=True)
class Real:
    """A centre that has bound five revisions. old: the first edition's page in a file; changed: one that differs."""

    centre: Centre
    old: Path
    changed: Guide


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus, code: bytes) -> Iterator[Real]:
    folder = tmp_path_factory.mktemp("real")
    inside = f"{corpus.top}/{LANGUAGE}".removeprefix("/")
    changes = corpus.git("log", "--first-parent", "--format=%H", "HEAD", "--", inside).decode().split()
    (folder / "none").mkdir()
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
            assert centre.bind(days=len(BACK) - number).edition == number
            if number == 1:
                old = folder / "notes.html"
                old.write_bytes(centre.reading_page(LANGUAGE))
        centre.send_to_stick()
        centre.send_to_postbox()
        yield Real(centre, old, a_changed_guide(centre))


def a_changed_guide(centre: Centre) -> Guide:
    """A guide of the last edition that was another one in the first, with a title that no other has."""
    before, after = (in_language(centre.bound[number], LANGUAGE) for number in (1, len(BACK)))
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


def test_an_edition_of_real_guides_is_read_over_http_and_from_a_stick(real: Real, phone: NewPhone) -> None:
    # Given an edition of real guides, when it is opened from the postbox and from a stick,
    text = real.centre.bound[len(BACK)][LANGUAGE, real.changed.path]
    for address in (real.centre.address + "/", (real.centre.stick / f"{LANGUAGE}.html").as_uri()):
        # then a guide is found by searching, and reads as it was bound.
        finds_and_reads(phone(address, LANGUAGE), real.changed, text)


@pytest.mark.parametrize("way", ["files", "site"])
def test_an_old_page_of_real_guides_catches_up(real: Real, phone: NewPhone, tmp_path: Path, way: str) -> None:
    # Given the first edition's page, when it takes what came since, from a stick's parcels or from the site,
    first, last = (in_language(real.centre.bound[number], LANGUAGE) for number in (1, len(BACK)))
    assert guides_in(real.old, LANGUAGE) == first
    reader = phone(real.old.as_uri(), LANGUAGE)
    if way == "files":
        reader.update_from_files((real.centre.stick / "parcels").glob("*.hlp"))
    else:
        reader.update_from_site()
    reader.is_updated()
    # then it holds, byte for byte, what was bound last, and shows it.
    assert guides_in(reader.save_page(tmp_path / "saved.html"), LANGUAGE) == last
    reader.home()
    finds_and_reads(reader, real.changed, last[real.changed.path])
