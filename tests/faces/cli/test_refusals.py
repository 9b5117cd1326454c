"""What an outside script may rely on where a parcel is bad, or cannot be judged alone (docs/exit-codes.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holub.faces import cli
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Parcel, parse_parcel
from holub.formats.pictures import write_pictures_parcel
from holub.formats.sweep import write_sweep
from tests.faces.cli.command import is_told
from tests.formats import workedexample as example

Told = Callable[..., tuple[int, dict[str, Any], dict[str, Any]]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """A command with --json: its exit code, its answer, and its error; {} where one of them is not there."""

    def tell(*words: object) -> tuple[int, dict[str, Any], dict[str, Any]]:
        code = cli.run([*map(str, words), "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out or "{}"), json.loads(err or "{}").get("error", {})

    return tell


@pytest.fixture(autouse=True)
def _example_is_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: float(example.TIME + example.DAY + 60))


FIRST, (SECOND_SHEET, SECOND) = example.edition(1, example.FIRST), example.edition(2, example.SECOND)
FULL, UPDATE = example.full(), example.update()
SWEEP = write_sweep([FIRST[1]], [SECOND], SECOND_SHEET.signature)
OTHERS = {
    "update": UPDATE,
    "sweep": SWEEP,
    "stamps": PackStamps.of([FIRST[1]]).parcel(),
    "pictures": write_pictures_parcel("main", "en", {"tap.png": b"\x89PNG"}),
    "mailbag": MailbagParcel(1, "main", b"x", b"").parcel(),
}


def place(folder: Path, **parcels: Parcel) -> list[Path]:
    """The parcels as files named like the keywords."""
    folder.mkdir(exist_ok=True)
    files = [folder / f"{name}.hlp" for name in parcels]
    for file, parcel in zip(files, parcels.values(), strict=True):
        file.write_bytes(parcel.encode())
    return files


def bent(parcel: Parcel) -> Parcel:
    """The parcel with one bit of its signature turned over, and a check that fits: forged, not damaged."""
    stamp = SECOND.stamp if SECOND.stamp in parcel.body else FIRST[1].stamp
    return Parcel(parcel.kind, parcel.body.replace(stamp, bytes([stamp[0] ^ 1]) + stamp[1:]))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    file = tmp_path / "root.txt"
    file.write_bytes(example.publisher().encode())
    return file


@pytest.mark.parametrize("name", OTHERS)
def test_a_parcel_that_builds_on_others_is_neither_genuine_nor_forged_alone(
    name: str, root: Path, tmp_path: Path, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = place(tmp_path / "alone", it=OTHERS[name])
    for what in (file, file.parent) if name in ("update", "sweep", "stamps") else (file,):
        code, answer, error = told("edition", "verify", what, "--root", root)
        assert (code, answer, error["kind"]) == (2, {}, "misused")
        assert "alone" in error["what"]
        assert "one folder" in error["todo"]
    is_told(["edition", "verify", str(file), "--root", str(root)], 2, capsys)


def test_an_update_says_which_edition_it_needs(root: Path, tmp_path: Path, told: Told) -> None:
    update, sweep = place(tmp_path / "alone", update=UPDATE, sweep=SWEEP)
    assert (
        "of main/en that leads on from edition 1, to edition 2"
        in told("edition", "verify", update, "--root", root)[2]["what"]
    )
    assert "of all packs that leads on from edition 1" in told("edition", "verify", sweep, "--root", root)[2]["what"]


def test_beside_what_it_builds_on_an_update_is_genuine_or_forged(root: Path, tmp_path: Path, told: Told) -> None:
    place(tmp_path / "good", full=FULL, update=UPDATE)
    code, answer, _ = told("edition", "verify", tmp_path / "good", "--root", root)
    assert (code, answer["genuine"], answer["edition"]) == (0, True, 2)
    place(tmp_path / "bad", full=FULL, update=bent(UPDATE))
    code, _, error = told("edition", "verify", tmp_path / "bad", "--root", root)
    assert (code, error["kind"]) == (3, "refused")
    # Damage is seen without anything beside it.
    (file,) = place(tmp_path / "broken", update=UPDATE)
    file.write_bytes(file.read_bytes()[:-1])
    assert told("edition", "verify", file, "--root", root)[0] == 3


def test_what_is_forged_is_told_before_what_only_lacks_another(root: Path, tmp_path: Path, told: Told) -> None:
    place(tmp_path / "both", a=UPDATE, b=bent(FULL))
    assert told("edition", "verify", tmp_path / "both", "--root", root)[0] == 3


def test_what_an_edition_does_not_need_is_not_said_to_be_checked(root: Path, tmp_path: Path, told: Told) -> None:
    place(tmp_path / "all", full=example.full(2), update=bent(UPDATE))
    code, answer, _ = told("edition", "verify", tmp_path / "all", "--root", root)
    assert (code, answer["edition"], answer["unchecked"]) == (0, 2, ["update.hlp"])


def test_a_sheet_alone_is_genuine_or_forged(root: Path, tmp_path: Path, told: Told) -> None:
    good, bad = place(tmp_path / "sheets", good=FIRST[0].parcel(), bad=example.edition(1, example.FIRST)[0].parcel())
    code, answer, _ = told("edition", "verify", good, "--root", root)
    assert (code, answer["kind"], answer["edition"], answer["packs"]) == (0, "sheet", 1, ["main/en"])
    signature = FIRST[0].signature
    body = parse_parcel(bad.read_bytes()).body.replace(signature, bytes([signature[0] ^ 1]) + signature[1:])
    bad.write_bytes(Parcel(FIRST[0].parcel().kind, body).encode())
    assert told("edition", "verify", bad, "--root", root)[0] == 3


def test_a_proof_points_to_its_guide(
    root: Path, tmp_path: Path, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    place(tmp_path / "parcels", full=FULL)
    code, answer, _ = told(
        "edition", "prove", "en/water.md", "--parcels", tmp_path / "parcels", "--root", root, "--out", tmp_path / "out"
    )
    assert code == 0
    proof = Path(answer["proofs"][0]["file"])
    guide = proof.with_name("water.md")
    code, _, error = told("edition", "verify", proof, "--root", root)
    assert (code, error["todo"]) == (2, f"give the guide beside it: {guide}")
    assert told("edition", "verify", guide, "--root", root)[1]["path"] == "water.md"
    guide.unlink()
    code, _, error = told("edition", "verify", proof, "--root", root)
    assert (code, "--proof" in error["todo"]) == (2, True)
    guide.write_bytes(example.FIRST["water.md"])
    proof.unlink()
    code, _, error = told("edition", "verify", guide, "--root", root)
    assert (code, "water.md.proof" in error["todo"]) == (3, True)


def test_people_read_words_and_no_lists_of_a_program(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place(tmp_path / "parcels", full=FULL)
    assert cli.run(["edition", "verify", str(tmp_path / "parcels"), "--root", str(root)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "genuine, of Example: edition 1",
        "packs: main/en",
        "guides: 2",
        "not complete: the edition's sheet, or a pack that it names, is not here",
    ]


def test_the_good_ones_are_applied_and_the_bad_one_is_told(
    root: Path, tmp_path: Path, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    good, forged, update = place(tmp_path / "parcels", good=FULL, forged=bent(UPDATE), update=UPDATE)
    broken = tmp_path / "broken.hlp"
    broken.write_bytes(FULL.encode()[:-1])
    for number, bad in enumerate((forged, broken)):
        to = tmp_path / f"to-{number}"
        code, answer, error = told("parcel", "apply", bad, good, "--to", to, "--root", root)
        assert (code, error["kind"], error["what"].partition(":")[0]) == (3, "refused", bad.name)
        assert (answer["applied"], answer["edition"], [row["file"] for row in answer["refused"]]) == (1, 1, [bad.name])
        assert (to / "en" / "water.md").read_bytes() == example.FIRST["water.md"]
        # The same where it stands alone, or where what is good was applied before.
        assert told("parcel", "apply", bad, "--to", to, "--root", root)[0] == 3
    code, answer, _ = told("parcel", "apply", update, "--to", to, "--root", root)
    assert (code, answer["edition"], answer["refused"]) == (0, 2, [])
    is_told(["parcel", "apply", str(forged), "--to", str(tmp_path / "new"), "--root", str(root)], 3, capsys)


def test_what_waits_for_another_parcel_is_no_error_beside_what_was_applied(
    root: Path, tmp_path: Path, told: Told
) -> None:
    full, stamps = place(tmp_path / "parcels", full=FULL, stamps=OTHERS["stamps"])
    code, answer, error = told("parcel", "apply", full, stamps, "--to", tmp_path / "to", "--root", root)
    assert (code, error) == (0, {})
    assert [row["file"] for row in answer["refused"]] == ["stamps.hlp"]
    (update,) = place(tmp_path / "alone", update=UPDATE)
    code, answer, error = told("parcel", "apply", update, "--to", tmp_path / "new", "--root", root)
    assert (code, answer, error["kind"]) == (3, {}, "refused")


def test_a_file_that_can_not_be_read_is_told_after_what_was_refused(root: Path, tmp_path: Path, told: Told) -> None:
    good, forged = place(tmp_path / "parcels", good=FULL, forged=bent(UPDATE))
    missing = tmp_path / "missing.hlp"
    apply = ("parcel", "apply", "--to", tmp_path / "to", "--root", root)
    code, answer, error = told(*apply, missing, good)
    assert (code, answer["applied"], error["kind"]) == (4, 1, "unavailable")
    assert told(*apply, missing, forged)[0] == 3


def test_damage_is_told_beside_what_is_shown(tmp_path: Path, told: Told) -> None:
    (good,) = place(tmp_path / "parcels", good=FULL)
    broken = tmp_path / "broken.hlp"
    broken.write_bytes(FULL.encode()[:-1])
    code, answer, error = told("parcel", "show", broken, good)
    assert (code, len(answer["parcels"]), len(answer["refused"]), error["kind"]) == (3, 1, 1, "refused")
    code, answer, _ = told("parcel", "show", good)
    assert (code, answer["refused"]) == (0, [])


@pytest.mark.parametrize("command", ["apply", "show"])
def test_a_folder_without_parcels_is_no_success(command: str, root: Path, tmp_path: Path, told: Told) -> None:
    (tmp_path / "stick").mkdir()
    more = ("--to", tmp_path / "held", "--root", root) if command == "apply" else ()
    code, answer, error = told("parcel", command, tmp_path / "stick", *more)
    assert (code, answer) == (3, {})
    assert error["what"] == "there are no parcels here"
    assert not (tmp_path / "held").exists()


def test_an_empty_argument_is_not_the_folder_at_hand(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words").write_text("a passphrase of several words\n")
    for words in (
        ("keys", "new", "--office", "", "--passphrase-file", "words"),
        ("mirror", "", "--parcels", "."),
        ("press", "check", ""),
    ):
        code, answer, error = told(*words)
        assert (code, answer, error["what"]) == (2, {}, "an argument is empty")
    assert [file.name for file in tmp_path.iterdir()] == ["words"]
