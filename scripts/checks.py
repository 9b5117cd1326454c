"""Every check that reads code and runs none of it: format, lint, strict types, import walls.

All are run, also after one has failed, and each prints one line; a failed one prints what it found.
Ends with 0 when all passed, else with 1.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts import node

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    """One tool: what it holds, and the command that holds it."""

    name: str
    command: tuple[str, ...]


def checks(page: node.Node) -> list[Check]:
    """All checks, the quickest first."""
    code = [name for name in ("src", "tests", "bench", "scripts", "spec", "reader") if (ROOT / name).is_dir()]
    compiler = str(ROOT / "reader" / "node_modules" / "typescript" / "bin" / "tsc")
    return [
        Check("format (ruff)", (str(BIN / "ruff"), "format", "--check", "--quiet", *code)),
        Check("lint (ruff)", (str(BIN / "ruff"), "check", "--quiet", *code)),
        Check("import walls (import-linter)", (str(BIN / "lint-imports"),)),
        Check("types of the page (tsc)", (str(page.program), compiler, "--noEmit", "-p", "reader")),
        Check("types (mypy --strict)", (str(BIN / "mypy"),)),
    ]


def run() -> bool:
    """Run all, as many at a time as there are processors; True when all passed."""
    page = node.install()
    passed = True
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wanted = checks(page)
        for check, (code, said) in zip(wanted, pool.map(partial(held, page), wanted), strict=True):
            print(f"{'ok    ' if code == 0 else 'FAILED'}  {check.name}", flush=True)
            if code:
                passed = False
                print(said, flush=True)
    return passed


def held(page: node.Node, check: Check) -> tuple[int, str]:
    """Run one; its exit code and what it said."""
    ended = subprocess.run(
        check.command,
        cwd=ROOT,
        env=page.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return ended.returncode, ended.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
