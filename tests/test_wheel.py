"""The wheel that relays and postboxes are installed from: nothing lacks, nothing is too much, and its bytes depend on
the commit alone. No registry is asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from holub.reader import page_code_if_built
from scripts import wheel

ROOT = Path(__file__).resolve().parent.parent
AT = 1_750_000_000
PAGE = "holub/reader/built/page.html"
LEFT_BEHIND = (
    "build/lib/holub/gone.py",
    "src/holub.egg-info/SOURCES.txt",
    "src/holub/__pycache__/gone.cpython-311.pyc",
)

LOOK = """
import sys
from pathlib import Path
import holub, holub.faces.desk.app, holub.outbound.press.plain
from holub.reader import page_code, plain_words, word_lists
from holub.sample import guides
assert Path(holub.__file__).is_relative_to(sys.argv[1]), holub.__file__
print(len(page_code()) > 100_000, *word_lists(), *(bool(plain_words(each)) for each in word_lists()))
print(*sorted(folder.name for folder in guides().iterdir()))
"""


@pytest.fixture(scope="module")
def page() -> None:
    """The reading page, built if it is not there."""
    if page_code_if_built() is None:
        assert shutil.which("node"), "the reading page is not built, and there is no node to build it (make page)"
        subprocess.run(["node", str(ROOT / "reader" / "build.mjs")], check=True, capture_output=True)


@pytest.fixture(scope="module")
def folder(page: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is packed, copied out of the checkout."""
    folder = tmp_path_factory.mktemp("packed") / "holub"
    wheel.lay_out(folder)
    return folder


@pytest.fixture(scope="module")
def packed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of it."""
    return wheel.pack(folder, tmp_path_factory.mktemp("dist"), AT)


def files_of(package: Path) -> set[str]:
    """The names, as a wheel has them, of all files of a package in a folder `src`."""
    files = (path for path in package.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    return {path.relative_to(package.parent).as_posix() for path in files}


def test_it_holds_the_package_and_nothing_else(packed: Path, folder: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        names = set(opened.namelist())
    about = {name for name in names if name.startswith("holub-") and ".dist-info/" in name}
    assert names - about == files_of(ROOT / "src" / "holub")
    assert {PAGE, "holub/faces/desk/templates/letters.html", "holub/sample/guides/uk/about/write.md"} <= names
    assert wheel.lacking(packed, folder) == []


def test_what_a_pattern_leaves_out_is_named(folder: Path, tmp_path: Path) -> None:
    poorer = tmp_path / "holub"
    shutil.copytree(folder, poorer, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    project = (poorer / "pyproject.toml").read_text(encoding="utf-8")
    (poorer / "pyproject.toml").write_text(project.replace('"**/*.html", ', ""), encoding="utf-8")
    absent = wheel.lacking(wheel.pack(poorer, tmp_path, AT), folder)
    assert set(absent) == {name for name in files_of(folder / "src" / "holub") if name.endswith(".html")}
    assert PAGE in absent


def test_a_page_that_is_not_built_is_named(packed: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    wheel.lay_out(bare)
    (bare / wheel.PAGE).unlink()
    assert wheel.lacking(packed, bare) == [PAGE]


def test_another_checkout_gives_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    other = tmp_path / "checkout"
    wheel.lay_out(other)
    for path in other.rglob("*"):
        path.chmod(0o700)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    for name in LEFT_BEHIND:
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_text("left = 'by an earlier build'\n")
    before = os.umask(0o077)
    try:
        wheel.lay_out(tmp_path / "holub", other)
        again = wheel.pack(tmp_path / "holub", tmp_path, AT)
    finally:
        os.umask(before)
    assert again.name == packed.name
    assert again.read_bytes() == packed.read_bytes()


def test_it_runs_where_it_was_unpacked_and_finds_its_files(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as opened:
        opened.extractall(tmp_path / "site")
    alone = dict(os.environ, PYTHONPATH=str(tmp_path / "site"))
    command = [sys.executable, "-c", LOOK, str(tmp_path / "site")]
    told = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert told.stderr == ""
    assert told.stdout.split() == ["True", "en", "ru", "uk", "True", "True", "True", "en", "ru", "uk"]


def test_the_list_names_the_wheel_and_all_that_it_needs_each_with_a_hash(packed: Path) -> None:
    first, *needed, last, end = wheel.listed(packed).replace("\\\n", "").split("\n")
    assert (first, last, end) == ("--only-binary :all:", f"./{packed.name} --hash=sha256:{wheel.sha256(packed)}", "")
    assert [line for line in needed if "==" not in line or "--hash=sha256:" not in line] == []
    with zipfile.ZipFile(packed) as opened:
        metadata = next(opened.read(name).decode() for name in opened.namelist() if name.endswith("/METADATA"))
    wanted = re.findall(r"^Requires-Dist: ([\w.-]+)(?!.*extra ==)", metadata, re.MULTILINE)
    assert len(wanted) > 10
    assert set(wanted) <= {line.partition("==")[0] for line in needed}


@pytest.mark.parametrize(("named", "wanted"), [("1700000000", 1_700_000_000), ("", wheel.NO_COMMIT)])
def test_without_git_its_day_is_the_one_that_is_named_or_the_first(
    named: str, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", named)
    monkeypatch.setenv("PATH", "")
    assert wheel.moment() == wanted
    assert wheel.changed() == []
