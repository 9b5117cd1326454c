"""The command line of a journey: a process of its own, as a person starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

HOLUB = (sys.executable, "-c", "from holub.faces.cli import main; main()")
BOUND = 300  # seconds


def holub(*words: object) -> dict[str, Any]:
    """Runs a command with --json; it must do what it was asked, and say nothing else."""
    command = [*HOLUB, *(str(word) for word in words), "--json"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=BOUND, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer
