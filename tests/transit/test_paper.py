"""Sheets that are printed, worn, photographed in every way, mixed up, torn and faked; and what is said then."""

from __future__ import annotations

import importlib
import random
import struct
import tempfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped] # it brings no types along
import pytest
import segno
from PIL import Image

from bench.wear import COARSE, SCANNED, WORN, Wear, worn
from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.qr import HARSH, USUAL, Caption, Layout, QrCarrier, packages, reading


def parcel(size: int, seed: int = 1) -> bytes:
    return Parcel(Kind.LETTERS, random.Random(seed).randbytes(size - 8)).encode()


@cache
def printed(size: int, layout: Layout = USUAL, lose: int = 0, seed: int = 1) -> tuple[Image.Image, ...]:
    """The pages of one parcel's sheets, as a good printer prints them, 300 dots an inch."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sheets.pdf"
        QrCarrier(file, layout=layout, lose=lose).send([parcel(size, seed)])
        with pypdfium2.PdfDocument(file) as pdf:
            return tuple(page.render(scale=300 / 72, grayscale=True).to_pil() for page in pdf)


def save(folder: Path, name: str, picture: Image.Image) -> None:
    picture.save(folder / name)


# Wear and tear: a parcel of 18 kB on one sheet, and several of which some are lost.


@pytest.mark.parametrize("wear", [SCANNED, COARSE, WORN], ids=["scanned", "coarse", "worn"])
def test_18_kb_come_back_from_one_sheet(tmp_path: Path, wear: Wear) -> None:
    (tmp_path / "photo.jpg").write_bytes(worn(printed(18_000)[0], wear, 2))
    assert list(QrCarrier(tmp_path).receive()) == [parcel(18_000)]


def test_sheets_for_harsh_use_are_read_worn(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(worn(printed(11_000, HARSH)[0], WORN, 3))
    assert list(QrCarrier(tmp_path).receive()) == [parcel(11_000)]


def test_as_many_sheets_may_be_lost_as_was_asked_for(tmp_path: Path) -> None:
    pages = printed(36_000, lose=2)
    assert len(pages) == 4
    for number in (1, 3):
        (tmp_path / f"{number}.jpg").write_bytes(worn(pages[number], COARSE, number))
    assert list(QrCarrier(tmp_path).receive()) == [parcel(36_000)]


# The ways in which people photograph and save.

WAYS: dict[str, Callable[[Path, Image.Image], None]] = {
    "png": lambda folder, page: save(folder, "a.PNG", page),
    "black and white": lambda folder, page: save(folder, "a.png", page.convert("1")),
    "with a transparent ground": lambda folder, page: save(folder, "a.png", _transparent(page)),
    "16 bits of grey": lambda folder, page: save(
        folder, "a.png", page.convert("I").point(lambda value: value * 256).convert("I;16")
    ),
    "webp": lambda folder, page: page.resize((1654, 2339)).save(folder / "a.webp", quality=70),
    "cmyk": lambda folder, page: save(folder, "a.jpg", page.convert("CMYK")),
    "a tiff with an empty page first": lambda folder, page: Image.new("1", (200, 200), 1).save(
        folder / "a.tiff", save_all=True, append_images=[page.convert("1")], compression="group4"
    ),
    "a pdf of a scan": lambda folder, page: page.save(folder / "a.pdf", resolution=300),
    "lying on its side": lambda folder, page: save(folder, "a.jpg", page.rotate(90, expand=True)),
    "upside down": lambda folder, page: save(folder, "a.jpg", page.rotate(180)),
    "turned by the camera's note": lambda folder, page: _noted(folder / "a.jpg", page),
    "aslant": lambda folder, page: save(folder, "a.jpg", page.rotate(23, Image.Resampling.BICUBIC, True, fillcolor=70)),
    "in two halves": lambda folder, page: _halves(folder, page),
    "with 50 million dots": lambda folder, page: page.resize((5950, 8420)).save(folder / "a.jpg", quality=40),
}


def _transparent(page: Image.Image) -> Image.Image:
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=page.point(lambda value: 255 - value))
    return clear


def _noted(file: Path, page: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    page.rotate(90, expand=True).save(file, exif=exif)


def _halves(folder: Path, page: Image.Image) -> None:
    middle = page.height // 2
    save(folder, "a.jpg", page.crop((0, 0, page.width, middle + 250)))
    save(folder, "b.jpg", page.crop((0, middle - 250, page.width, page.height)))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_sheet_is_read(tmp_path: Path, way: Callable[[Path, Image.Image], None]) -> None:
    way(tmp_path, printed(18_000)[0])
    assert list(QrCarrier(tmp_path).receive()) == [parcel(18_000)]


def test_one_file_can_be_named_too(tmp_path: Path) -> None:
    save(tmp_path, "a.png", printed(18_000)[0])
    assert list(QrCarrier(tmp_path / "a.png").receive()) == [parcel(18_000)]


def test_what_is_hard_to_read_is_left_once_nothing_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[bool] = []
    real = reading._read

    def read(picture: Image.Image, *, downscale: bool) -> list[tuple[bytes, reading.Box]]:
        looks.append(downscale)
        return real(picture, downscale=downscale)

    monkeypatch.setattr(reading, "_read", read)
    (tmp_path / "b.jpg").write_bytes(worn(printed(18_000)[0], WORN, 2))
    assert list(QrCarrier(tmp_path / "b.jpg").receive())
    assert looks[0]
    # The same photograph after one that gave the parcel is looked at once, not in tiles.
    save(tmp_path, "a.png", printed(18_000)[0])
    looks.clear()
    assert list(QrCarrier(tmp_path).receive()) == [parcel(18_000)]
    assert looks == [True, True]
    # Where something lacks, it is looked at in tiles too.
    (tmp_path / "a.png").unlink()
    looks.clear()
    (tmp_path / "b.jpg").write_bytes(worn(printed(36_000)[0], WORN, 2))
    assert missing(tmp_path)
    assert looks.count(False) > 3


# What is said.


def missing(place: Path) -> Unavailable:
    with pytest.raises(Unavailable) as told:
        list(QrCarrier(place).receive())
    return told.value


def test_a_sheet_that_nobody_photographed_is_named(tmp_path: Path) -> None:
    pages = printed(36_000)
    assert len(pages) == 2
    save(tmp_path, "1.png", pages[0])
    told = missing(tmp_path)
    assert told.what == "40 of 72 frames of the nearest parcel came, and no parcel is whole"
    assert told.todo == "32 more codes are needed: photograph sheet 2, of which nothing was seen"


def test_a_sheet_that_was_half_photographed_is_named(tmp_path: Path) -> None:
    pages = printed(36_000)
    save(tmp_path, "1.png", pages[0])
    save(tmp_path, "2.png", pages[1].crop((0, 0, 2480, 1500)))
    assert missing(tmp_path).todo.endswith("more codes are needed: photograph sheet 2 again")


def test_where_no_heading_was_photographed_no_sheet_is_named(tmp_path: Path) -> None:
    save(tmp_path, "1.png", printed(36_000)[0].crop((0, 300, 2480, 3508)))
    assert missing(tmp_path).todo == (
        "32 more codes are needed: photograph the sheets again, each whole, with its heading"
    )


def test_sheets_of_two_sets_are_noticed(tmp_path: Path) -> None:
    save(tmp_path, "1.png", printed(36_000)[0])
    save(tmp_path, "2.png", printed(36_000, seed=2)[1])
    told = missing(tmp_path)
    assert told.what.endswith("; there are sheets of 2 different sets among them")
    assert "photograph sheet" in told.todo


def test_a_whole_parcel_comes_although_another_lacks_a_sheet(tmp_path: Path) -> None:
    save(tmp_path, "1.png", printed(36_000)[0])
    save(tmp_path, "2.png", printed(18_000)[0])
    carrier = QrCarrier(tmp_path)
    assert list(carrier.receive()) == [parcel(18_000)]
    assert carrier.seen.advice() == ["32 more codes are needed: photograph sheet 2, of which nothing was seen"]


def test_strangers_codes_are_passed_over_and_counted(tmp_path: Path) -> None:
    for number, text in enumerate(("https://example.org", "a" * 300)):
        segno.make(text).save(str(tmp_path / f"{number}.png"), scale=6, border=6)
    told = missing(tmp_path)
    assert told.what == "no frames came; 2 codes on them are somebody else's"
    save(tmp_path, "sheet.png", printed(18_000)[0])
    carrier = QrCarrier(tmp_path)
    assert list(carrier.receive()) == [parcel(18_000)]
    assert carrier.seen.strangers == 2


def test_a_false_mark_changes_nothing_but_advice(tmp_path: Path) -> None:
    page = printed(18_000)[0].copy()
    segno.make(bytes.fromhex("a1000000000101ffff"), mode="byte", micro=False).save(str(tmp_path / "0.png"), scale=8)
    save(tmp_path, "a.png", page)
    assert list(QrCarrier(tmp_path).receive()) == [parcel(18_000)]


# Files that are not what they seem.


def _bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b"")
    )


FALSE: dict[str, tuple[str, bytes, str]] = {
    "a text that is called a picture": ("a.jpg", b"no picture at all", "is no picture that can be read"),
    "an empty file": ("a.png", b"", "is no picture that can be read"),
    "a picture cut short": ("a.png", _bomb(300, 300)[:60], "is no picture that can be read"),
    "a small file that claims a wall": ("a.png", _bomb(60_000, 60_000), "is no picture that can be read"),
    "a small file that claims a large picture": ("a.png", _bomb(12_000, 12_000), "which is too many"),
    "a text that is called a pdf": ("a.pdf", b"%PDF-1.7 and nothing", "is no PDF that can be read"),
    "a telephone's own form": ("a.heic", b"\0\0\0\x18ftypheic", "cannot be read here"),
    "a gif": ("a.png", b"GIF89a" + bytes(40), "is no picture that can be read"),
}


@pytest.mark.parametrize(("name", "data", "said"), FALSE.values(), ids=FALSE.keys())
def test_it_is_refused_and_holds_up_nothing(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused, match=said):
        list(QrCarrier(tmp_path).receive())
    save(tmp_path, "b.png", printed(18_000)[0])
    carrier = QrCarrier(tmp_path)
    assert list(carrier.receive()) == [parcel(18_000)]
    assert [file.name for file, _ in carrier.unusable] == [name]


def test_a_pdf_with_a_page_of_a_kilometre_takes_no_more_room_than_another(tmp_path: Path) -> None:
    with pypdfium2.PdfDocument.new() as pdf:
        pdf.new_page(14_000, 14_000)
        pdf.save(tmp_path / "a.pdf")
    assert missing(tmp_path).what == "no frames came"


EMPTY: dict[str, str] = {"": "there are no photographs in", "absent": "there are no photographs at"}


@pytest.mark.parametrize(("name", "said"), EMPTY.items())
def test_where_there_is_nothing_it_says_so(tmp_path: Path, name: str, said: str) -> None:
    assert said in missing(tmp_path / name).what


# Writing.


def test_the_file_says_what_it_is_and_not_who_made_it_or_when(tmp_path: Path) -> None:
    caption = Caption(("uk", "ar"), "Центр «Міст»", (11, 21), words="apple basket candle")
    QrCarrier(tmp_path / "a.pdf", caption, lose=1).send([parcel(18_000)])
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as pdf:
        told = pdf.get_metadata_dict(skip_empty=True)
        text = pdf[1].get_textpage().get_text_range()
        assert (len(pdf), [round(side) for side in pdf[0].get_size()]) == (2, [595, 842])
    assert told.keys() <= {"Title", "Creator"}
    assert told["Title"] == "notes"
    assert "аркуш 2 з 2, досить будь-яких 1" in text
    assert "of 21 November · sheet 2 of 2, any 1 are enough" in text
    assert "apple basket candle" in text
    first = (tmp_path / "a.pdf").read_bytes()
    QrCarrier(tmp_path / "a.pdf", caption, lose=1).send([parcel(18_000)])
    assert (tmp_path / "a.pdf").read_bytes() == first


def test_a_long_name_in_three_languages_takes_no_room_from_the_codes(tmp_path: Path) -> None:
    name = "Центр громадянського спротиву та взаємодопомоги " * 4
    caption = Caption(("uk", "ar"), name, (11, 21), words="apple basket candle")
    QrCarrier(tmp_path / "a.pdf", caption, lose=0).send([parcel(18_000)])
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as pdf:
        assert "apple basket candle" in pdf[0].get_textpage().get_text_range()
    assert list(QrCarrier(tmp_path / "a.pdf").receive()) == [parcel(18_000)]


def test_progress_tells_each_code(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    QrCarrier(tmp_path / "a.pdf").send([parcel(2_000)], lambda _, done, needed: told.append((done, needed)))
    assert told == [(done, 4) for done in range(1, 41)]


@pytest.mark.parametrize("name", ["sheets", "sheets.png"])
def test_sheets_are_a_pdf(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misused, match="written as a PDF"):
        QrCarrier(tmp_path / name).send([parcel(100)])


@pytest.mark.parametrize("module", ["typst", "segno", "PIL.Image", "zxingcpp", "pypdfium2"])
def test_what_is_not_installed_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    QrCarrier(tmp_path / "a.pdf").send([parcel(100)])

    def absent(name: str) -> object:
        if name == module:
            raise ImportError(name)
        return real(name)

    real = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", absent)

    def both() -> None:
        QrCarrier(tmp_path / "b.pdf").send([parcel(100)])
        list(QrCarrier(tmp_path).receive())

    with pytest.raises(HolubError, match=f"the package {packages.NAMES[module]}, which is not installed") as told:
        both()
    assert told.value.todo == "install it from the file that holub came in: pip install './holub-….whl[paper]'"
