"""Living things, each drawn at a phase (0–1) of its movement, looking to the right."""

from __future__ import annotations

import math
from itertools import pairwise

from .pen import Pen, Point, between, curve, sway


def dragon(pen: Pen, phase: float) -> None:
    """A dragon in flight: bat wings, a long neck, a tail with a barb."""
    lift = 0.06 * sway(phase, 0.3)
    pen.tone("back")
    _bat_wing(pen, (0.24, -0.05 + lift), phase, 0.95, -1.0)
    pen.tone("body")
    tail = [(-1.12, 0.2 + 0.1 * sway(phase, 0.55)), (-0.8, 0.24 + 0.07 * sway(phase, 0.45)), (-0.45, 0.12 + lift)]
    neck = [(0.3, -0.02 + lift), (0.5, -0.14 + lift), (0.68, -0.17 + 0.5 * lift), (0.78, -0.12 + 0.3 * lift)]
    pen.limb([*tail, (-0.1, 0.04 + lift), *neck], (0.006, 0.022, 0.045, 0.085, 0.11, 0.075, 0.045, 0.042, 0.04))
    barb = tail[0]
    pen.shape([(barb[0] + 0.04, barb[1]), (barb[0] - 0.05, barb[1] - 0.07), (barb[0] - 0.15, barb[1] + 0.01),
               (barb[0] - 0.04, barb[1] + 0.07)])  # fmt: skip
    _dragon_head(pen, neck[-1])
    for back, hip in ((0.0, (-0.16, 0.1)), (0.3, (0.2, 0.08))):
        knee = (hip[0] - 0.1 + 0.05 * back, hip[1] + 0.12 + lift)
        pen.limb([(hip[0], hip[1] + lift), knee, (knee[0] - 0.12, knee[1] + 0.05)], (0.05, 0.03, 0.012))
        pen.limb([(knee[0] - 0.1, knee[1] + 0.04), (knee[0] - 0.16, knee[1] + 0.1)], (0.012, 0.002))
    spine = curve([tail[1], tail[2], (-0.1, 0.04 + lift), *neck])
    for k, (x, y) in enumerate(spine[4:-6:4]):
        high = 0.075 + 0.06 * math.sin(0.28 * k)
        pen.shape([(x - 0.05, y), (x - 0.07, y - high), (x + 0.03, y)])
    _bat_wing(pen, (0.16, -0.03 + lift), phase, 1.0, 1.0)


def _dragon_head(pen: Pen, at: Point) -> None:
    x, y = at
    skull = [(-0.06, -0.05), (0.02, -0.06), (0.1, -0.035), (0.2, -0.015), (0.21, 0.01), (0.1, 0.02), (0.02, 0.045)]
    pen.blob([(x + a, y + b) for a, b in [*skull, (-0.06, 0.04)]])
    pen.shape(
        [(x - 0.02, y + 0.03), (x + 0.16, y + 0.055), (x + 0.17, y + 0.07), (x + 0.02, y + 0.08), (x - 0.06, y + 0.05)]
    )
    for lean in (0.0, 0.05):
        pen.limb([(x - 0.02, y - 0.04), (x - 0.12, y - 0.1 - lean), (x - 0.24, y - 0.11 - lean)], (0.02, 0.014, 0.002))


# A wing spread flat: along the body, and away from it.
_WRIST: Point = (0.16, 0.5)
_TIPS: tuple[Point, ...] = ((-0.3, 1.12), (-0.54, 0.86), (-0.62, 0.5), (-0.48, 0.08))


