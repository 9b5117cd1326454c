"""Paper as it comes back: printed, carried in a pocket, scanned or photographed. The same seed gives the same damage.

A page comes as a grey picture, as a good printer would print it, and leaves as a JPEG.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

PRINTED_DPI = 300


@dataclass(frozen=True)
class Wear:
    """What happens to a page.

    dpi: of the scan · tilt: degrees at most · skew: how far a corner is moved at most, a share of the page's side ·
    blur: pixels of the scan, standard deviation · noise: grey values, standard deviation · quality: of the JPEG ·
    stains: how many, the last one black, the others translucent · folds: creases across the page, both ways in turn ·
    torn: millimetres along both sides of a corner that is gone · shade: how much darker the far side is, a share.
    """

    dpi: int = 300
    tilt: float = 0.0
    skew: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    quality: int = 90
    stains: int = 0
    folds: int = 0
    torn: float = 0.0
    shade: float = 0.0


SCANNED = Wear(dpi=300, tilt=0.7, blur=0.5, noise=4, quality=85)
WORN = Wear(dpi=230, tilt=3, skew=0.015, blur=0.9, noise=10, quality=60, stains=4, folds=2, torn=45, shade=0.4)
COARSE = Wear(dpi=200, tilt=1.5, blur=0.6, noise=6, quality=75, stains=3, folds=2, torn=40, shade=0.25)


def worn(page: Image.Image, wear: Wear, seed: int, printed: int = PRINTED_DPI) -> bytes:
    """The page's JPEG after all of it. printed: dots an inch of the page as it comes."""
    chance = random.Random(seed)
    paper = page.convert("L")
    unit = printed / 25.4  # pixels a millimetre
    # Ink spreads a little on any paper.
    paper = paper.filter(ImageFilter.GaussianBlur(0.05 * unit))
    _fold(paper, wear, chance, unit)
    paper = _stain(paper, wear, chance, unit)
    _tear(paper, wear, chance, unit)
    paper = _lie_askew(paper, wear, chance)
    share = wear.dpi / printed
    if share != 1:
        paper = paper.resize((round(paper.width * share), round(paper.height * share)), Image.Resampling.BICUBIC)
    if wear.blur:
        paper = paper.filter(ImageFilter.GaussianBlur(wear.blur))
    paper = _light(paper, wear, chance)
    stream = io.BytesIO()
    paper.save(stream, "JPEG", quality=wear.quality)
    return stream.getvalue()


def _fold(paper: Image.Image, wear: Wear, chance: random.Random, unit: float) -> None:
    """A crease: ink rubbed off along a line, with a thin shadow beside it."""
    draw = ImageDraw.Draw(paper)
    for number in range(wear.folds):
        share, lean = chance.uniform(0.42, 0.58), chance.uniform(-0.01, 0.01)
        if number % 2:
            ends = [(paper.width * share, 0.0), (paper.width * (share + lean), float(paper.height))]
        else:
            ends = [(0.0, paper.height * share), (float(paper.width), paper.height * (share + lean))]
        draw.line(ends, fill=225, width=round(0.5 * unit))
        draw.line([(x + unit / 4, y + unit / 4) for x, y in ends], fill=110, width=round(0.15 * unit))


def _stain(paper: Image.Image, wear: Wear, chance: random.Random, unit: float) -> Image.Image:
    for number in range(wear.stains):
        last = number == wear.stains - 1
        mask = Image.new("L", paper.size, 255)
        x, y = chance.uniform(0.1, 0.9) * paper.width, chance.uniform(0.1, 0.9) * paper.height
        wide, high = (chance.uniform(*((2, 3.5) if last else (8, 14))) * unit for _ in range(2))
        ImageDraw.Draw(mask).ellipse(
            (x - wide, y - high, x + wide, y + high), fill=30 if last else chance.randint(140, 190)
        )
        paper = ImageChops.multiply(paper, mask.filter(ImageFilter.BoxBlur(unit)))
    return paper


def _tear(paper: Image.Image, wear: Wear, chance: random.Random, unit: float) -> None:
    if not wear.torn:
        return
    right, below = chance.choice((0, paper.width)), chance.choice((0, paper.height))
    away_x, away_y = (wear.torn * chance.uniform(0.8, 1.2) * unit for _ in range(2))
    corner = [(right, below), (abs(right - away_x), below), (right, abs(below - away_y))]
    ImageDraw.Draw(paper).polygon(corner, fill=90)


def _lie_askew(paper: Image.Image, wear: Wear, chance: random.Random) -> Image.Image:
    """On a grey table, turned, and seen from somewhat aside."""
    border = round(0.04 * paper.width)
    table = Image.new("L", (paper.width + 2 * border, paper.height + 2 * border), 90)
    table.paste(paper, (border, border))
    if wear.tilt:
        table = table.rotate(chance.uniform(-wear.tilt, wear.tilt), Image.Resampling.BICUBIC, expand=True, fillcolor=90)
    if wear.skew:
        width, height = table.size
        corners = [(0, 0), (0, height), (width, height), (width, 0)]
        moved = [
            coordinate
            for x, y in corners
            for coordinate in (x + _move(wear, chance, width), y + _move(wear, chance, height))
        ]
        table = table.transform((width, height), Image.Transform.QUAD, moved, Image.Resampling.BICUBIC, fillcolor=90)
    return table


def _move(wear: Wear, chance: random.Random, side: int) -> float:
    return chance.uniform(-wear.skew, wear.skew) * side


def _light(paper: Image.Image, wear: Wear, chance: random.Random) -> Image.Image:
    if wear.shade:
        ramp = Image.linear_gradient("L").point(lambda value: 255 - wear.shade * value)
        ramp = ramp.rotate(chance.choice((0, 90, 180, 270))).resize(paper.size)
        paper = ImageChops.multiply(paper, ramp)
    if wear.noise:
        # A tile of seeded noise, repeated: Pillow's own noise cannot be seeded.
        side = 256
        values = bytes(max(0, min(255, round(chance.gauss(128, wear.noise)))) for _ in range(side * side))
        tile, grain = Image.frombytes("L", (side, side), values), Image.new("L", paper.size)
        for left in range(0, paper.width, side):
            for top in range(0, paper.height, side):
                grain.paste(tile, (left, top))
        paper = ImageChops.add(paper, grain, offset=-128)
    return paper
