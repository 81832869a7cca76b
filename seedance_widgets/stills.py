"""Still pictures of a clip: which frame tells most, and how few bytes it can have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from .decoding import Film

__all__ = ["POSTER_CAP", "jpeg", "small_jpeg", "telling"]

#: Bytes that a poster has at most: dozens of them stand in one saved notebook.
POSTER_CAP = 15_000

#: Where a poster is looked for, as parts of the length: clips often begin and end in black.
_GOOD_MOMENTS = (1 / 3, 1 / 2, 2 / 3, 0.0, 1.0)


def telling(film: Film) -> Image:
    """Give the first picture that is not blank, of a few good moments; of blank ones the first."""
    pictures = (film.picture(film.seconds() * part) for part in _GOOD_MOMENTS)
    first = next(pictures)
    return first if not _blank(first) else next((image for image in pictures if not _blank(image)), first)


def small_jpeg(image: Image, width: int) -> bytes:
    """Give a picture as a JPEG of at most ``POSTER_CAP`` bytes: quality gives way first, then size."""
    while True:
        height = max(1, round(image.height * width / image.width))
        scaled = image.resize((width, height), reducing_gap=2.0)
        for quality in (80, 60, 40, 25):
            data = jpeg(scaled, quality)
            if len(data) <= POSTER_CAP:
                return data
        width = max(1, width * 3 // 4)


def jpeg(image: Image, quality: int) -> bytes:
    """Give a picture as a JPEG."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _blank(image: Image) -> bool:
    levels = image.convert("L").resize((64, 64)).tobytes()
    return max(levels) - min(levels) < 16  # of 255; a black frame of a real clip is not evenly black
