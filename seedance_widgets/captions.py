"""One take in words and as plain HTML: its caption, its small picture. Needs no widgets."""

from __future__ import annotations

import io
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .media import data_url, poster
from .options import options
from .status import duration, word
from .stills import small_jpeg

if TYPE_CHECKING:
    from .generation import Generation

WIDEST = 240  # pixels of the picture that smaller ones are made of
STILL_WIDTH = 160  # pixels of the file; the card shows fewer, so that it is sharp on fine screens


def name_of(generation: Generation) -> str:
    """Return what a take is called: its seed, or its key's beginning for a model without one."""
    return f"take {generation.key[:6]}" if generation.seed is None else f"seed {generation.seed}"


def caption(generation: Generation) -> str:
    """Return a take in one line of plain text: seed, size and length as read from the file, price, time taken.

    Parameters
    ----------
    generation : Generation
        Any; what is not known (yet) is left out.
    """
    clip: Any = generation.clip
    parts = [name_of(generation)]
    if clip is not None:
        parts += [f"{clip.width}×{clip.height}", f"{clip.duration:.1f} s"]
    parts += [price(generation)]
    if generation.status == "completed":
        parts += [f"took {duration(generation.elapsed)}"]
    else:
        parts += [word(generation.status)]
    return " · ".join(part for part in parts if part)


def price(generation: Generation) -> str:
    """Return what was charged: dollars, else credits; empty where nobody said."""
    if generation.usd is not None:
        money = f"${generation.usd:.2f}" if generation.usd >= 0.01 or not generation.usd else f"${generation.usd:.4f}"
    elif generation.credits is not None:
        money = f"{generation.credits:,.0f} credits"
    else:
        return ""
    return f"{money} (simulated)" if generation.ticket.simulated else money


def still(generation: Generation) -> bytes:
    """Return the take's small picture, a JPEG of at most 15 kB; empty where there is none. Takes a while."""
    return picture(generation, STILL_WIDTH)


def picture(generation: Generation, width: int) -> bytes:
    """Return a picture of the take as a JPEG of that width in pixels and at most 15 kB; empty where there is none."""
    if generation.path is None or not options.posters:
        return b""
    try:
        return _poster(generation.path, width)
    except Exception:  # a picture is a comfort: the clip itself tells what is wrong with it
        return b""


@lru_cache(maxsize=512)
def _poster(path: Path, width: int) -> bytes:
    """A clip in the library never changes, and is looked into once: smaller pictures are made of the widest."""
    if width >= WIDEST:
        return poster(path, width=width)
    from PIL import Image

    with Image.open(io.BytesIO(_poster(path, WIDEST))) as image:
        return small_jpeg(image, min(width, image.width))


def poster_html(picture: bytes, alt: str) -> str:
    """Return the picture as an ``<img>``; empty where there is none."""
    if not picture:
        return ""
    return f'<img src="{data_url(picture, "image/jpeg")}" alt="{escape(alt, quote=True)}">'


def card_html(generation: Generation, picture: bytes = b"", *, prompt: bool = True) -> str:
    """Return a take as plain HTML, for a saved page: picture, caption and, unless it stands elsewhere, prompt."""
    image = poster_html(picture, f"a frame of the take with {name_of(generation)}")
    words = f"<br><small>{escape(generation.prompt)}</small>" if prompt else ""
    return f"<figure style='margin:0'>{image}<figcaption>{escape(caption(generation))}{words}</figcaption></figure>"
