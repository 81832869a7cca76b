"""Land: skylines of mountains, hills, dunes and pines, and the painting of what lies below them."""

from __future__ import annotations

import numpy as np

from .noise import cloud, line, smooth
from .palette import Palette, mix
from .raster import Floats, Heights, Layer, Studio
from .sky import blend


def peaks(studio: Studio, row: float, height: float, length: float, summit: float | None = None) -> Heights:
    """Pointed mountains around a row; `summit` is where one peak stands above all others (pixels)."""
    curve = line(studio.rng, length, 7, 0.5, sharp=True)
    fine = line(studio.rng, length / 3, 5, 0.6)

    def heights(x: Floats) -> Floats:
        up = 0.5 + 0.75 * curve(x)
        if summit is not None:
            away = np.abs(x - np.float32(summit)) / np.float32(length * 1.15)
            up = np.maximum(up * 0.62, 1.75 * (1 - away ** np.float32(0.82)) + 0.14 * fine(x) + 0.06 * curve(x * 3))
        return np.asarray(row - height * up, np.float32)

    return heights


def hills(studio: Studio, row: float, height: float, length: float) -> Heights:
    """Round hills."""
    curve = line(studio.rng, length, 3, 0.3)
    return lambda x: np.asarray(row - height * curve(x), np.float32)


def dunes(studio: Studio, row: float, height: float, length: float) -> Heights:
    """Dunes: long backs and crisp crests."""
    curve = line(studio.rng, length, 2, 0.25)

    def heights(x: Floats) -> Floats:
        return np.asarray(row - height * (1.2 - 2 * np.abs(curve(x)) ** np.float32(0.9)), np.float32)

    return heights


def pines(studio: Studio, ground: Heights, size: float, gap: float) -> Heights:
    """A wood of conifers on the ground, of about a size (pixels), one every `gap` pixels."""
    jitter, tall = studio.rng.random((2, 4096), np.float32)
    tall = np.float32(0.45) + np.float32(0.65) * tall * tall

    def heights(x: Floats) -> Floats:
        base = ground(x)
        cell = np.floor(x / np.float32(gap)).astype(np.int32)
        top = np.zeros_like(x)
        for step in range(-3, 4):
            index = (cell + step) % 4096
            centre = (cell + step + jitter[index]) * np.float32(gap)
            out = np.abs(x - centre) / (np.float32(0.21 * size) * tall[index] ** np.float32(0.7))
            boughs = np.float32(0.11) * ((out * 6 + jitter[index]) % 1) * (out + np.float32(0.25))
            top = np.maximum(top, size * tall[index] * np.where(out < 1, 1 - out ** np.float32(0.8) + boughs, 0))
        return np.asarray(base - top, np.float32)

    return heights


def land(
    studio: Studio,
    palette: Palette,
    heights: Heights,
    depth: float,
    travel: float,
    light: float = 1.0,
    facets: float = 0.0,
    haze: float = 1.0,
) -> Layer:
    """The painted land below a skyline.

    Parameters
    ----------
    depth : float
        0 is at the horizon and nearly as pale as the air; 1 is at the beholder's feet.
    light : float
        The side the light comes from: 1 or -1.
    facets : float
        How rocky it is, 0–1: lit and shaded faces that run down from the ridge.
    haze : float
        How much air gathers at its foot.
    """
    width = studio.small(studio.span(travel))
    crest = heights(np.arange(width, dtype=np.float32) * np.float32(studio.span(travel) / width))
    top = min(max(0, int(np.min(crest)) - 4), int(studio.height) - 4)  # a skyline may lie below the frame
    rows = studio.small(studio.height - top)
    crest = (crest - top) / np.float32(studio.shrink)
    unit = np.float32(studio.unit / studio.shrink)
    down = np.arange(rows, dtype=np.float32)[:, None] - crest[None, :]
    base = mix(palette.far, palette.near, depth)
    rgb = np.broadcast_to(np.array(base, np.float32), (rows, width, 3)).copy()
    if facets:
        face = _facets(studio, crest, down, unit, light)
        rgb = blend(rgb, mix(base, palette.glow, 0.42), np.clip(face, 0, 1) * np.float32(facets * (1 - 0.6 * depth)))
        rgb = blend(rgb, mix(base, palette.sky[0], 0.4), np.clip(-face, 0, 1) * np.float32(0.6 * facets))
    grain = cloud(studio.rng, width, rows, (0.2 * float(unit), 0.05 * float(unit)), 4)
    rgb *= 1 + np.float32(0.12) * (grain - np.float32(0.5))[..., None]
    rim = np.exp(-np.maximum(down, 0) / (np.float32(0.012) * unit)) * np.float32(0.35 * (1 - 0.5 * depth))
    rgb = blend(rgb, mix(palette.glow, palette.horizon, 0.4), rim)
    level = (np.arange(rows, dtype=np.float32) - np.float32(crest.mean()))[:, None] / unit
    air = smooth(-0.12, 0.34, level) * np.float32(haze * 0.8 * (1 - depth) ** 0.8)
    rgb = blend(rgb, palette.horizon, np.broadcast_to(air, (rows, width)))
    return studio.ridge(rgb, heights, top, studio.height, travel)


def _facets(studio: Studio, crest: Floats, down: Floats, unit: np.float32, light: float) -> Floats:
    """Light (1) and shadow (-1) on rock: the ridge's slopes carried downhill, and gullies across them."""
    rows, width = down.shape
    reach = max(3, int(0.035 * unit))
    weights = np.hanning(reach + 2)[1:-1].astype(np.float32)
    padded = np.pad(crest, reach, mode="edge")
    slope = np.gradient(np.convolve(padded, weights / weights.sum(), mode="same")[reach:-reach]) * -light
    rock = cloud(studio.rng, width, rows, (0.3 * float(unit), 0.42 * float(unit)), 6, 0.56)
    across = np.arange(width, dtype=np.float32)[None, :] + light * 0.3 * np.maximum(down, 0)
    across += (rock - np.float32(0.5)) * np.float32(0.16) * unit
    at = np.clip(across, 0, width - 1).astype(np.int32)
    gullies = np.gradient(rock, axis=1) * np.float32(-light * 0.05) * unit
    fade = np.exp(-np.maximum(down, 0) / (np.float32(0.4) * unit))
    return np.asarray(np.tanh(slope.astype(np.float32)[at] * 1.5 * fade + gullies), np.float32)
