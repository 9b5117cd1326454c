"""Finds the shared vectors, and never lets a run pass that found none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "spec" / "vectors"

Case = dict[str, Any]


def names(folder: str, case: str) -> list[str]:
    """The files of a folder whose `case` is this one, for pytest's parametrize."""
    found = [path.stem for path in sorted((VECTORS / folder).glob("*.json")) if load(folder, path.stem)["case"] == case]
    assert found, f"no vectors of the kind {case!r} in {VECTORS / folder}"
    return found


def load(folder: str, name: str) -> Case:
    case: Case = json.loads((VECTORS / folder / f"{name}.json").read_text(encoding="utf-8"))
    return case
