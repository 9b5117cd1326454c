"""Commands that are run and answer."""

from __future__ import annotations

import pytest

from tests.faces.cli.command import Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)
