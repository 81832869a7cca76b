"""Water: a mirror of the sky with a path of light on it, and glitter that moves."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .noise import cloud, endless, smooth
from .palette import Palette, mix
from .raster import Bytes, Canvas, Floats, Layer, Moment, Studio
from .sky import blend, gradient


def water(studio: Studio, palette: Palette, horizon: float, sun: float, calm: float, travel: float) -> Layer:
    """The still part: from the horizon (row) to the bottom; `sun` is the column of the light, `calm` 0–1."""
    top = int(horizon) // 2 * 2
    width, rows = studio.small(studio.span(travel)), studio.small(studio.height - top)
    mirror = gradient(palette.sky, rows, 1.0)[::-1]
    rgb = np.repeat(mirror[:, None, :], width, axis=1)
    deep = mix(palette.near, palette.sky[0], 0.45)
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
    rgb = blend(rgb, deep, np.float32(0.28 + 0.3 * (1 - calm)) + np.float32(0.35) * down**1.2)
    ripple = ripples(studio, width, rows)
    rgb *= 1 + np.float32(0.1 + 0.35 * (1 - calm)) * (ripple - np.float32(0.5))[..., None]
    rgb = blend(rgb, palette.glow, _path(studio, width, rows, sun) * (np.float32(0.35) + np.float32(0.5) * ripple))
    line = np.exp(-down * rows / np.float32(4))
    return studio.layer(blend(rgb, palette.horizon, np.float32(0.5) * line), top, studio.height, travel)


def ripples(studio: Studio, width: int, rows: int) -> Floats:
    """A texture of waves in perspective: fine at the horizon, long and wide at the beholder's feet; 0–1."""
    source = endless(cloud(studio.rng, 1152, 1152, (90, 26), 4, 0.6), 128)
    depth = np.float32(1) / (np.linspace(0.035, 1.0, rows, dtype=np.float32) ** np.float32(0.85))
    across = (np.arange(width, dtype=np.float32) - width / 2)[None, :] * depth[:, None] * np.float32(760 / width)
    down = (depth * np.float32(220)).astype(np.int32)[:, None]
    return np.asarray(source[np.broadcast_to(down % 1024, across.shape), np.floor(across).astype(np.int32) % 1024])


def _path(studio: Studio, width: int, rows: int, sun: float) -> Floats:
    """The light's way over the water, 0–1: narrow at the horizon, wider towards the beholder."""
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    away = np.abs(np.arange(width, dtype=np.float32) - np.float32(sun / studio.shrink))[None, :]
    reach = np.float32(studio.unit / studio.shrink) * (np.float32(0.07) + np.float32(0.2) * down)
    return np.asarray(np.exp(-((away / reach) ** 1.4)) * (1 - np.float32(0.55) * down), np.float32)


class Glitter:
    """The moving part: where two rippled textures that slide apart meet, the water flashes or darkens."""

    def __init__(self, studio: Studio, palette: Palette, horizon: float, sun: float, calm: float) -> None:
        self.top = (int(horizon) + 2) // 2 * 2
        self.size = (studio.width, studio.height - self.top)
        width, rows = (studio.small(v) for v in self.size)
        self.speed = studio.unit * float(studio.rng.uniform(0.035, 0.06)) * (1.4 - 0.8 * calm)
        self.slack = int(self.speed * 40) + 8
        self.waves = [self._texture(studio, width, rows) for _ in range(2)]
        self.bright = self._threshold(_path(studio, width, rows, sun), 204 + 10 * calm, 84)
        self.dim = self._threshold(1 - smooth(0.0, 0.2, np.zeros((rows, width), np.float32)), 60 - 14 * calm, 0)
        self.light, self.dark = palette.sun, mix(palette.near, palette.sky[1], 0.35)

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Lays flashes and troughs over the water."""
        way = int(self.speed * moment.seconds) % self.slack
        first = self.waves[0][:, way : way + self.size[0]]
        second = self.waves[1][:, self.slack - way : self.slack - way + self.size[0]]
        both = first + second
        flash = np.minimum(np.maximum(both, self.bright) - self.bright, 31) * np.uint8(8)
        trough = np.minimum(self.dim - np.minimum(both, self.dim), 31) * np.uint8(3)
        canvas.tint(self.dark, Image.fromarray(trough), (0, self.top), chroma=False)
        canvas.tint(self.light, Image.fromarray(flash), (0, self.top), chroma=False)

    def _texture(self, studio: Studio, width: int, rows: int) -> Bytes:
        extra = studio.small(self.slack)
        values = ripples(studio, width + extra, rows)
        image = Image.fromarray((np.clip(values, 0, 1) * 127).astype(np.uint8))
        return np.asarray(image.resize((self.size[0] + self.slack, self.size[1]), Image.Resampling.BICUBIC))

    def _threshold(self, where: Floats, base: float, less: float) -> Bytes:
        image = Image.fromarray(np.clip(base - less * where, 0, 255).astype(np.uint8))
        return np.asarray(image.resize(self.size, Image.Resampling.BILINEAR))
