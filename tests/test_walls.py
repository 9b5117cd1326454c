"""The import walls of pyproject.toml hold: each is broken on purpose in a copy, and the linter must notice."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What somebody might write -> (the module that says it, what it says).
BREACHES = {
    "a carrier seals or opens letters": ("transit", "import holub.formats.letter"),
    "a relay opens letters": ("transit/relay", "import holub.formats.letterbody"),
    "a relay looks replies up": ("transit/relay", "import holub.formats.mailbag"),
    "a relay needs the office's packages": ("transit/relay", "import sqlalchemy"),
    "a postbox looks replies up": ("transit", "import holub.formats.mailbag"),
    "a postbox needs the office's packages": ("transit", "import sqlalchemy"),
    "the press opens letters": ("outbound", "import holub.formats.letter"),
    "the desk opens letters itself": ("faces", "import holub.formats.letterbody"),
    "one hall asks another": ("inbound", "import holub.outbound"),
    "the store knows a hall": ("store", "import holub.inbound"),
    "a format asks the web": ("formats", "import httpx"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, PYTHONPATH=str(folder / "src"))
    linter = str(Path(sys.executable).parent / "lint-imports")
    command = [linter, "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("built", "sample", "*.egg-info"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_walls_stand(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("module", "breach"), BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_noticed(module: str, breach: str, copy: Path) -> None:
    (copy / "src" / "holub" / module / "breach.py").write_text(f'"""A breach."""\n\n{breach}\n', encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    assert f"holub.{module.replace('/', '.')}.breach" in done.stdout


def test_no_format_of_letters_is_left_out_of_the_wall() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["name"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    listed = set(contracts["transit cannot even import sealing or opening"]["forbidden_modules"])
    # These two wrap what is sealed already, and can neither seal nor open: carriers may know them.
    wraps = {"holub.formats.letterbag", "holub.formats.mailbagparcel"}
    words = ("letter", "mailbag", "codename", "reply", "hpke", "note", "tally")
    modules = {f"holub.formats.{path.stem}" for path in (ROOT / "src" / "holub" / "formats").rglob("*.py")}
    secret = {name for name in modules if any(word in name.rpartition(".")[2] for word in words)}
    assert len(secret) > 3
    assert secret - wraps <= listed


# Names that a linter of modules cannot watch -> the one room that may say them.
ROOMS = {
    "Ed25519PrivateKey": ("outbound/press", "signing happens in the press alone"),
    "X25519PrivateKey": ("inbound/mailroom", "letters are opened in the mailroom alone"),
    "MLKEM768PrivateKey": ("inbound/mailroom", "letters are opened in the mailroom alone"),
    "Unsealer": ("inbound/mailroom", "letters are opened in the mailroom alone"),
}
# Where a name is made for that room; formats hold no key of their own.
MAKERS = "formats/"


def names_in(source: str) -> set[str]:
    """Every name that a module says: imported, read or reached through a dot."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found.add(node.name.rpartition(".")[2])
    return found


@pytest.mark.parametrize("name", ROOMS)
def test_a_private_key_is_used_in_one_room(name: str) -> None:
    room, reason = ROOMS[name]
    top = ROOT / "src" / "holub"
    said = [path.relative_to(top).as_posix() for path in top.rglob("*.py") if name in names_in(path.read_text("utf-8"))]
    assert said, f"nothing says {name} any more: is this table old?"
    assert [path for path in said if not path.startswith((room, MAKERS))] == [], reason
