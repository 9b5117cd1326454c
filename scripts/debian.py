"""Programs that tests use and that no language registry has: a browser, fonts, a fence, other people's compressors.

Installed from Debian where this runs as root; elsewhere named, and the tests that need them are
skipped and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

# What must be there -> the Debian package that brings it.
PROGRAMS = {
    "chromium": "chromium",
    "zstd": "zstd",
    "xdelta3": "xdelta3",
    "bsdiff": "bsdiff",
    "brotli": "brotli",
    "bwrap": "bubblewrap",
    "minimodem": "minimodem",
    "ip": "iproute2",
    "zimwriterfs": "zim-tools",
}
FONT_FOLDER = Path("/usr/share/fonts/truetype/noto")
FONT_PACKAGE = "fonts-noto-core"


def missing() -> list[str]:
    """The Debian packages that are not there yet."""
    packages = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if not any(FONT_FOLDER.glob("NotoSans*Arabic*")):
        packages.append(FONT_PACKAGE)
    return packages


def install() -> None:
    """Install what is missing, or say what is missing and what that means. It never ends the run."""
    packages = missing()
    if not packages:
        return
    names = " ".join(packages)
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Not installed: {names}. Tests that need them are skipped by name.", flush=True)
        print(f"On Debian or Ubuntu: sudo apt-get install {names}", flush=True)
        return
    print(f"Installing from Debian: {names}", flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    get = ["apt-get", "-qq", "-o=Dpkg::Use-Pty=0"]
    for command in ([*get, "update"], [*get, "install", "-y", "--no-install-recommends", *packages]):
        ended = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if ended.returncode:
            print(ended.stdout.decode("utf-8", "replace"), flush=True)
            print(f"Debian's packages could not be installed ({ended.returncode}); their tests are skipped by name.")
            return
