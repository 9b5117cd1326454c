"""What a camera sees of a screen that shows codes: a hand that shakes, a lens, noise, and a shutter that does not wait.

A code is a text of 0 and 1, row by row, its quiet zone included.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageFilter

FILM_RATE = 30  # pictures a second, at which Chromium's fake camera plays a file of JPEG pictures
FILM = (1280, 720)
MIXED = 0.5  # of a picture's time: how long the shutter stays open


@dataclass(frozen=True)
class Lens:
    """What stands between a screen and a picture: `blur` in pixels, `noise` in steps of 255, `part` of the height."""

    part: float = 0.86
    roll: float = 4.0
    slant: float = 0.06
    blur: float = 0.9
    noise: float = 9.0
    shake: float = 5.0
    missed: float = 0.0
    """How many of the codes are blurred away whole, as by a hand that moves."""


def picture(code: str, scale: int = 8) -> Image.Image:
    """A code as it stands on a screen, with what is around it."""
    side = round(len(code) ** 0.5)
    flat = Image.frombytes("L", (side, side), bytes(20 if module == "1" else 235 for module in code))
    return flat.resize((side * scale, side * scale), Image.Resampling.NEAREST)


def seen(code: str, lens: Lens, random: Random, size: tuple[int, int] = FILM) -> Image.Image:
    """One picture of the camera, `size` pixels wide and high."""
    flat = picture(code)
    width, height = size
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
        size,
        Image.Transform.PERSPECTIVE,
        _plane(corners, [(0, 0), (side, 0), (side, side), (0, side)]),
        Image.Resampling.BICUBIC,
        fillcolor=70,
    )
    plane = plane.filter(ImageFilter.GaussianBlur(12 if random.random() < lens.missed else lens.blur))
    noise = Image.effect_noise(size, lens.noise)
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


def pictures(
    codes: Sequence[str], pace: float, lens: Lens, seed: int = 1, size: tuple[int, int] = FILM
) -> Iterator[Image.Image]:
    """What the camera sees, FILM_RATE times a second, while each code is shown once, `pace` of them a second."""
    random = Random(seed)
    for number in range(round(len(codes) * FILM_RATE / pace)):
        at = number * pace / FILM_RATE
        one = seen(codes[int(at) % len(codes)], lens, random, size)
        # The shutter does not wait for the screen: some pictures hold two codes, one over the other.
        since = (at % 1) * FILM_RATE / pace
        if int(at) and since < MIXED:
            one = Image.blend(one, seen(codes[int(at) - 1], lens, random, size), (MIXED - since) / MIXED / 2)
        yield one


def film(codes: Sequence[str], file: Path, pace: float = 10, lens: Lens = Lens()) -> Path:
    """The pictures in the form that Chromium's fake camera plays over and over."""
    with file.open("wb") as out:
        for one in pictures(codes, pace, lens):
            one.convert("RGB").save(out, "JPEG", quality=85)
    return file


def photo(code: str, lens: Lens = Lens()) -> bytes:
    """One photo."""
    out = io.BytesIO()
    seen(code, lens, Random(1)).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def camera_flags(film_file: Path) -> list[str]:
    """How Chromium is started so that its camera sees the film, and nobody is asked whether it may."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film_file}",
    ]
