"""What is in the air on wings of fire or on a string, drawn at a phase (0–1) of its movement, looking to the right."""

from __future__ import annotations

import math

from .pen import Pen, Point, sway


def kite(pen: Pen, phase: float) -> None:
    """A diamond on its string, with a tail of bows; its origin is where the string is tied."""
    tilt = 0.06 * sway(phase)
    string = [(0.02, 0.0), (-0.5, 1.1), (-1.5, 2.2 + 0.1 * sway(phase, 0.3)), (-2.9, 3.3)]
    pen.tone("back").limb(string, (0.008, 0.006))
    top, right, low, left = (0.1 + tilt, -0.98), (0.62, -0.24 + tilt), (0.0, 0.72), (-0.58, -0.26 - tilt)
    middle = (0.03, -0.22)
    for tone, corner in (("body", left), ("mark", right)):
        pen.tone(tone).shape([top, corner, middle])
        pen.tone("mark" if tone == "body" else "body").shape([corner, low, middle])
    pen.tone("back").limb([top, low], (0.014, 0.014))
    pen.limb([left, middle, right], (0.012, 0.012))
    tail = [(low[0] - 0.12 * k + 0.09 * k * 0.5 * sway(phase, 0.17 * k), low[1] + 0.19 * k) for k in range(7)]
    pen.limb(tail, (0.014, 0.006))
    for number, (x, y) in enumerate(tail[1:]):
        pen.tone("pale" if number % 2 else "mark")
        for side in (-1, 1):
            pen.shape([(x, y), (x + side * 0.13, y - 0.06), (x + side * 0.13, y + 0.06)])


def phoenix(pen: Pen, phase: float) -> None:
    """A bird of fire: wide wings of long feathers, a crest, and a tail that burns behind it."""
    lift = 0.05 * sway(phase, 0.3)
    _fire_wing(pen, "back", (0.1, -0.04 + lift), phase, 0.9, -0.35)
    for number, tone in enumerate(("mark", "body", "lamp", "body", "mark")):
        spread = 0.16 * (number - 2)
        path = [
            (-0.3 - 0.26 * k, 0.06 + lift + spread * k * 0.55 + 0.035 * k * sway(phase, 0.13 * k + 0.07 * number))
            for k in range(5)
        ]
        pen.tone(tone).limb(path, (0.05, 0.06, 0.05, 0.075, 0.004))
    pen.tone("body").limb(
        [(-0.38, 0.08 + lift), (-0.05, 0.03 + lift), (0.22, -0.03 + lift), (0.42, -0.16 + lift), (0.52, -0.26 + lift)],
        (0.04, 0.12, 0.12, 0.06, 0.055),
    )
    head = (0.55, -0.28 + lift)
    pen.oval(*head, 0.085, 0.075)
    for lean in (0.0, 0.07, 0.14):
        pen.tone("lamp").limb(
            [(head[0] - 0.03, head[1] - 0.05), (head[0] - 0.12 - lean, head[1] - 0.2 + lean)], (0.022, 0.004)
        )
    pen.tone("pale").shape(
        [(head[0] + 0.06, head[1] - 0.03), (head[0] + 0.22, head[1] + 0.03), (head[0] + 0.06, head[1] + 0.04)]
    )
    pen.tone("mark").oval(head[0] + 0.03, head[1] - 0.015, 0.014, 0.014)
    _fire_wing(pen, "body", (0.12, -0.02 + lift), phase, 1.0, 0.35)


def _fire_wing(pen: Pen, tone: str, root: Point, phase: float, size: float, lean: float) -> None:
    """One wing: nine feathers in a fan that beats, hot where they leave the arm."""
    beat = 0.75 + 0.5 * sway(phase)
    for hot in (False, True):
        pen.tone("lamp" if hot else tone)
        for k in range(9):
            share = k / 8
            angle = beat - 1.15 * share + lean * 0.4
            length = size * (1.15 - 0.5 * share) * (0.55 if hot else 1.0)
            x, y = root[0] - 0.34 * share + lean * 0.2, root[1]
            tip = (x - length * math.cos(angle) * 0.62 - 0.1 * length, y - length * math.sin(angle))
            bend = ((x + tip[0]) / 2 + 0.1 * length, (y + tip[1]) / 2 - 0.08 * length)
            pen.limb([(x, y), bend, tip], (0.075 * size, 0.06 * size, 0.004))
