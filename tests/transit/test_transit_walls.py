"""What a postbox and a relay must be unable to do: they cannot even load what opens a letter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import holub.transit

LOAD = """
import importlib, pkgutil, sys
import holub.transit
modules = list(pkgutil.walk_packages(holub.transit.__path__, "holub.transit."))
for module in modules:
    importlib.import_module(module.name)
print(len(modules))
print(*sorted(name for name in sys.modules if "." not in name or name.startswith("holub.")))
"""

# Sealing, opening, other halls, and what only an office has installed.
FORBIDDEN = (
    "holub.formats.letter",
    "holub.formats.letterbody",
    "holub.formats.letterkey",
    "holub.formats.mailbag",
    "holub.formats.codename",
    "holub.inbound",
    "holub.outbound",
    "holub.office",
    "holub.faces",
    "holub.store",
    "sqlalchemy",
    "alembic",
    "argon2",
    "jinja2",
    "PIL",
    "babel",
)


def test_transit_loads_nothing_that_opens_letters_and_nothing_of_the_offices() -> None:
    run = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, check=True, text=True)
    count, names = run.stdout.splitlines()
    assert int(count) > 15
    loaded = names.split()
    assert "holub.transit.postbox.app" in loaded
    assert "holub.transit.relay.app" in loaded
    assert [name for name in loaded if f"{name}.".startswith(tuple(f"{wall}." for wall in FORBIDDEN))] == []


def test_no_file_of_transit_is_longer_than_it_may_be() -> None:
    files = list(Path(holub.transit.__path__[0]).rglob("*.py"))
    assert len(files) > 15
    for file in files:
        assert len(file.read_text().splitlines()) <= 400, file.name
