"""A command loads what it needs and no more: binding one changed guide costs less than most libraries take to load."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from holub import sample
from holub.faces import cli

HOLUB = "import sys; from holub.faces.cli import run; code = run(sys.argv[1:]); "
LOADED = "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
# What migrates, draws, serves, fetches, or turns guides into pages for people.
NEEDLESS = {"alembic", "mako", "rich", "starlette", "uvicorn", "httpx", "jinja2", "babel", "yaml", "pyotp", "multipart"}


def loaded_by(*words: object) -> tuple[dict[str, object], set[str]]:
    """A command's answer, and the top-level modules that its process had loaded at its end."""
    run = [sys.executable, "-c", HOLUB + LOADED, *map(str, words), "--json"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer, set(done.stderr.split())


@pytest.fixture
def words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[object]:
    """The command line that binds a folder with an office that bound it once."""
    secret = tmp_path / "passphrase"
    secret.write_text("a passphrase of several words\n")
    guides = Path(shutil.copytree(sample.guides(), tmp_path / "guides"))
    for picture in (file for file in guides.rglob("*") if file.is_file() and file.suffix != ".md"):
        picture.unlink()
    office, out = tmp_path / "office", tmp_path / "out"
    assert cli.run(["keys", "new", "--office", str(office), "--passphrase-file", str(secret)]) == 0
    line = ["press", "bind", guides, "--office", office, "--out", out, "--passphrase-file", secret]
    assert cli.run([str(word) for word in line]) == 0
    capsys.readouterr()
    return line


def test_binding_again_loads_nothing_that_it_does_not_need(words: list[object]) -> None:
    answer, loaded = loaded_by(*words)
    assert (answer["edition"], answer["changed"]) == (2, 0)
    assert "sqlalchemy" in loaded
    assert not loaded & {*NEEDLESS, "PIL"}


def test_keys_are_shown_without_the_database(words: list[object]) -> None:
    office = words[words.index("--office") + 1]
    _, loaded = loaded_by("keys", "show", Path(str(office)) / "root.txt")
    assert not loaded & NEEDLESS
