"""Paper: bytes on a sheet, clean and worn; what may be lost; how many sheets guides take; seconds a page.

Its own parcels are random bytes. With a corpus it also prints guides of one language, as many as make 200 kB of text.
The damage is the model in bench/wear.py.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2  # type: ignore[import-untyped] # it brings no types along

from bench.corpus import Corpus
from bench.wear import COARSE, PRINTED_DPI, SCANNED, WORN, Wear, worn
from holub.errors import Unavailable
from holub.formats.base import write_base
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.qr import HARSH, USUAL, Layout, QrCarrier, plan
from holub.transit.carriers.qr.photos import pictures
from holub.transit.carriers.qr.reading import codes

CLEAN_BAR, WORN_BAR = 20_000, 18_000  # bytes of frames' symbols that are read from one page
SEEDS = 8
TEXT = 200_000  # bytes of guides
LANGUAGE = "ru"
_WEARS = {"clean": Wear(), "scanned": SCANNED, "coarse": COARSE, "worn": WORN}


def _pages(parcel: bytes, folder: Path, layout: Layout, lose: int) -> list[Any]:
    """The printed sheets."""
    file = folder / "sheets.pdf"
    QrCarrier(file, layout=layout, lose=lose).send([parcel])
    with pypdfium2.PdfDocument(file) as printed:
        return [page.render(scale=PRINTED_DPI / 72, grayscale=True).to_pil() for page in printed]


def _parcel(size: int, random: Random) -> bytes:
    return Parcel(Kind.LETTERS, random.randbytes(size - 8)).encode()


def _one_page(layout: Layout, folder: Path) -> list[dict[str, Any]]:
    """Symbol bytes that are read from one page after each wear, over the seeds."""
    symbol = (layout.frame - 16) // 8 * 8
    size = round(layout.codes * (1 - layout.worn)) * symbol
    parcel = _parcel(size, Random(1))
    page = _pages(parcel, folder, layout, 0)[0]
    rows = []
    for name, wear in _WEARS.items():
        read, took, whole = [], [], 0
        for seed in range(SEEDS if name != "clean" else 1):
            photo = folder / "photo.jpg"
            photo.write_bytes(worn(page, wear, seed))
            start = time.process_time()
            found = [code for _, picture in pictures(photo, _refuse) for code in codes(picture)]
            took.append(time.process_time() - start)
            read.append(symbol * sum(len(code) > layout.frame // 2 for code in found))
            whole += _comes_back(photo, parcel)
        rows.append(
            {
                "wear": name,
                "level": f"{layout.version}-{layout.level.upper()}",
                "pages": len(read),
                "least": min(read),
                "median": statistics.median(read),
                "whole": whole,
                "parcel": size,
                "seconds": statistics.median(took),
            }
        )
    return rows


def _comes_back(photos: Path, parcel: bytes) -> bool:
    try:
        return list(QrCarrier(photos).receive()) == [parcel]
    except Unavailable:
        return False


def _refuse(file: Path, why: Exception) -> None:
    raise AssertionError(f"{file.name} was not read: {why}")


def _lost(folder: Path) -> dict[str, Any]:
    """A parcel on six sheets at about twice what is needed, three of them gone, the others worn."""
    parcel = _parcel(3 * 36 * 504, Random(2))
    pages = _pages(parcel, folder, USUAL, 3)
    back = 0
    for seed in range(SEEDS):
        photos = folder / f"photos-{seed}"
        photos.mkdir()
        for number in Random(seed).sample(range(len(pages)), len(pages) - 3):
            (photos / f"{number}.jpg").write_bytes(worn(pages[number], WORN, 100 * seed + number))
        back += _comes_back(photos, parcel)
    return {"bytes": len(parcel), "sheets": len(pages), "lost": 3, "tries": SEEDS, "back": back}


def _writing(folder: Path) -> float:
    """Seconds of processor a page, fonts read already."""
    parcel = _parcel(3 * 36 * 504, Random(3))
    start = time.process_time()
    carrier = QrCarrier(folder / "timed.pdf", lose=3)
    carrier.send([parcel])
    made = carrier.written
    if made is None:
        raise AssertionError("nothing was written")
    return (time.process_time() - start) / made.sheets


def _guides(corpus: Path | None) -> dict[str, Any] | None:
    """Sheets for whole guides that make about 200 kB of text, in the order of their paths, and for all of them."""
    if corpus is None:
        return None
    packs = Corpus(corpus).packs("HEAD")
    language = LANGUAGE if LANGUAGE in packs else min(packs)
    pack = sorted(packs[language].items())
    some: list[tuple[str, bytes]] = []
    total = 0
    for path, text in pack:
        if total + len(text) > TEXT and some:
            break
        some.append((path, text))
        total += len(text)
    told: dict[str, Any] = {"language": language}
    for name, rows in (("some", some), ("all", pack)):
        # The text alone, as in a full parcel, whose signature and proof add some 300 bytes.
        size = len(write_base(rows)) + 300
        sheets = {f"lose {lose}": plan([size], lose=lose).sheets for lose in (0, 1, 3)}
        told[name] = {"guides": len(rows), "text": sum(len(text) for _, text in rows), "parcel": size, "sheets": sheets}
        told[name]["sheets"]["harsh, lose 1"] = plan([size], HARSH, lose=1).sheets
    return told


def run(corpus: Path | None) -> dict[str, Any]:
    """Bytes, sheets and seconds, beside the bars."""
    with tempfile.TemporaryDirectory(prefix="holub-bench-") as name:
        folder = Path(name)
        rows = [*_one_page(USUAL, folder), *_one_page(HARSH, folder)]
        return {
            "bar_clean": CLEAN_BAR,
            "bar_worn": WORN_BAR,
            "pages": rows,
            "lost": _lost(folder),
            "writing": _writing(folder),
            "guides": _guides(corpus),
        }


def table(result: dict[str, Any]) -> str:
    """A line for each wear and level, then sheets."""
    lines = [f"{'level':8}{'wear':10}{'least B':>9}{'median B':>10}{'parcel whole':>14}{'s a page, CPU':>15}"]
    for row in result["pages"]:
        bar = result["bar_clean"] if row["wear"] == "clean" else result["bar_worn"]
        over = "  OVER" if row["level"] == "15-L" and row["least"] < bar else ""
        whole = f"{row['whole']} of {row['pages']}"
        sizes = f"{row['least']:>9,}{row['median']:>10,.0f}{whole:>14}{row['seconds']:>15.2f}"
        lines.append(f"{row['level']:8}{row['wear']:10}{sizes}{over}")
    lines.append(f"bars, 15-L: {result['bar_clean']:,} B clean, {result['bar_worn']:,} B the least otherwise")
    lost = result["lost"]
    over = "" if lost["back"] == lost["tries"] else "  OVER"
    lines.append(
        f"{lost['bytes']:,} B on {lost['sheets']} sheets, {lost['lost']} lost, the others worn: "
        f"back {lost['back']} of {lost['tries']}{over}"
    )
    lines.append(f"writing a page: {result['writing']:.2f} s CPU")
    guides = result["guides"]
    if guides is None:
        lines.append("guides: left out, no corpus was named")
    else:
        for name in ("some", "all"):
            one = guides[name]
            sheets = " · ".join(f"{what}: {count}" for what, count in one["sheets"].items())
            lines.append(
                f"{one['guides']} guides in {guides['language']}, {one['text']:,} B of text, "
                f"{one['parcel']:,} B of parcel: sheets {sheets}"
            )
    return "\n".join(lines)
