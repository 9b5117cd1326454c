"""An office on the sample guides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from holub import sample
from holub.office.office import Office, Publisher

NOW = 1_795_000_000
PASSPHRASE = "six words that nobody has guessed"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office.create(tmp_path / "office", PASSPHRASE, Publisher("Зразковий центр"), NOW) as made:
        yield made


@pytest.fixture
def guides(tmp_path: Path) -> Path:
    """A copy of the sample guides that a test may change."""
    return Path(shutil.copytree(sample.guides(), tmp_path / "guides"))
