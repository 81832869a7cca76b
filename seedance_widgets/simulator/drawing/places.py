"""The places: for each, what stands on stage from the back to the front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .cast import perform
from .city import Towers, block, street
from .deep import depths, nebula, planet, rays, stars
from .flow import Flow
from .land import dunes, hills, land, peaks, pines
from .lights import Orbs, backdrop
from .palette import mix, rgb
from .sky import clouds, sky
from .stage import Stage
from .water import Glitter, water
from .weather import Rain, bubbles, fog, snow, sparks


def _sky(stage: Stage, amount: float, disc: bool = True) -> None:
    studio, palette = stage.studio, stage.idea.palette
    stage.add(sky(studio, palette, stage.horizon, stage.sun, disc and stage.idea.weather != "rain"))
    stage.add(clouds(studio, palette, stage.horizon, stage.sun, stage.travel * 0.16, amount))


def _cover(stage: Stage) -> float:
    """How cloudy it is: by chance, and more so in the rain."""
    return float(stage.studio.rng.uniform(0.25, 0.75)) if stage.idea.weather != "rain" else 1.0


def mountains(stage: Stage) -> None:
    """Three ranges, one summit above them all, and woods in front."""
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    _sky(stage, _cover(stage))
    summit = studio.width * (0.5 - stage.side * float(studio.rng.uniform(0.05, 0.25)))
    ranges = ((0.02, 0.2, 0.5, 0.05, None), (0.08, 0.3, 0.55, 0.22, summit), (0.2, 0.17, 0.5, 0.5, None))
    for drop, height, length, depth, top in ranges:
        crest = peaks(studio, stage.horizon + drop * unit, height * unit, length * unit, top)
        stage.add(land(studio, palette, crest, depth, stage.travel * (0.12 + 0.5 * depth), stage.side, 0.9))
        if top is not None:
            _mist(stage, stage.horizon + 0.12 * unit)
    perform(stage, "air")
    _woods(stage, 0.27, 0.8)
    perform(stage, "ground")


def _woods(stage: Stage, drop: float, depth: float) -> None:
    """Two rows of conifers in front."""
    studio, unit = stage.studio, stage.studio.unit
    dark = replace(stage.idea.palette, near=stage.idea.palette.ink)
    for step in range(2):
        ground = hills(studio, stage.horizon + (drop + 0.1 * step) * unit, 0.05 * unit, 0.7 * unit)
        size = (0.1 + 0.08 * step) * unit
        crest = pines(studio, ground, size, 0.25 * size)
        shade = min(1.0, depth + 0.2 * step)
        stage.add(land(studio, dark, crest, shade, stage.travel * (0.6 + 0.4 * step), stage.side))


def sea(stage: Stage) -> None:
    """Open water, with land far off."""
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    calm = float(studio.rng.uniform(0.3, 0.8)) if stage.idea.weather != "rain" else 0.05
    _sky(stage, _cover(stage))
    for depth in (0.1, 0.28):
        crest = hills(studio, stage.horizon + (0.05 - 0.12 * depth) * unit, 0.13 * unit, 0.8 * unit)
        stage.add(land(studio, palette, crest, depth, stage.travel * depth, stage.side, 0.4))
    stage.add(water(studio, palette, stage.horizon, stage.sun[0], calm, 0))
    stage.add(Glitter(studio, palette, stage.horizon, stage.sun[0], calm))
    _mist(stage, stage.horizon)
    perform(stage, "water")
    perform(stage, "air")
    perform(stage, "ground")


def rolling(stage: Stage) -> None:
    """Hills with woods on them."""
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    dark = replace(palette, near=palette.ink)
    _sky(stage, _cover(stage))
    for step, depth in enumerate((0.06, 0.2, 0.38, 0.6)):
        row = stage.horizon + (0.02 + 0.09 * step) * unit
        crest = hills(studio, row, (0.1 - 0.015 * step) * unit, (0.9 - 0.1 * step) * unit)
        travel = stage.travel * (0.1 + 0.8 * depth)
        if step in (1, 2):
            wood = pines(studio, crest, (0.03 + 0.03 * step) * unit, (0.018 + 0.012 * step) * unit)
            stage.add(land(studio, dark, wood, depth + 0.08, travel, stage.side))
            crest = hills(studio, row + 0.05 * unit, 0.07 * unit, 0.8 * unit)
        stage.add(land(studio, palette, crest, depth, travel, stage.side))
        if step == 2:
            _mist(stage, row)
            perform(stage, "air")
    perform(stage, "ground")


def field(stage: Stage) -> None:
    """A meadow under far hills, grass at its edge."""
    studio, unit = stage.studio, stage.studio.unit
    stage.horizon = max(stage.horizon, studio.height * 0.62)
    _sky(stage, _cover(stage))
    palette = stage.idea.palette
    crop = mix(mix(rgb("#6c8a35"), palette.glow, 0.25), palette.ink, 0.35 if palette.dark else 0.1)
    green = replace(palette, near=mix(crop, palette.ink, 0.45), far=mix(crop, palette.horizon, 0.4))
    for step, depth in enumerate((0.05, 0.14)):
        crest = hills(studio, stage.horizon + (0.04 * step - 0.01) * unit, 0.07 * unit, 0.9 * unit)
        stage.add(land(studio, palette, crest, depth, stage.travel * depth, stage.side))
    for step, depth in enumerate((0.1, 0.35, 0.62)):
        ground = hills(studio, stage.horizon + (0.05 + 0.09 * step) * unit, 0.03 * unit, 1.1 * unit)
        size = (0.008 + 0.016 * step) * unit
        crest = pines(studio, ground, size, 0.3 * size)
        stage.add(land(studio, green, crest, depth, stage.travel * (0.15 + 0.7 * depth), stage.side, haze=0.4))
    _mist(stage, stage.horizon)
    perform(stage, "air")
    perform(stage, "ground")


def desert(stage: Stage) -> None:
    """Dune behind dune."""
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    _sky(stage, 0.2)
    for step, depth in enumerate((0.05, 0.25, 0.5, 0.8)):
        row = stage.horizon + (0.02 + 0.12 * step) * unit
        crest = dunes(studio, row, (0.05 + 0.03 * step) * unit, (0.9 + 0.2 * step) * unit)
        stage.add(land(studio, palette, crest, depth, stage.travel * (0.1 + 0.9 * depth), stage.side, 0.7))
    perform(stage, "air")
    perform(stage, "ground")


def forest(stage: Stage) -> None:
    """Conifers, row behind row, until they are lost in the air."""
    studio, unit = stage.studio, stage.studio.unit
    dark = replace(stage.idea.palette, near=stage.idea.palette.ink)
    _sky(stage, 0.5)
    for step, depth in enumerate((0.04, 0.18, 0.38, 0.62, 0.92)):
        ground = hills(studio, stage.horizon + (0.02 + 0.11 * step) * unit, 0.06 * unit, 0.8 * unit)
        size = (0.14 + 0.1 * step) * unit
        crest = pines(studio, ground, size, 0.2 * size)
        stage.add(land(studio, dark, crest, depth, stage.travel * (0.1 + 0.9 * depth), stage.side, haze=1.3))
        if step in (1, 3):
            _mist(stage, stage.horizon + (0.1 + 0.11 * step) * unit)
        if step == 2:
            perform(stage, "air")
    perform(stage, "ground")


def city(stage: Stage) -> None:
    """Three rows of towers above a street."""
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    stage.horizon = studio.height * 0.8
    _sky(stage, _cover(stage) * 0.8)
    lit = 0.55 if palette.dark else 0.4 if palette.name in ("dusk", "golden", "storm") else 0.08
    tall = 0.84 * stage.horizon
    for depth, high, broad in ((0.08, 0.95, 0.085), (0.34, 0.72, 0.12), (0.74, 0.44, 0.19)):
        towers = Towers(studio, stage.horizon, high * tall, broad * unit)
        stage.add(block(studio, palette, towers, depth, stage.travel * (0.1 + 0.7 * depth), lit))
        if depth < 0.3:
            perform(stage, "air")
        if depth < 0.5:
            _mist(stage, stage.horizon - 0.1 * unit)
    stage.add(street(studio, palette, stage.horizon + 0.02 * unit, stage.travel * 0.85, stage.idea.weather == "rain"))
    perform(stage, "ground")


def underwater(stage: Stage) -> None:
    """Shafts of light, rocks below, and whoever lives there."""
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    stage.add(depths(studio, palette, stage.sun[0]))
    stage.add(rays(studio, palette, stage.sun[0], stage.travel * 0.25))
    deep = replace(palette, sky=(*palette.sky[:3], palette.sky[2], palette.sky[3]), glow=palette.sky[1])
    for row, height, depth in ((0.86, 0.1, 0.12), (0.95, 0.13, 0.5)):
        crest = peaks(studio, studio.height * row, height * unit, 0.7 * unit)
        stage.add(land(studio, deep, crest, depth, stage.travel * (0.2 + 0.7 * depth), stage.side, 0.4))
        if depth < 0.3:
            perform(stage, "air")
    stage.add(rays(studio, palette, stage.sun[0], -stage.travel * 0.35), bubbles(studio, palette))


def space(stage: Stage) -> None:
    """Gas and stars, a planet, perhaps a ship."""
    studio, palette = stage.studio, stage.idea.palette
    words = stage.scene.prompt.lower()
    stage.add(nebula(studio, palette, stage.travel * 0.25), stars(studio, stage.travel * 0.55, 5200))
    if stage.idea.motif in ("", "planet") and "galaxy" not in words and "nebula" not in words:
        ringed = "earth" not in words and ("saturn" in words or float(studio.rng.random()) < 0.6)
        stage.add(planet(studio, palette, stage.side, ringed, stage.travel * 0.75))
    perform(stage, "air")
    stage.add(stars(studio, stage.travel, 15000))


def launchpad(stage: Stage) -> None:
    """Flat land by the sea, from which something rises."""
    studio, palette, unit = stage.studio, stage.idea.palette, stage.studio.unit
    stage.horizon = studio.height * 0.78
    stage.sun = (stage.sun[0], stage.horizon * (1 - palette.height))
    _sky(stage, _cover(stage))
    for drop, depth in ((0.0, 0.1), (0.06, 0.45)):
        crest = hills(studio, stage.horizon + drop * unit, 0.035 * unit, 0.9 * unit)
        stage.add(land(studio, palette, crest, depth, stage.travel * 0.3 * depth, stage.side))
    perform(stage, "air")
    crest = hills(studio, stage.horizon + 0.12 * unit, 0.015 * unit, 0.9 * unit)
    stage.add(land(studio, palette, crest, 0.92, stage.travel * 0.3, stage.side))


def abstract(stage: Stage) -> None:
    """No place at all: silk, ink or lights."""
    studio, palette = stage.studio, stage.idea.palette
    if stage.idea.place != "orbs":
        stage.add(Flow(studio, palette, stage.idea.place))
        return
    stage.add(studio.layer(backdrop(studio, palette), 0, studio.height, 0), Orbs(studio, palette))


def _mist(stage: Stage, row: float) -> None:
    """A bank of fog at a row, when the words ask for it."""
    if stage.idea.weather == "fog":
        travel = stage.travel * 0.5
        stage.add(fog(stage.studio, stage.idea.palette, row, travel, 0.92))


def weather(stage: Stage) -> None:
    """What falls or floats in front of everything."""
    studio, palette = stage.studio, stage.idea.palette
    if stage.idea.weather == "rain":
        stage.add(Rain(studio, palette))
    elif stage.idea.weather == "snow":
        stage.add(snow(studio))
    elif stage.idea.weather == "fog":
        stage.add(fog(studio, palette, studio.height * 0.9, -stage.travel * 0.8, 0.38))
    elif palette.name in ("fire", "golden", "forest", "spring") and stage.idea.place in (
        "field",
        "forest",
        "mountains",
    ):
        stage.add(sparks(studio, palette))


PLACES: dict[str, Callable[[Stage], None]] = {
    "mountains": mountains,
    "sea": sea,
    "hills": rolling,
    "field": field,
    "desert": desert,
    "forest": forest,
    "city": city,
    "underwater": underwater,
    "space": space,
    "launchpad": launchpad,
    "silk": abstract,
    "ink": abstract,
    "orbs": abstract,
}
