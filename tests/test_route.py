"""docs/route.md names files and functions that exist: the map may not show a street that was renamed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROUTE = ROOT / "docs" / "route.md"

_STOP = re.compile(r"`([\w./-]+\.(?:py|ts|mjs)):([\w.]+)`")


def stops() -> list[tuple[str, str]]:
    """Every `path:name` on the map, as (path, name)."""
    return _STOP.findall(ROUTE.read_text(encoding="utf-8"))


def python_names(source: str) -> set[str]:
    """The functions, classes and methods that a module defines, methods as Class.method."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{one.name}" for one in inner}
    return found


def script_names(source: str) -> set[str]:
    """The functions, classes and constants that a TypeScript module defines at its top."""
    pattern = r"^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let) +(\w+)"
    return set(re.findall(pattern, source, re.MULTILINE))


def test_the_map_covers_the_way() -> None:
    rooms = (
        "outbound/press",
        "formats",
        "transit/carriers",
        "transit/postbox",
        "transit/relay",
        "inbound/mailroom",
        "office",
        "reader/src",
    )
    paths = {path for path, _ in stops()}
    for room in rooms:
        assert any(room in path for path in paths), f"docs/route.md names nothing in {room}"


@pytest.mark.parametrize(("path", "name"), sorted(set(stops())), ids=lambda value: value)
def test_every_stop_exists(path: str, name: str) -> None:
    file = ROOT / path
    assert file.is_file(), f"{path} is on the map and not in the project"
    source = file.read_text(encoding="utf-8")
    names = python_names(source) if file.suffix == ".py" else script_names(source)
    assert name in names, f"{path} has no {name}"


def test_names_are_found_where_they_are() -> None:
    assert python_names("class A:\n    def b(self): ...\nasync def c(): ...\n") == {"A", "A.b", "c"}
    assert script_names("export async function a() {}\nconst b = 1;\n  function inner() {}\nexport class C {}") == {
        "a",
        "b",
        "C",
    }
