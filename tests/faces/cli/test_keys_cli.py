"""The commands of keys and of sections, as a centre, its holders and its editors call them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from holub.faces import cli
from holub.office.office import Office, read_root
from tests.faces.cli.command import Run, rows

WORDS = {"office": "words of the office", "holder": "words of a holder", "ana": "words of ana", "ben": "words of ben"}


@pytest.fixture
def secret(tmp_path: Path) -> Callable[[str], Path]:
    """The passphrase file of somebody."""

    def write(who: str) -> Path:
        file = tmp_path / f"{who}.passphrase"
        file.write_text(WORDS[who] + "\n")
        return file

    return write


@pytest.fixture
def guides(tmp_path: Path) -> Path:
    (tmp_path / "guides" / "uk").mkdir(parents=True)
    (tmp_path / "guides" / "uk" / "one.md").write_text("# Перша\n", encoding="utf-8")
    return tmp_path / "guides"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The guides of a town's editors."""
    (tmp_path / "town" / "uk").mkdir(parents=True)
    (tmp_path / "town" / "uk" / "water.md").write_text("# Вода\n", encoding="utf-8")
    return tmp_path / "town"


class Centre:
    """An office's folder, and the words that its commands begin with."""

    def __init__(self, run: Run, folder: Path, words: Path, out: Path) -> None:
        self.run, self.folder, self.words, self.out = run, folder, words, out
        self.root = folder / "root.txt"

    def keys(self, command: str, *more: object, code: int = 0) -> dict[str, object]:
        given = ("--office", self.folder, "--passphrase-file", self.words)
        return self.run("keys", command, *given, *more, code=code)

    def bind(self, guides: Path, *more: object, code: int = 0) -> dict[str, object]:
        given = ("--office", self.folder, "--out", self.out, "--passphrase-file", self.words)
        return self.run("press", "bind", guides, *given, *more, code=code)


@pytest.fixture
def centre(run: Run, tmp_path: Path, secret: Callable[[str], Path]) -> Centre:
    made = Centre(run, tmp_path / "office", secret("office"), tmp_path / "parcels")
    made.keys("new", "--name", "Центр")
    return made


def test_a_rotation_and_what_is_shown_of_it(centre: Centre, run: Run, guides: Path, tmp_path: Path) -> None:
    centre.bind(guides)
    old = shutil.copy(centre.root, tmp_path / "old-root.txt")
    would = centre.keys("rotate", "--edition", "--dry-run")
    assert (would["taken"], would["serial"]) == (False, 2)
    assert centre.root.read_bytes() == Path(old).read_bytes()
    done = centre.keys("rotate", "--edition", "--days", 400)
    assert (done["taken"], done["removed"]) == (True, ["edition/1"])
    shown = run("keys", "show", centre.root)
    assert (shown["serial"], shown["documents"]) == (2, 2)
    assert shown["identity"] == run("keys", "show", old)["identity"]
    assert shown["edition_keys"] != run("keys", "show", old)["edition_keys"]

    bound = centre.bind(guides)
    assert bound["root"] == {"expiry": done["expiry"], "expires_soon": False}
    # The folder still holds parcels that the old key signed: they are named, and the rest is genuine.
    verified = run("edition", "verify", centre.out, "--root", centre.root)
    assert verified["edition"] == 2
    assert verified["complete"]
    assert verified["passed_over"]
    fresh = next(row["path"] for row in rows(bound, "parcels") if (row["kind"], row["language"]) == ("full", "uk"))
    assert run("edition", "verify", fresh, "--root", old, code=3)["kind"] == "refused"
    stale = [centre.out / str(name) for name in _strings(verified["passed_over"])]
    assert run("edition", "verify", stale[0], "--root", centre.root, code=3)["kind"] == "refused"


def _strings(found: object) -> list[str]:
    assert isinstance(found, list)
    return [str(one) for one in found]