def _bat_wing(pen: Pen, root: Point, phase: float, size: float, near: float) -> None:
    """A wing with three fingers and a scalloped edge, seen a little from above; `near` is 1 or -1."""

    def seen(flat: Point) -> Point:
        angle = 0.28 + 0.85 * sway(phase, 0.1 * flat[1])
        rise = math.sin(angle) - near * 0.42 * math.cos(angle)
        return root[0] + flat[0] * size - 0.1 * near * flat[1], root[1] - flat[1] * rise * size

    edge: list[Point] = []
    for start, end in pairwise(_TIPS):
        hollow = between(between(start, end, 0.5), _WRIST, 0.34)
        edge += [seen(_bend(start, hollow, end, k / 8)) for k in range(9)]
    front = [seen(_bend(_WRIST, (0.02, 0.92), _TIPS[0], k / 8)) for k in range(9)]
    pen.shape([(root[0] + 0.07, root[1]), *front, *edge, (root[0] - 0.3, root[1] + 0.04)])
    pen.limb([(root[0] + 0.03, root[1]), seen((0.16, 0.26)), seen(_WRIST)], (0.05 * size, 0.03 * size, 0.022 * size))
    pen.limb([seen(_WRIST), seen((0.25, 0.55))], (0.016 * size, 0.003))
    for tip in _TIPS[:3]:
        pen.limb([seen(_WRIST), seen(tip)], (0.013 * size, 0.002))


def _bend(a: Point, control: Point, b: Point, share: float) -> Point:
    return between(between(a, control, share), between(control, b, share), share)


def bird(pen: Pen, phase: float) -> None:
    """A gull, far off and coming by."""
    beat = 0.35 + 0.65 * sway(phase)
    late = 0.2 + 0.8 * sway(phase, 0.1)
    pen.limb([(-0.26, 0.1), (0.0, 0.03), (0.26, -0.03)], (0.03, 0.1, 0.02))
    for side in (-1, 1):
        arm = (side * 0.36, 0.02 - 0.3 * beat)
        hand = (side * 0.68 - 0.03, 0.03 - 0.3 * beat - 0.06 * late)
        tip = (side * 1.02 - 0.12, 0.1 - 0.2 * beat - 0.36 * late)
        pen.limb([(0.05, 0.03), arm, hand, tip], (0.07, 0.085, 0.055, 0.004))


def whale(pen: Pen, phase: float) -> None:
    """A humpback: it swims with its whole back half."""
    spine = [(0.92 - 0.2 * k, 0.02 + (0.012 * k * k / 4) * 0.6 * sway(phase, 0.06 * k) * 1.6) for k in range(10)]
    girth = (0.07, 0.17, 0.225, 0.235, 0.21, 0.165, 0.115, 0.07, 0.04, 0.028)
    tail = spine[-1]
    flap = 0.14 * sway(phase, 0.62)
    pen.tone("back")
    pen.limb(
        [(0.42, 0.14), (0.28, 0.34 + 0.04 * sway(phase, 0.2)), (0.06, 0.46 + 0.07 * sway(phase, 0.25))],
        (0.07, 0.065, 0.01),
    )
    pen.tone("body").limb(spine, girth)
    for reach in (0.3, 0.2):
        pen.limb([(tail[0] + 0.08, tail[1]), (tail[0] - 0.08, tail[1] + flap * 0.5 - (0.1 - reach * 0.3)),
                  (tail[0] - reach, tail[1] + flap - 0.5 * (0.3 - reach) - 0.04)], (0.035, 0.055, 0.006))  # fmt: skip
    pen.shape([(-0.28, spine[6][1] - 0.1), (-0.44, spine[6][1] - 0.19), (-0.46, spine[7][1] - 0.05)])
    pen.tone("pale")
    for k in range(5):
        low = 0.075 + 0.03 * k
        pen.limb(
            [(0.9 - 0.02 * k, low * 0.9), (0.6, low + 0.035), (0.24 - 0.05 * k, low + 0.02)], (0.004, 0.009, 0.002)
        )
    pen.oval(0.7, -0.015, 0.014, 0.014)
    pen.tone("body")
    pen.limb(
        [(0.5, 0.14), (0.38, 0.4 + 0.05 * sway(phase, 0.12)), (0.14, 0.58 + 0.09 * sway(phase, 0.2))],
        (0.08, 0.075, 0.008),
    )


