"""The frame: exit codes, what is printed where, secrets, benchmarks by name, and the walls that no linter can hold."""

from __future__ import annotations

import ast
import errno
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer

from bench.__main__ import main as bench_main
from holub import errors
from holub.faces import cli
from holub.faces.cli import frame

ROOT = Path(__file__).resolve().parent.parent
TEMPERED = "stick\x1b[2J\u202egnp.exe"

trial = frame.group("Commands that fail in every way.")


@trial.command("misused")
def _misused(as_json: frame.Json = False) -> None:
    raise errors.Misused("this was asked wrongly", "ask otherwise")


@trial.command("refused")
def _refused(as_json: frame.Json = False) -> None:
    raise errors.Refused(f"the parcel {TEMPERED} is damaged", "fetch it again")


@trial.command("unavailable")
def _unavailable(as_json: frame.Json = False) -> None:
    raise errors.Unavailable("the port is taken", "choose another")


@trial.command("bug")
def _bug(as_json: frame.Json = False) -> None:
    secret = "correct horse battery staple"
    raise KeyError(len(secret))


@trial.command("disk")
def _disk(as_json: frame.Json = False) -> None:
    raise OSError(28, "No space left on device", "holub-data/letters")


@trial.command("stopped")
def _stopped(as_json: frame.Json = False) -> None:
    raise KeyboardInterrupt


@trial.command("answer")
def _answer(as_json: frame.Json = False) -> None:
    frame.show({"letters": 3, "place": "Київ"}, f"3 letters on {TEMPERED}", as_json=as_json)


@trial.command("two")
def _two(number: int, as_json: frame.Json = False) -> None:
    frame.show({"number": number}, str(number), as_json=as_json)


GROUPS = (cli.Group("trial", "Commands that fail in every way."),)


