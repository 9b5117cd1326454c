"""A server in a process of its own, to be signalled and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.transit.plain_http import connect

Process = subprocess.Popen[str]

# `start(data, ready)` is the server's own; its errors are told as the command line tells them.
RUN = """
import sys
from pathlib import Path
from holub.errors import HolubError
{start}
try:
    start(Path(sys.argv[1]), lambda url: print(url, flush=True))
except HolubError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def run(start: str, data: Path) -> tuple[Process, str]:
    """The process and its URL; `start` defines the function of that name."""
    command = [sys.executable, "-W", "error", "-c", RUN.format(start=start), str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def kill_amid_a_letter(process: Process, url: str) -> None:
    """It dies while one more letter is on its way: 4,096 zeros."""
    with connect(url) as connection:
        connection.sendall(b"POST /letters HTTP/1.1\r\ncontent-length: 4096\r\n\r\n" + bytes(4_096))
        os.kill(process.pid, signal.SIGKILL)
