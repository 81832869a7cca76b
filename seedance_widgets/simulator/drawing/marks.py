"""Words on the picture: what the clip is, small and always there; and the watermark, when it is asked for."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .raster import Canvas, Moment

SIMULATED = "simulated · seed {seed}"
WATERMARK = "AI generated"


class Label:
    """A line of text over a soft shadow, in a corner of the frame.

    Parameters
    ----------
    frame : tuple of int
        The frame's width and height.
    height : float
        The text's size in pixels.
    corner : str
        ``bottom right`` or ``top left``.
    strength : float
        How opaque it is, 0–1.
    """

    def __init__(self, text: str, frame: tuple[int, int], height: float, corner: str, strength: float) -> None:
        font = ImageFont.load_default(max(9, round(height)))
        left, top, right, bottom = font.getbbox(text)
        pad = round(height * 0.6) // 2 * 2 + 2
        size = ((int(right - left) + 2 * pad) // 2 * 2 + 2, (int(bottom - top) + 2 * pad) // 2 * 2 + 2)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).text((pad - left, pad - top), text, font=font, fill=255)
        self.mask = mask.point([v * strength for v in range(256)])
        dark = mask.filter(ImageFilter.GaussianBlur(height * 0.16))
        self.shadow = dark.point([min(255.0, v * 1.5) * 0.55 for v in range(256)])
        gap = round(height * 0.35) // 2 * 2
        low, far = frame[1] - size[1] - gap, frame[0] - size[0] - gap
        self.at = (far // 2 * 2, low // 2 * 2) if corner == "bottom right" else (gap, gap)

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Writes it."""
        canvas.tint((0.0, 0.0, 0.0), self.shadow, self.at)
        canvas.tint((1.0, 1.0, 1.0), self.mask, self.at)


def labels(seed: int, watermark: bool, frame: tuple[int, int]) -> list[Label]:
    """The marks of a clip."""
    unit = min(frame)
    marks = [Label(SIMULATED.format(seed=seed), frame, max(11.0, unit * 0.027), "bottom right", 0.72)]
    if watermark:
        marks.append(Label(WATERMARK, frame, max(15.0, unit * 0.042), "top left", 0.85))
    return marks
