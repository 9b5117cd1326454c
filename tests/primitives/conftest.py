"""The page's primitives, asked in one go: a list of questions in, a list of answers out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from scripts import node as nodes
from tests.formats.lettervectors import ROOT

READER = ROOT / "reader"
Item: TypeAlias = Mapping[str, str | bytes | int]
Page: TypeAlias = Callable[[str, Iterable[Item]], list[bytes | None]]


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """`page(name, items)`: for each item what the page's code answers, None where it refuses."""
    node = nodes.find()
    if node is None or not (READER / "node_modules").exists():
        pytest.skip("node, or the reading page's packages, are not here (python -m scripts.node packages)")
    program = str(node.program)
    bundle: Path = tmp_path_factory.mktemp("primitives") / "tool.mjs"
    source = READER / "tests" / "primitives" / "tool.ts"
    subprocess.run([program, str(READER / "tests" / "run.mjs"), "--bundle", str(source), str(bundle)], check=True)

    def ask(name: str, items: Iterable[Item]) -> list[bytes | None]:
        wire = [
            {key: value.hex() if isinstance(value, bytes) else str(value) for key, value in item.items()}
            for item in items
        ]
        assert wire, "no vectors: nothing was asked"
        done = subprocess.run(
            [program, str(bundle)],
            input=json.dumps({"do": name, "items": wire}),
            capture_output=True,
            text=True,
            check=True,
        )
        told: list[str | None] = json.loads(done.stdout)
        assert len(told) == len(wire)
        return [None if one is None else bytes.fromhex(one) for one in told]

    return ask
