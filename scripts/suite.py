"""The whole run: what is missing is installed, everything is built, checked and tested.

pytest comes last, so that its closing line ends the output. Arguments go to pytest. Ends with 0 only
when every check and every test passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts import checks, debian, node

ROOT = Path(__file__).resolve().parent.parent

# A process for each processor. One file's tests stay together: what they made once, they share.
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")


def main() -> None:
    with ThreadPoolExecutor(1) as beside:
        # Tests alone need these programs; a browser takes as long to install as the checks take.
        programs = beside.submit(debian.install)
        page = node.install()
        node.build(page)
        checked = checks.run()
        programs.result()
    if not checked:
        print("A check failed (see above): this run fails, whatever the tests say.", flush=True)
    environment = page.environment()
    # Journeys start `holub` and the benchmarks' peers by name.
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *sys.argv[1:]]
    ended = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    sys.exit(ended.returncode or (0 if checked else 1))


if __name__ == "__main__":
    main()
