"""Over paper: an edition goes out on sheets that are copied, worn and photographed; letters come back the same way."""

from __future__ import annotations

import time
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped] # it brings no types along
import pytest

from bench.corpus import Corpus
from bench.wear import COARSE, PRINTED_DPI, WORN, Wear, worn
from holub.formats import codename, letterkey
from holub.formats.letter import Kind, Letter, seal
from holub.formats.letterbody import Body, Topic
from holub.office.office import read_root
from holub.transit.carriers import FolderCarrier
from holub.transit.parcelfolder import open_shelf
from tests.journeys.centre import Centre, in_language, tree
from tests.journeys.command import holub

WORDS = "apple basket candle dolphin engine forest"


def photographed(pdf: Path, into: Path, wear: Wear, lost: int = 0) -> Path:
    """Photographs of all sheets but the first `lost`, after what happens to paper."""
    into.mkdir()
    with pypdfium2.PdfDocument(pdf) as printed:
        for number in range(lost, len(printed)):
            page = printed[number].render(scale=PRINTED_DPI / 72, grayscale=True).to_pil()
            (into / f"{number}.jpg").write_bytes(worn(page, wear, number))
    return into


def full(parcels: Path, language: str) -> Path:
    """The newest edition's full parcel of a language."""
    shown = holub("parcel", "show", parcels)["parcels"]
    rows = [row for row in shown if row["kind"] == "full" and row["language"] == language]
    return Path(max(rows, key=lambda row: int(row["to"]))["file"])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def test_an_edition_goes_out_on_worn_paper(centre: Centre, tmp_path: Path, place: Path) -> None:
    # Given an edition, when one language of it is printed with a sheet to lose, and the first sheet is lost,
    centre.bind()
    sheets = tmp_path / "sheets.pdf"
    told = holub("carry", "out", full(centre.parcels, "uk"), f"qr:{sheets}", "--lose", 1, "--root", centre.root)
    assert told["sheets"] == told["enough"] + 1
    with pypdfium2.PdfDocument(sheets) as printed:
        assert "Центр «Міст»" in printed[0].get_textpage().get_text_range()
    photographs = photographed(sheets, tmp_path / "photographs", WORN, lost=1)
    # then whoever photographs the others holds what was bound, signed by the centre, byte for byte.
    assert holub("carry", "in", f"qr:{photographs}", place)["parcels"] == 1
    told = holub("parcel", "apply", place / "parcels", "--to", tmp_path / "held", "--root", centre.root)
    assert (told["edition"], told["refused"]) == (1, [])
    assert in_language(tree(tmp_path / "held"), "uk") == in_language(centre.bound[1], "uk")


def test_letters_come_back_on_worn_paper(centre: Centre, tmp_path: Path, place: Path) -> None:
    # Given letters on a stick behind the blockade,
    centre.bind()
    shelf, _ = open_shelf(read_root(centre.root), [centre.parcels])
    key = letterkey.parse(shelf.packs["main", "uk"].services.leaves[0])
    stretched = codename.stretch(codename.normalise(WORDS), shelf.publisher.identity)
    texts = ["Чи працює пункт обігріву?", "Що відповідати на опитування?"]
    for number, text in enumerate(texts):
        letter = Letter(
            Kind.LETTER, codename.secret(stretched, key.number, number), Body(Topic.QUESTION, "uk", "main", text)
        )
        FolderCarrier(centre.stick).leave_letter(seal(letter, key, int(time.time())))
    # when they are printed, the sheets are carried out in a pocket, photographed, and put into the postbox,
    sheets = tmp_path / "post.pdf"
    assert holub("carry", "in", centre.stick, f"qr:{sheets}")["sheets"] == 1
    photographs = photographed(sheets, tmp_path / "photographs", COARSE)
    told = holub("carry", "in", f"qr:{photographs}", centre.box.url)
    assert (told["letters"], told["todo"]) == (2, [])
    # then the office opens both; the stick, carried out later, brings nothing new.
    assert centre.fetch_from_postbox().opened == 2
    assert sorted(letter.text for letter in centre.letters()) == sorted(texts)
    assert centre.fetch_from_stick().opened == 0


@pytest.mark.corpus
def test_a_language_of_real_guides_goes_out_on_paper(tmp_path: Path, place: Path, corpus: Corpus, code: bytes) -> None:
    guides = tmp_path / "corpus" / "ru"
    for path, text in corpus.packs("HEAD")["ru"].items():
        file = guides / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    (tmp_path / "centre").mkdir()
    with Centre(tmp_path / "centre", code, guides.parent) as centre:
        centre.bind()
        sheets = tmp_path / "sheets.pdf"
        holub("carry", "out", full(centre.parcels, "ru"), f"qr:{sheets}", "--lose", 2)
        photographs = photographed(sheets, tmp_path / "photographs", COARSE, lost=2)
        assert holub("carry", "in", f"qr:{photographs}", place)["parcels"] == 1
        told = holub("parcel", "apply", place / "parcels", "--to", tmp_path / "held", "--root", centre.root)
        assert (told["edition"], told["refused"]) == (1, [])
        assert tree(tmp_path / "held") == centre.bound[1]
