"""The sky: gradient, sun or moon, stars, clouds."""

from __future__ import annotations

import numpy as np

from .noise import cloud, smooth
from .palette import Palette, Rgb, mix
from .raster import Floats, Layer, Studio, fork

STOPS = (0.0, 0.3, 0.58, 0.82, 1.0)


def gradient(colours: tuple[Rgb, ...], rows: int, end: float) -> Floats:
    """A column of colours, shape (rows, 3): the stops from the top to the share `end`, then the last."""
    at = np.linspace(0, 1, rows, dtype=np.float32) / max(end, 1e-3)
    table = np.array(colours, np.float32)
    return np.stack([np.interp(at, STOPS, table[:, k]) for k in range(3)], axis=1).astype(np.float32)


def blend(rgb: Floats, colour: Rgb, share: Floats) -> Floats:
    """The painting with a colour laid over it; `share` has its height and width."""
    return rgb + (np.array(colour, np.float32) - rgb) * share[..., None]


def distance(width: int, height: int, centre: tuple[float, float]) -> Floats:
    """How far each pixel is from a point, in pixels."""
    across = np.arange(width, dtype=np.float32) - np.float32(centre[0])
    down = np.arange(height, dtype=np.float32) - np.float32(centre[1])
    return np.asarray(np.hypot(across[None, :], down[:, None]), np.float32)


def sky(studio: Studio, palette: Palette, horizon: float, sun: tuple[float, float], disc: bool = True) -> Layer:
    """The whole frame of sky; `horizon` (row) and `sun` (column, row) in pixels of the frame."""
    width, height = studio.small(studio.span(0)), studio.small(studio.height)
    scale = 1 / studio.shrink
    unit = studio.unit * scale
    rgb = np.repeat(gradient(palette.sky, height, horizon / studio.height)[:, None, :], width, axis=1)
    if palette.stars:
        rgb = _stars(studio, rgb, palette, horizon * scale)
    far = distance(width, height, (sun[0] * scale, sun[1] * scale))
    strength = 0.5 if palette.dark else 0.75
    low = smooth(0.0, 0.9, np.arange(height, dtype=np.float32) / np.float32(horizon * scale))[:, None]
    warmth = strength * 0.55 * low * np.exp(-((far / (0.62 * unit)) ** 1.3))
    rgb = blend(rgb, palette.glow, np.asarray(warmth, np.float32))
    glare = strength * 0.7 * np.exp(-((far / (0.22 * unit)) ** 1.2))
    rgb = blend(rgb, palette.glow, np.asarray(glare, np.float32))
    if disc:
        rgb = _disc(studio, rgb, palette, far, unit)
    edge = smooth(0.6, 1.5, far / np.float32(0.5 * np.hypot(width, height)))
    return studio.layer(blend(rgb, palette.sky[0], np.float32(0.45) * edge), 0, studio.height, 0)


def _disc(studio: Studio, rgb: Floats, palette: Palette, far: Floats, unit: float) -> Floats:
    """The sun, or a moon with a hint of its seas."""
    radius = unit * (0.05 if palette.stars >= 0.9 else 0.07) * float(studio.rng.uniform(0.85, 1.25))
    face = np.clip(radius - far + 0.5, 0, 1)
    if palette.stars >= 0.9:
        spots = cloud(studio.rng, rgb.shape[1], rgb.shape[0], (radius, radius), 3)
        face = face * (1 - 0.3 * smooth(0.5, 0.75, spots))
    rgb = blend(rgb, palette.sun, 0.75 * np.exp(-np.maximum(far - radius, 0) / (0.5 * radius)))
    return blend(rgb, palette.sun, face)


def _stars(studio: Studio, rgb: Floats, palette: Palette, horizon: float) -> Floats:
    """Stars of many sizes, fewer towards the horizon."""
    height, width = rgb.shape[:2]
    light = np.zeros((height, width), np.float32)
    count = int(palette.stars * width * height / 900)
    dice = fork(studio.rng).random((count, 3)).T
    rows = (dice[0] ** 1.4 * min(horizon, height - 2)).astype(int)
    columns = (1 + dice[1] * (width - 3)).astype(int)
    power = (dice[2] ** 5).astype(np.float32)
    light[rows, columns] += 0.25 + 0.75 * power
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        grown = np.zeros_like(light)
        grown[rows, columns] = power * 0.45
        light += np.roll(grown, step, axis)
    fade = 1 - smooth(0.35, 1.0, np.arange(height, dtype=np.float32) / np.float32(max(horizon, 1)))
    return blend(rgb, (1.0, 0.98, 0.93), np.clip(light * fade[:, None], 0, 1))


def clouds(
    studio: Studio,
    palette: Palette,
    horizon: float,
    sun: tuple[float, float],
    travel: float,
    amount: float = 0.5,
) -> Layer:
    """A bank of drifting clouds above the horizon, lit from the sun's side; `amount` 0–1."""
    bottom = int(horizon)
    width, height = studio.small(studio.span(travel)), studio.small(bottom)
    unit = studio.unit / studio.shrink
    stretch = float(studio.rng.uniform(2.2, 4.5))
    body = cloud(studio.rng, width, height, (0.3 * unit * stretch, 0.3 * unit), 6, 0.52)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    window = smooth(0.0, 0.3, rows) * (1 - smooth(0.8, 1.0, rows))
    cover = smooth(0.62 - 0.26 * amount, 0.95 - 0.2 * amount, body) * window
    lift = np.clip((body - np.roll(body, -max(2, height // 28), axis=0)) * 5, -1, 1)
    away = distance(width, height, (sun[0] / studio.shrink, sun[1] / studio.shrink)) / np.float32(unit)
    cover *= 1 - np.float32(0.75) * np.exp(-((away / np.float32(0.16)) ** 2))
    base = np.broadcast_to(gradient(palette.sky, height, 1.0)[:, None, :], (height, width, 3)).astype(np.float32)
    rgb = blend(base, palette.sky[1], np.float32(0.3) * np.clip(lift, 0, 1))
    rim = np.clip(0.4 - 0.7 * lift, 0, 1) * (0.3 if palette.dark else 0.75)
    rgb = blend(rgb, mix(palette.sky[2], palette.sky[4], 0.5), rim)
    rgb = blend(rgb, palette.glow, rim * np.exp(-away / np.float32(0.4)))
    return studio.layer(rgb, 0, bottom, travel, cover * np.float32(0.8))
