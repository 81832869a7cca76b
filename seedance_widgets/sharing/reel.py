"""Many clips as one: goes through all of them in step and lays their frames side by side, a few in memory at a time.

Frames are scaled by FFmpeg as they are stored (one plane of light, two of colour), and their planes copied into the
picture's; nothing is turned into RGB and back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..decoding import opened, rotation
from .mosaic import Box, Cell, Mosaic
from .painting import inside

if TYPE_CHECKING:
    import numpy as np
    from av import VideoFrame
    from numpy.typing import NDArray
    from PIL.Image import Image

    Plane = NDArray[np.uint8]

__all__ = ["frames"]

_LATE = 0.002  # seconds; times in files are rounded
_OLD_COLOURS = (5, 6)  # BT.601 and its twin, as files number them


def frames(mosaic: Mosaic, picture: Image, fps: Fraction, seconds: float) -> Iterator[VideoFrame]:
    """Yield the frames of the whole; a clip that is over holds its last one.

    Parameters
    ----------
    mosaic : Mosaic
        What stands where.
    picture : Image
        Everything but the clips.
    fps : Fraction
        Frames a second.
    seconds : float
        How long it goes on.

    Yields
    ------
    VideoFrame
        In yuv420p, BT.709; each one its own.

    Raises
    ------
    DownloadFailed, LibraryError
        A clip cannot be played to its end, or not be read.
    """
    canvas = planes(_stored(picture))
    with contextlib.ExitStack() as stack:
        tiles = [_Tile(cell, canvas) for cell in mosaic.cells if cell.spot.path]
        for tile in tiles:
            stack.callback(tile.close)
        for number in range(max(1, round(seconds * fps))):
            for tile in tiles:
                tile.show(float(number / fps))
            yield _copied(canvas, mosaic.width, mosaic.height)


class _Tile:
    """A clip in its box of the whole. FFmpeg decodes ahead on threads of its own."""

    def __init__(self, cell: Cell, canvas: list[Plane]) -> None:
        from av.video.reformatter import VideoReformatter

        assert cell.spot.path is not None
        assert cell.spot.clip is not None
        box = inside(cell.pictures[0], cell.spot.clip.width, cell.spot.clip.height)
        self._size = (box.width, box.height)
        self._areas = [_part(plane, box, 1 if index == 0 else 2) for index, plane in enumerate(canvas)]
        self._scaler = VideoReformatter()
        self._frames = _decoded(cell.spot.path)
        self._next = next(self._frames, None)

    def show(self, seconds: float) -> None:
        """Put the frame of that second into the whole, unless it is there already."""
        due = None
        while self._next is not None and self._next[0] <= seconds + _LATE:
            due = self._next[1]
            self._next = next(self._frames, None)
        if due is not None:
            self._put(due)

    def close(self) -> None:
        """Close the file."""
        self._frames.close()

    def _put(self, frame: VideoFrame) -> None:
        import numpy as np
        from av.video.reformatter import Interpolation

        quarters = rotation(frame) // 90 % 4
        width, height = self._size if quarters % 2 == 0 else self._size[::-1]
        scaled = self._scaler.reformat(
            frame, width, height, "yuv420p", interpolation=Interpolation.BICUBIC, **_colours(frame)
        )
        for area, plane in zip(self._areas, planes(scaled), strict=True):
            area[:] = np.rot90(plane, quarters) if quarters else plane


def _decoded(path: Path) -> Generator[tuple[float, VideoFrame], None, None]:
    with opened(path) as film:
        yield from film.frames()


def _part(plane: Plane, box: Box, coarse: int) -> Plane:
    left, top, width, height = (side // coarse for side in box)
    return plane[top : top + height, left : left + width]


def _colours(frame: VideoFrame) -> dict[str, Any]:
    """Return what FFmpeg is to change about colours: nothing where a clip says nothing, or BT.709 already."""
    from av.video.reformatter import ColorRange, Colorspace

    changes: dict[str, Any] = {}
    if frame.colorspace in _OLD_COLOURS:
        changes = {"src_colorspace": Colorspace.ITU601, "dst_colorspace": Colorspace.ITU709}
    if frame.color_range == ColorRange.JPEG:
        changes |= {"src_color_range": ColorRange.JPEG, "dst_color_range": ColorRange.MPEG}
    return changes


def _stored(picture: Image) -> VideoFrame:
    """Return a picture as a clip keeps it."""
    import av
    from av.video.reformatter import Colorspace

    frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
    stored: VideoFrame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    return stored


def planes(frame: VideoFrame) -> list[Plane]:
    """Return the three planes of a frame as arrays, without the padding at the ends of lines; not copied."""
    import numpy as np

    return [
        np.asarray(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        for plane in frame.planes
    ]


def _copied(canvas: list[Plane], width: int, height: int) -> VideoFrame:
    """Return the picture as it is now; the encoder keeps frames for a while."""
    import av

    frame = av.VideoFrame(width, height, "yuv420p")
    for target, source in zip(planes(frame), canvas, strict=True):
        target[:] = source
    return frame
