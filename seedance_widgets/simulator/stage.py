"""Puts a scene on stage: what is drawn, from the back to the front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from .land import dunes, hills, land, peaks, pines
from .palette import digest
from .raster import Canvas, Moment, Studio
from .scene import Idea, Scene, read
from .sky import clouds, sky
from .water import Glitter, water


class Drawable(Protocol):
    """Anything that puts itself onto the canvas."""

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Draws what is to be seen at a moment."""


@dataclass
class Stage:
    """A scene being built.

    Attributes
    ----------
    horizon : float
        The row where sky and land meet.
    sun : tuple of float
        Column and row of the light.
    travel : float
        How far (pixels) the nearest layer slides in the clip; its sign is the camera's direction.
    items : list of Drawable
        From the back to the front.
    """

    scene: Scene
    idea: Idea
    studio: Studio
    horizon: float
    sun: tuple[float, float]
    travel: float
    items: list[Drawable] = field(default_factory=list)

    @property
    def side(self) -> float:
        """The side the light comes from, seen from the middle of the frame: 1 is right."""
        return 1.0 if self.sun[0] > self.studio.width / 2 else -1.0

    def add(self, *items: Drawable) -> None:
        """Puts something in front of what is there."""
        self.items.extend(items)


def build(scene: Scene, width: int, height: int) -> Stage:
    """The stage of a scene, for a frame of a size in pixels."""
    idea = read(scene)
    rng = np.random.Generator(np.random.PCG64(digest(scene.prompt, scene.seed)))
    studio = Studio(width, height, rng)
    horizon = height * float(rng.uniform(0.56, 0.7))
    side = float(rng.choice((-1.0, 1.0)))
    column = width * (0.5 + side * float(rng.uniform(0.08, 0.32)))
    row = horizon * (1 - idea.palette.height * float(rng.uniform(0.75, 1.25)))
    reach = width * float(rng.uniform(0.16, 0.3)) * min(2.0, (scene.seconds / 5) ** 0.7)
    travel = reach * float(rng.choice((-1.0, 1.0)))
    stage = Stage(scene, idea, studio, horizon, (column, row), travel)
    PLACES.get(idea.place, _mountains)(stage)
    return stage


def _sky(stage: Stage, amount: float) -> None:
    studio, palette = stage.studio, stage.idea.palette
    stage.add(sky(studio, palette, stage.horizon, stage.sun))
    stage.add(clouds(studio, palette, stage.horizon, stage.sun, stage.travel * 0.16, amount))


def _mountains(stage: Stage) -> None:
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    _sky(stage, float(studio.rng.uniform(0.25, 0.75)))
    summit = studio.width * (0.5 - stage.side * float(studio.rng.uniform(0.05, 0.25)))
    ranges = ((0.02, 0.2, 0.5, 0.05, None), (0.08, 0.3, 0.55, 0.22, summit), (0.2, 0.17, 0.5, 0.5, None))
    for drop, height, length, depth, top in ranges:
        crest = peaks(studio, stage.horizon + drop * unit, height * unit, length * unit, top)
        stage.add(land(studio, palette, crest, depth, stage.travel * (0.12 + 0.5 * depth), stage.side, 0.9))
    _woods(stage, 0.27, 0.8)


def _woods(stage: Stage, drop: float, depth: float) -> None:
    """Two rows of conifers in front."""
    studio, unit = stage.studio, stage.studio.unit
    for step in range(2):
        ground = hills(studio, stage.horizon + (drop + 0.1 * step) * unit, 0.05 * unit, 0.7 * unit)
        size = (0.1 + 0.08 * step) * unit
        crest = pines(studio, ground, size, 0.25 * size)
        shade = min(1.0, depth + 0.2 * step)
        stage.add(
            land(studio, stage.idea.palette, crest, shade, stage.travel * (0.6 + 0.4 * step), stage.side)
        )


def _sea(stage: Stage) -> None:
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    calm = float(studio.rng.uniform(0.3, 0.8))
    _sky(stage, float(studio.rng.uniform(0.3, 0.8)))
    for depth in (0.08, 0.25):
        crest = hills(studio, stage.horizon + (0.06 - 0.12 * depth) * unit, 0.09 * unit, 0.8 * unit)
        stage.add(land(studio, palette, crest, depth, stage.travel * depth, stage.side, 0.4))
    stage.add(water(studio, palette, stage.horizon, stage.sun[0], calm, 0))
    stage.add(Glitter(studio, palette, stage.horizon, stage.sun[0], calm))


def _hills(stage: Stage) -> None:
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    _sky(stage, float(studio.rng.uniform(0.3, 0.8)))
    for step, depth in enumerate((0.06, 0.2, 0.38, 0.6)):
        row = stage.horizon + (0.02 + 0.09 * step) * unit
        crest = hills(studio, row, (0.1 - 0.015 * step) * unit, (0.9 - 0.1 * step) * unit)
        if step in (1, 2):
            crest = pines(studio, crest, (0.025 + 0.02 * step) * unit, (0.02 + 0.01 * step) * unit)
        stage.add(land(studio, palette, crest, depth, stage.travel * (0.1 + 0.8 * depth), stage.side))


def _desert(stage: Stage) -> None:
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    _sky(stage, 0.2)
    for step, depth in enumerate((0.05, 0.25, 0.5, 0.8)):
        row = stage.horizon + (0.02 + 0.12 * step) * unit
        crest = dunes(studio, row, (0.05 + 0.03 * step) * unit, (0.9 + 0.2 * step) * unit)
        stage.add(land(studio, palette, crest, depth, stage.travel * (0.1 + 0.9 * depth), stage.side, 0.7))


def _forest(stage: Stage) -> None:
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    _sky(stage, 0.5)
    for step, depth in enumerate((0.04, 0.18, 0.38, 0.62, 0.92)):
        ground = hills(studio, stage.horizon + (0.02 + 0.11 * step) * unit, 0.06 * unit, 0.8 * unit)
        size = (0.12 + 0.09 * step) * unit
        crest = pines(studio, ground, size, 0.22 * size)
        stage.add(
            land(studio, palette, crest, depth, stage.travel * (0.1 + 0.9 * depth), stage.side, haze=1.3)
        )


PLACES: dict[str, Callable[[Stage], None]] = {
    "mountains": _mountains,
    "sea": _sea,
    "hills": _hills,
    "desert": _desert,
    "forest": _forest,
}
