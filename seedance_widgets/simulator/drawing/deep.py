"""Where there is no sky: the sea from within, and space."""

from __future__ import annotations

import numpy as np

from .noise import cloud, line, smooth
from .palette import Palette, mix
from .raster import Floats, Layer, Studio, fork
from .sky import blend, distance, gradient


def depths(studio: Studio, palette: Palette, light: float) -> Layer:
    """Water that is bright above and dark below; `light` is the column where the sun stands above it."""
    width, height = studio.small(studio.span(0)), studio.small(studio.height)
    unit = studio.unit / studio.shrink
    rgb = np.repeat(gradient(palette.sky, height, 1.05)[:, None, :], width, axis=1)
    far = distance(width, height, (light / studio.shrink, -0.15 * unit)) / np.float32(unit)
    rgb = blend(rgb, palette.glow, np.float32(0.6) * np.exp(-((far / 0.5) ** 1.4)))
    murk = cloud(studio.rng, width, height, (0.9 * unit, 0.5 * unit), 4)
    return studio.layer(blend(rgb, palette.sky[3], np.float32(0.35) * smooth(0.45, 0.9, murk)), 0, studio.height, 0)


def rays(studio: Studio, palette: Palette, light: float, travel: float) -> Layer:
    """Shafts of light that fan out from the sun above the water."""
    width, height = studio.small(studio.span(travel)), studio.small(studio.height)
    unit = np.float32(studio.unit / studio.shrink)
    across = np.arange(width, dtype=np.float32)[None, :] - np.float32(light / studio.shrink)
    down = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.45) * unit
    angle = np.arctan2(across, down)
    beams = line(studio.rng, 0.16, 3, 0.55)(angle.ravel() + 3).reshape(angle.shape)
    deep = np.asarray(down / np.float32(1.35 * height), np.float32)
    fade = (1 - smooth(0.0, 1.0, deep)) * np.exp(-((np.abs(angle) / 0.75) ** 2))
    alpha = smooth(0.05, 0.75, beams) * fade * np.float32(0.42)
    rgb = np.broadcast_to(np.array(palette.glow, np.float32), (height, width, 3))
    return studio.layer(rgb, 0, studio.height, travel, alpha)


def nebula(studio: Studio, palette: Palette, travel: float) -> Layer:
    """Clouds of gas in two colours, with dark lanes and the dust of far stars."""
    width, height = studio.small(studio.span(travel)), studio.small(studio.height)
    unit = studio.unit / studio.shrink
    rng = studio.rng
    rgb = np.broadcast_to(np.array(palette.sky[0], np.float32), (height, width, 3)).copy()
    slant = float(rng.uniform(-0.5, 0.5))
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :] * width
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * height
    band = np.exp(-(((y - slant * x) / np.float32(0.42 * unit)) ** 2))
    other = mix(palette.glow, palette.accent, float(rng.uniform(0.5, 1.0)))
    warm = mix(palette.sky[4], (0.95, 0.35, 0.5), 0.6)
    for colour, strength in ((palette.glow, np.float32(0.55)), (warm, np.float32(0.5)), (other, np.float32(0.42))):
        gas = cloud(rng, width, height, (0.75 * unit, 0.6 * unit), 6, 0.56)
        rgb = blend(rgb, colour, smooth(0.42, 0.98, gas) * (np.float32(0.25) + np.float32(0.75) * band) * strength)
    lanes = cloud(rng, width, height, (0.4 * unit, 0.3 * unit), 6, 0.6)
    rgb = blend(rgb, palette.sky[0], smooth(0.55, 0.85, lanes) * np.float32(0.7) * band)
    return studio.layer(blend(rgb, (1.0, 0.97, 0.92), _dust(studio, width, height, 650)), 0, studio.height, travel)


def _dust(studio: Studio, width: int, height: int, area: float) -> Floats:
    """Tiny stars, one in about so many pixels; a few are brighter and wider."""
    light = np.zeros((height, width), np.float32)
    count = int(width * height / area)
    dice = fork(studio.rng).random((count, 3)).T
    rows, columns = (2 + dice[0] * (height - 4)).astype(int), (2 + dice[1] * (width - 4)).astype(int)
    power = dice[2].astype(np.float32) ** 5
    light[rows, columns] = 0.2 + 0.8 * power
    for step, share in ((1, 0.5), (2, 0.14)):
        for down, over in ((step, 0), (-step, 0), (0, step), (0, -step)):
            at = (rows + down, columns + over)
            light[at] = np.maximum(light[at], power * np.float32(share))
    return light


