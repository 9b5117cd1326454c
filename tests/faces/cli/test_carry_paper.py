"""`holub carry` with sheets of paper: what is printed, what is read, what is said where something lacks."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped] # it brings no types along
import pytest

from holub.faces import cli
from holub.formats.letterbag import read_letters, write_letters
from holub.formats.parcel import Kind, Parcel, parcel_name, parse_parcel
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.qr import QrCarrier

MISUSED, REFUSED, UNAVAILABLE = 2, 3, 4


def carry(*words: object, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Runs `holub carry` with --json; it must do what it was asked."""
    code = cli.run(["carry", *(str(word) for word in words), "--json"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    answer: dict[str, object] = json.loads(out)
    return answer


def refused(*words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Runs `holub carry`, which must not do what it was asked; gives the exit code and all that it said."""
    code = cli.run(["carry", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    assert out == ""
    return code, err


def bag(number: int, letters: int = 2) -> bytes:
    chance = random.Random(number)
    return write_letters([chance.randbytes(256) for _ in range(letters)]).encode()


def pages(pdf: Path, into: Path, wanted: tuple[int, ...]) -> None:
    """Photographs of some of the sheets, counted from 0."""
    into.mkdir(exist_ok=True)
    with pypdfium2.PdfDocument(pdf) as printed:
        for number in wanted:
            printed[number].render(scale=200 / 72, grayscale=True).to_pil().save(into / f"{pdf.stem}-{number}.png")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def test_parcels_and_saved_letters_go_on_sheets_and_come_back(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "parcels").mkdir()
    (tmp_path / "parcels" / "one.hlp").write_bytes(bag(1))
    (tmp_path / "letter.hll").write_bytes(bytes(range(256)))
    sheets = tmp_path / "sheets.pdf"
    told = carry("out", tmp_path / "parcels", tmp_path / "letter.hll", f"qr:{sheets}", capsys=capsys)
    assert told == {"parcels": 2, "bytes": len(bag(1)) + 267, "sheets": 1, "enough": 1, "codes": 40}
    told = carry("in", f"qr:{sheets}", place, capsys=capsys)
    assert told == {"letters": 3, "damaged": 0, "parcels": 0, "bytes": 0, "todo": []}
    letters = set(FolderCarrier(place).collect_letters().letters)
    assert letters == {bytes(range(256)), *read_letters(parse_parcel(bag(1)).body)}


def test_letters_of_a_stick_are_copied_on_sheets_and_stay(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for letter in read_letters(parse_parcel(bag(1, 5)).body):
        FolderCarrier(stick).leave_letter(letter)
    told = carry("in", stick, f"qr:{tmp_path / 'post.pdf'}", "--lose", 1, capsys=capsys)
    assert (told["sheets"], told["enough"]) == (2, 1)
    assert len(FolderCarrier(stick).collect_letters().letters) == 5
    pages(tmp_path / "post.pdf", tmp_path / "photos", (1,))
    assert carry("in", f"qr:{tmp_path / 'photos'}", place, capsys=capsys)["letters"] == 5


def test_other_parcels_come_where_parcels_are(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Nobody on the way looks into a parcel: its reader will.
    update, sheets = Parcel(Kind.UPDATE, random.Random(1).randbytes(3_000)).encode(), tmp_path / "sheets.pdf"
    QrCarrier(sheets).send([update])
    told = carry("in", f"qr:{sheets}", place, capsys=capsys)
    assert (told["letters"], told["parcels"], told["bytes"]) == (0, 1, len(update))
    assert (place / "parcels" / parcel_name(update)).read_bytes() == update


def test_what_lacks_is_said_beside_what_came(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, letters in (("long", 100), ("short", 1)):
        (tmp_path / f"{name}.hlp").write_bytes(bag(3, letters))
        carry("out", tmp_path / f"{name}.hlp", f"qr:{tmp_path / name}.pdf", "--lose", 0, capsys=capsys)
    pages(tmp_path / "long.pdf", tmp_path / "photos", (0,))
    code, said = refused("in", f"qr:{tmp_path / 'photos'}", place, capsys=capsys)
    assert code == UNAVAILABLE
    assert "to do: 12 more codes are needed: photograph sheet 2, of which nothing was seen" in said
    pages(tmp_path / "short.pdf", tmp_path / "photos", (0,))
    (tmp_path / "photos" / "x.jpg").write_bytes(b"nothing")
    told = carry("in", f"qr:{tmp_path / 'photos'}", place, capsys=capsys)
    assert told["letters"] == 1
    assert told["todo"] == [
        "another parcel is not whole: 12 more codes are needed: photograph sheet 2, of which nothing was seen",
        "x.jpg was passed over: x.jpg is no picture that can be read",
    ]


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no file is named": (("out", "a.hlp", "qr:"), MISUSED, "qr: names no file"),
    "it is no pdf": (("out", "a.hlp", "qr:a.png"), MISUSED, "sheets are written as a PDF"),
    "the parcel is not there": (("out", "absent.hlp", "qr:a.pdf"), UNAVAILABLE, "cannot be read"),
    "it is no parcel": (("out", "notes.txt", "qr:a.pdf"), MISUSED, "is neither a parcel nor a sealed letter"),
    "it is a damaged parcel": (("out", "bad.hlp", "qr:a.pdf"), REFUSED, "damaged on the way"),
    "the folder is empty": (("out", "place", "qr:a.pdf"), UNAVAILABLE, "there are no parcels there"),
    "the stick has no letters": (("in", "place", "qr:a.pdf"), UNAVAILABLE, "there are no letters there"),
    "it is more than a pile": (("out", "huge.hlp", "qr:a.pdf"), MISUSED, "more than 200 sheets of paper"),
    "sheets are read by carry out": (("out", "qr:place", "place"), MISUSED, "read by carry in"),
    "sheets are printed from sheets": (("in", "qr:place", "qr:a.pdf"), MISUSED, "one way at a time"),
    "sheets are a stick": (("sync", "place", "qr:a.pdf"), MISUSED, "one way at a time"),
    "there are no photographs": (("in", "qr:place", "place"), UNAVAILABLE, "there are no photographs in"),
}


@pytest.mark.parametrize(("words", "code", "said"), WRONG.values(), ids=WRONG.keys())
def test_it_says_so_when(
    tmp_path: Path,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert place.name == "place"
    Path("a.hlp").write_bytes(bag(1))
    Path("bad.hlp").write_bytes(bag(1)[:-1] + b"\0")
    Path("notes.txt").write_bytes(b"notes")
    Path("huge.hlp").write_bytes(Parcel(Kind.LETTERS, bytes(5_000_000)).encode())
    told = refused(*words, capsys=capsys)
    assert (told[0], said in told[1]) == (code, True), told[1]
    assert not Path("a.pdf").exists()
