"""The page's primitives, asked in one go: a list of questions in, a list of answers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import pytest

from tests.fakes.pagecode import NEEDS_PAGE, page_tool

Item: TypeAlias = Mapping[str, str | bytes | int]
Page: TypeAlias = Callable[[str, Iterable[Item]], list[bytes | None]]


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """`page(name, items)`: for each item what the page's code answers, None where it refuses."""
    if NEEDS_PAGE.args[0]:
        pytest.skip(NEEDS_PAGE.kwargs["reason"])
    tool = page_tool("primitives", tmp_path_factory.mktemp("primitives"))

    def ask(name: str, items: Iterable[Item]) -> list[bytes | None]:
        wire = [
            {key: value.hex() if isinstance(value, bytes) else str(value) for key, value in item.items()}
            for item in items
        ]
        assert wire, "no vectors: nothing was asked"
        (answer,) = tool([{"do": name, "items": wire}])
        assert len(answer["told"]) == len(wire)
        return [None if one is None else bytes.fromhex(one) for one in answer["told"]]

    return ask
