"""Draws a figure from a few points: smooth outlines, tapering limbs, ovals; without jagged edges.

A figure's coordinates have their origin at its middle (or where it stands), x to where it looks, y down; 1 is half its
size. What is drawn in one tone is one mask; the tones are laid over the picture one after another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

Point = tuple[float, float]


RING = tuple((math.cos(k * math.tau / 32), math.sin(k * math.tau / 32)) for k in range(32))


@dataclass(frozen=True)
class Tone:
    """What a figure shows in one tone: a mask, and where its top left corner is in the frame."""

    name: str
    mask: Image.Image
    corner: tuple[int, int]


class Pen:
    """Collects a figure's outlines, and makes masks of them where they are in the frame.

    Parameters
    ----------
    size : float
        Half the figure's size in pixels.
    at : tuple of float
        Where the figure's origin is in the frame, pixels; fractions count.
    facing : float
        1 when it looks to the right, -1 to the left.
    tilt : float
        Its turn in radians, nose down.
    """

    def __init__(self, size: float, at: Point, facing: float = 1.0, tilt: float = 0.0) -> None:
        self.size, self.facing, self.at = size, facing, at
        self._turn = (math.cos(tilt), math.sin(tilt))
        self._tones: list[tuple[str, list[list[Point]]]] = []
        self.tone("body")

    def tone(self, name: str) -> Pen:
        """Changes the tone: ``body``, ``back`` (farther off), ``pale``, ``mark`` or ``lamp``."""
        self._tones.append((name, []))
        return self

    def masks(self, frame: tuple[int, int] | None = None) -> list[Tone]:
        """The tones in the order in which they were drawn; what lies outside the frame is left out."""
        made = (self._mask(name, shapes, frame) for name, shapes in self._tones if shapes)
        return [tone for tone in made if tone is not None]

    def _mask(self, name: str, shapes: list[list[Point]], frame: tuple[int, int] | None) -> Tone | None:
        """One tone, drawn some times too large and averaged down: that is what makes its edges smooth."""
        points = [point for shape in shapes for point in shape]
        left, top = (math.floor(min(p[k] for p in points)) // 2 * 2 for k in (0, 1))
        right, bottom = (math.ceil(max(p[k] for p in points)) // 2 * 2 + 2 for k in (0, 1))
        if frame is not None:
            left, top = max(left, 0), max(top, 0)
            right, bottom = min(right, frame[0]), min(bottom, frame[1])
        if right <= left or bottom <= top:
            return None
        over = 3 if max(right - left, bottom - top) < 500 else 2
        image = Image.new("L", ((right - left) * over, (bottom - top) * over))
        draw = ImageDraw.Draw(image)
        for shape in shapes:
            draw.polygon([((x - left) * over, (y - top) * over) for x, y in shape], fill=255)
        return Tone(name, image.reduce(over), (left, top))

    def shape(self, points: Sequence[Point]) -> None:
        """Fills a polygon."""
        cos, sin = self._turn[0] * self.size, self._turn[1] * self.size
        x0, y0 = self.at
        face = self.facing
        placed = [(x0 + face * (x * cos - y * sin), y0 + x * sin + y * cos) for x, y in points]
        self._tones[-1][1].append(placed)

    def blob(self, points: Sequence[Point]) -> None:
        """Fills the smooth closed curve through the points."""
        self.shape(curve([*points, *points[:3]])[8:-8])

    def oval(self, x: float, y: float, across: float, down: float, turn: float = 0.0) -> None:
        """Fills an ellipse; `across` and `down` are its half axes, `turn` is in radians."""
        cos, sin = math.cos(turn), math.sin(turn)
        a, b, c, d = across * cos, down * sin, across * sin, down * cos
        self.shape([(x + a * u - b * v, y + c * u + d * v) for u, v in RING])

    def limb(self, points: Sequence[Point], widths: Sequence[float]) -> None:
        """A smooth tapering stroke through the points; `widths` are half its breadth, spread along it."""
        path = np.array(curve(points) if len(points) > 2 else points, np.float64)
        ahead = np.gradient(path, axis=0)
        ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
        places = np.linspace(0, 1, len(widths))
        broad = np.interp(np.linspace(0, 1, len(path)), places, np.array(widths))[:, None]
        side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) * broad
        outline = np.concatenate([path + side, (path - side)[::-1]])
        self.shape([(float(x), float(y)) for x, y in outline])
        for end, width in ((path[0], widths[0]), (path[-1], widths[-1])):
            if width * self.size > 0.4:
                self.oval(float(end[0]), float(end[1]), width, width)


def curve(points: Sequence[Point], steps: int = 8) -> list[Point]:
    """The smooth line through the points (Catmull–Rom), with `steps` pieces between two of them."""
    ends = [points[0], *points, points[-1]]
    result: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for k in range(steps):
            result.append(tuple(_spline(a[i], b[i], c[i], d[i], k / steps) for i in (0, 1)))  # type: ignore[arg-type]
    return [*result, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def sway(phase: float, lag: float = 0.0) -> float:
    """A swing between -1 and 1; `phase` and `lag` count whole swings."""
    return math.sin(math.tau * (phase - lag))


def between(a: Point, b: Point, share: float) -> Point:
    """The point that is `share` of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
