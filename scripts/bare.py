"""A try of what README.md says one needs: a fresh clone, with nothing on PATH but Python and make.

    python -m scripts.bare

It downloads all that the locks name, so no test runs it. It clones what is committed here. How pip and npm reach their
registries is taken from whoever runs it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESSES = ("reading page", "desk", "postbox")


def bare_path(folder: Path) -> str:
    """A folder with Python and make alone."""
    folder.mkdir()
    make = shutil.which("make")
    if make is None:
        sys.exit("There is no make on PATH: install it (Debian: apt-get install make).")
    (folder / "make").symlink_to(make)
    # A link would make the new .venv lean on this folder; a program that starts it does not.
    python = folder / "python3"
    own = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    python.write_text(f'#!/bin/sh\nexec "{own}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return str(folder)


def start_and_look(clone: Path, environment: dict[str, str]) -> None:
    """`make up` until it says where everything is; the reading page is fetched, and it is stopped as by Ctrl+C."""
    command = ["make", "up", "ARGS=--port 0"]
    with subprocess.Popen(
        command, cwd=clone, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as up:
        told: dict[str, str] = {}
        for line in up.stdout or ():
            print(line, end="", flush=True)
            name, _, address = line.strip().partition(": ")
            if name in ADDRESSES:
                told[name] = address
            if len(told) == len(ADDRESSES):
                break
        try:
            if len(told) < len(ADDRESSES):
                sys.exit("`make up` ended before it said where everything is. Its messages are above.")
            with urllib.request.urlopen(told["reading page"]) as answer:  # noqa: S310 # what it printed, on this machine
                page = answer.read()
        finally:
            os.killpg(up.pid, signal.SIGINT)
    if b'id="edition"' not in page:
        sys.exit("The reading page that it serves holds no edition.")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="holub-bare-") as temporary:
        clone = Path(temporary) / "holub"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        environment = dict(kept, PATH=bare_path(Path(temporary) / "bin"))
        for tool in ("node", "npm", "git", "cc"):
            if shutil.which(tool, path=environment["PATH"]) is not None:
                sys.exit(f"{tool} is found where only Python and make should be.")
        subprocess.run([f"{environment['PATH']}/make", "page"], cwd=clone, env=environment, check=True)
        start_and_look(clone, environment)
    print("A clone with Python and make alone builds the page and starts the post office.")


if __name__ == "__main__":
    main()
