"""A clip as people see it: what it is, its still pictures, and the player in a notebook.

What a clip is (size, frames, length) is read from the file, never taken from the request.
"""

from __future__ import annotations

import base64
import contextlib
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import mp4, place
from .beside import copied_beside
from .decoding import disk, opened
from .errors import DownloadFailed
from .options import options
from .stills import jpeg, small_jpeg, telling

if TYPE_CHECKING:
    from IPython.display import Video

__all__ = ["Clip", "clip_type", "data_url", "first_frame", "last_frame", "poster", "probe", "video"]


@dataclass(frozen=True)
class Clip:
    """What a clip is, read from its file.

    Attributes
    ----------
    width, height : int
        Pixels as displayed: after rotation, and with square pixels.
    fps : float
        Frames a second, on average.
    duration : float
        Seconds.
    frames : int
        Number of frames.
    bytes : int
        Size of the file.
    has_audio : bool
        Whether there is a sound track.
    """

    width: int
    height: int
    fps: float
    duration: float
    frames: int
    bytes: int
    has_audio: bool


def probe(path: str | os.PathLike[str]) -> Clip:
    """Read from a file what the clip is.

    Parameters
    ----------
    path : path
        An MP4 or WebM.

    Returns
    -------
    Clip
        Its frames are counted, not computed; its first one has been decoded.

    Raises
    ------
    DownloadFailed
        The file is no clip, or cannot be played.
    LibraryError
        The file cannot be read.
    """
    with opened(path) as film:
        frames = film.count()
        width, height = film.size()
        seconds = film.seconds() or (frames / film.fps if film.fps else 0.0)
        size = Path(path).stat().st_size
        return Clip(width, height, film.fps, seconds, frames, size, film.has_audio)


def poster(path: str | os.PathLike[str], *, width: int = 320, at: float | Literal["middle"] | None = None) -> bytes:
    """Make the small still picture of a clip.

    Parameters
    ----------
    path : path
        An MP4 or WebM.
    width : int
        Pixels; a smaller clip is not enlarged.
    at : float, "middle" or None
        Seconds from the beginning (past the end: the last frame); None looks for a frame that is not blank,
        first of all at a third of the length.

    Returns
    -------
    bytes
        A JPEG of at most 15 kB; quality gives way to this, and in the end size.

    Raises
    ------
    DownloadFailed
        The file is no clip, or cannot be played.
    LibraryError
        The file cannot be read.
    """
    with opened(path) as film:
        moment = film.seconds() / 2 if at == "middle" else at
        image = telling(film) if moment is None else film.picture(moment)
    return small_jpeg(image, min(max(1, width), image.width))


def last_frame(path: str | os.PathLike[str]) -> bytes:
    """Give the last frame, such as a next clip can begin with.

    Parameters
    ----------
    path : path
        An MP4 or WebM.

    Returns
    -------
    bytes
        A JPEG of the clip's full size and high quality.

    Raises
    ------
    DownloadFailed
        The file is no clip, or cannot be played.
    LibraryError
        The file cannot be read.
    """
    with opened(path) as film:
        return jpeg(film.picture(math.inf), 95)


def first_frame(path: str | os.PathLike[str]) -> bytes:
    """Give the first frame, in all else as :func:`last_frame`."""
    with opened(path) as film:
        return jpeg(film.picture(0.0), 95)


def video(
    path: str | os.PathLike[str],
    *,
    width: int | None = None,
    height: int | None = None,
    embed: bool | None = None,
    autoplay: bool | None = None,
    loop: bool | None = None,
    muted: bool | None = None,
    controls: bool = True,
    html_attributes: str | None = None,
) -> Video:
    """Make the player of a clip, for a cell's output.

    Parameters
    ----------
    path : path
        An MP4 or WebM, anywhere on this machine.
    width, height : int, optional
        CSS pixels. One of them gives the other; by default the longer side is ``options.width``.
    embed : bool, optional
        True puts the clip into the notebook. False copies it to ``seedance_media/`` in the current folder,
        which is the notebook's, and links it: servers show nothing from outside their own folder. By default
        clips up to ``options.embed_cap`` bytes are embedded, and where links are not served, all (`place`).
    autoplay, loop, muted : bool, optional
        As in `options`. ``autoplay=True`` also mutes, unless ``muted=False`` is said: browsers start a
        clip with sound only on a page that was clicked.
    controls : bool
        Whether the player has its bar of buttons.
    html_attributes : str, optional
        Attributes of the ``<video>`` element in place of those made of the four above.

    Returns
    -------
    IPython.display.Video
        Shows itself as the last value of a cell, or through ``display``.

    Raises
    ------
    DownloadFailed
        The file is not a clip.
    LibraryError
        The clip cannot be read, or cannot be copied beside the notebook.
    """
    from IPython.display import Video

    path = Path(path)
    with disk(path):
        mime = f"video/{mp4.kind(path)}"
        inside = _embeds(path) if embed is None else embed
        data = path.read_bytes() if inside else None
    width, height = _shown_size(path, width, height)
    if html_attributes is None:
        html_attributes = _attributes(autoplay, loop, muted, controls) + ("" if inside else _still(path))
    url = None if inside else copied_beside(path)
    return Video(data, url, None, inside, mime, width, height, html_attributes)  # type: ignore[no-untyped-call]


def clip_type(path: Path) -> str:
    """Return what pages call the kind of a stored clip, which its ending tells."""
    return "video/webm" if path.suffix == ".webm" else "video/mp4"


def data_url(data: bytes, mime: str) -> str:
    """Write bytes as a ``data:`` URL.

    Parameters
    ----------
    data : bytes
        The contents.
    mime : str
        Their type, such as ``image/jpeg``.

    Returns
    -------
    str
        The URL; a third longer than the data.
    """
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"


def _embeds(path: Path) -> bool:
    return path.stat().st_size <= options.embed_cap or not place.here().serves_links


def _shown_size(path: Path, width: int | None, height: int | None) -> tuple[int | None, int | None]:
    """Give width and height on the page; with both known before the clip has loaded, nothing jumps."""
    if width and height:
        return width, height
    try:
        with opened(path) as film:
            real_width, real_height = film.size()
    except DownloadFailed:  # the browser may know a codec that we do not
        return (width or (None if height else options.width)), height
    if width or height:
        scale = width / real_width if width else (height or 0) / real_height
    else:
        scale = options.width / max(real_width, real_height)
    return width or max(1, round(real_width * scale)), height or max(1, round(real_height * scale))


def _attributes(autoplay: bool | None, loop: bool | None, muted: bool | None, controls: bool) -> str:
    if muted is None:
        muted = options.muted or bool(autoplay)
    wanted = {
        "controls": controls,
        "autoplay": options.autoplay if autoplay is None else autoplay,
        "loop": options.loop if loop is None else loop,
        "muted": muted,
        "playsinline": True,  # or telephones take the whole screen
    }
    return " ".join(name for name, on in wanted.items() if on)


def _still(path: Path) -> str:
    """Give the attribute that shows a picture where the notebook went without its linked clip."""
    with contextlib.suppress(DownloadFailed):
        if options.posters:
            return f' poster="{data_url(poster(path, width=480), "image/jpeg")}"'
    return ""
