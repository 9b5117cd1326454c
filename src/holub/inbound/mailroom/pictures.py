"""Pictures of letters, made anew: only pixels cross from the sandbox, so nothing hidden in a file comes along.

Rules
- The file is decoded in a process of its own (redraw.py), with limits, without environment, and with bwrap around it
  where the machine has it and lets it work: no network, no view of the office's folder.
- What comes back is checked to be pixels of a sane size and encoded here as a new JPEG without any metadata.
- A picture that does not decode is None: it is left out and counted, never fatal.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image

from holub.errors import Unavailable
from holub.inbound.mailroom import redraw

_PROGRAM: Final = Path(redraw.__file__).resolve()
_SECONDS: Final = 30
_QUALITY: Final = 82


def make_anew(picture: bytes) -> bytes | None:
    """A JPEG of up to 1,600 pixels a side made from the pixels of another one; None where it does not decode.

    Raises Unavailable where the machine was too busy to try: that says nothing of the picture.
    """
    try:
        run = _run([sys.executable, "-I", str(_PROGRAM)], picture)
    except (subprocess.TimeoutExpired, OSError) as error:
        raise Unavailable("a picture could not be made anew now", "look again when the machine is less busy") from error
    raw = run.stdout
    if run.returncode or len(raw) < 8:
        return None
    width, height = int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:8], "big")
    longest = redraw.LONGEST_SIDE
    if not (0 < width <= longest and 0 < height <= longest and len(raw) == 8 + 3 * width * height):
        return None
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), raw[8:]).save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


@cache
def fenced() -> bool:
    """Whether pictures are decoded without network and files: bwrap is here, and this machine lets it work."""
    try:
        return (
            shutil.which("bwrap") is not None and _run([sys.executable, "-I", "-c", ""], b"", fence()).returncode == 0
        )
    except (subprocess.TimeoutExpired, OSError):
        return False


def fence() -> list[str]:
    """The bwrap command in front of another one: no network, no processes of others, Python's own files to read."""
    places = {"/usr", "/lib", "/lib64", "/bin", sys.prefix, sys.base_prefix, sysconfig.get_path("platlib")}
    places |= {str(_PROGRAM), str(Path(sys.executable).resolve().parent)}
    binds = [part for place in sorted(places) for part in ("--ro-bind-try", place, place)]
    bwrap = shutil.which("bwrap") or "bwrap"
    return [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--proc", "/proc", *binds, "--"]


def _run(program: list[str], data: bytes, around: list[str] | None = None) -> subprocess.CompletedProcess[bytes]:
    before = around if around is not None else fence() if fenced() else []
    return subprocess.run(  # noqa: S603 - a fixed program; hostile bytes go to its standard input alone
        [*before, *program],
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        timeout=_SECONDS,
        check=False,
    )
