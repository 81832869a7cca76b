"""The first takes of a search as plain HTML: what a saved notebook shows of the gallery without a kernel."""

from __future__ import annotations

import io
import time
from html import escape
from typing import TYPE_CHECKING

from . import browsing
from .browsing import Search
from .captions import caption, poster_html
from .errors import SeedanceError
from .options import options
from .posters import Posters

if TYPE_CHECKING:
    from .generation import Generation
    from .library import Library

TAKES = 12
LARGEST = 20_000  # bytes of the HTML; what has no room is told in words
WIDTH = 128  # pixels of a picture
PATIENCE = 5.0  # seconds for pictures that are still to be made, where nobody waits for it
LONGEST_PROMPT = 120  # characters
_FIGURE = "style='margin:0 8px 8px 0;display:inline-block;width:160px;vertical-align:top'"


def snapshot(library: Library, search: Search, patience: float = PATIENCE) -> str:
    """Return the first takes that a search finds as HTML of at most 20 kB: pictures, captions, prompts.

    Parameters
    ----------
    library : Library
        The history.
    search : Search
        What is searched for.
    patience : float
        Seconds after which no more pictures are made; those on the disk are there at once.
    """
    takes = library.browse(search, TAKES)
    totals = browsing.totals(library.database, search)
    until, room = time.monotonic() + patience, LARGEST - 1_000
    figures = []
    for take in takes:
        figure = _figure(take, _small(library, take, may_make=time.monotonic() < until))
        if len(figure) > room:
            figure = _figure(take, b"")
        if len(figure) <= room:
            room -= len(figure)
            figures.append(figure)
    more = totals.takes - len(figures)
    left = f" and {more:,} more" if more > 0 else ""
    head = f"{len(figures)} takes{left}, as they were when this was saved." if figures else "No takes yet."
    return f"<p>{head} Run the cell again to look at them and to play their clips.</p><div>{''.join(figures)}</div>"


def _figure(take: Generation, picture: bytes) -> str:
    image = poster_html(picture, "")
    prompt = take.prompt if len(take.prompt) <= LONGEST_PROMPT else take.prompt[: LONGEST_PROMPT - 1] + "…"
    stars = f" · {'★' * take.rating}" if take.rating else ""
    words = f"{escape(caption(take))}{stars}<br><small>{escape(prompt)}</small>"
    return f"<figure {_FIGURE}>{image}<figcaption>{words}</figcaption></figure>"


def _small(library: Library, take: Generation, *, may_make: bool) -> bytes:
    """Return a picture that is smaller still; empty where there is none, or no time to make it."""
    from PIL import Image

    posters = Posters(library.path)
    try:
        picture = posters.kept(take.key)
        if not picture and may_make and take.path is not None and options.posters:
            picture = posters.get(take.key, take.path)
        if not picture:
            return b""
        image = Image.open(io.BytesIO(picture))
        image.thumbnail((WIDTH, WIDTH))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=50, optimize=True)
        return buffer.getvalue()
    except (SeedanceError, OSError):  # a picture is a comfort: the clip itself tells what is wrong with it
        return b""
