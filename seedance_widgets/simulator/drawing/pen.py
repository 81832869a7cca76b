"""Draws a figure from a few points: smooth outlines, tapering limbs, ovals; without jagged edges.

A figure's coordinates have their origin at its middle (or where it stands), x to where it looks, y down; 1 is half its
size. What is drawn in one tone is one mask; the tones are laid over the picture one after another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Point = tuple[float, float]


Line = npt.NDArray[np.float64]

_ANGLES = np.arange(28) * (math.tau / 28)
RING = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


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
        cos, sin = math.cos(tilt) * size, math.sin(tilt) * size
        self._matrix = np.array([[facing * cos, sin], [-facing * sin, cos]])
        self._tones: list[tuple[str, list[Line]]] = []
        self.tone("body")

    def tone(self, name: str) -> Pen:
        """Changes the tone: ``body``, ``back`` (farther off), ``pale``, ``mark`` or ``lamp``."""
        self._tones.append((name, []))
        return self

    def masks(self, frame: tuple[int, int] | None = None) -> list[Tone]:
        """The tones in the order in which they were drawn; what lies outside the frame is left out."""
        made = (self._mask(name, shapes, frame) for name, shapes in self._tones if shapes)
        return [tone for tone in made if tone is not None]

    def _mask(self, name: str, shapes: list[Line], frame: tuple[int, int] | None) -> Tone | None:
        """One tone, drawn some times too large and averaged down: that is what makes its edges smooth."""
        points = np.concatenate(shapes)
        left, top = (int(v) // 2 * 2 for v in np.floor(points.min(0)))
        right, bottom = (int(v) // 2 * 2 + 2 for v in np.ceil(points.max(0)))
        if frame is not None:
            left, top = max(left, 0), max(top, 0)
            right, bottom = min(right, frame[0]), min(bottom, frame[1])
        if right <= left or bottom <= top:
            return None
        over = 3 if max(right - left, bottom - top) < 400 else 2
        image = Image.new("L", ((right - left) * over, (bottom - top) * over))
        draw = ImageDraw.Draw(image)
        for shape in shapes:
            draw.polygon(((shape - (left, top)) * over).ravel().tolist(), fill=255)
        return Tone(name, image.reduce(over), (left, top))

    def shape(self, points: Sequence[Point] | Line) -> None:
        """Fills a polygon."""
        self._tones[-1][1].append(np.asarray(points) @ self._matrix + self.at)

    def blob(self, points: Sequence[Point]) -> None:
        """Fills the smooth closed curve through the points."""
        self.shape(smooth_line([*points, *points[:3]])[STEPS:-STEPS])

    def oval(self, x: float, y: float, across: float, down: float, turn: float = 0.0) -> None:
        """Fills an ellipse; `across` and `down` are its half axes, `turn` is in radians."""
        cos, sin = math.cos(turn), math.sin(turn)
        axes = np.array([[across * cos, across * sin], [-down * sin, down * cos]])
        self.shape(RING @ axes + (x, y))

    def limb(self, points: Sequence[Point], widths: Sequence[float]) -> None:
        """A smooth tapering stroke through the points; `widths` are half its breadth, spread along it."""
        path = smooth_line(points) if len(points) > 2 else np.array(points, np.float64)
        ahead = np.empty_like(path)
        ahead[1:-1] = path[2:] - path[:-2]
        ahead[0], ahead[-1] = path[1] - path[0], path[-1] - path[-2]
        length = np.maximum(np.sqrt((ahead * ahead).sum(1)), 1e-9)
        broad = np.interp(_evenly(len(path)), _evenly(len(widths)), widths)
        side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) * (broad / length)[:, None]
        self.shape(np.concatenate([path + side, (path - side)[::-1]]))
        for end, width in ((path[0], widths[0]), (path[-1], widths[-1])):
            if width * self.size > 1:
                self.oval(end[0], end[1], width, width)


@lru_cache
def _evenly(count: int) -> Line:
    return np.linspace(0, 1, count)


STEPS = 8
_T = np.arange(STEPS)[:, None] / STEPS
_POWERS = np.hstack([np.ones_like(_T), _T, _T**2, _T**3])
_BASIS = 0.5 * _POWERS @ np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]])


def smooth_line(points: Sequence[Point]) -> Line:
    """The smooth line through the points (Catmull–Rom), with `STEPS` pieces between two of them; shape (n, 2)."""
    known = np.array([points[0], *points, points[-1]])
    pieces = [_BASIS @ known[k : k + 4] for k in range(len(points) - 1)]
    return np.concatenate([*pieces, known[-1:]])


def curve(points: Sequence[Point]) -> list[Point]:
    """The smooth line through the points, as points."""
    return [(x, y) for x, y in smooth_line(points).tolist()]


def sway(phase: float, lag: float = 0.0) -> float:
    """A swing between -1 and 1; `phase` and `lag` count whole swings."""
    return math.sin(math.tau * (phase - lag))


def between(a: Point, b: Point, share: float) -> Point:
    """The point that is `share` of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
