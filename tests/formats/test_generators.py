"""Every vector in the repository is what its generator writes: nobody edited one by hand, and none was forgotten."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.formats.lettervectors import VECTORS

GENERATORS = {
    "make_asks": ["mesh"],
    "make_broadcasts": ["broadcast"],
    "make_editions": ["root", "edition", "parcel"],
    "make_frames": ["frame"],
    "make_guides": ["guide"],
    "make_letters": ["letter"],
    "make_mailbags": ["mailbag", "codename"],
    "make_marks": ["mark"],
    "make_postbox": ["postbox"],
    "make_relay": ["relay"],
    "make_signatures": ["signature"],
    "make_stamps": ["stamp"],
}


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.glob("*.json")}


@pytest.mark.parametrize("name", GENERATORS)
def test_the_vectors_are_what_the_generator_writes(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    shutil.copytree(VECTORS, folder, ignore=shutil.ignore_patterns("*.json", "__pycache__"))
    subprocess.run([sys.executable, str(folder / f"{name}.py")], check=True, capture_output=True)
    for one in GENERATORS[name]:
        written = contents(folder / one)
        assert len(written) > 10
        assert written == contents(VECTORS / one)


def test_every_vector_has_a_generator() -> None:
    assert set(GENERATORS) == {path.stem for path in VECTORS.glob("make_*.py")}
    assert {one for folders in GENERATORS.values() for one in folders} == {
        path.parent.name for path in VECTORS.rglob("*.json")
    }
