"""Those who walk, drawn at a phase (0–1) of a step; their origin is the ground below them."""

from __future__ import annotations

import math

from .pen import Pen, Point, sway


def _leg(pen: Pen, hip: Point, length: float, phase: float, stride: float, width: float, hind: bool) -> None:
    """A leg with a knee or hock; its foot goes back on the ground and forward above it."""
    swing = sway(phase)
    lift = max(0.0, sway(phase, 0.25)) * 0.2 * length
    foot = (hip[0] + stride * swing, hip[1] + length - lift)
    bend = (-0.16 if hind else 0.08) * length
    middle = ((hip[0] + foot[0]) / 2 + bend + 0.2 * lift, (hip[1] + foot[1]) / 2 - 0.35 * lift)
    pen.limb([hip, middle, foot], (width, width * 0.55, width * 0.3))
    pen.limb([foot, (foot[0] + 0.045, foot[1] + 0.004)], (width * 0.32, width * 0.26))


def _legs(pen: Pen, phase: float, front: Point, back: Point, length: float, stride: float, width: float) -> None:
    _leg(pen, front, length, phase, stride, width, hind=False)
    _leg(pen, back, length, phase + 0.25, stride, width * 1.15, hind=True)


def fox(pen: Pen, phase: float) -> None:
    """A fox at a trot, with its brush behind it."""
    bob = 0.012 * sway(2 * phase)
    hips, chest = (-0.32, -0.47 + bob), (0.3, -0.5 + bob)
    pen.tone("back")
    _legs(pen, phase + 0.5, (0.3, -0.44 + bob), (-0.3, -0.44 + bob), 0.44 - bob, 0.17, 0.05)
    pen.tone("body")
    wag = 0.05 * sway(phase, 0.2)
    pen.limb(
        [(-0.38, -0.5 + bob), (-0.6, -0.46 + wag), (-0.85, -0.4 + wag), (-1.08, -0.42 + 1.5 * wag)],
        (0.05, 0.09, 0.12, 0.01),
    )
    pen.limb([hips, (-0.1, -0.5 + bob), (0.12, -0.49 + bob), chest], (0.125, 0.115, 0.12, 0.14))
    pen.limb([chest, (0.45, -0.68 + bob), (0.52, -0.74 + bob)], (0.13, 0.09, 0.09))
    head = (0.56, -0.76 + bob)
    skull = ((-0.1, -0.08), (0.04, -0.1), (0.16, -0.01), (0.3, 0.06), (0.28, 0.09), (0.1, 0.1), (-0.06, 0.11))
    pen.blob([(head[0] + x, head[1] + y) for x, y in skull])
    for x in (-0.08, 0.03):
        pen.shape(
            [
                (head[0] + x - 0.05, head[1] - 0.05),
                (head[0] + x - 0.02, head[1] - 0.24),
                (head[0] + x + 0.07, head[1] - 0.06),
            ]
        )
    _legs(pen, phase, (0.32, -0.44 + bob), (-0.34, -0.44 + bob), 0.44 - bob, 0.17, 0.055)
    pen.tone("pale")
    pen.limb([(-0.92, -0.41 + wag), (-1.08, -0.42 + 1.5 * wag)], (0.085, 0.008))
    pen.blob(
        [
            (head[0] + 0.02, head[1] + 0.07),
            (head[0] + 0.24, head[1] + 0.075),
            (head[0] + 0.1, head[1] + 0.1),
            (head[0] - 0.08, head[1] + 0.2),
            (head[0] - 0.16, head[1] + 0.34),
            (head[0] - 0.15, head[1] + 0.18),
        ]
    )
    pen.tone("mark").oval(head[0] + 0.295, head[1] + 0.065, 0.018, 0.016)
    pen.oval(head[0] + 0.09, head[1] - 0.005, 0.012, 0.014)


