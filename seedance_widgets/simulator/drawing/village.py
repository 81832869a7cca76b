"""A village that stands on its hill, drawn at a phase (0–1) of the smoke above it; its origin is at the ground."""

from __future__ import annotations

from .pen import Pen, sway

# where a house stands, half its width, its height to the eaves, and its roof; those farther off first
_BEHIND = ((-1.15, 0.24, 0.42, 0.28), (-0.42, 0.22, 0.5, 0.27), (0.98, 0.26, 0.44, 0.3))
_BEFORE = ((-1.62, 0.28, 0.36, 0.34), (-0.8, 0.32, 0.38, 0.38), (0.02, 0.3, 0.42, 0.36), (1.45, 0.34, 0.36, 0.38))


def village(pen: Pen, phase: float) -> None:
    """Houses with lit windows around a church, and smoke from their chimneys."""
    for house in _BEHIND:
        _house(pen, *house, wall="back")
    _church(pen, 0.55)
    for number, house in enumerate(_BEFORE):
        _house(pen, *house, wall="body")
        _smoke(pen, house[0] + 0.6 * house[1], house[2] + house[3], phase, 0.21 * number)


def _house(pen: Pen, x: float, half: float, high: float, roof: float, wall: str) -> None:
    pen.tone(wall).shape([(x - half, 0.12), (x - half, -high), (x, -high - roof), (x + half, -high), (x + half, 0.12)])
    pen.limb([(x + 0.6 * half, -high - 0.3 * roof), (x + 0.6 * half, -high - 0.95 * roof)], (0.05, 0.05))
    over = half + 0.07
    pen.tone("pale").shape(
        [(x - over, -high + 0.05), (x, -high - roof - 0.05), (x + over, -high + 0.05), (x + over - 0.05, -high + 0.1),
         (x, -high - roof + 0.07), (x - over + 0.05, -high + 0.1)]
    )  # fmt: skip
    pen.tone("lamp")
    for side in (-0.45, 0.45):
        left, right = x + side * half - 0.055, x + side * half + 0.055
        pen.shape([(left, -0.62 * high), (right, -0.62 * high), (right, -0.3 * high), (left, -0.3 * high)])


def _church(pen: Pen, x: float) -> None:
    pen.tone("back").shape([(x - 0.14, 0.12), (x - 0.14, -0.95), (x + 0.14, -0.95), (x + 0.14, 0.12)])
    pen.tone("mark").shape([(x - 0.19, -0.93), (x, -1.6), (x + 0.19, -0.93)])
    pen.limb([(x, -1.55), (x, -1.78)], (0.014, 0.014))
    pen.limb([(x - 0.06, -1.7), (x + 0.06, -1.7)], (0.012, 0.012))
    pen.tone("lamp").oval(x, -0.72, 0.05, 0.09)


def _smoke(pen: Pen, x: float, top: float, phase: float, lag: float) -> None:
    path = [(x + 0.05 * k + 0.035 * k * sway(phase, 0.15 * k + lag), -top - 0.02 - 0.16 * k) for k in range(5)]
    pen.tone("pale").limb(path, (0.02, 0.035, 0.05, 0.055, 0.01))
