"""Cities: rows of towers with lit windows, signs, and a street that shines when it is wet."""

from __future__ import annotations

import numpy as np

from .noise import cloud, smooth
from .palette import Palette, mix, rgb
from .raster import Floats, Layer, Studio, fork
from .sky import blend

SIGNS = tuple(rgb(code) for code in ("#2be4ff", "#ff3f9e", "#ffd05a", "#8a5cff", "#ff6a3d"))


class Towers:
    """A row of towers: where each begins and how high it is."""

    def __init__(self, studio: Studio, row: float, height: float, broad: float) -> None:
        rng = studio.rng
        self.row = row
        self.edges = np.cumsum(broad * rng.uniform(0.5, 1.35, 400)).astype(np.float32) - np.float32(4 * broad)
        hump = 0.62 + 0.38 * np.sin(np.linspace(0, 34, 401) + rng.uniform(0, 6))
        self.tall = (height * hump * rng.uniform(0.25, 1.0, 401) ** 1.3 + 0.16 * height).astype(np.float32)
        self.step, self.mast = rng.random((2, 401), np.float32)
        self.broad = broad

    def index(self, x: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Which tower stands at each position."""
        return np.asarray(np.clip(np.searchsorted(self.edges, x), 1, 399))

    def heights(self, x: Floats) -> Floats:
        """The row of the roofs, with their setbacks and masts."""
        k = self.index(x)
        left, right = self.edges[k - 1], self.edges[k]
        across = np.abs((x - left) / np.maximum(right - left, 1) - 0.5) * 2
        tall = self.tall[k].copy()
        tall += np.where((self.step[k] > 0.45) & (across < 0.62), 0.09 * tall, 0)
        tall += np.where((self.step[k] > 0.75) & (across < 0.34), 0.08 * tall, 0)
        tall += np.where((self.mast[k] > 0.72) & (across < 0.05), 0.22 * tall, 0)
        return np.asarray(self.row - tall, np.float32)


def block(studio: Studio, palette: Palette, towers: Towers, depth: float, travel: float, lit: float) -> Layer:
    """The painted towers; `depth` as in `land.land`, `lit` is the share of windows with light."""
    span = studio.span(travel)
    width = studio.small(span)
    x = np.arange(width, dtype=np.float32) * np.float32(span / width)
    top = max(0, int(np.min(towers.heights(x))) - 4)
    rows = studio.small(studio.height - top)
    y = (np.arange(rows, dtype=np.float32) * np.float32((studio.height - top) / rows) + top)[:, None]
    base = mix(palette.far, palette.near, depth)
    index = towers.index(x)
    shade = (0.88 + 0.24 * towers.mast[index]).astype(np.float32)
    painted = np.array(base, np.float32) * np.broadcast_to(shade[None, :, None], (rows, width, 3))
    level = (y - np.float32(towers.row)) / np.float32(studio.unit)
    air = smooth(-0.42, 0.05, level) * np.float32(0.62 * (1 - depth) ** 0.7)
    painted = blend(painted, palette.horizon, np.broadcast_to(air, (rows, width)))
    if lit:
        painted = _windows(studio, palette, towers, painted, x, y, lit, depth)
    return studio.ridge(painted, towers.heights, top, studio.height, travel)


def _windows(
    studio: Studio, palette: Palette, towers: Towers, painted: Floats, x: Floats, y: Floats, lit: float, depth: float
) -> Floats:
    """Windows on a grid of each tower's own, each with its own light; some towers sleep."""
    index = towers.index(x)
    wide = np.float32(studio.unit * (0.007 + 0.008 * depth)) * (1 + towers.step[index])
    inside = (x - towers.edges[index - 1]) / wide
    floor = (y - (towers.row - towers.tall[index])[None, :]) / np.float32(studio.unit * (0.012 + 0.012 * depth))
    column, story = np.floor(inside).astype(np.int64), np.floor(floor).astype(np.int64)
    seeds = (index * 7919 + column * 104729)[None, :] + story * 15485863
    dice = ((seeds * 2654435761 >> 7) % 4096).astype(np.float32) / 4096
    awake = np.float32(lit) * (np.float32(0.25) + np.float32(1.3) * towers.mast[(index * 7) % 401] ** 2)[None, :]
    room = towers.edges[index] - towers.edges[index - 1]
    glass = (np.abs(inside % 1 - 0.5) < 0.31) & (inside > 1) & (inside * wide < room - wide)
    pane = glass[None, :] & (np.abs(floor % 1 - 0.5) < 0.26) & (floor > 0.9)
    power = np.where(pane & (dice < awake), 0.25 + 0.75 * dice / np.maximum(awake, 1e-3), 0).astype(np.float32)
    cool = (index % 3 == 0)[None, :] & pane
    painted = blend(painted, mix(palette.accent, (1.0, 0.84, 0.58), 0.7), power * np.float32(0.3 + 0.6 * depth) * ~cool)
    painted = blend(painted, mix(palette.accent, palette.horizon, 0.5), power * np.float32(0.25 + 0.5 * depth) * cool)
    return _signs(studio, palette, towers, painted, x, y, depth) if palette.name == "neon" else painted


def _signs(
    studio: Studio, palette: Palette, towers: Towers, painted: Floats, x: Floats, y: Floats, depth: float
) -> Floats:
    """Upright neon tubes on some towers, with their glow on the wall."""
    unit, painted = np.float32(studio.unit), painted.copy()
    seen = (towers.step[1:400] < 0.4) & (towers.edges[:399] > 0) & (towers.edges[:399] < x[-1])
    for k in (int(before) + 1 for before in np.flatnonzero(seen)):
        colour = SIGNS[k % len(SIGNS)] if depth > 0.3 else palette.glow
        middle = float(towers.edges[k - 1] + (0.2 + 0.6 * towers.mast[k]) * (towers.edges[k] - towers.edges[k - 1]))
        high = towers.row - float(towers.tall[k]) * (0.45 + 0.4 * float(towers.mast[(k * 3) % 401]))
        half = float(unit) * (0.02 + 0.05 * float(towers.step[k] / 0.4)) * (0.5 + depth)
        columns = np.abs(x - middle) < 0.1 * unit
        across = (x[columns] - np.float32(middle))[None, :]
        away = np.hypot(across, np.maximum(np.abs(y - np.float32(high)) - np.float32(half), 0)) / unit
        tube = np.clip(1.5 - away / np.float32(0.0035 * (0.6 + depth)), 0, 1) * np.float32(0.9)
        halo = np.exp(-away / np.float32(0.016)) * np.float32(0.5)
        painted[:, columns] = blend(blend(painted[:, columns], colour, halo), mix(colour, (1.0, 1.0, 1.0), 0.55), tube)
    return painted


def street(studio: Studio, palette: Palette, row: float, travel: float, wet: bool) -> Layer:
    """The street in front, with the city's lights drawn out on it."""
    width, rows = studio.small(studio.span(travel)), studio.small(studio.height - row)
    base = mix(palette.ink, palette.sky[1], 0.28)
    painted = np.broadcast_to(np.array(base, np.float32), (rows, width, 3)).copy()
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    painted = blend(
        painted, palette.horizon, np.broadcast_to((0.42 if wet else 0.16) * np.exp(-down * 4), (rows, width))
    )
    unit = studio.unit / studio.shrink
    ripple = cloud(studio.rng, width, rows, (0.16 * unit, 0.012 * unit), 3)
    shift = ((ripple - np.float32(0.5)) * np.float32(0.05) * unit).astype(np.int32)
    across = np.clip(np.arange(width, dtype=np.int32)[None, :] + shift, 0, width - 1)
    colours = (*SIGNS, palette.glow, palette.accent) if palette.name == "neon" else (palette.accent, palette.glow)
    dice = fork(studio.rng)
    for k in range(max(8, round(3.5 * width / rows))):
        centre, broad = float(dice.uniform(0, width)), unit * float(dice.uniform(0.008, 0.035))
        long = float(dice.uniform(0.25, 0.8))
        beam = np.exp(-(((across - np.float32(centre)) / np.float32(broad)) ** 2)) * np.exp(-down / np.float32(long))
        share = beam * (np.float32(0.35) + np.float32(0.65) * ripple) * np.float32(0.75 if wet else 0.18)
        painted = blend(painted, colours[k % len(colours)], share)
    return studio.layer(painted, int(row), studio.height, travel)