def horse(pen: Pen, phase: float) -> None:
    """A horse at a canter, mane and tail flying."""
    bob = 0.03 * sway(phase)
    hips, chest = (-0.34, -0.62 + bob), (0.3, -0.62 - bob)
    pen.tone("back")
    _legs(pen, phase + 0.15, (0.3, -0.56 + bob), (-0.36, -0.56 + bob), 0.52 - bob, 0.3, 0.045)
    pen.tone("body")
    pen.limb(
        [
            (-0.46, -0.68 + bob),
            (-0.68, -0.66),
            (-0.86, -0.52 + 0.05 * sway(phase, 0.3)),
            (-1.02, -0.4 + 0.08 * sway(phase, 0.4)),
        ],
        (0.03, 0.06, 0.06, 0.005),
    )
    pen.limb([hips, (-0.1, -0.6 + bob), (0.12, -0.6 - bob), chest], (0.15, 0.135, 0.145, 0.15))
    head = (0.72, -1.06 - 0.6 * bob)
    pen.limb([chest, (0.46, -0.84 - bob), (0.6, -1.0 - bob), head], (0.14, 0.1, 0.075, 0.07))
    pen.limb(
        [(head[0] - 0.06, head[1] - 0.01), (head[0] + 0.1, head[1] + 0.1), (head[0] + 0.2, head[1] + 0.2)],
        (0.07, 0.06, 0.04),
    )
    pen.shape([(head[0] - 0.06, head[1] - 0.03), (head[0] - 0.03, head[1] - 0.16), (head[0] + 0.03, head[1] - 0.02)])
    for k in range(5):
        x, y = 0.36 + 0.075 * k, -0.84 - 0.07 * k - bob
        pen.limb(
            [(x, y), (x - 0.12, y - 0.06), (x - 0.24, y - 0.02 + 0.04 * sway(phase, 0.1 * k))], (0.04, 0.03, 0.003)
        )
    _legs(pen, phase, (0.3, -0.56 - bob), (-0.38, -0.56 + bob), 0.54 + bob, 0.3, 0.055)


def cat(pen: Pen, phase: float) -> None:
    """A cat that sits and looks away; its tail sways and an ear turns."""
    pen.tone("body")
    tip = 0.12 * sway(phase)
    pen.limb(
        [(0.25, -0.06), (0.52, -0.05), (0.7, -0.2), (0.66 + tip, -0.42), (0.74 + 1.6 * tip, -0.56)],
        (0.07, 0.06, 0.052, 0.046, 0.03),
    )
    pen.blob(
        [
            (-0.3, 0.0),
            (-0.36, -0.2),
            (-0.28, -0.55),
            (-0.16, -0.82),
            (0.1, -0.82),
            (0.22, -0.55),
            (0.34, -0.22),
            (0.3, 0.0),
            (0.0, 0.02),
        ]
    )
    nod = 0.015 * sway(phase, 0.3)
    pen.oval(-0.04 + nod, -0.96, 0.21, 0.18)
    pen.shape([(-0.24 + nod, -0.98), (-0.22 + nod, -1.27), (-0.06 + nod, -1.1)])
    pen.shape([(0.16 + nod, -0.98), (0.16 + 1.5 * nod, -1.27), (-0.02 + nod, -1.1)])


def dancer(pen: Pen, phase: float) -> None:
    """A dancer on her toes, arms and skirt in the swing of the turn."""
    turn, lean = sway(phase), 0.05 * sway(phase)
    hip, neck = (0.02 + lean * 0.4, -0.78), (0.03 + lean, -1.24)
    pen.tone("back")
    pen.limb(
        [hip, (-0.24 - 0.1 * turn, -0.6 + 0.06 * turn), (-0.55 - 0.12 * turn, -0.62 - 0.14 * turn)],
        (0.06, 0.045, 0.012),
    )
    pen.tone("body")
    pen.limb([hip, (0.03, -0.4), (0.0, -0.02)], (0.065, 0.042, 0.014))
    pen.limb([hip, (0.03 + lean * 0.7, -1.0), neck], (0.07, 0.062, 0.05))
    hem = [
        (0.42 - 0.105 * k, -0.58 + 0.045 * sway(phase, 0.13 * k) + 0.012 * (k % 2) - 0.08 * (0.5 - abs(k - 4) / 8))
        for k in range(9)
    ]
    pen.shape([(hip[0] + 0.07, -0.9), *hem, (hip[0] - 0.07, -0.9)])
    for side, lag in ((1, 0.0), (-1, 0.35)):
        rise = 0.3 + 0.22 * sway(phase, lag)
        elbow = (neck[0] + side * 0.25, neck[1] - 0.02 - 0.5 * rise)
        pen.limb(
            [(neck[0] + side * 0.04, neck[1] + 0.05), elbow, (neck[0] + side * 0.34, neck[1] - 0.1 - rise)],
            (0.032, 0.026, 0.01),
        )
    pen.limb([neck, (neck[0] + 0.01, neck[1] - 0.1)], (0.028, 0.026))
    pen.oval(neck[0] + 0.015 + 0.3 * lean, neck[1] - 0.17, 0.082, 0.1)
    pen.oval(neck[0] - 0.06 + 0.3 * lean, neck[1] - 0.25, 0.05, 0.048)


