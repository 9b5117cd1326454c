"""Each member in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holub.transit.carrier import Carrier
from tests.conformance.carriers import MEMBERS


@pytest.fixture(params=list(MEMBERS.values()), ids=list(MEMBERS))
def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Carrier]:
    home = tmp_path / "carrier"
    home.mkdir()
    with request.param(home) as member:
        yield member
