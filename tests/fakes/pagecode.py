"""The reading page's code behind a list of JSON requests, for tests that hold it and Python to each other."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import node as nodes

READER = Path(__file__).resolve().parents[2] / "reader"
NODE = nodes.find()
NEEDS_PAGE = pytest.mark.skipif(
    NODE is None or not (READER / "node_modules").exists(),
    reason="node, or the reading page's packages, are not here (python -m scripts.node packages)",
)

Tool = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def page_tool(part: str, folder: Path) -> Tool:
    """What reader/tests/<part>/tool.ts answers; bundled into `folder` once."""
    assert NODE is not None, "mark this test with NEEDS_PAGE"
    program, bundle = str(NODE.program), folder / "tool.mjs"
    source = READER / "tests" / part / "tool.ts"
    subprocess.run([program, str(READER / "tests" / "run.mjs"), "--bundle", str(source), str(bundle)], check=True)

    def ask(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        done = subprocess.run(
            [program, str(bundle)], input=json.dumps(requests), capture_output=True, text=True, check=True
        )
        answers: list[dict[str, Any]] = json.loads(done.stdout)
        return answers

    return ask
