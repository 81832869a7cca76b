"""Who is on stage, and the ways they go.

A place asks for its cast at three depths: in the ``air``, on the ``water``, and on the ``ground`` at the front. The
figure is in the frame from the first picture to the last, so that posters show it too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .actor import Actor, Way
from .effects import Beam, Plume
from .land import hills, land
from .motifs import FIGURES, coloured
from .raster import Heights, Moment

if TYPE_CHECKING:
    from .stage import Stage

AIR = {"dragon", "phoenix", "birds", "kite", "balloon", "butterfly", "rocket"}
WATER = {"boat", "paper boat", "lighthouse"}
SWIMMING = {"whale", "fish", "jellyfish"}
STANDING = {"flower", "tree", "blossom tree", "autumn tree", "lighthouse", "village"}
WALKING = {"fox": 0.42, "wolf": 0.42, "horse": 0.5, "car": 0.6}

_VARIANTS = (
    ("boat", "paper", "paper boat"),
    ("tree", "sakura cherry blossom blossoms spring", "blossom tree"),
    ("tree", "autumn fall maple october", "autumn tree"),
    ("fox", "wolf wolves husky dog dogs puppy coyote", "wolf"),
    ("dancer", "woman man girl boy person people child samurai astronaut warrior knight wizard", "person"),
)


def figure_name(motif: str, words: str) -> str:
    """The figure that plays a motif; some have several."""
    known = set(words.lower().split())
    for name, keywords, figure in _VARIANTS:
        if motif == name and known.intersection(keywords.split()):
            return figure
    return motif


def perform(stage: Stage, where: str) -> None:
    """Puts on stage whom the prompt names, if this depth is theirs."""
    name = figure_name(stage.idea.motif, stage.scene.prompt)
    if name not in FIGURES:
        return
    if where == "air" and (name in AIR or name in SWIMMING):
        _airborne(stage, name)
    elif where == "water" and name in WATER:
        _afloat(stage, name)
    elif where == "ground" and name not in AIR | SWIMMING and (name not in WATER or stage.idea.place != "sea"):
        _grounded(stage, name)


def _actor(
    stage: Stage, name: str, way: Way, facing: float, scale: float = 1.0, haze: float = 0.06, mirror: bool = False
) -> Actor:
    figure = FIGURES[name]
    palette = stage.idea.palette
    tones = coloured(figure, palette, stage.idea.colour, haze)
    size = figure.size * stage.studio.unit * scale
    offset = float(stage.studio.rng.random())
    sprites = stage.sprites if name in STANDING else None
    return Actor(figure, tones, size, way, facing, offset, stage.side, mirror, sprites)


def _airborne(stage: Stage, name: str) -> None:
    rng = stage.studio.rng
    facing = float(rng.choice((-1.0, 1.0)))
    if name in ("dragon", "phoenix", "whale"):
        stage.add(_actor(stage, name, _glide(stage, facing, 0.4, 0.4), facing, float(rng.uniform(0.9, 1.15))))
    elif name == "rocket":
        _launch(stage)
    else:
        counts = {"birds": 9, "fish": 11, "jellyfish": 5, "balloon": 3, "kite": 3, "butterfly": 7}
        _flock(stage, name, counts[name], facing)


def _launch(stage: Stage) -> None:
    """A rocket on its way up, above its smoke; in space it needs neither ground nor smoke."""
    way = _climb(stage)
    rocket = _actor(stage, "rocket", way, 1.0, 0.85)
    if stage.idea.place == "launchpad":
        ground = stage.horizon + 0.12 * stage.studio.unit
        stage.add(Plume(stage.studio, stage.idea.palette, way, 0.62 * rocket.size, ground))
    stage.add(rocket)


def _flock(stage: Stage, name: str, count: int, facing: float) -> None:
    """Several of a kind, the farther ones smaller, paler and first."""
    rng = stage.studio.rng
    nearness = sorted(float(v) for v in rng.random(count))
    nearness[-1] = 1.0
    upright = name in ("balloon", "jellyfish", "kite")
    speed = 0.06 if upright else 0.3
    for k, near in enumerate(nearness):
        lane = (k * 0.618 + float(rng.uniform(0, 0.2))) % 1
        start = 0.5 if near == 1.0 else 0.08 + 0.84 * lane
        row = float(rng.uniform(0.16, 0.5)) if near < 1 else float(rng.uniform(0.3, 0.42))
        if name in SWIMMING:
            row += 0.1
        way = _drift(stage, facing, start, row, speed * (0.4 + 0.6 * near), 0.05 if upright else 0.02)
        scale = (0.35 + 0.65 * near) * (1.25 if near == 1.0 else 1.0)
        stage.add(_actor(stage, name, way, facing, scale, 0.5 * (1 - near)))


def _drift(stage: Stage, facing: float, start: float, row: float, speed: float, bob: float) -> Way:
    """Straight on, up and down a little."""
    width, height, unit = stage.studio.width, stage.studio.height, stage.studio.unit
    phase, slow = float(stage.studio.rng.random()), float(stage.studio.rng.uniform(0.1, 0.22))

    def way(moment: Moment) -> tuple[float, float, float]:
        wave = math.sin(math.tau * (phase + slow * moment.seconds))
        column = start * width + facing * speed * unit * (moment.share - 0.5) * 1.4
        return column, row * height + bob * unit * wave, 0.05 * math.cos(math.tau * (phase + slow * moment.seconds))

    return way


def _glide(stage: Stage, facing: float, row: float, reach: float) -> Way:
    """Across the frame in a shallow curve."""
    width, height, unit = stage.studio.width, stage.studio.height, stage.studio.unit
    arc = float(stage.studio.rng.uniform(-0.1, 0.1)) * unit
    row += float(stage.studio.rng.uniform(-0.05, 0.07)) + (0.12 if stage.idea.place == "underwater" else 0.0)

    def way(moment: Moment) -> tuple[float, float, float]:
        share = moment.share - 0.5
        column = width * (0.5 + facing * reach * share)
        heave = 0.012 * unit * math.sin(moment.seconds * 2.2)
        return column, row * height + arc * (4 * share * share - 0.5) + heave, 4 * arc * share / unit

    return way


def _climb(stage: Stage) -> Way:
    """Up from the ground, slowly and then faster."""
    width, height, unit = stage.studio.width, stage.studio.height, stage.studio.unit
    column = width * float(stage.studio.rng.uniform(0.38, 0.62))

    def way(moment: Moment) -> tuple[float, float, float]:
        shake = 0.0015 * unit * math.sin(moment.seconds * 41)
        return column + shake, height * (0.66 - 0.46 * moment.share**1.7), 0.0

    return way


def _afloat(stage: Stage, name: str) -> None:
    studio, rng = stage.studio, stage.studio.rng
    facing = float(rng.choice((-1.0, 1.0)))
    scale = float(rng.uniform(0.85, 1.2))
    row = stage.horizon + (studio.height - stage.horizon) * float(rng.uniform(0.3, 0.46))
    start = 0.5 - stage.side * float(rng.uniform(0.06, 0.16))
    if name == "lighthouse":
        row, column = stage.horizon + 0.13 * studio.unit, start * studio.width
        tower = _actor(stage, name, lambda _: (column, row, 0.0), facing, scale * 1.15)
        lamp = (column, row - 1.49 * tower.size)
        stage.add(Beam(studio, stage.idea.palette, lamp, float(rng.random())), tower)
        return
    phase = float(rng.random())

    def way(moment: Moment) -> tuple[float, float, float]:
        wave = math.tau * (phase + moment.seconds / 3.4)
        column = studio.width * (start + facing * 0.14 * (moment.share - 0.5))
        return column, row + 0.009 * studio.unit * math.sin(wave), 0.045 * math.sin(wave + 1.1)

    stage.add(_actor(stage, name, way, facing, scale, 0.03, mirror=True))


def _grounded(stage: Stage, name: str) -> None:
    studio, rng, unit = stage.studio, stage.studio.rng, stage.studio.unit
    facing = float(rng.choice((-1.0, 1.0)))
    row = studio.height - 0.13 * unit
    crest = hills(studio, row, 0.05 * unit, 1.1 * unit)
    travel = stage.travel * 0.85
    if name in WALKING:
        way = _walk(stage, crest, travel, facing, WALKING[name])
    else:
        column = studio.width * (0.5 - stage.side * float(rng.uniform(0.03, 0.14)))
        way = _stand(crest, travel, column)
    if name == "flower":
        _meadow(stage, crest, travel)
        return
    ground = land(studio, stage.idea.palette, crest, 0.95, travel, stage.side)
    actor = _actor(stage, name, way, facing, float(rng.uniform(0.95, 1.15)))
    stage.add(*((actor, ground) if name in STANDING else (ground, actor)))


def slide(travel: float, moment: Moment) -> float:
    """How far a layer of this travel has slid, as `Layer.draw` does it."""
    return travel * moment.pan if travel >= 0 else -travel * (1 - moment.pan)


def _height(crest: Heights, position: float) -> float:
    import numpy as np

    return float(crest(np.array([position], np.float32))[0])


def _walk(stage: Stage, crest: Heights, travel: float, facing: float, reach: float) -> Way:
    width, sink = stage.studio.width, 0.012 * stage.studio.unit

    def way(moment: Moment) -> tuple[float, float, float]:
        column = width * (0.5 + facing * reach * (moment.share - 0.5))
        at = column + slide(travel, moment)
        slope = (_height(crest, at + 12) - _height(crest, at - 12)) / 24
        return column, _height(crest, at) + sink, math.atan(slope) * facing

    return way


def _stand(crest: Heights, travel: float, column: float) -> Way:
    middle = abs(travel) / 2

    def way(moment: Moment) -> tuple[float, float, float]:
        shown = column + middle - slide(travel, moment)
        return shown, _height(crest, column + middle) + 6, 0.0

    return way


def _meadow(stage: Stage, crest: Heights, travel: float) -> None:
    """Flowers in rows, the nearest the tallest."""
    studio, rng = stage.studio, stage.studio.rng
    span = studio.width + abs(travel)
    for near, count in ((0.3, 20), (0.5, 12), (0.75, 7), (1.1, 4)):
        for k in range(count):
            at = span * (k + float(rng.uniform(0.15, 0.85))) / count
            lower = studio.unit * (0.3 * near - 0.13 + float(rng.uniform(-0.03, 0.03)))

            def way(moment: Moment, at: float = at, lower: float = lower) -> tuple[float, float, float]:
                return at - slide(travel, moment), _height(crest, at) + lower, 0.0

            stage.add(_actor(stage, "flower", way, 1.0, near, 0.3 * (1 - near)))
