"""What every generator of vectors needs: a folder of cases, and bytes that follow from a name alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def named(name: str, length: int) -> bytes:
    """Bytes that follow from a name alone."""
    return hashlib.shake_256(b"holub vector/" + name.encode()).digest(length)


def u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def stream(name: str) -> Callable[[int], bytes]:
    """A source of bytes that follow from a name: request n of a run is named after n."""
    asked = 0

    def random(length: int) -> bytes:
        nonlocal asked
        asked += 1
        return named(f"{name}/{asked}", length)

    return random


class Cases:
    """Collects the cases of one folder, then writes them and removes what no longer belongs."""

    def __init__(self, folder: str) -> None:
        self.folder = HERE / folder
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, case: str, what: str, expect: str, **fields: Any) -> None:
        assert name not in self.files, name
        self.files[name] = {"case": case, "what": what, "expect": expect, **fields}

    def write(self) -> None:
        self.folder.mkdir(exist_ok=True)
        for old in self.folder.glob("*.json"):
            if old.stem not in self.files:
                old.unlink()
        for name, content in self.files.items():
            text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
            (self.folder / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"{self.folder.name}: {len(self.files)} cases")
