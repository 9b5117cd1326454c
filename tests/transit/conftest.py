"""A postbox on loopback with an office that it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from holub.transit.carriers import HttpCarrier
from holub.transit.postbox import Limits, PostboxServer, admit_office, new_token, read_token

Start = Callable[..., PostboxServer]


@pytest.fixture
def token(tmp_path: Path) -> str:
    file = tmp_path / "office.token"
    (tmp_path / "data").mkdir()
    admit_office(tmp_path / "data", new_token(file))
    return read_token(file)


@pytest.fixture
def start(tmp_path: Path, token: str) -> Iterator[Start]:
    """Start a postbox on the test's data folder, with limits that differ from the ordinary by keyword."""
    with ExitStack() as stack:

        def go(**limits: object) -> PostboxServer:
            settings = Limits(**{"reserve_bytes": 0, **limits})  # type: ignore[arg-type] # given by name
            return stack.enter_context(PostboxServer(tmp_path / "data", limits=settings))

        yield go


@pytest.fixture
def postbox(start: Start) -> PostboxServer:
    return start()


@pytest.fixture
def office(postbox: PostboxServer, token: str) -> Iterator[HttpCarrier]:
    with HttpCarrier([postbox.url], token=token) as carrier:
        yield carrier
