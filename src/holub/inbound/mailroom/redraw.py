"""Run apart, as a program: a hostile picture on the standard input, nothing but its pixels on the standard output.

Rules
- Everything is imported, then limits are set, then the first byte is read: memory, time, no new files, no new
  processes. Around it, where the machine has it, bwrap takes the network and the file system away (pictures.py).
- Only JPEG is decoded; the size is checked before anything is decoded.
- Out: width u32, height u32, then three bytes a pixel. Whatever is wrong: nothing, and an exit code that is not 0.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings

from PIL import ImageOps, TiffImagePlugin
from PIL.JpegImagePlugin import JpegImageFile

MOST_BYTES = 1_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1_600


def main() -> None:
    """Decode, turn upright, shrink, write the pixels."""
    TiffImagePlugin.READ_LIBTIFF = False  # of it only what reads EXIF is wanted, loaded before files are closed
    sys.addaudithook(_nothing_outside)
    for limit, value in (
        (resource.RLIMIT_AS, 1 << 30),
        (resource.RLIMIT_CPU, 10),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(limit, (value, value))
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        sys.exit(1)
    with JpegImageFile(io.BytesIO(data)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            sys.exit(1)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = sys.stdout.buffer
    out.write(upright.width.to_bytes(4, "big") + upright.height.to_bytes(4, "big") + upright.tobytes())
    out.flush()


def _nothing_outside(event: str, _: object) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn")):
        raise PermissionError(event)


if __name__ == "__main__":
    try:
        main()
    except Exception:  # noqa: BLE001 - any damage is one refusal, and no traceback of hostile bytes
        sys.exit(1)