def test_a_root_document_near_its_end_is_told_on_standard_error(
    centre: Centre, guides: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.keys("rotate", "--days", 59)
    assert centre.bind(guides)["root"] == {"expiry": read_root(centre.root).expiry, "expires_soon": True}
    words = ["press", "bind", guides, "--office", centre.folder, "--out", centre.out]
    assert cli.run([*map(str, words), "--passphrase-file", str(centre.words)]) == 0
    out, err = capsys.readouterr()
    assert "the root document expires on" in err
    assert "holub keys rotate" in err
    assert "expires" not in out
    centre.keys("rotate", "--days", 61)
    assert cli.run([*map(str, words), "--passphrase-file", str(centre.words)]) == 0
    assert "expires" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ("rotate", "--keep-old"),
        ("rotate", "--threshold", 2),
        ("section", "--name", "town"),
        ("section", "--name", "main", "--keys", "ab" * 32),
        ("section", "--name", "town", "--keys", "ab" * 31),
        ("section", "--name", "town", "--keys", "ab" * 32, "--keys", "ab" * 32),
        ("section", "--name", "town", "--keys", "ab" * 32, "--threshold", 2),
        ("section", "--name", "town", "--remove"),
        ("take",),
    ],
)
def test_what_can_not_be_is_the_callers_mistake_and_changes_nothing(centre: Centre, wrong: tuple[object, ...]) -> None:
    before = centre.root.read_bytes()
    assert centre.keys(*map(str, wrong), code=2)["kind"] == "misused"
    assert centre.root.read_bytes() == before


def test_holders_apart(centre: Centre, run: Run, secret: Callable[[str], Path], tmp_path: Path) -> None:
    centre.keys("rotate", "--root", 3, "--threshold", 2)
    files = [tmp_path / f"holder-{number}" for number in (1, 2, 3)]
    words = secret("holder")
    for number, file in enumerate(files, 1):
        given = centre.keys("export-holder", "--number", number, "--out", file, "--holder-passphrase-file", words)
        shown = _strings(run("keys", "show", centre.root)["root_keys"])
        assert given["key"] == run("section", "key", file)["key"] == shown[number - 1]
        again = ("--out", tmp_path / "again", "--holder-passphrase-file", words)
        assert centre.keys("export-holder", "--number", number, *again, code=2)["kind"] == "misused"
        assert not (tmp_path / "again").exists()
    proposed = centre.keys("rotate", "--edition", "--days", 500)
    assert (proposed["taken"], proposed["missing"]) == (False, {"old": 2, "new": 2})
    first = Path(shutil.copy(str(proposed["proposal"]), tmp_path / "first.txt"))
    second = Path(shutil.copy(first, tmp_path / "second.txt"))
    read = run("keys", "sign", first, "--holder", files[0], "--root", centre.root, "--dry-run")
    assert read["signatures"] == []
    assert [one.partition(":")[0] for one in _strings(read["changes"])] == [
        "the end",
        "edition key taken out",
        "edition key taken in",
    ]
    assert first.read_bytes() == second.read_bytes()
    run("keys", "sign", first, "--holder", files[0], "--root", centre.root, "--passphrase-file", words)
    assert centre.keys("take", first, code=2)["kind"] == "misused"
    run("keys", "sign", second, "--holder", files[2], "--passphrase-file", words)
    run("keys", "sign", second, "--holder", files[2], "--passphrase-file", secret("office"), code=2)
    assert centre.keys("take", first, second)["taken"]
    # What is the newest document already is no proposal for it any more.
    run("keys", "sign", second, "--holder", files[1], "--root", centre.root, "--passphrase-file", words, code=3)
    assert run("keys", "show", centre.root)["documents"] == 3
    with Office.open(centre.folder, WORDS["office"]) as office:
        assert office.pen().public in office.root.edition_keys


def test_a_lost_office_is_made_anew_from_what_is_public(
    centre: Centre, run: Run, guides: Path, secret: Callable[[str], Path], tmp_path: Path
) -> None:
    centre.bind(guides)
    holder, words = tmp_path / "holder", secret("holder")
    centre.keys("export-holder", "--number", 1, "--out", holder, "--holder-passphrase-file", words)
    shutil.rmtree(centre.folder)
    new = Centre(run, tmp_path / "new", centre.words, tmp_path / "next")
    root = centre.out / "root.txt"
    told = new.keys("recover", "--root", root, "--parcels", centre.out)
    assert told["identity"] == run("keys", "show", root)["identity"]
    assert new.bind(guides, code=3)["kind"] == "refused"
    assert new.keys("recover", "--root", root, "--parcels", centre.out, code=2)["kind"] == "misused"
    run("keys", "sign", told["proposal"], "--holder", holder, "--root", root, "--passphrase-file", words)
    assert new.keys("take")["taken"]
    assert new.bind(guides)["edition"] == 2
    assert run("edition", "verify", new.out, "--root", new.root)["complete"]


