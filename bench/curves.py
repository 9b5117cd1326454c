"""Curves with bands as one SVG: two panels side by side, legible on light and on dark paper, without script or font."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 880, 400
TOP, BOTTOM = 64, 96
PANELS = ((72, 424), (512, 864))

STYLE = """
    text { font: 14px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; fill: #24425c; }
    .title { font-size: 17px; font-weight: 600; }
    .end { text-anchor: end; } .mid { text-anchor: middle; }
    .grid { stroke: #24425c; stroke-opacity: .16; }
    .axis { stroke: #24425c; stroke-opacity: .7; }
    .a { stroke: #24425c; } .b { stroke: #a8541c; } .c { stroke: #2f7d55; }
    .fa { fill: #24425c; } .fb { fill: #a8541c; } .fc { fill: #2f7d55; }
    .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
    .b.line { stroke-dasharray: 9 4; } .c.line { stroke-dasharray: 2.5 4; stroke-linecap: round; stroke-width: 3; }
    .band { fill-opacity: .16; stroke: none; }
    @media (prefers-color-scheme: dark) {
      text { fill: #dbe8f4; }
      .grid, .axis { stroke: #b9d3ea; }
      .a { stroke: #b9d3ea; } .b { stroke: #f0a56c; } .c { stroke: #7fd0a5; }
      .fa { fill: #b9d3ea; } .fb { fill: #f0a56c; } .fc { fill: #7fd0a5; }
    }
"""


@dataclass(frozen=True)
class Point:
    """x by its place along the axis, 0 to 1; low, median and high in the panel's unit."""

    x: float
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Panel:
    """What one panel shows. unit: what its vertical axis counts; curves: one for each name."""

    unit: str
    most: float
    step: float
    curves: Sequence[Sequence[Point]]


def draw(
    title: str,
    about: str,
    across: str,
    ticks: Sequence[tuple[float, str]],
    panels: Sequence[Panel],
    names: Sequence[str],
    marks: str,
) -> str:
    """One picture. about: for those who cannot see it; across: the horizontal axis; ticks: (place, text) along it;
    marks: one letter of a, b, c for each name, its colour and dashes.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        f'  <title id="t">{escape(title)}</title>',
        f'  <desc id="d">{escape(about)}</desc>',
        f"  <style>{STYLE}  </style>",
        f'  <text class="title" x="{PANELS[0][0]}" y="28">{escape(title)}</text>',
    ]
    for panel, (left, right) in zip(panels, PANELS, strict=True):
        parts += _panel(panel, left, right, across, ticks, marks)
    at = PANELS[0][0]
    for name, mark in zip(names, marks, strict=True):
        y = HEIGHT - 18
        parts.append(f'  <path class="{mark} line" d="M{at} {y - 5}h36"/>')
        parts.append(f'  <text x="{at + 44}" y="{y}">{escape(name)}</text>')
        at += 60 + round(7.2 * len(name))
    return "\n".join([*parts, "</svg>", ""])


def _panel(
    panel: Panel, left: int, right: int, across: str, ticks: Sequence[tuple[float, str]], marks: str
) -> list[str]:
    floor = HEIGHT - BOTTOM

    def x(place: float) -> float:
        return round(left + place * (right - left), 1)

    def y(value: float) -> float:
        return round(floor - value / panel.most * (floor - TOP), 1)

    parts = [f'  <text x="{left - 44}" y="{TOP - 14}">{escape(panel.unit)}</text>']
    for count in range(int(panel.most / panel.step) + 1):
        value = count * panel.step
        parts.append(f'  <path class="{"grid" if count else "axis"}" d="M{left} {y(value)}H{right}"/>')
        parts.append(f'  <text class="end" x="{left - 8}" y="{y(value) + 5}">{value:g}</text>')
    for place, text in ticks:
        parts.append(f'  <path class="axis" d="M{x(place)} {floor}v5"/>')
        parts.append(f'  <text class="mid" x="{x(place)}" y="{floor + 21}">{escape(text)}</text>')
    parts.append(f'  <text class="mid" x="{(left + right) / 2:g}" y="{floor + 44}">{escape(across)}</text>')
    for points, mark in zip(panel.curves, marks, strict=True):
        if not points:
            continue
        upper = [f"{x(one.x)} {y(one.high)}" for one in points]
        lower = [f"{x(one.x)} {y(one.low)}" for one in reversed(points)]
        parts.append(f'  <path class="band f{mark}" d="M{"L".join([*upper, *lower])}Z"/>')
        middle = [f"{x(one.x)} {y(one.median)}" for one in points]
        parts.append(f'  <path class="{mark} line" d="M{"L".join(middle)}"/>')
    return parts
