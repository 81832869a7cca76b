"""Built and grown things, drawn at a phase (0–1) of their movement; what stands has its origin at the ground."""

from __future__ import annotations

import math

from .pen import Pen, between, curve, sway


def sailboat(pen: Pen, phase: float) -> None:
    """A small yacht; its origin is at the water line."""
    full = 0.05 + 0.02 * sway(phase)
    pen.tone("back").limb([(0.02, -0.05), (0.03, -1.5)], (0.016, 0.008))
    pen.tone("pale")
    main = [(0.0, -1.46), (-0.14 - full, -1.0), (-0.36 - full, -0.55), (-0.62, -0.24), (-0.3, -0.2), (0.0, -0.22)]
    pen.shape(_bowed(main))
    pen.shape([(0.06, -1.36), (0.24 + full, -0.95), (0.45 + full, -0.5), (0.68, -0.18), (0.36, -0.22), (0.08, -0.26)])
    pen.tone("body").limb([(0.0, -0.19), (-0.62, -0.21)], (0.016, 0.012))
    pen.shape(
        [
            (-0.66, -0.14),
            (-0.2, -0.12),
            (0.3, -0.12),
            (0.8, -0.17),
            (0.64, -0.02),
            (0.52, 0.05),
            (-0.5, 0.05),
            (-0.62, -0.02),
        ]
    )
    pen.tone("mark").limb([(-0.65, -0.095), (0.0, -0.075), (0.76, -0.12)], (0.014, 0.014))


