"""Run benchmarks by name.

    python -m bench list
    python -m bench NAME --corpus REPO --json FILE
    python -m bench all --corpus REPO --json FILE

REPO is any git repository (or bundle) of Markdown. The table goes to standard output, the figures
with the machine they were measured on go to FILE. Exit codes are those of `holub`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench
from holub.errors import HolubError, Misused, Unavailable

Result = dict[str, Any]


@dataclass(frozen=True)
class Benchmark:
    """One module of this folder that measures something."""

    name: str
    about: str
    run: Callable[[Path | None], Result]
    table: Callable[[Result], str]


def find(folder: Sequence[str], package: str) -> dict[str, Benchmark]:
    """The benchmarks in a package, by name: its modules that have both `run` and `table`."""
    found = {}
    for info in pkgutil.iter_modules(folder):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        run, table = getattr(module, "run", None), getattr(module, "table", None)
        if callable(run) and callable(table):
            about = (module.__doc__ or "").strip().partition("\n")[0]
            found[info.name] = Benchmark(info.name, about, run, table)
    return dict(sorted(found.items()))


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}


def measure(chosen: list[Benchmark], corpus: Path | None, out: Path | None) -> None:
    """Run each, print its table, and write all figures that are there after each one."""
    results: dict[str, Result] = {}
    for benchmark in chosen:
        print(f"{benchmark.name}: {benchmark.about}", flush=True)
        results[benchmark.name] = benchmark.run(corpus)
        print(benchmark.table(results[benchmark.name]), end="\n\n", flush=True)
        if out is not None:
            report = {"machine": machine(), "results": results}
            try:
                out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            except OSError as error:
                raise Unavailable(
                    f"the figures cannot be written to {out} ({error.strerror})", "choose another file"
                ) from None


def choose(name: str, known: dict[str, Benchmark]) -> list[Benchmark]:
    """The benchmarks that a name on the command line means."""
    if name == "all":
        return list(known.values())
    if name not in known:
        raise Misused(f"there is no benchmark {name!r}", f"choose one of: list, all, {', '.join(known)}")
    return [known[name]]


def main(arguments: Sequence[str], folder: Sequence[str] = bench.__path__, package: str = "bench") -> int:
    """Run one command line and give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Run benchmarks by name.")
    parser.add_argument("name", help="a benchmark, or: list, all")
    parser.add_argument("--corpus", type=Path, metavar="REPO", help="a git repository (or bundle) of Markdown")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    given = parser.parse_args(arguments)
    try:
        if given.corpus is not None and not given.corpus.exists():
            raise Misused(f"there is no corpus at {given.corpus}", "name a git repository or bundle of Markdown")
        known = find(folder, package)
        if given.name == "list":
            for benchmark in known.values():
                print(f"{benchmark.name:12} {benchmark.about}")
            return 0
        measure(choose(given.name, known), given.corpus, given.json)
    except HolubError as error:
        print(f"bench: {error.what}.", file=sys.stderr)
        if error.todo:
            print(f"  to do: {error.todo}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
