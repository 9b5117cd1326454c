"""`holub letters template`: kept from a file, listed, shown, removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holub.errors import Misused, Refused, Unavailable
from holub.office.office import Office
from tests.faces.cli.lettersoffice import PASSPHRASE, make_office, run

TEXT = "Школа не може відмовити.\n\nПросіть письмово."


@pytest.fixture
def office(tmp_path: Path) -> Path:
    make_office(tmp_path)
    (tmp_path / "text").write_text(f"\n{TEXT}\n", encoding="utf-8")
    return tmp_path


def add(folder: Path, *words: str) -> str:
    given = ["--title", "Школа", "--language", "uk", "--text-file", str(folder / "text"), *words]
    return run(folder, "template", "add", *given)


def listed(folder: Path) -> dict[str, object]:
    answer: dict[str, object] = json.loads(run(folder, "template", "list", "--json"))
    return answer


def test_one_is_kept_listed_shown_and_removed(office: Path) -> None:
    assert run(office, "template", "list") == "No templates.\n"
    assert add(office) == "It is template 1.\n"
    row = {"number": 1, "language": "uk", "title": "Школа"}
    assert json.loads(add(office, "--json")) == {**row, "number": 2}
    assert listed(office) == {"templates": [row, {**row, "number": 2}], "damaged": []}
    assert run(office, "template", "list") == "    1  uk   Школа\n    2  uk   Школа\n"
    assert run(office, "template", "show", "1") == TEXT + "\n"
    assert json.loads(run(office, "template", "show", "1", "--json")) == {**row, "text": TEXT}
    assert json.loads(run(office, "template", "remove", "1", "--dry-run", "--json")) == {"number": 1, "removed": False}
    assert run(office, "template", "remove", "1", "--dry-run") == "It would be removed.\n"
    assert run(office, "template", "remove", "1") == "It is removed.\n"
    assert listed(office) == {"templates": [{**row, "number": 2}], "damaged": []}


def test_a_damaged_one_is_named_and_can_be_removed(office: Path) -> None:
    with Office.open(office / "office", PASSPHRASE) as opened:
        opened.vault.put("template/3", b"noise")
    assert listed(office) == {"templates": [], "damaged": [3]}
    assert "3  damaged: remove it" in run(office, "template", "list")
    with pytest.raises(Refused, match="template 3 is damaged"):
        run(office, "template", "show", "3")
    run(office, "template", "remove", "3")
    assert listed(office) == {"templates": [], "damaged": []}


def test_what_does_not_fit_is_said(office: Path) -> None:
    with pytest.raises(Misused, match="there is no template 1"):
        run(office, "template", "remove", "1", "--dry-run")
    with pytest.raises(Misused, match="no language tag"):
        add(office, "--language", "Ukrainian")
    with pytest.raises(Unavailable, match="cannot be read"):
        add(office, "--text-file", str(office / "nowhere"))
    (office / "text").write_bytes(b"\xff\xfe")
    with pytest.raises(Misused, match="the template is not UTF-8 text"):
        add(office)
    assert listed(office) == {"templates": [], "damaged": []}