def _bowed(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return curve(points)


def paper_boat(pen: Pen, phase: float) -> None:
    """A boat folded from a sheet of paper."""
    pen.tone("pale").shape([(-0.42, -0.1), (0.02, -0.74), (0.46, -0.1)])
    pen.tone("back").shape([(0.02, -0.74), (0.46, -0.1), (0.05, -0.1)])
    pen.tone("pale").shape(
        [(-0.94, -0.42), (-0.5, -0.16), (0.0, -0.24), (0.5, -0.16), (0.94, -0.42), (0.56, 0.08), (-0.56, 0.08)]
    )
    pen.tone("body").shape([(0.0, -0.24), (0.5, -0.16), (0.94, -0.42), (0.56, 0.08), (0.02, 0.08)])


def rocket(pen: Pen, phase: float) -> None:
    """A rocket under thrust, nose up."""
    flare = 0.16 * sway(phase * 3) + 0.08 * sway(phase * 7)
    for tone, wide, long in (("lamp", 0.13, 0.85), ("pale", 0.07, 0.5)):
        pen.tone(tone).blob(
            [
                (-wide, 0.5),
                (-0.8 * wide, 0.5 + 0.5 * long),
                (0.0, 0.5 + long + flare),
                (0.8 * wide, 0.5 + 0.5 * long),
                (wide, 0.5),
                (0, 0.46),
            ]
        )
    pen.tone("mark")
    for side in (-1, 1):
        pen.shape([(side * 0.12, 0.12), (side * 0.32, 0.42), (side * 0.33, 0.6), (side * 0.12, 0.48)])
    pen.tone("body").blob(
        [
            (0.0, -0.98),
            (0.11, -0.72),
            (0.165, -0.35),
            (0.165, 0.1),
            (0.12, 0.5),
            (-0.12, 0.5),
            (-0.165, 0.1),
            (-0.165, -0.35),
            (-0.11, -0.72),
        ]
    )
    pen.tone("back").blob(
        [
            (0.02, -0.92),
            (0.11, -0.72),
            (0.165, -0.35),
            (0.165, 0.1),
            (0.12, 0.5),
            (0.05, 0.5),
            (0.085, 0.1),
            (0.085, -0.4),
        ]
    )
    pen.tone("mark").blob([(0.0, -0.99), (0.055, -0.88), (0.1, -0.74), (0.0, -0.71), (-0.1, -0.74), (-0.055, -0.88)])
    pen.limb([(-0.16, 0.2), (0.0, 0.225), (0.16, 0.2)], (0.022, 0.022))
    pen.oval(0.0, -0.36, 0.085, 0.085)
    pen.tone("pale").oval(0.0, -0.36, 0.06, 0.06)


def lighthouse(pen: Pen, phase: float) -> None:
    """A lighthouse on its rock; the lamp's beams are drawn where it stands on stage."""
    pen.tone("back").blob(
        [
            (-1.1, 0.25),
            (-0.8, 0.0),
            (-0.5, -0.1),
            (-0.2, -0.2),
            (0.25, -0.19),
            (0.5, -0.06),
            (0.78, -0.02),
            (1.15, 0.25),
        ]
    )
    pen.tone("pale").shape([(-0.19, -0.15), (-0.115, -1.38), (0.115, -1.38), (0.19, -0.15)])
    pen.tone("mark")
    for low, high in ((0.1, 0.28), (0.48, 0.66), (0.84, 0.97)):
        a, b = 0.19 - 0.075 * low, 0.19 - 0.075 * high
        pen.shape(
            [(-a, -0.15 - 1.23 * low), (-b, -0.15 - 1.23 * high), (b, -0.15 - 1.23 * high), (a, -0.15 - 1.23 * low)]
        )
    pen.tone("body").shape([(-0.17, -1.36), (-0.17, -1.41), (0.17, -1.41), (0.17, -1.36)])
    pen.shape([(-0.1, -1.4), (-0.1, -1.58), (0.1, -1.58), (0.1, -1.4)])
    pen.blob([(-0.14, -1.58), (-0.07, -1.7), (0.0, -1.76), (0.07, -1.7), (0.14, -1.58), (0, -1.56)])
    pen.limb([(0, -1.7), (0, -1.86)], (0.012, 0.008))
    pen.tone("lamp").oval(0.0, -1.49, 0.07, 0.075)


def balloon(pen: Pen, phase: float) -> None:
    """A hot-air balloon in bright gores."""

    def gore(left: float, right: float) -> None:
        sides = []
        for k in range(13):
            down = k / 12
            bulge = 0.58 * math.sin(math.pi * (0.03 + 0.78 * down**0.86)) ** 0.72 if down < 1 else 0.12
            sides.append((bulge, -1.0 + 1.42 * down))
        pen.shape([(left * b, y) for b, y in sides] + [(right * b, y) for b, y in reversed(sides)])

    pen.tone("body")
    gore(-1.0, 1.0)
    edges = [math.sin(math.pi * (k / 8 - 0.5)) for k in range(9)]
    pen.tone("pale")
    for k in (1, 3, 5, 7):
        gore(edges[k], edges[min(8, k + 1)] if k < 7 else 1.0)
    pen.tone("mark")
    for k in (2, 6):
        gore(edges[k], edges[k + 1] * 0.999)
    pen.tone("back")
    for x in (-1, 1):
        pen.limb([(x * 0.17, 0.42), (x * 0.09, 0.68)], (0.007, 0.007))
        pen.limb([(x * 0.06, 0.42), (x * 0.05, 0.68)], (0.006, 0.006))
    pen.blob([(-0.1, 0.67), (0.1, 0.67), (0.085, 0.83), (-0.085, 0.83)])
    if 0.35 < phase % 1 < 0.6:
        pen.tone("lamp").oval(0.0, 0.5, 0.022, 0.06)


def car(pen: Pen, phase: float) -> None:
    """A car on the road, lights on."""
    rock = 0.006 * sway(2 * phase)
    pen.tone("body")
    pen.blob(
        [
            (-0.98, -0.2 + rock),
            (-1.0, -0.38),
            (-0.86, -0.46 + rock),
            (-0.5, -0.5),
            (-0.1, -0.5),
            (0.5, -0.45),
            (0.86, -0.38 + rock),
            (1.0, -0.28),
            (1.0, -0.18),
            (0.9, -0.13),
            (-0.9, -0.13),
        ]
    )
    pen.blob([(-0.7, -0.46), (-0.42, -0.7 + rock), (-0.12, -0.76 + rock), (0.14, -0.72 + rock), (0.48, -0.46)])
    pen.tone("back").blob([(-0.58, -0.48), (-0.38, -0.64 + rock), (-0.14, -0.68), (-0.14, -0.48)])
    pen.blob([(-0.08, -0.48), (-0.08, -0.68), (0.12, -0.65 + rock), (0.34, -0.48)])
    pen.tone("mark")
    for x in (-0.58, 0.58):
        pen.oval(x, -0.15, 0.17, 0.17)
    pen.tone("pale")
    for x in (-0.58, 0.58):
        pen.oval(x, -0.15, 0.08, 0.08)
    pen.tone("lamp").oval(0.95, -0.31, 0.05, 0.045)
    pen.oval(-0.97, -0.34, 0.025, 0.05)


def sunflower(pen: Pen, phase: float) -> None:
    """A tall flower that nods in the wind; its origin is at its root."""
    lean = 0.07 * sway(phase)
    head = (0.06 + lean, -1.34 + abs(lean) * 0.1)
    pen.tone("back").limb(
        [(0.0, 0.4), (-0.03 + 0.3 * lean, -0.5), (0.02 + 0.8 * lean, -1.1), head], (0.04, 0.032, 0.026, 0.03)
    )
    for side, y in ((1, -0.62), (-1, -0.36), (1, -0.1)):
        x = 0.2 * lean
        pen.blob(
            [
                (x, y),
                (x + side * 0.16, y - 0.16),
                (x + side * 0.42, y - 0.14 + 0.2 * lean),
                (x + side * 0.5, y - 0.02),
                (x + side * 0.26, y + 0.03),
            ]
        )
    for tone, turn, long in (("mark", 0.5, 0.42), ("body", 0.0, 0.4)):
        ring = []
        for k in range(19):
            for at, out in ((-0.5, 0.2), (-0.3, 0.34), (0.0, long), (0.3, 0.34)):
                angle = math.tau * (k + at + turn) / 19 + 0.3 * lean
                ring.append((head[0] + out * math.cos(angle), head[1] + 0.94 * out * math.sin(angle)))
        pen.tone(tone).shape(ring)
    pen.tone("pale").oval(*head, 0.205, 0.19)
    pen.tone("mark").oval(head[0], head[1], 0.15, 0.14)
    pen.tone("pale").oval(head[0], head[1], 0.125, 0.115)


def tree(pen: Pen, phase: float) -> None:
    """A broad old tree; its crown moves with the wind."""
    wind = 0.012 * sway(phase)
    tips: list[tuple[float, float, float]] = []

    def branch(x: float, y: float, angle: float, length: float, width: float, order: int) -> None:
        angle += wind * (4 - order)
        end = (x + length * math.sin(angle), y - length * math.cos(angle))
        middle = between((x, y), end, 0.5)
        pen.limb([(x, y), (middle[0] + 0.05 * length * math.cos(7 * angle), middle[1]), end], (width, width * 0.62))
        if order == 0:
            tips.append((end[0], end[1], length))
            return
        for k, (turn, share) in enumerate(((-0.52, 0.74), (0.46, 0.78), (0.04, 0.66))):
            if order < 3 or k < 2 or length > 0.3:
                drift = 0.13 * math.sin(9.0 * x + 5.0 * y + 2.3 * k + order)
                branch(end[0], end[1], angle + turn + drift, length * share, width * 0.6, order - 1)

    pen.tone("back").shape([(-0.2, 0.03), (-0.09, -0.12), (0.09, -0.12), (0.22, 0.03)])
    branch(0.0, 0.0, 0.06, 0.46, 0.085, 3)
    for tone, shift, size, count in (("mark", 0.06, 0.85, 4), ("body", 0.0, 0.66, 6), ("pale", -0.06, 0.32, 4)):
        pen.tone(tone)
        for x, y, length in tips:
            for k in range(count):
                angle = k * 2.4 + 9 * x
                out = 0.2 * math.sqrt((k + 0.4) / count) * (1 + 0.3 * math.sin(20 * x))
                radius = size * (0.075 + 0.025 * math.sin(5 * y + 3 * k) + 0.02 * length)
                push = wind * (1 - 2 * y)
                pen.oval(
                    x + out * math.cos(angle) + push, y + 0.8 * out * math.sin(angle) + shift, radius, radius * 0.8
                )