@pytest.fixture(autouse=True)
def _trial_group(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("holub.faces.cli.trial")
    vars(module)["app"] = trial
    monkeypatch.setitem(sys.modules, module.__name__, module)


SCENARIOS = {
    "a command that does what it was asked ends with 0": ("answer", 0, None),
    "a caller's error ends with 2": ("misused", 2, "misused"),
    "bad bytes end with 3": ("refused", 3, "refused"),
    "a world that does not allow it ends with 4": ("unavailable", 4, "unavailable"),
    "an error of the operating system is the world's": ("disk", 4, "unavailable"),
    "anything else is our bug and ends with 1": ("bug", 1, "bug"),
    "Ctrl+C ends with 130": ("stopped", 130, None),
    "a command that does not exist is the caller's error": ("no-such-command", 2, "misused"),
    "an argument of the wrong type is the caller's error": ("two", 2, "misused"),
}


@pytest.mark.parametrize(("command", "code", "kind"), SCENARIOS.values(), ids=SCENARIOS.keys())
def test_every_ending_has_its_code_and_its_json(
    command: str, code: int, kind: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["trial", command, "--json"] + (["many"] if command == "two" else [])
    assert cli.run(arguments, GROUPS) == code
    out, err = capsys.readouterr()
    if code == 0:
        assert json.loads(out) == {"letters": 3, "place": "Київ"}
        assert err == ""
        return
    assert out == ""
    if kind is not None:
        error = json.loads(err)["error"]
        assert error["kind"] == kind
        assert error["what"]
        assert error["todo"]


def test_an_error_is_one_sentence_and_one_line_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trial", "unavailable"], GROUPS) == 4
    assert capsys.readouterr() == ("", "holub: the port is taken.\n  to do: choose another\n")


def test_what_came_from_outside_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["trial", "refused"], GROUPS)
    cli.run(["trial", "answer"], GROUPS)
    out, err = capsys.readouterr()
    assert "stick\N{REPLACEMENT CHARACTER}[2J" in err
    assert not set("\x1b\u202e") & set(out + err)


def test_a_bug_apologises_and_shows_no_values_even_with_debug(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--debug", "trial", "bug"], GROUPS) == 1
    _, err = capsys.readouterr()
    assert "this is a bug in holub, and we are sorry: KeyError." in err
    assert "in _bug" in err
    assert "correct horse" not in err
    cli.run(["trial", "bug"], GROUPS)
    assert "Traceback" not in capsys.readouterr().err


def test_only_the_group_that_was_asked_for_is_imported(capsys: pytest.CaptureFixture[str]) -> None:
    groups = (*GROUPS, cli.Group("nowhere", "A group whose module is not there."))
    assert cli.run(["trial", "answer"], groups) == 0
    assert cli.run(["--help"], groups) == 0
    assert "A group whose module is not there." in capsys.readouterr().out


def test_a_group_whose_packages_are_missing_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named 'sqlalchemy' for {name}", name="sqlalchemy")

    monkeypatch.setattr("importlib.import_module", refuse)
    assert cli.run(["trial", "answer"], GROUPS) == 4
    assert "needs sqlalchemy" in capsys.readouterr().err


def test_a_single_command_stands_at_the_top(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    single = typer.Typer()

    @single.command("alone")
    def _alone(place: str) -> None:
        typer.echo(f"alone in {place}")

    module = ModuleType("holub.faces.cli.alone")
    vars(module)["app"] = single
    monkeypatch.setitem(sys.modules, module.__name__, module)
    groups = (*GROUPS, cli.Group("alone", "One command.", single=True))
    assert cli.run(["alone", "Lviv"], groups) == 0
    assert cli.run(["trial", "answer"], groups) == 0
    assert capsys.readouterr().out.startswith("alone in Lviv\n3 letters")


def test_the_program_starts_keeps_its_memory_private_and_names_its_version() -> None:
    watch = (
        "import ctypes, resource, sys\n"
        "from holub.faces import cli\n"
        "sys.argv = ['holub', '--version']\n"
        "try:\n    cli.main()\n"
        "except SystemExit as left:\n    print(left.code)\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))\n"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == 'linux' else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[1:] == ["0", "(0, 0)", "0", ""]
    assert done.stdout.startswith("holub 0.")


def test_a_reader_of_the_output_that_goes_away_is_no_bug() -> None:
    start = (
        "import sys, time\nfrom holub.faces import cli\nsys.argv = ['holub', '--help']\nsys.stdin.read()\ncli.main()\n"
    )
    command = [sys.executable, "-c", start]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.close()
        told = process.stderr.read()
        assert process.wait() == frame.UNHEARD
    assert told == b""


class TestPassphrases:
    """A passphrase comes from a file's first line or a prompt."""

    def test_the_first_line_counts_and_its_end_does_not(self, tmp_path: Path) -> None:
        file = tmp_path / "passphrase"
        file.write_bytes("шість слів \r\nsecond line".encode())
        assert frame.passphrase(file) == "шість слів "

    @pytest.mark.parametrize(
        "content", [b"", b"\n", b"\xff\xfe\n", b"x" * 1025], ids=["empty", "empty line", "not UTF-8", "too long"]
    )
    def test_a_file_without_one_is_misused(self, content: bytes, tmp_path: Path) -> None:
        file = tmp_path / "passphrase"
        file.write_bytes(content)
        with pytest.raises(errors.Misused):
            frame.passphrase(file)

    def test_a_file_that_is_not_there_is_unavailable(self, tmp_path: Path) -> None:
        with pytest.raises(errors.Unavailable):
            frame.passphrase(tmp_path / "absent")

    def test_without_a_terminal_nobody_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with Path("/dev/null").open() as nothing:
            monkeypatch.setattr(sys, "stdin", nothing)
            with pytest.raises(errors.Misused, match="no terminal"):
                frame.passphrase(None)


def test_progress_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with frame.progress("Binding") as advance:
        advance(1, 2)
        advance(2, 2)
    assert capsys.readouterr() == ("", "")


class TestBenchmarks:
    """python -m bench NAME."""

    @pytest.fixture
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "trial_bench"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "tables.py").write_text('"""No benchmark: a module that others use."""\n')
        (folder / "ratio.py").write_text(
            '"""How much smaller."""\ndef run(corpus):\n    return {"ratio": 0.5}\n'
            "def table(result):\n    return f\"ratio {result['ratio']}\"\n"
        )
        monkeypatch.syspath_prepend(str(tmp_path))
        return folder

    def test_one_runs_prints_its_table_and_writes_its_figures(
        self, package: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = package / "figures.json"
        assert bench_main(["all", "--json", str(out)], [str(package)], package.name) == 0
        assert "ratio 0.5" in capsys.readouterr().out
        assert json.loads(out.read_text())["results"] == {"ratio": {"ratio": 0.5}}

    def test_an_unknown_name_and_an_absent_corpus_are_misused(
        self, package: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert bench_main(["nothing"], [str(package)], package.name) == 2
        assert "choose one of: list, all, ratio" in capsys.readouterr().err
        assert bench_main(["ratio", "--corpus", str(package / "absent")], [str(package)], package.name) == 2

    def test_the_real_ones_are_listed(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert bench_main(["list"]) == 0


# What `formats` may never import: a file, a socket, a clock, a random source, another process.
IMPURE = frozenset(
    {
        "asyncio",
        "datetime",
        "glob",
        "http",
        "io",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "select",
        "selectors",
        "shutil",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
    }
)
IMPURE_CALLS = frozenset({"open", "input", "print", "eval", "exec", "__import__"})


def impurities(source: str) -> list[str]:
    """What of IMPURE and IMPURE_CALLS a module imports or calls."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.func.id] if node.func.id in IMPURE_CALLS else []
            continue
        else:
            continue
        found += [name for name in names if name.partition(".")[0] in IMPURE]
    return found


FORMATS = sorted((ROOT / "src" / "holub" / "formats").rglob("*.py"))


def test_there_are_formats_to_look_at() -> None:
    assert len(FORMATS) > 5


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: path.name)
def test_formats_take_bytes_and_give_bytes(path: Path) -> None:
    assert impurities(path.read_text(encoding="utf-8")) == []


def test_an_impure_module_is_noticed() -> None:
    assert impurities("import os.path\nfrom time import time\nopen('x')\n") == ["os.path", "time", "open"]


SOURCES = sorted(path for folder in ("src", "bench", "scripts") for path in (ROOT / folder).rglob("*.py"))


def test_no_file_outgrows_its_reader() -> None:
    long = {str(path.relative_to(ROOT)): n for path in SOURCES if (n := len(path.read_text().splitlines())) > 400}
    assert long == {}


@pytest.mark.parametrize(
    ("path", "word"),
    [(lock, word) for lock in sorted((ROOT / "requirements").glob("*.txt")) for word in ("://", "--find-links", "-url")]
    + [(ROOT / "reader" / "package-lock.json", '"resolved"')],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_no_lock_names_a_registry_or_a_machine(path: Path, word: str) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in lines if word in line] == []


def test_a_file_that_does_not_fit_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real.html").write_bytes(b"before")
    page = tmp_path / "page.html"
    page.symlink_to("real.html")
    frame.write_file(page, b"after")
    assert page.is_symlink()
    assert (tmp_path / "real.html").read_bytes() == b"after"

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as half:
            half.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        with pytest.raises(errors.Unavailable, match="No space left"):
            frame.write_file(page, b"much longer than before")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "page.html": b"after",
        "real.html": b"after",
    }
