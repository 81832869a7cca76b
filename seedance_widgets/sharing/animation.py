"""All takes in one small GIF, for places that play nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ConfigError, LibraryError
from . import painting, reel, tile
from .exhibit import Exhibit
from .mosaic import Mosaic

if TYPE_CHECKING:
    from collections.abc import Callable

    from av import VideoFrame
    from av.filter.context import FilterContext

__all__ = ["animation", "estimate"]

WIDTH, HIGHEST, FPS = 960, 1600, 10
_SAMPLES = 2  # frames a second that the palette is made from
_TICK = Fraction(1, 100)  # seconds; GIFs count so
_BYTES = 0.55  # a pixel and frame


def animation(
    exhibit: Exhibit,
    path: Path,
    tell: Callable[[float], object],
    *,
    width: int = WIDTH,
    fps: int = FPS,
    theme: str = "dark",
) -> None:
    """Write the GIF.

    The clips are gone through twice: for the 256 colours that suit them all best, and for the pictures, of which only
    what changes is stored.

    Parameters
    ----------
    exhibit : Exhibit
        The takes.
    path : Path
        Where to.
    tell : callable
        Told the part that is done.
    width : int
        Pixels at most.
    fps : int
        Frames a second, 1…25.
    theme : "dark" or "light"
        The colours around the clips.

    Raises
    ------
    ConfigError
        An option that cannot be.
    DownloadFailed, LibraryError
        A clip cannot be played; the disk refuses.
    """
    import av

    if not 1 <= fps <= 25:
        raise ConfigError(f"fps={fps!r} must be from 1 to 25: browsers slow down faster GIFs.")
    colours = painting.theme(theme)
    whole = tile.plan(exhibit, width, HIGHEST)
    picture, length = painting.background(whole, colours), tile.seconds(exhibit)
    try:
        palette = _palette(reel.frames(whole, picture, Fraction(_SAMPLES), length), whole)
        tell(0.25)
        frames = reel.frames(whole, picture, Fraction(fps), length)
        _encode(_coloured(frames, whole, palette), path, whole, fps, lambda n: tell(0.25 + 0.75 * n / (length * fps)))
    except av.FFmpegError as error:
        raise LibraryError(f"The GIF could not be written: {error.strerror or error}.") from error


def estimate(exhibit: Exhibit) -> float:
    """Return about how many bytes the GIF will have."""
    whole = tile.plan(exhibit, WIDTH, HIGHEST)
    pixels = sum(box.width * box.height for cell in whole.cells if cell.spot.path for box in cell.pictures)
    return pixels * tile.seconds(exhibit) * FPS * _BYTES


def _palette(frames: Iterator[VideoFrame], whole: Mosaic) -> VideoFrame:
    """Return the colours that suit the frames best, as FFmpeg hands them from one filter to the next."""
    graph = _Graph()
    source = graph.clip(whole)
    graph.lead([source], "palettegen", "stats_mode=full:reserve_transparent=1")
    for number, frame in enumerate(frames):
        _push(source.start, frame, number)
    source.start.push(None)
    palette: VideoFrame = graph.pulled()[0]
    return palette


def _coloured(frames: Iterator[VideoFrame], whole: Mosaic, palette: VideoFrame) -> Iterator[VideoFrame]:
    """Yield the frames in the palette's colours. A fixed pattern mixes them: what stands still does not flicker."""
    graph = _Graph()
    source, colours = graph.clip(whole), graph.palette(palette)
    graph.lead([source, colours], "paletteuse", "dither=bayer:bayer_scale=5:diff_mode=rectangle")
    _push(colours.start, palette, 0)
    colours.start.push(None)
    for number, frame in enumerate(frames):
        _push(source.start, frame, number)
        yield from graph.pulled()
    source.start.push(None)
    yield from graph.pulled()


def _push(source: FilterContext, frame: VideoFrame, number: int) -> None:
    frame.pts, frame.time_base = number, _TICK
    source.push(frame)


class _Chain(NamedTuple):
    """Where frames go in, and the filter that they come out of."""

    start: FilterContext
    end: FilterContext


class _Graph:
    """Filters of FFmpeg."""

    def __init__(self) -> None:
        from av.filter import Graph

        self._graph = Graph()
        self._sink = self._graph.add("buffersink")

    def clip(self, whole: Mosaic) -> _Chain:
        """Return a source for frames of the whole, turned into RGB.

        FFmpeg's fast way does it in slices that write a few pixels into each other where the width is no multiple of
        eight; its accurate way does not.
        """
        start = self._source(whole.width, whole.height, "yuv420p")
        turned = self._graph.add("scale", "in_color_matrix=bt709:flags=bicubic+accurate_rnd")
        end = self._graph.add("format", "pix_fmts=bgra")
        start.link_to(turned)
        turned.link_to(end)
        return _Chain(start, end)

    def palette(self, palette: VideoFrame) -> _Chain:
        """Return a source for a palette."""
        start = self._source(palette.width, palette.height, palette.format.name)
        return _Chain(start, start)

    def _source(self, width: int, height: int, form: str) -> FilterContext:
        from av.video.format import VideoFormat

        return self._graph.add_buffer(width=width, height=height, format=VideoFormat(form), time_base=_TICK)

    def lead(self, sources: list[_Chain], name: str, options: str) -> None:
        """Lead the sources through one filter, and out."""
        through = self._graph.add(name, options)
        for index, source in enumerate(sources):
            source.end.link_to(through, 0, index)
        through.link_to(self._sink)
        self._graph.configure()

    def pulled(self) -> list[Any]:
        """Return the frames that are ready."""
        import av

        found = []
        with contextlib.suppress(av.BlockingIOError, av.EOFError):
            while True:
                found.append(self._sink.pull())
        return found


def _encode(frames: Iterator[VideoFrame], path: Path, whole: Mosaic, fps: int, tell: Callable[[int], object]) -> None:
    import av

    with av.open(str(path), "w", format="gif") as output:
        stream = output.add_stream("gif", rate=fps)
        stream.width, stream.height, stream.pix_fmt = whole.width, whole.height, "pal8"
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number, Fraction(1, fps)
            output.mux(stream.encode(frame))
            tell(number + 1)
        output.mux(stream.encode())
