"""The round trip by command line, in the forms that outside scripts rely on, on two revisions of real guides."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.corpus import Corpus
from tests.journeys.centre import tree
from tests.journeys.command import BOUND, HOLUB, holub

REFUSED = 3
LANGUAGES = ("ar", "ru")  # of seven: enough for packs that differ, and done soon
Tree = dict[tuple[str, str], bytes]


def lay_out(guides: Path, packs: Mapping[str, Mapping[str, bytes]]) -> Tree:
    """A tree of `<language>/**/*.md` and nothing else; what was there before goes."""
    for old in guides.rglob("*.md"):
        old.unlink()
    for language, pack in packs.items():
        for path, text in pack.items():
            file = guides / language / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
    return tree(guides)


@dataclass(frozen=True)
class Bound:
    """Two editions. trees: what was bound; told: what `press bind --json` printed."""

    folder: Path
    root: Path
    trees: tuple[Tree, Tree]
    told: tuple[dict[str, Any], dict[str, Any]]

    def parcels(self, edition: int, kind: str, *, together: bool) -> list[Path]:
        """The files of an edition's parcels of a kind: those of each pack, or the one of all together."""
        rows = self.told[edition - 1]["parcels"]
        found = [Path(row["path"]) for row in rows if row["kind"] == kind and (row["language"] is None) is together]
        return [path if path.is_absolute() else self.folder / path for path in found]


@pytest.fixture(scope="module")
def bound(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> Bound:
    """keys new, then press bind on a revision and on the last one."""
    folder = tmp_path_factory.mktemp("line")
    secret, office, guides = folder / "passphrase", folder / "office", folder / "guides"
    secret.write_text("six words nobody has guessed\n", encoding="utf-8")
    keys = holub("keys", "new", "--office", office, "--passphrase-file", secret)
    trees, told = [], []
    for revision in (corpus.history[-max(2, len(corpus.history) // 3)], corpus.history[-1]):
        packs = corpus.packs(revision)
        trees.append(lay_out(guides, {language: packs[language] for language in LANGUAGES}))
        out = folder / f"parcels-{len(trees)}"
        told.append(holub("press", "bind", guides, "--office", office, "--out", out, "--passphrase-file", secret))
    assert trees[0] != trees[1]
    return Bound(folder, Path(keys["root"]), (trees[0], trees[1]), (told[0], told[1]))


pytestmark = pytest.mark.corpus


def test_bind_says_what_it_did(bound: Bound) -> None:
    for number, (told, guides) in enumerate(zip(bound.told, bound.trees, strict=True), 1):
        assert (told["edition"], told["guides"]) == (number, len(guides))
        assert isinstance(told["seconds"], float)
        for row in told["parcels"]:
            assert {"kind", "from", "to", "section", "language", "path", "bytes"} <= row.keys()
            assert Path(row["path"]).stat().st_size == row["bytes"]
    first, last = bound.trees
    differing = sum(first.get(name) != last.get(name) for name in {*first, *last})
    assert (bound.told[0]["changed"], bound.told[1]["changed"]) == (len(first), differing)
    languages = {language for language, _ in last}
    assert len(bound.parcels(1, "full", together=False)) == len({language for language, _ in first})
    assert {row["language"] for row in bound.told[1]["parcels"] if row["kind"] == "update"} == {*languages, None}
    assert all(row["from"] == 1 for row in bound.told[1]["parcels"] if row["kind"] == "update")


def test_both_editions_verify_whole_and_parcel_by_parcel(bound: Bound) -> None:
    for number in (1, 2):
        told = holub("edition", "verify", bound.folder / f"parcels-{number}", "--root", bound.root)
        assert (told["genuine"], told["edition"]) == (True, number)
        full = bound.parcels(number, "full", together=False)[0]
        assert holub("edition", "verify", full, "--root", bound.root)["genuine"] is True


@pytest.mark.parametrize("together", [False, True], ids=["pack by pack", "all together"])
def test_applied_parcels_rebuild_what_was_bound(bound: Bound, tmp_path: Path, together: bool) -> None:
    # Given an empty folder, when the full parcels of edition 1 are applied, then it holds what was bound first;
    told = holub(
        "parcel", "apply", *bound.parcels(1, "full", together=together), "--to", tmp_path, "--root", bound.root
    )
    assert (told["edition"], told["refused"]) == (1, [])
    assert tree(tmp_path) == bound.trees[0]
    # when the updates to edition 2 are applied, then it holds what was bound last, byte for byte.
    updates = bound.parcels(2, "update", together=together)
    assert len(updates) == (1 if together else len({language for language, _ in bound.trees[1]}))
    told = holub("parcel", "apply", *updates, "--to", tmp_path, "--root", bound.root)
    assert (told["edition"], told["refused"]) == (2, [])
    assert tree(tmp_path) == bound.trees[1]


def test_single_guides_are_proved(bound: Bound, tmp_path: Path) -> None:
    wanted = sorted("/".join(name) for name in bound.trees[1])[:: len(bound.trees[1]) // 3][:3]
    parcels = bound.folder / "parcels-2"
    told = holub("edition", "prove", *wanted, "--parcels", parcels, "--root", bound.root, "--out", tmp_path)
    assert [row["path"] for row in told["proofs"]] == wanted
    for path in wanted:
        language, _, rest = path.partition("/")
        assert tree(tmp_path)[language, rest] == bound.trees[1][language, rest]
        assert (tmp_path / f"{path}.proof").stat().st_size <= 700
        assert holub("edition", "verify", tmp_path / path, "--root", bound.root)["edition"] == 2
    changed = tmp_path / wanted[0]
    changed.write_bytes(changed.read_bytes() + b"\n")
    command = [*HOLUB, "edition", "verify", str(changed), "--root", str(bound.root)]
    assert subprocess.run(command, capture_output=True, timeout=BOUND, check=False).returncode == REFUSED


def test_the_same_page_is_built_again(bound: Bound, tmp_path: Path, code: bytes) -> None:
    marks = []
    for name in ("one", "two"):
        page = tmp_path / f"{name}.html"
        built = holub(
            "page", "build", bound.folder / "parcels-2", "--language", "ru", "--out", page, "--root", bound.root
        )
        marks.append(holub("page", "fingerprint", page))
        assert marks[-1]["fingerprint"] == built["fingerprint"]
        assert holub("page", "check", page, "--root", bound.root) == {
            "genuine": True,
            "publisher": "A centre without a name",
            "edition": 2,
        }
    assert marks[0] == marks[1]
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
