"""`holub up` where it cannot start: it says why and what to do, and what was there stays as it was."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from holub.faces import cli
from tests.faces.cli.command import PROGRAM, is_told
from tests.fakes.ports import free_ports

BOUND = 60  # seconds


@contextmanager
def running(data: Path) -> Iterator[dict[str, str]]:
    """`holub up` in a process of its own; gives the addresses that it prints, by name. It must end well."""
    command = [*PROGRAM, "up", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = [process.stdout.readline().strip().partition(": ") for _ in range(3)]
        try:
            yield {name: address for name, _, address in told}
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(BOUND) == 0, process.stderr.read()


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_second_one_on_the_same_folder_is_told_that_one_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    with running(data) as addresses:
        before = contents(data / "office")
        # With a port of its own, so that nothing but the folder is in the way.
        assert cli.run(["up", "--data", str(data), "--port", "0"]) == 4
        assert capsys.readouterr().err == (
            "holub: another holub up is running on data.\n"
            "  to do: stop it first, or choose another folder with --data\n"
        )
        assert contents(data / "office") == before
        port = int(addresses["postbox"].rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port)).close()  # the first one goes on


@pytest.mark.parametrize("taken", [0, 1], ids=["of the postbox", "of the desk"])
def test_a_port_that_is_taken_is_named_and_another_one_will_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], taken: int
) -> None:
    data, ports = tmp_path / "data", free_ports(2)
    with socket.create_server(("127.0.0.1", ports[taken])):
        assert cli.run(["up", "--data", str(data), "--port", str(ports[0])]) == 4
    told = capsys.readouterr().err
    assert told.startswith(f"holub: port {ports[taken]} on 127.0.0.1 cannot be used")
    assert told.endswith("\n  to do: stop what uses it, or choose another with --port\n")
    # What the first try made is gone on from: the same root document, and one edition.
    root = (data / "office" / "root.txt").read_bytes()
    with running(data) as addresses:
        assert list(addresses) == ["reading page", "desk", "postbox"]
    assert (data / "office" / "root.txt").read_bytes() == root
    assert [file.name for file in (data / "office" / "press" / "editions").iterdir()] == ["1.json"]


@pytest.mark.parametrize("version", ["2", "of tomorrow"])
def test_a_folder_of_a_newer_version_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "version").write_text(f"{version}\n")
    (data / "drawer").write_bytes(b"something new")
    before = contents(data)
    assert cli.run(["up", "--data", str(data), "--port", "0"]) == 3
    told = capsys.readouterr().err
    assert told == (
        f"holub: {data} was written by a newer holub.\n  to do: install the newer holub, or choose another --data\n"
    )
    assert contents(data) == before


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photographs").write_bytes(b"of a holiday")
    is_told(["up", "--data", str(tmp_path), "--port", "0"], 2, capsys)
    assert contents(tmp_path) == {"photographs": b"of a holiday"}


def test_guides_that_are_not_there_are_the_callers_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["up", "--data", str(tmp_path / "data"), "--guides", str(tmp_path / "none"), "--port", "0"]
    is_told(words, 2, capsys)
    assert not (tmp_path / "data" / "office").exists()
