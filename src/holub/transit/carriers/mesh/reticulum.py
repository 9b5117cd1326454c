"""Reticulum as a radio: frames and asks in broadcast packets, for which nobody has to be known (docs/mesh.md).

Rules
- the library runs in a process of its own (reticulumnode.py): it takes over signals, ends its process when an interface
  fails, and reads what strangers send.
- nothing of it stays: its folder is a new one for each run, in memory where there is a place for that, and goes with
  it. Of the folder that a person names only the file `config` is read, and nothing is written there.
- no announce, no name, no identity that is used twice, no path, no link, no probe, and no passing on for others.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from holub.errors import Misused, Unavailable, from_its_file
from holub.transit.carriers.mesh.linkradio import LinkRadio, end, over_pipes
from holub.transit.placing import world

READY = b"ready\n"
_START = 60.0  # seconds; a radio on a cable is set up in that time
_MOST_TOLD = 2_048  # bytes of what the library says when it fails
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a name of its own is made in it
_PACKAGES = str(Path(__file__).resolve().parents[4])
_NODE = "holub.transit.carriers.mesh.reticulumnode"


def start_reticulum(folder: Path, *, sends: bool) -> LinkRadio:
    """A node with the interfaces of `folder`/config, and nothing else of it. Raises Misused, Unavailable."""
    if not (folder / "config").is_file():
        raise Misused(
            f"there is no Reticulum configuration at {folder}",
            "name the folder that has a file `config` with your interfaces; docs/mesh.md shows one",
        )
    return _start("start", str((folder / "config").absolute()), sends)


def join_reticulum(name: str, *, sends: bool) -> LinkRadio:
    """The node that runs on this machine, by its instance name; "" for the usual one. Raises Unavailable."""
    return _start("join", name or "default", sends)


def _start(how: str, what: str, sends: bool) -> LinkRadio:
    if find_spec("RNS") is None:
        raise Unavailable(
            "Reticulum needs the package rns, which is not installed here",
            from_its_file("mesh"),
        )
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with world(memory or Path(tempfile.gettempdir())), contextlib.ExitStack() as undo:
        home = tempfile.mkdtemp(prefix="holub-", dir=memory)
        undo.callback(shutil.rmtree, home, ignore_errors=True)
        process = subprocess.Popen(  # noqa: S603 - our own module, and no shell
            [sys.executable, "-P", "-m", _NODE, how, what, home, "sends" if sends else "silent"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "PYTHONPATH": os.pathsep.join([_PACKAGES, *filter(None, sys.path)]),
            },
            start_new_session=True,  # Ctrl+C is ours to hear
        )
        undo.callback(end, process)
        _wait(process)
        return over_pipes(process, undo.pop_all().close)


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Until the node says that it is ready. Raises Unavailable with what it says instead."""
    if process.stdout is None or process.stderr is None:
        raise AssertionError("both pipes were asked for")
    said, until = b"", time.monotonic() + _START
    while said != READY:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        # One byte at a time: what comes after belongs to the radio.
        piece = os.read(process.stdout.fileno(), 1) if ready else b""
        if not piece:
            break
        said += piece
    else:
        return
    process.kill()
    told = b""
    with contextlib.suppress(OSError):
        told = process.stderr.read(_MOST_TOLD) or b""
    lines = told.decode("utf-8", "replace").split("\n")
    why = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    raise Unavailable(f"Reticulum did not start: {why[:200].rstrip('.')}", "check its configuration, then try again")
