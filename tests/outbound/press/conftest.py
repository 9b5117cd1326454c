"""What the tests of the press share: a folder of guides written from a few lines, and the real corpus."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from holub.outbound.press.umbrella import import_umbrella

WriteGuides = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def write_guides(tmp_path: Path) -> WriteGuides:
    """Write {path: text} below a fresh folder and return the folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "guides"
        root.mkdir(exist_ok=True)
        for path, content in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


@pytest.fixture(scope="session")
def umbrella_source(corpus_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of the real corpus, in the layout that the importer reads."""
    target = tmp_path_factory.mktemp("corpus") / "u"
    subprocess.run(["git", "clone", "-q", str(corpus_path), str(target)], check=True)
    if not (target / "en" / "communications" / ".category.yml").is_file():
        pytest.skip("the corpus that HOLUB_CORPUS names is not in the layout of Umbrella's content")
    return target


@pytest.fixture(scope="session")
def umbrella_imported(umbrella_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real corpus in our layout."""
    target = tmp_path_factory.mktemp("imported") / "guides"
    import_umbrella(umbrella_source, target)
    return target
