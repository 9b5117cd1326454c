"""Programs that play and record, without a loudspeaker or a microphone: what is played lies in a file, and is recorded.

They take the same pipes as real ones. A recorder gives what lies in the file and then hears nothing more, until it is
ended.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

_HEAD = """#!{python}
import json, os, sys, time
folder = {folder!r}
with open(os.path.join(folder, "asking.json"), "w") as asked:
    json.dump([os.getpid(), os.path.basename(sys.argv[0]), *sys.argv[1:]], asked)
os.replace(asked.name, os.path.join(folder, "asked.json"))
"""
_PLAYS = """
with open(os.path.join(folder, "air.raw"), "wb") as air:
    while piece := sys.stdin.buffer.read1(65536):
        air.write(piece)
        air.flush()
"""
_RECORDS = """
with open(os.path.join(folder, "air.raw"), "rb") as air:
    sys.stdout.buffer.write(air.read())
sys.stdout.flush()
time.sleep(1000)
"""
# As aplay and arecord do on a machine that is too slow.
_GAPS = """
for _ in range(5_000):
    print("underrun!!! (at least 12.345 ms long)", file=sys.stderr)
"""
_DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
"""
_FAILS = """
print("no such device", file=sys.stderr)
sys.exit(1)
"""


class SoundPrograms:
    """A folder of programs; `air`: what was played last, little-endian 16-bit samples."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.air = folder / "air.raw"

    def player(self, name: str, *, complains: bool = False) -> None:
        self._install(name, (_GAPS if complains else "") + _PLAYS)

    def recorder(self, name: str, *, complains: bool = False, deaf: bool = False) -> None:
        """deaf: it does not end when it is asked to."""
        self._install(name, (_GAPS if complains else "") + (_DEAF if deaf else "") + _RECORDS)

    def broken(self, name: str) -> None:
        self._install(name, _FAILS)

    def pipewire(self, name: str, *, raw: bool) -> None:
        """One that does, or does not, know the option --raw, and says so when it is asked for help."""
        answers = f'if "--help" in sys.argv: print("--rate {"--raw" if raw else ""}"); sys.exit()\n'
        self._install(name, answers + (_PLAYS if "play" in name else _RECORDS))

    def asked(self) -> list[str]:
        """The name and the words that the last one was started with."""
        return [str(word) for word in self._asked()[1:]]

    def wait_until_gone(self) -> None:
        """Returns once the last one is no process any more; raises where it stays."""
        if not (self.folder / "asked.json").exists():
            return  # it was ended before it could say its number
        number = int(str(self._asked()[0]))
        for _ in range(2_000):
            try:
                os.kill(number, 0)
            except ProcessLookupError:
                return
            time.sleep(0.005)
        raise AssertionError(f"process {number} is still there")

    def _asked(self) -> list[object]:
        found: list[object] = json.loads((self.folder / "asked.json").read_text())
        return found

    def _install(self, name: str, does: str) -> None:
        program = self.folder / name
        program.write_text(_HEAD.format(python=sys.executable, folder=str(self.folder)) + does)
        program.chmod(0o755)
