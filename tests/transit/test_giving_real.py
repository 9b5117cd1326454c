"""A stick and real, signed editions: another centre's, a forged one, a newer one, keys that changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from holub import sample
from holub.formats.header import HEADER_BYTES, Header, Moment
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.post import Parcels
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue
from holub.transit.giving import give
from holub.transit.stick import Stick
from tests.transit.test_giving import files

NOW = 1_795_000_000
WORDS = "six words that nobody has guessed"


def tree_of(home: Path, name: str) -> Path:
    """A tree with a first edition of a centre of its own."""
    tree = home / name
    tree.mkdir()
    with Office.create(home / f"office of {name}", WORDS, Publisher(name), NOW) as office:
        Editions(office).bind(sample.guides(), home / f"out of {name}", NOW)
        Parcels(home / f"out of {name}", office.root_file.read_bytes()).send(FolderCarrier(tree), code=None)
    return tree


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    home = tmp_path_factory.mktemp("centres")
    return tree_of(home, "one"), tree_of(home, "another")


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    (tmp_path / "stick").mkdir()
    return Stick(tmp_path / "stick")


def test_a_real_edition_gets_a_plain_start(trees: tuple[Path, Path], stick: Stick) -> None:
    given = give(trees[0], stick)
    assert given.edition == 1
    assert stick.carrier.catalogue() == FolderCarrier(trees[0]).catalogue()
    # Without a reading page there is none; the read-me names the plain pages.
    top = {entry.name for entry in stick.root.iterdir()}
    assert top - {"mailbag"} == {"README.txt", "latest", "parcels", "plain", "root.txt"}
    assert "plain/index.html" in (stick.root / "README.txt").read_text(encoding="utf-8")


def test_another_centres_stick_is_left_alone(trees: tuple[Path, Path], stick: Stick) -> None:
    give(trees[0], stick)
    before = files(stick.root)
    given = give(trees[1], stick)
    assert (given.foreign, given.edition, given.parcels) == (True, 1, 0)
    assert files(stick.root) == before


def test_a_forged_edition_does_not_block_the_true_one(trees: tuple[Path, Path], stick: Stick) -> None:
    true = FolderCarrier(trees[0]).catalogue()
    moment = Moment(4_000_000_000, NOW, NOW + 86_400)
    forged = Header(moment, 3, bytes(32)).encode() + true.seal[HEADER_BYTES:]
    stick.carrier.put_catalogue(Catalogue(forged, ()))
    shutil.copy(trees[0] / "root.txt", stick.root)
    given = give(trees[0], stick)
    assert (given.newer, given.edition) == (False, 1)
    assert stick.carrier.catalogue() == true
