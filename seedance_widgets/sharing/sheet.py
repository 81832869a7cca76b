"""A contact sheet: a picture of each take, or several moments of it, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..decoding import opened
from ..errors import ConfigError
from ..stills import telling
from . import labels, painting
from .exhibit import Exhibit
from .mosaic import Box, Cell, Mosaic, mosaic

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

__all__ = ["estimate", "sheet"]

WIDTH, HIGHEST = 2400, 20_000  # pixels
MOST_MOMENTS = 12
_TITLE_LINES = 8
_BYTES = 1.3  # a pixel of moving pictures, as PNG keeps it


def sheet(
    exhibit: Exhibit,
    path: Path,
    tell: Callable[[float], object],
    *,
    moments: int = 1,
    width: int = WIDTH,
    theme: str = "dark",
) -> None:
    """Write the sheet as a PNG.

    Parameters
    ----------
    exhibit : Exhibit
        The takes.
    path : Path
        Where to.
    tell : callable
        Told the part that is done.
    moments : int
        Pictures of each take, 1…12: one tells most, several are evenly spaced.
    width : int
        Pixels at most; pictures are never enlarged.
    theme : "dark" or "light"
        The colours around the pictures.

    Raises
    ------
    ConfigError
        An option that cannot be.
    DownloadFailed, LibraryError
        A clip cannot be played; the disk refuses.
    """
    colours = painting.theme(theme)
    whole = plan(exhibit, moments, width)
    image = painting.background(whole, colours)
    shown = [cell for cell in whole.cells if cell.spot.path]
    for number, cell in enumerate(shown, 1):
        _fill(image, cell, whole.unit)
        tell(0.9 * number / len(shown))
    image.save(path, "PNG")


def plan(exhibit: Exhibit, moments: int = 1, width: int = WIDTH) -> Mosaic:
    """Return what stands where on the sheet."""
    if isinstance(moments, bool) or not isinstance(moments, int) or not 1 <= moments <= MOST_MOMENTS:
        raise ConfigError(f"moments={moments!r} must be a whole number from 1 to {MOST_MOMENTS}.")
    if not 160 <= width <= HIGHEST:
        raise ConfigError(f"width={width!r} must be from 160 to {HIGHEST} pixels.")
    return mosaic(exhibit, widest=width, highest=HIGHEST, moments=moments, title_lines=_TITLE_LINES, footer=True)


def estimate(exhibit: Exhibit, moments: int = 1) -> float:
    """Return about how many bytes the sheet will have."""
    whole = plan(exhibit, moments)
    return _BYTES * sum(box.width * box.height for cell in whole.cells if cell.spot.path for box in cell.pictures)


def _fill(image: Image, cell: Cell, unit: int) -> None:
    assert cell.spot.path is not None
    with opened(cell.spot.path) as film:
        if len(cell.pictures) == 1:
            _paste(image, cell.pictures[0], telling(film))
            return
        for number, box in enumerate(cell.pictures):
            moment = film.seconds() * (number + 0.5) / len(cell.pictures)
            _paste(image, box, film.picture(moment))
            _stamp(image, box, f"{moment:.1f} s", round(0.72 * unit))


def _paste(image: Image, box: Box, picture: Image) -> None:
    from PIL import Image

    inner = painting.inside(box, picture.width, picture.height)
    scaled = picture.resize((inner.width, inner.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image.paste(scaled, (inner.left, inner.top))


def _stamp(image: Image, box: Box, words: str, size: int) -> None:
    """Write a moment's time into its corner, on a veil, so that it is read on any picture."""
    from PIL import Image, ImageDraw

    pad = size // 2
    width, height = round(labels.width(words, size)) + 2 * pad, round(labels.LINE * size) + pad // 2
    if width > box.width or height > box.height:
        return
    corner = (box.left, box.top + box.height - height, box.left + width, box.top + box.height)
    image.paste(Image.blend(image.crop(corner), Image.new("RGB", (width, height)), 0.6), corner[:2])
    labels.write(ImageDraw.Draw(image), (corner[0] + pad, corner[1] + pad // 4), words, size, "#ffffff")
