"""A camera that looks at a screen: the codes that a page shows, as a film with a hand, a lens and bad light in it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import cos, pi, sin
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, Page

from tests.reader.conftest import FLAGS

FILM_RATE = 30  # pictures a second, at which Chromium's fake camera plays a file of JPEG pictures
FILM = (1280, 720)

# Each code that the page draws on its canvas, once: rows of 0 and 1, the quiet zone included.
COLLECT = """async (count) => {
  const canvas = document.querySelector('canvas.codes');
  const codes = [];
  let last = '';
  while (codes.length < count) {
    await new Promise(requestAnimationFrame);
    const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    const rows = Array.from(pixels, (pixel) => (pixel & 0xff ? '0' : '1')).join('');
    if (rows !== last && rows.includes('1')) codes.push(rows);
    last = rows;
  }
  return codes;
}"""


@dataclass(frozen=True)
class Lens:
    """What stands between a screen and a camera's picture; `blur` in pixels, `noise` in 255ths, `part` of the height."""

    part: float = 0.86
    roll: float = 4.0
    slant: float = 0.06
    blur: float = 0.9
    noise: float = 9.0
    shake: float = 5.0
    missed: float = 0.0
    """How many of the codes are blurred away whole, as by a hand that moves."""


def shown(page: Page, count: int) -> list[str]:
    """The next codes that a page shows."""
    codes: list[str] = page.evaluate(COLLECT, count)
    return codes


def picture(code: str, scale: int = 8) -> Image.Image:
    """A code as it stands on a screen, with what is around it."""
    side = round(len(code) ** 0.5)
    flat = Image.frombytes("L", (side, side), bytes(20 if module == "1" else 235 for module in code))
    return flat.resize((side * scale, side * scale), Image.Resampling.NEAREST)


def seen(code: str, lens: Lens, random: Random) -> Image.Image:
    """One picture of the camera."""
    flat = picture(code)
    width, height = FILM
    half = lens.part * height / 2
    angle = lens.roll * pi / 180
    corners = []
    for number, (x, y) in enumerate([(-1, -1), (1, -1), (1, 1), (-1, 1)]):
        near = half * (1 + lens.slant * (1 if number < 2 else -1))
        corners.append(
            (
                width / 2 + near * (x * cos(angle) - y * sin(angle)) + random.uniform(-1, 1) * lens.shake,
                height / 2 + near * (x * sin(angle) + y * cos(angle)) + random.uniform(-1, 1) * lens.shake,
            )
        )
    side = flat.width
    plane = flat.transform(
        FILM,
        Image.Transform.PERSPECTIVE,
        _plane(corners, [(0, 0), (side, 0), (side, side), (0, side)]),
        Image.Resampling.BICUBIC,
        fillcolor=70,
    )
    plane = plane.filter(ImageFilter.GaussianBlur(12 if random.random() < lens.missed else lens.blur))
    noise = Image.effect_noise(FILM, lens.noise)
    return ImageChops.add(plane, noise, 1, -128)


def _plane(seen_at: Sequence[tuple[float, float]], stands_at: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Pillow's eight numbers: from a place in the picture to one on the screen."""
    rows = []
    for (x, y), (u, v) in zip(seen_at, stands_at, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for place in range(8):
        best = max(range(place, 8), key=lambda row: abs(rows[row][place]))
        rows[place], rows[best] = rows[best], rows[place]
        for row in range(8):
            if row != place:
                factor = rows[row][place] / rows[place][place]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[place], strict=True)]
    return tuple(rows[at][8] / rows[at][at] for at in range(8))


def film(codes: Sequence[str], file: Path, pace: float = 10, lens: Lens = Lens(), seed: int = 1) -> Path:
    """A film of the codes, `pace` a second, in the form that Chromium's fake camera plays over and over."""
    random = Random(seed)
    with file.open("wb") as out:
        for number in range(round(len(codes) * FILM_RATE / pace)):
            # The shutter does not wait for the screen: some pictures hold two codes, one over the other.
            at = number * pace / FILM_RATE
            one = seen(codes[int(at) % len(codes)], lens, random)
            into = (at % 1) * FILM_RATE / pace
            if number and into < 0.34:
                one = Image.blend(one, seen(codes[int(at) - 1], lens, random), 0.25)
            one.convert("RGB").save(out, "JPEG", quality=85)
    return file


def photo(code: str, lens: Lens = Lens(), seed: int = 1) -> bytes:
    """One photo."""
    out = io.BytesIO()
    seen(code, lens, Random(seed)).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


@contextmanager
def camera_on(browser: Browser, film_file: Path, **context: Any) -> Iterator[Page]:
    """A tab of a browser whose camera sees the film, and which asks nobody whether it may."""
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film_file}",
    ]
    own = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *flags])
    try:
        tab = own.new_context(**context).new_page()
        tab.set_default_timeout(60_000)
        yield tab
    finally:
        own.close()
