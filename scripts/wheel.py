"""holub as one file to install from, with the reading page inside: dist/holub-….whl. Beside it, dist/install.txt names
this file and every package that it needs, each with its hash: who compares the list's own hash has compared all.

The same commit gives the same bytes, on any machine: what is packed is copied first, so that neither what an earlier
build left nor the modes of a checkout go in; every file has the time of the commit (SOURCE_DATE_EPOCH where that is
set); nothing is compressed, since zlib's bytes differ from release to release. Packed by the setuptools of
requirements/build.txt, which asks no registry.

    python -m scripts.wheel          build the page, the wheel and the list, and say their SHA-256
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from scripts import node

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PACKAGE = Path("src") / "holub"
PAGE = PACKAGE / "reader" / "built" / "page.html"
# What setuptools reads beside the package.
BESIDE = ("pyproject.toml", "README.md", "LICENSE", "spec/LICENSE")
# What a relay or a postbox installs with it.
NEEDED = ("requirements/base.txt", "requirements/elsewhere.txt")
# What else decides the bytes.
DECIDES = ("reader", "requirements/build.txt", *NEEDED, "scripts/wheel.py")
NO_COMMIT = 315_532_800  # 1980-01-01, the first day that a zip file can name


def moment() -> int:
    """The Unix time that the wheel's files get: SOURCE_DATE_EPOCH, else the commit's; NO_COMMIT without git."""
    named = os.environ.get("SOURCE_DATE_EPOCH", "")
    if named.isdecimal():
        return int(named)
    told = git("log", "-1", "--format=%ct").strip()
    return int(told) if told.isdecimal() else NO_COMMIT


def changed() -> list[str]:
    """The files that decide the bytes and are not as they were committed."""
    told = git("status", "--porcelain", "--", PACKAGE.as_posix(), *BESIDE, *DECIDES)
    return [line[3:] for line in told.splitlines()]


def git(*words: str) -> str:
    """What git says about this checkout; nothing where there is no git, or this is none."""
    program = shutil.which("git")
    if program is None:
        return ""
    return subprocess.run([program, *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout


def lay_out(folder: Path, root: Path = ROOT) -> None:
    """Copy into an empty folder what is packed, each file with the same mode on every machine."""
    shutil.copytree(root / PACKAGE, folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(root / name, folder / name)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def pack(folder: Path, out: Path, at: int) -> Path:
    """The wheel of what `folder` holds, in `out`; its files have the Unix time `at`. A failure ends the script."""
    flags = ["--no-deps", "--no-index", "--no-build-isolation", "--no-cache-dir"]
    stored = "--config-settings=--build-option=--compression=stored"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "wheel", *flags, stored]
    before = os.umask(0o022)  # setuptools writes a few files of its own, and their modes go in
    try:
        node.run([*pip, "--wheel-dir", str(out), str(folder)], folder, dict(os.environ, SOURCE_DATE_EPOCH=str(at)))
    finally:
        os.umask(before)
    (wheel,) = out.glob("holub-*.whl")
    return wheel


def lacking(wheel: Path, folder: Path) -> list[str]:
    """The files of the package in `folder`, and the page, that the wheel has not, or has otherwise."""
    wanted = {path for path in (folder / PACKAGE).rglob("*") if path.is_file()} | {folder / PAGE}
    with zipfile.ZipFile(wheel) as packed:
        there = {name: packed.read(name) for name in packed.namelist()}
    names = {path.relative_to(folder / "src").as_posix(): path for path in sorted(wanted)}
    return [name for name, path in names.items() if not path.is_file() or there.get(name) != path.read_bytes()]


def listed(wheel: Path) -> str:
    """install.txt: what is needed, and the wheel in the same folder, as pip reads it with --require-hashes."""
    lines = (line for name in NEEDED for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    needed = [line for line in lines if line and not line.lstrip().startswith("#")]
    # A package that has no wheel for a machine would be built there, by tools that no hash covers.
    return "\n".join(["--only-binary :all:", *needed, f"./{wheel.name} --hash=sha256:{sha256(wheel)}", ""])


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> None:
    page = node.install()
    shutil.rmtree((ROOT / PAGE).parent, ignore_errors=True)  # a list that is made no longer would go along
    node.build(page)
    with tempfile.TemporaryDirectory() as work:
        folder, out = Path(work) / "holub", Path(work) / "out"
        lay_out(folder)
        built = pack(folder, out, moment())
        if absent := lacking(built, folder):
            sys.exit(f"The wheel lacks files that holub opens; see package-data in pyproject.toml: {', '.join(absent)}")
        DIST.mkdir(exist_ok=True)
        wheel = Path(shutil.copyfile(built, DIST / built.name))
    install = DIST / "install.txt"
    install.write_text(listed(wheel), encoding="utf-8")
    if others := changed():
        print(f"Not as committed, so nobody else gets these bytes: {', '.join(others)}", flush=True)
    print(f"SHA-256, in {DIST.name}:", flush=True)
    for file in (wheel, install):
        print(f"{sha256(file)}  {file.name}", flush=True)


if __name__ == "__main__":
    main()