def test_a_section_goes_from_its_editors_to_a_folder(
    centre: Centre, run: Run, guides: Path, town: Path, secret: Callable[[str], Path], tmp_path: Path
) -> None:
    publics = [
        str(run("section", "new-key", "--out", tmp_path / who, "--passphrase-file", secret(who))["key"])
        for who in ("ana", "ben")
    ]
    told = centre.keys("section", "--name", "town", "--keys", ",".join(publics), "--threshold", 2)
    assert told["editors"] == {"town": sorted(publics)}
    assert told["sections"] == {"town": 2}

    def sign(who: str, serial: int, out: Path, *more: object, code: int = 0) -> dict[str, object]:
        given = ("--section", "town", "--key", tmp_path / who, "--root", centre.root, "--serial", serial, "--out", out)
        return run("section", "sign", town, *given, "--passphrase-file", secret(who), *more, code=code)

    one, both, to = tmp_path / "one.hls", tmp_path / "town.hls", tmp_path / "read"
    assert sign("ana", 1, one)["missing"] == 1
    assert centre.bind(guides, "--section", one, code=3)["kind"] == "refused"
    assert sign("ben", 2, both, "--with", one, code=2)["kind"] == "misused"  # not the same serial
    assert sign("ben", 1, both, "--with", one)["missing"] == 0
    assert run("section", "show", both, "--root", centre.root, "--to", to)["valid"]
    assert (to / "uk" / "water.md").read_bytes() == (town / "uk" / "water.md").read_bytes()
    run("section", "show", one, "--root", centre.root, code=3)

    would = centre.bind(guides, "--section", both, "--dry-run")
    assert {(row["section"], row["added"]) for row in rows(would, "packs")} == {("main", 1), ("town", 1)}
    centre.bind(guides, "--section", both)
    verified = run("edition", "verify", centre.out, "--root", centre.root)
    assert verified["sections"] == {"town/uk": {"serial": 1, "signed_by": sorted(publics)}}
    applied = tmp_path / "applied"
    run("parcel", "apply", centre.out, "--to", applied, "--root", centre.root)
    assert (applied / "sections" / "town" / "uk" / "water.md").is_file()

    # Again without being given it; then a newer one; then the older one is refused.
    assert centre.bind(guides)["left_out"] == []
    (town / "uk" / "water.md").write_text("# Вода сьогодні\n", encoding="utf-8")
    newer = tmp_path / "newer.hls"
    sign("ana", 2, one)
    sign("ben", 2, newer, "--with", one)
    updates = centre.bind(guides, "--section", newer)
    assert updates["changed"] == 1
    run("parcel", "apply", centre.out, "--to", applied, "--root", centre.root)
    assert "сьогодні" in (applied / "sections" / "town" / "uk" / "water.md").read_text(encoding="utf-8")
    assert centre.bind(guides, "--section", both, code=3)["kind"] == "refused"
    assert centre.bind(guides, "--section", newer, "--section", newer, code=2)["kind"] == "misused"

    # Withdrawn, it is left out, and that is said.
    centre.keys("section", "--name", "town", "--remove")
    coming = centre.bind(guides, "--dry-run")
    assert (coming["problems"], len(_strings(coming["left_out"]))) == ([], 1)
    assert "town" in _strings(centre.bind(guides)["left_out"])[0]


def test_people_read_who_signed(
    centre: Centre,
    run: Run,
    guides: Path,
    town: Path,
    secret: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = str(run("section", "new-key", "--out", tmp_path / "ana", "--passphrase-file", secret("ana"))["key"])
    centre.keys("section", "--name", "town", "--keys", key)
    given = ("--section", "town", "--key", tmp_path / "ana", "--root", centre.root, "--serial", 7)
    file = tmp_path / "town.hls"
    run("section", "sign", town, *given, "--out", file, "--passphrase-file", secret("ana"))
    centre.bind(guides, "--section", file)
    for words in (("edition", "verify", centre.out, "--root", centre.root), ("keys", "show", centre.root)):
        assert cli.run([*map(str, words)]) == 0
        assert key in capsys.readouterr().out


def test_no_command_prints_a_secret(
    centre: Centre, secret: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Office.open(centre.folder, WORDS["office"]) as office:
        before = [office.vault.get(name) for name in office.vault.names()]
    given = ["--office", str(centre.folder), "--passphrase-file", str(centre.words)]
    words = ["--number", "1", "--out", str(tmp_path / "holder"), "--holder-passphrase-file", str(secret("holder"))]
    printed = ""
    for command in (["rotate", "--edition"], ["export-holder", *words]):
        assert cli.run(["keys", command[0], *given, *command[1:]]) == 0
        printed += "".join(capsys.readouterr())
    with Office.open(centre.folder, WORDS["office"]) as office:
        after = [office.vault.get(name) for name in office.vault.names()]
    assert not any(seed.hex() in printed for seed in [*before, *after])
    assert not any(word in printed for word in WORDS.values())
