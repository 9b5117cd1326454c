"""The reading page's own tests, in TypeScript, as one test of this run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from scripts import node

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_passes_its_own_tests() -> None:
    found = node.find()
    if found is None or not (ROOT / "reader" / "node_modules").is_dir():
        pytest.skip("node or the reading page's packages are not installed (make page)")
    command = [str(found.program), "tests/run.mjs"]
    done = subprocess.run(
        command, cwd=ROOT / "reader", env=found.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^\S+ pass (\d+)$", done.stdout, re.MULTILINE)
    assert passed is not None, done.stdout
    assert int(passed[1]) > 0
