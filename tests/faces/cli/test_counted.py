"""A number stands with the right form of its noun in what commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holub.faces import cli
from holub.faces.cli import frame
from tests.formats.signed import ROOT, full, publish

FOLDER = Path(cli.__file__).parent
NOUNS = (
    "checklists|codes|editors|errors|files|frames|guides|keys|letters|messages|minutes|mistakes|pages|parcels|pictures"
    "|places|replies|sections|sheets|signatures|updates|warnings"
)
# A number in braces, up to two words, and a noun for many.
UNCOUNTED = re.compile(r"\{[^{}]+\} (?:[a-z]+ ){0,2}(?:" + NOUNS + r")\b")


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (0, ("parcel",), "0 parcels"),
        (1, ("parcel",), "1 parcel"),
        (2, ("root key",), "2 root keys"),
        (1_000, ("letter",), "1,000 letters"),
        (1, ("reply", "replies"), "1 reply"),
        (3, ("reply", "replies"), "3 replies"),
    ],
)
def test_a_number_has_the_right_form_of_its_noun(count: int, words: tuple[str, ...], said: str) -> None:
    assert frame.counted(count, *words) == said


def test_one_parcel_with_one_guide_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, packs = publish(1, {"uk": {"a.md": b"# A\n"}})
    for name, parcel in (("sheet", sheet.parcel()), ("uk", full(packs["uk"]))):
        (tmp_path / f"{name}.hlp").write_bytes(parcel.encode())
    (tmp_path / "root.txt").write_bytes(ROOT.encode())
    where = ["--to", str(tmp_path / "to"), "--root", str(tmp_path / "root.txt")]
    assert cli.run(["parcel", "apply", str(tmp_path / "uk.hlp"), *where]) == 0
    assert capsys.readouterr().out == "edition 1: 1 parcel applied, 1 file written, 0 taken away\n"
    assert cli.run(["parcel", "apply", str(tmp_path / "sheet.hlp"), str(tmp_path / "uk.hlp"), *where]) == 0
    assert "2 parcels applied, 0 files written" in capsys.readouterr().out


def test_no_command_writes_a_noun_for_many_after_a_number() -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert len(files) > 10
    assert [(file.name, found) for file in files for found in UNCOUNTED.findall(file.read_text(encoding="utf-8"))] == []
    assert UNCOUNTED.search('f"{len(parcels)} new parcels"')