def wanderer(pen: Pen, phase: float) -> None:
    """A traveller in a cloak, seen from behind; the wind is in the cloak and the scarf."""
    breath = 0.01 * sway(phase)
    hem = [
        (0.3 - 0.11 * k - (0.1 if k > 4 else 0), -0.16 + 0.03 * sway(phase, 0.15 * k) - 0.02 * (k % 2))
        for k in range(7)
    ]
    pen.tone("back")
    for x in (-0.1, 0.1):
        pen.limb([(x, -0.4), (x * 1.1, -0.02)], (0.07, 0.05))
    pen.tone("body")
    pen.limb([(0.36, -1.32), (0.4, 0.0)], (0.014, 0.014))
    pen.shape([(0.12, -1.2 + breath), (0.2, -1.06), *hem, (-0.2, -1.06), (-0.12, -1.2 + breath)])
    pen.blob([(-0.21, -1.02), (-0.12, -1.22 + breath), (0.12, -1.22 + breath), (0.21, -1.02), (0.0, -0.94)])
    pen.oval(0.0, -1.33 + breath, 0.115, 0.135)
    pen.limb([(0.17, -1.08), (0.3, -0.98), (0.37, -0.9)], (0.06, 0.04, 0.03))
    tail = [(-0.02 - 0.14 * k, -1.2 - 0.03 * k + 0.05 * k * 0.4 * sway(phase, 0.16 * k)) for k in range(5)]
    pen.tone("mark").limb(tail, (0.06, 0.055, 0.05, 0.045, 0.02))
    pen.limb([(-0.12, -1.2), (0.12, -1.2)], (0.05, 0.05))


def robot(pen: Pen, phase: float) -> None:
    """A friendly machine that looks about and lifts an arm."""
    sink, look = 0.012 * sway(phase), 0.05 * sway(phase, 0.1)
    pen.tone("back")
    for x in (-0.17, 0.17):
        pen.limb([(x, -0.5), (x, -0.26), (x, -0.06)], (0.075, 0.06, 0.07))
    wave = 0.35 + 0.3 * sway(2 * phase)
    pen.limb([(-0.32, -0.98), (-0.5, -0.78), (-0.48, -0.5)], (0.075, 0.06, 0.06))
    pen.limb([(0.32, -0.98), (0.55, -0.95), (0.66, -1.1 - wave * 0.3)], (0.075, 0.06, 0.06))
    pen.tone("body")
    for x in (-0.17, 0.17):
        pen.blob([(x - 0.13, 0.0), (x - 0.12, -0.1), (x, -0.15), (x + 0.14, -0.1), (x + 0.17, 0.0)])
    pen.blob(
        [
            (-0.31, -0.55 + sink),
            (-0.35, -0.8),
            (-0.33, -1.06 + sink),
            (0.0, -1.12 + sink),
            (0.33, -1.06 + sink),
            (0.35, -0.8),
            (0.31, -0.55 + sink),
            (0.0, -0.47),
        ]
    )
    pen.oval(0.68, -1.14 - wave * 0.3, 0.085, 0.085)
    pen.oval(-0.48, -0.46, 0.085, 0.085)
    pen.blob(
        [
            (look - 0.29, -1.22 + sink),
            (look - 0.3, -1.42),
            (look - 0.2, -1.58 + sink),
            (look + 0.2, -1.58 + sink),
            (look + 0.3, -1.42),
            (look + 0.29, -1.22 + sink),
            (look, -1.17),
        ]
    )
    pen.limb([(look, -1.55), (look, -1.74)], (0.014, 0.012))
    pen.tone("mark").blob(
        [
            (look - 0.22, -1.28),
            (look - 0.24, -1.42),
            (look, -1.5),
            (look + 0.24, -1.42),
            (look + 0.22, -1.28),
            (look, -1.25),
        ]
    )
    pen.tone("lamp")
    blink = 0.012 if phase % 1 > 0.94 else 0.055
    for x in (-0.1, 0.1):
        pen.oval(1.4 * look + x, -1.37, 0.05, blink)
    pen.oval(look, -1.77, 0.035, 0.035)
    pen.oval(0.0, -0.83 + sink, 0.07, 0.07)


def snail(pen: Pen, phase: float) -> None:
    """A snail that stretches and draws in, its house on its back."""
    long = 0.07 * sway(phase)
    pen.tone("pale").limb(
        [(-0.85 - 0.4 * long, -0.02), (-0.3, -0.07), (0.35, -0.08), (0.66 + long, -0.2), (0.78 + long, -0.4)],
        (0.015, 0.08, 0.1, 0.1, 0.085),
    )
    for lean in (0.0, 0.14):
        stalk = (0.86 + long + lean + 0.03 * sway(phase, lean), -0.72)
        pen.limb([(0.8 + long, -0.42), (0.82 + long + 0.4 * lean, -0.58), stalk], (0.022, 0.018, 0.016))
        pen.oval(*stalk, 0.035, 0.035)
    pen.tone("body").oval(-0.08, -0.5, 0.46, 0.44)
    pen.tone("back")
    turns = [(0.37 - 0.037 * k, 0.55 * k) for k in range(10)]
    spiral = [(-0.08 + r * math.cos(turn), -0.5 + 0.95 * r * math.sin(turn)) for r, turn in turns]
    pen.limb(spiral, (0.045, 0.03, 0.02))
