"""All takes in one clip, in step and labelled."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, LibraryError
from . import painting, reel
from .exhibit import Exhibit
from .mosaic import Box, Mosaic, mosaic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from av import VideoFrame
    from av.container import OutputContainer
    from av.video.stream import VideoStream

    from ..media import Clip

__all__ = ["MOST", "estimate", "plan", "rate", "seconds", "tile"]

MOST = 144  # takes; more would be smaller than thumbnails, and as many open files
WIDEST, HIGHEST = 3840, 2160  # pixels, as the largest clips that common players take
NARROWEST = 160
ENCODER = {"preset": "veryfast", "crf": "22"}
_AGAIN = 1.3  # what encoding a second time adds
_KEY_FRAME = 2  # seconds from one to the next: a player then finds any moment at once


def tile(
    exhibit: Exhibit, path: Path, tell: Callable[[float], object], *, width: int = WIDEST, theme: str = "dark"
) -> None:
    """Write the clip.

    Parameters
    ----------
    exhibit : Exhibit
        The takes; one that is shorter than others holds its last frame.
    path : Path
        Where to.
    tell : callable
        Told the part that is done.
    width : int
        Pixels at most; takes are never enlarged.
    theme : "dark" or "light"
        The colours around the clips.

    Raises
    ------
    ConfigError
        Too many takes for one clip, or an option that cannot be.
    DownloadFailed, LibraryError
        A clip cannot be played; the disk refuses.
    """
    colours = painting.theme(theme)
    whole = plan(exhibit, width)
    fps, length = rate(exhibit), seconds(exhibit)
    frames = reel.frames(whole, painting.background(whole, colours), fps, length)
    _encode(frames, path, whole, fps, lambda number: tell(number / (length * fps)))


def plan(exhibit: Exhibit, width: int, highest: int = HIGHEST) -> Mosaic:
    """Return what stands where in a moving picture of at most so many pixels."""
    if len(exhibit.spots) > MOST:
        raise ConfigError(
            f"These are {len(exhibit.spots)} takes, and one clip shows {MOST} at most: save x.html or x.png instead, "
            "or compare fewer with studio.compare(…)."
        )
    if not NARROWEST <= width <= WIDEST:
        raise ConfigError(f"width={width!r} must be from {NARROWEST} to {WIDEST} pixels.")
    return mosaic(exhibit, widest=width, highest=highest)


def rate(exhibit: Exhibit) -> Fraction:
    """Return the frames a second of the first clip."""
    fps = next((spot.clip.fps for spot in exhibit.shown if spot.clip and spot.clip.fps), 24.0)
    return Fraction(min(max(fps, 1.0), 120.0)).limit_denominator(1001)


def seconds(exhibit: Exhibit) -> float:
    """Return the length of the longest clip."""
    return max(spot.clip.duration for spot in exhibit.shown if spot.clip)


def estimate(exhibit: Exhibit) -> float:
    """Return about how many bytes the clip will have: what the takes' pictures have, in their new size."""
    whole = plan(exhibit, WIDEST)
    cells = [(cell.spot, cell.pictures[0]) for cell in whole.cells]
    return _AGAIN * sum(spot.clip.bytes * _share(spot.clip, box) for spot, box in cells if spot.clip)


def _share(clip: Clip, box: Box) -> float:
    return math.pow(box.width * box.height / (clip.width * clip.height), 0.75)


def _encode(
    frames: Iterable[VideoFrame], path: Path, whole: Mosaic, fps: Fraction, tell: Callable[[int], object]
) -> None:
    import av

    frames = iter(frames)
    first = next(frames)
    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
            stream = _stream(output, whole, fps)
            frame: VideoFrame | None = first
            number = 0
            while frame is not None:
                frame.pts = number
                output.mux(stream.encode(frame))
                number += 1
                tell(number)
                frame = next(frames, None)
            output.mux(stream.encode())
    except av.FFmpegError as error:
        raise LibraryError(f"The clip {path.name} could not be written: {error.strerror or error}.") from error


def _stream(output: OutputContainer, whole: Mosaic, fps: Fraction) -> VideoStream:
    stream = output.add_stream("libx264", rate=fps, options=dict(ENCODER))
    stream.width, stream.height, stream.pix_fmt = whole.width, whole.height, "yuv420p"
    stream.codec_context.gop_size = round(_KEY_FRAME * fps)
    stream.codec_context.thread_type = "AUTO"
    for name in ("color_primaries", "color_trc", "colorspace"):
        setattr(stream.codec_context, name, 1)  # BT.709, as files number it
    stream.codec_context.color_range = 1  # 16…235
    return stream
