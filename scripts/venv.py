"""The virtual environment in .venv, made from the locks.

Runs on a bare Python 3.11: standard library only. Every package comes with its hash from
requirements/, from whichever registry pip is set up for. A stamp keeps a second run short: packages
are installed again only when a lock, pyproject.toml or the Python changed.

    python -m scripts.venv office|dev
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"

# What each environment also satisfies: a test environment can run the office.
COVERS = {"office": ("office", "dev"), "dev": ("dev",)}


# Built on this machine; what tests it is skipped by name where that does not work.
SOUND = "requirements/sound.txt"
# An old release, which a registry may not have for ever.
MESH = "requirements/mesh.txt"


def locks(lock: str) -> list[str]:
    """The files that are installed for `lock`; elsewhere.txt holds what this lock cannot name on every machine."""
    return ["requirements/build.txt", f"requirements/{lock}.txt", "requirements/elsewhere.txt"]


def fingerprint(lock: str) -> str:
    """The hash of all that decides what is installed for `lock` (office or dev)."""
    parts = [sys.version.encode(), sysconfig.get_platform().encode()]
    for path in (*(ROOT / name for name in locks(lock)), ROOT / "pyproject.toml"):
        parts.append(path.read_bytes())
    if lock == "dev":
        parts += [(ROOT / name).read_bytes() for name in (SOUND, MESH)]
        parts.append(b"c++" if shutil.which("c++") else b"")
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def is_current(lock: str) -> bool:
    """Whether .venv was already made from this lock, or from one that covers it."""
    for name in COVERS[lock]:
        stamp = VENV / f"installed-{name}"
        if stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint(name):
            return True
    return False


def install(lock: str) -> None:
    """Make .venv if it is missing and install `lock` and holub itself into it."""
    python = VENV / "bin" / "python"
    if not python.exists():
        print("Making .venv", flush=True)
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-qq"]
    print(f"Installing requirements/{lock}.txt (once for each change of it)", flush=True)
    run([*pip, "install", "--require-hashes", *(word for name in locks(lock) for word in ("-r", name))])
    # Built with the setuptools that the lock names; an isolated build would fetch one that no hash covers.
    run([*pip, "install", "--no-deps", "--no-index", "--no-build-isolation", "--editable", "."])
    if lock == "dev":
        install_mesh(pip)
        install_sound(pip)
    (VENV / f"installed-{lock}").write_text(fingerprint(lock), encoding="ascii")


def install_mesh(pip: list[str]) -> None:
    """rns, where the registry still has that release. It never ends the run."""
    try:
        run([*pip, "install", "--no-deps", "--require-hashes", "-r", MESH])
    except subprocess.CalledProcessError:
        print("rns could not be had (see above); the tests that need it are skipped by name.", flush=True)


def install_sound(pip: list[str]) -> None:
    """ggwave, where there is a compiler for it. It never ends the run."""
    if shutil.which("c++") is None:
        print("Not installed: ggwave, which needs a C++ compiler (Debian: apt-get install g++).", flush=True)
        return
    try:
        # Built, like holub itself, with the setuptools that the lock names.
        run([*pip, "install", "--no-deps", "--no-build-isolation", "--require-hashes", "-r", SOUND])
    except subprocess.CalledProcessError:
        print("ggwave could not be built (see above); the tests that need it are skipped by name.", flush=True)


def run(command: list[str]) -> None:
    """One step; what it prints goes to the screen, and its failure ends the script."""
    subprocess.run(command, cwd=ROOT, check=True, env=dict(os.environ, PYTHONDONTWRITEBYTECODE=""))


def main() -> None:
    lock = sys.argv[1] if len(sys.argv) == 2 else ""
    if lock not in COVERS:
        sys.exit("usage: python -m scripts.venv office|dev")
    if is_current(lock):
        return
    try:
        install(lock)
    except subprocess.CalledProcessError as failure:
        sys.exit(
            f"This step ended with {failure.returncode}: {' '.join(failure.cmd)}\n"
            "Its message is above. A registry that does not answer: try again. A missing ensurepip or venv: "
            "install your system's python3-venv. A broken .venv: remove that folder and try again."
        )


if __name__ == "__main__":
    main()