def stars(studio: Studio, travel: float, area: float) -> Layer:
    """Nearer stars in front of the gas."""
    width, height = studio.small(studio.span(travel)), studio.small(studio.height)
    rgb = np.broadcast_to(np.array((1.0, 0.98, 0.95), np.float32), (height, width, 3))
    return studio.layer(rgb, 0, studio.height, travel, _dust(studio, width, height, area))


def planet(studio: Studio, palette: Palette, side: float, ringed: bool, travel: float) -> Layer:
    """A planet half in shadow, with bands of cloud, a rim of air and perhaps a ring; `side` is the light's."""
    rng, unit = studio.rng, studio.unit / studio.shrink
    width, height = studio.small(studio.span(travel)), studio.small(studio.height)
    radius = unit * float(rng.uniform(0.2, 0.27))
    centre = (width * float(rng.uniform(0.42, 0.58)), height * float(rng.uniform(0.42, 0.56)))
    x = (np.arange(width, dtype=np.float32)[None, :] - np.float32(centre[0])) / np.float32(radius)
    y = (np.arange(height, dtype=np.float32)[:, None] - np.float32(centre[1])) / np.float32(radius)
    x, y = x * np.float32(0.94) + y * np.float32(0.34), y * np.float32(0.94) - x * np.float32(0.34)
    out = np.hypot(x, y)
    z = np.sqrt(np.clip(1 - out * out, 0, 1))
    wisps = cloud(rng, width, height, (0.5 * radius, 0.1 * radius), 5) - np.float32(0.5)
    belts = np.sin((y + np.float32(0.22) * wisps) * np.float32(9 + 5 * rng.random())) * np.float32(0.5) + np.float32(
        0.5
    )
    warm = mix(palette.accent, (0.95, 0.62, 0.38), 0.75)
    rgb = blend(np.broadcast_to(np.array(warm, np.float32), (height, width, 3)), (0.98, 0.88, 0.74), belts)
    sun = np.clip(x * np.float32(0.72 * side) - y * np.float32(0.38) + z * np.float32(0.55) + np.float32(0.08), 0, 1)
    rgb = rgb * (np.float32(0.03) + sun[..., None])
    rgb = blend(rgb, mix(palette.glow, (0.7, 0.85, 1.0), 0.5), np.clip((1 - z) ** 3 * sun * 1.3, 0, 1))
    alpha = np.clip((1 - out) * np.float32(radius) + np.float32(0.5), 0, 1)
    air = np.exp(-np.maximum(out - 1, 0) / np.float32(0.05)) * np.float32(0.35) * np.clip(0.3 + x * side, 0, 1)
    halo = np.array(mix(palette.glow, (0.6, 0.8, 1.0), 0.4), np.float32) * np.clip(0.3 + x * side, 0, 1)[..., None]
    rgb = np.where((out > 1)[..., None], halo, rgb)
    if not ringed:
        return studio.layer(rgb, 0, studio.height, travel, np.maximum(alpha, air))
    flat = np.hypot(x, y / np.float32(0.27))
    grooves = np.float32(0.6) + np.float32(0.4) * np.sin(flat * 31) * np.sin(flat * 13)
    ring = (
        smooth(1.28, 1.34, flat) * (1 - smooth(2.0, 2.12, flat)) * (1 - 0.85 * (np.abs(flat - 1.76) < 0.03)) * grooves
    )
    ring = ring * np.where((y < 0) & (out < 1), 0, 1) * np.float32(0.85)
    # The planet's shadow lies on the part of the ring that is away from the light.
    shadow = 1 - np.float32(0.7) * smooth(0.0, 0.9, -x * np.float32(side))
    gold = blend(np.broadcast_to(np.array(warm, np.float32), rgb.shape), (1.0, 0.93, 0.8), grooves) * shadow[..., None]
    rgb = rgb + (gold - rgb) * ring[..., None]
    return studio.layer(rgb, 0, studio.height, travel, np.maximum(np.maximum(alpha, air), ring))
