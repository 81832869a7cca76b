"""Puts a scene on stage: what is drawn, from the back to the front."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ..scene import Idea, Scene, read
from .actor import Sprites
from .marks import labels
from .palette import digest
from .raster import Canvas, Layer, Moment, Studio, hide


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
    sprites : dict
        Figures that are drawn once and shown many times.
    """

    scene: Scene
    idea: Idea
    studio: Studio
    horizon: float
    sun: tuple[float, float]
    travel: float
    items: list[Drawable] = field(default_factory=list)
    sprites: Sprites = field(default_factory=dict)

    @property
    def side(self) -> float:
        """The side the light comes from, seen from the middle of the frame: 1 is right."""
        return 1.0 if self.sun[0] > self.studio.width / 2 else -1.0

    def add(self, *items: Drawable) -> None:
        """Puts something in front of what is there."""
        self.items.extend(items)


def build(scene: Scene, width: int, height: int) -> Stage:
    """The stage of a scene, for a frame of a size in pixels."""
    from .places import PLACES, weather

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
    PLACES[idea.place](stage)
    weather(stage)
    stage.add(*labels(scene.seed, scene.watermark, (width, height)))
    hide([item for item in stage.items if isinstance(item, Layer)], height)
    return stage
