"""A figure that is drawn once and shown many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from .palette import Rgb
from .pen import Tone
from .raster import Canvas


@dataclass(frozen=True)
class Sprite:
    """A small picture with a mask, and where it lies from the figure's origin (pixels, even)."""

    picture: Canvas
    mask: Image.Image
    half: Image.Image
    corner: tuple[int, int]

    @classmethod
    def of(cls, masks: list[Tone], tones: Mapping[str, Rgb]) -> Sprite:
        """The sprite of a figure's tones."""
        mask, corner = union(masks)
        picture = Canvas(*mask.size)
        # First each tone with hard edges: its soft ones then mix with their own colour, not with black.
        for spread in (True, False):
            for tone in masks:
                if spread and tone.name == "rim":
                    continue
                shape = tone.mask.point(_TOUCHED) if spread else tone.mask
                picture.tint(tones[tone.name], shape, (tone.corner[0] - corner[0], tone.corner[1] - corner[1]))
        return cls(picture, mask, mask.reduce(2), corner)

    def draw(self, canvas: Canvas, at: tuple[int, int]) -> None:
        """Shows it with its origin at a place (pixels, even)."""
        x, y = at[0] + self.corner[0], at[1] + self.corner[1]
        canvas.y.paste(self.picture.y, (x, y), self.mask)
        canvas.u.paste(self.picture.u, (x // 2, y // 2), self.half)
        canvas.v.paste(self.picture.v, (x // 2, y // 2), self.half)


_TOUCHED = [0] + [255] * 255


def union(masks: list[Tone]) -> tuple[Image.Image, tuple[int, int]]:
    """The whole figure as one mask, and its top left corner."""
    left, top = (min(tone.corner[k] for tone in masks) for k in (0, 1))
    right, bottom = (max(tone.corner[k] + tone.mask.size[k] for tone in masks) for k in (0, 1))
    whole = Image.new("L", (right - left, bottom - top))
    for tone in masks:
        whole.paste(255, (tone.corner[0] - left, tone.corner[1] - top), tone.mask)
    return whole, (left, top)
