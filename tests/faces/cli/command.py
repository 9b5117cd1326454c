"""The command line as a test runs it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from holub.faces import cli

# Where a test needs a process of its own.
PROGRAM = (sys.executable, "-c", "from holub.faces.cli import main; main()")


class Run:
    """Runs a command with --json; gives its answer, or the error's kind where another code is expected."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object, code: int = 0) -> dict[str, Any]:
        ended = cli.run([*map(str, words), "--json"])
        out, err = self._capsys.readouterr()
        assert ended == code, err or out
        assert code or err == ""
        answer: dict[str, Any] = json.loads(err if code else out)
        if code:
            error = answer["error"]
            assert isinstance(error, dict)
            assert error["what"]
            return error
        return answer


def rows(answer: dict[str, object], key: str) -> list[dict[str, object]]:
    found = answer[key]
    assert isinstance(found, list)
    return found


def is_told(words: Sequence[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake at the command line: its exit code, what happened in one line, and what to do in another."""
    assert cli.run(words) == code
    assert re.fullmatch(r"holub: [^\n]+\.\n  to do: [^\n]+\n", capsys.readouterr().err)