def fish(pen: Pen, phase: float) -> None:
    """A fish; its tail follows its head in a wave."""
    spine = [(0.8 - 0.26 * k, 0.035 * k * sway(phase, 0.11 * k) * 0.6) for k in range(6)]
    tail = spine[-1]
    wag = 0.12 * sway(phase, 0.62)
    pen.tone("back").blob([(0.25, -0.2), (-0.05, -0.44), (-0.3, -0.36), (-0.28, -0.14), (0.1, -0.14)])
    pen.blob([(-0.02, 0.18), (-0.2, 0.36), (-0.3, 0.3), (-0.24, 0.12)])
    fin = ((0.16, 0), (-0.22, -0.32), (-0.34, -0.3), (-0.18, 0), (-0.34, 0.28), (-0.22, 0.3))
    pen.blob([(tail[0] + x, tail[1] + y + (wag if x < 0 else 0)) for x, y in fin])
    pen.tone("body").limb(spine, (0.03, 0.18, 0.26, 0.24, 0.15, 0.055))
    pen.tone("pale").blob([(0.7, 0.06), (0.35, 0.16), (0.0, 0.2), (-0.2, 0.13), (0.1, 0.1), (0.45, 0.06)])
    pen.tone("mark").oval(0.6, -0.05, 0.035, 0.035)
    pen.tone("back").blob([(0.26, 0.05), (0.08, 0.16 + 0.05 * sway(phase * 2)), (0.0, 0.1), (0.1, 0.03)])


def jellyfish(pen: Pen, phase: float) -> None:
    """A jellyfish: the bell pulses, the tentacles trail."""
    pulse = sway(phase)
    wide, high = 0.46 - 0.07 * pulse, 0.42 + 0.06 * pulse
    pen.tone("back")
    for k in range(7):
        x = wide * (k - 3) / 3.5
        length = 0.95 + 0.3 * math.sin(k * 2.4)
        path = [(x + 0.07 * j * 0.5 * sway(phase, 0.16 * j + 0.07 * k), -0.12 + length * j / 5) for j in range(6)]
        pen.limb(path, (0.016, 0.01, 0.003))
    pen.tone("pale")
    for k in range(3):
        x = 0.12 * (k - 1)
        path = [(x + 0.06 * sway(phase, 0.2 * j + 0.2 * k), -0.15 + 0.17 * j) for j in range(5)]
        pen.limb(path, (0.05, 0.06, 0.035, 0.03, 0.004))
    bell = ((-1.0, 0.0), (-0.9, 0.6), (-0.45, 1.0), (0.45, 1.0), (0.9, 0.6), (1.0, 0.0))
    dome = [(x * wide, -0.12 - y * high) for x, y in bell]
    hem = [(wide * (1 - k / 4), -0.1 + 0.05 * (k % 2) + 0.02 * pulse) for k in range(1, 8)]
    pen.tone("body").blob([*dome, *hem])
    pen.tone("lamp").oval(0.0, -0.14 - 0.42 * high, 0.42 * wide, 0.3 * high)


def butterfly(pen: Pen, phase: float) -> None:
    """A butterfly, seen from behind and above; the wings open and close."""
    open_ = 0.25 + 0.75 * abs(math.cos(math.pi * phase))
    for tone, size in (("back", 1.0), ("body", 0.86)):
        pen.tone(tone)
        for side in (-1, 1):
            upper = [(0.03, -0.05), (0.3, -0.62), (0.72, -0.72), (0.8, -0.42), (0.5, -0.02), (0.1, 0.05)]
            lower = [(0.03, 0.02), (0.42, 0.05), (0.58, 0.3), (0.42, 0.6), (0.24, 0.5), (0.04, 0.16)]
            for wing, centre in ((upper, (0.4, -0.34)), (lower, (0.3, 0.28))):
                pen.blob(
                    [
                        (side * open_ * (centre[0] + (x - centre[0]) * size), centre[1] + (y - centre[1]) * size)
                        for x, y in wing
                    ]
                )
    pen.tone("pale")
    for side in (-1, 1):
        for x, y, r in ((0.62, -0.55, 0.05), (0.66, -0.4, 0.035), (0.4, 0.42, 0.05)):
            pen.oval(side * open_ * x, y, r * open_, r)
    pen.tone("mark").limb([(0, -0.22), (0, 0.05), (0, 0.38)], (0.03, 0.05, 0.015))
    for side in (-1, 1):
        pen.limb([(0, -0.2), (side * 0.08, -0.42), (side * 0.17, -0.5)], (0.008, 0.007, 0.012))
