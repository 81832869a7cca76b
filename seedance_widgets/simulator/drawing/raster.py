"""Pictures in three planes, and layers that slide over each other by fractions of a pixel.

Everything is composed straight in the planes that the encoder takes (full-size luma, half-size chroma), which
is half the work of RGB. A layer is painted once, wider than the frame; a frame only crops and pastes it.
Cropping moves by whole pixels, so each layer is kept in a few copies that are shifted by parts of a pixel: slow
motion stays smooth.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from .palette import Rgb

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Heights = Callable[[Floats], Floats]
"""A skyline: positions along a layer to the rows of the frame where it begins, all in pixels."""


@dataclass(frozen=True)
class Moment:
    """One instant: seconds from the clip's start, the share that is over, and the camera's way (0–1)."""

    seconds: float
    share: float
    pan: float


class Stamp:
    """A small square mask that is used again and again, with its half size for the chroma."""

    def __init__(self, mask: Image.Image) -> None:
        self.mask, self.half, self.reach = mask, mask.reduce(2), mask.width // 2


class Canvas:
    """A frame being composed: luma and two chroma planes, which lie in one piece of memory."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.memory = np.zeros(width * height * 3 // 2, np.uint8)
        luma, quarter = width * height, width * height // 4
        self.y = _window(self.memory[:luma], width, height)
        self.u = _window(self.memory[luma : luma + quarter], width // 2, height // 2)
        self.v = _window(self.memory[luma + quarter :], width // 2, height // 2)

    def tint(self, colour: Rgb, mask: Image.Image, at: tuple[int, int], chroma: bool = True) -> None:
        """Lays one colour over the picture through a mask (L, full size); `at` is its top left corner."""
        luma, cb, cr = (int(v) for v in planes_of(colour))
        self.y.paste(luma, at, mask)
        if chroma:
            half = mask.reduce(2)
            where = (at[0] // 2, at[1] // 2)
            self.u.paste(cb, where, half)
            self.v.paste(cr, where, half)

    def stamp(self, colour: Rgb, stamp: Stamp, at: tuple[int, int]) -> None:
        """Lays one colour over the picture through a stamp around a place (column and row, pixels)."""
        left, top = (at[0] - stamp.reach) // 2 * 2, (at[1] - stamp.reach) // 2 * 2
        luma, cb, cr = (int(v) for v in planes_of(colour))
        self.y.paste(luma, (left, top), stamp.mask)
        self.u.paste(cb, (left // 2, top // 2), stamp.half)
        self.v.paste(cr, (left // 2, top // 2), stamp.half)

    def frame(self) -> Bytes:
        """The picture as the encoder takes it: the three planes, one and a half frames high."""
        return self.memory.reshape(self.size[1] * 3 // 2, self.size[0])


def _window(memory: Bytes, width: int, height: int) -> Image.Image:
    """An image that draws straight into memory of ours: copying out each frame would cost a third of the time."""
    image = Image.frombuffer("L", (width, height), memory, "raw", "L", 0, 1)
    image.readonly = 0
    return image


def fork(rng: np.random.Generator) -> np.random.Generator:
    """Dice of its own for what takes more throws in a larger frame, so that all else stays as in a small one."""
    return np.random.Generator(np.random.PCG64(int(rng.integers(2**62))))


def planes_of(colour: Rgb) -> tuple[float, float, float]:
    """The luma and chroma (BT.709, limited range, 0–255) of a colour."""
    red, green, blue = colour
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


def split(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    """The planes, still as floats, of a picture of shape (height, width, 3) with values 0–1."""
    clipped = np.clip(rgb, 0, 1)
    luma: Floats = clipped @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    cb = 128 + (224 / 1.8556) * (clipped[..., 2] - luma)
    cr = 128 + (224 / 1.5748) * (clipped[..., 0] - luma)
    return 16 + 219 * luma, cb, cr


def scaled(plane: Floats, width: int, height: int) -> Floats:
    """The plane in another size, smoothly."""
    if plane.shape == (height, width):
        return plane
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


def dithered(plane: Floats, rng: np.random.Generator) -> Bytes:
    """The plane in whole numbers; noise takes the place of the steps that soft gradients would show."""
    noise = rng.random((64, plane.shape[1]), np.float32)
    rows = np.tile(noise, (-(-plane.shape[0] // 64), 1))[: plane.shape[0]]
    return np.asarray(np.clip(plane + rows, 0, 255), dtype=np.uint8)


def _shifted(plane: Bytes, steps: int) -> list[Image.Image]:
    """Copies of a plane that begin later by parts of a pixel, all equally soft."""
    if steps == 1:
        return [Image.fromarray(plane)]
    wide = plane.astype(np.int16)
    step = np.diff(wide, axis=1, append=wide[:, -1:])
    parts = ((2 * k + 1) * 128 // steps for k in range(steps))
    return [Image.fromarray((wide + ((step * part) >> 8)).astype(np.uint8)) for part in parts]


@dataclass
class Layer:
    """A painted strip of the scene that slides with the camera.

    Attributes
    ----------
    top : int
        The row of the frame where it begins; even.
    travel : float
        How many pixels it slides while the camera goes its whole way; negative to the other side.
    solid : int
        The row, counted from its top, from which on it hides everything; above it the mask decides.
    seen : int
        How many of its rows can be seen: what lies below is hidden by layers in front, and is not drawn.
    """

    top: int
    travel: float
    solid: int
    luma: list[Image.Image]
    chroma: tuple[Image.Image, Image.Image]
    masks: list[Image.Image] = field(default_factory=list)
    half_mask: Image.Image | None = None
    seen: int = sys.maxsize

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Puts the part of the layer that the camera sees onto the canvas."""
        way = self.travel * moment.pan if self.travel >= 0 else -self.travel * (1 - moment.pan)
        whole = int(way)
        step = int((way - whole) * len(self.luma))
        mask = self.masks[step] if self.masks else None
        rows = min(self.seen, self.luma[step].height)
        _put(canvas.y, self.luma[step], mask, (whole, self.top), rows, self.solid)
        for plane, source in zip((canvas.u, canvas.v), self.chroma, strict=True):
            _put(plane, source, self.half_mask, (whole // 2, self.top // 2), rows // 2, self.solid // 2)


def hide(layers: Sequence[Layer], height: int) -> None:
    """Tells layers, from the back to the front of a frame, which of their rows those in front leave to be seen."""
    hidden = height  # from this row down to the frame's last one nothing further back is seen
    for layer in reversed(layers):
        layer.seen = max(0, hidden - layer.top)
        if layer.solid < layer.luma[0].height and layer.top + layer.luma[0].height >= hidden:
            hidden = min(hidden, layer.top + layer.solid)


def _put(
    plane: Image.Image, source: Image.Image, mask: Image.Image | None, start: tuple[int, int], bottom: int, solid: int
) -> None:
    (left, top), width = start, plane.width
    if solid < bottom:
        plane.paste(source.crop((left, solid, left + width, bottom)), (0, top + solid))
    if solid > 0 and mask is not None:
        box = (left, 0, left + width, min(solid, bottom))
        plane.paste(source.crop(box), (0, top), mask.crop(box))


class Studio:
    """What every painter needs: the frame's size, the scale to paint in, and the dice.

    Colours are painted in at most about half a thousand rows and scaled up, edges are made in full size:
    gradients lose nothing by it, and a clip of twice the size takes little longer to begin.
    """

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        self.width, self.height = width, height
        self.unit = float(min(width, height))
        self.rng = rng
        self.shrink = max(1.0, self.unit / 544)
        self.steps = 4 if self.unit < 800 else 2

    def span(self, travel: float) -> int:
        """The width (pixels, even) of a layer that slides so far."""
        return (self.width + int(abs(travel)) + 6) // 2 * 2

    def small(self, pixels: float) -> int:
        """A length of the frame in the painting's scale."""
        return max(2, round(pixels / self.shrink))

    def layer(self, rgb: Floats, top: int, bottom: int, travel: float, mask: Floats | None = None) -> Layer:
        """A layer from a painting of any scale; `mask` (0–1), where given, applies to all of it."""
        top, bottom = top // 2 * 2, bottom // 2 * 2
        width, rows = self.span(travel), bottom - top
        luma, chroma = self._planes(rgb, width, rows)
        if mask is None:
            return Layer(top, travel, 0, luma, chroma)
        full = (np.clip(scaled(mask, width, rows), 0, 1) * 255).astype(np.uint8)
        return Layer(top, travel, rows, luma, chroma, _shifted(full, self.steps), _half(full))

    def ridge(self, rgb: Floats, heights: Heights, top: int, bottom: int, travel: float) -> Layer:
        """A layer below a skyline; the painting reaches from `top` to `bottom` of the frame."""
        top, bottom = top // 2 * 2, bottom // 2 * 2
        width, rows = self.span(travel), bottom - top
        luma, chroma = self._planes(rgb, width, rows)
        across = np.arange(width, dtype=np.float32)
        crest = heights(across) - top
        solid = min(rows, (int(np.max(crest)) + 6) // 2 * 2)
        masks = [coverage(heights(across + (k + 0.5) / self.steps) - top, solid) for k in range(self.steps)]
        half = _half(coverage(crest, solid))
        return Layer(top, travel, solid, luma, chroma, [Image.fromarray(m) for m in masks], half)

    def _planes(self, rgb: Floats, width: int, rows: int) -> tuple[list[Image.Image], tuple[Image.Image, Image.Image]]:
        y, u, v = split(rgb)
        dice = fork(self.rng)
        luma = dithered(scaled(y, width, rows), dice)
        cb, cr = (dithered(scaled(plane, width // 2, rows // 2), dice) for plane in (u, v))
        return _shifted(luma, self.steps), (Image.fromarray(cb), Image.fromarray(cr))


def coverage(crest: Floats, rows: int) -> Bytes:
    """How much (0–255) of each pixel lies below a skyline, smooth on steep slopes too."""
    slope = np.abs(np.gradient(crest)).astype(np.float32)
    reach = 1 / np.sqrt(1 + np.minimum(slope, 40.0) ** 2)
    below = (np.arange(rows, dtype=np.float32)[:, None] + 0.5 - crest[None, :]) * reach[None, :]
    return np.asarray(np.clip((below + 0.5) * 255, 0, 255), dtype=np.uint8)


def _half(mask: Bytes) -> Image.Image:
    return Image.fromarray(mask).reduce(2)
