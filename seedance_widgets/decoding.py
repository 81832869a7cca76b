"""Opens a clip and gives its frames as upright pictures; the part of `media` that knows PyAV.

Files come from outside, so FFmpeg is told their format and may open nothing but files: a playlist under the
name of a clip must not make it fetch addresses.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import mp4
from .errors import DownloadFailed, LibraryError

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream
    from PIL.Image import Image

__all__ = ["Film", "disk", "opened", "rotation"]

_FORMATS = {"mp4": "mp4", "webm": "matroska"}
_FILES_ONLY = {"protocol_whitelist": "file"}


class Film:
    """An open clip: its first video track, as displayed.

    Attributes
    ----------
    has_audio : bool
        Whether there is a sound track.
    fps : float
        Frames a second on average; 0 where the file does not tell.
    """

    def __init__(self, path: Path, container: InputContainer) -> None:
        if not container.streams.video:
            raise DownloadFailed(f"{path} is not a clip: there are no pictures in it.")
        self._path = path
        self._container = container
        self._stream: VideoStream = container.streams.video[0]
        # Several threads make up for the frames that must be decoded on the way to the one wanted.
        self._stream.thread_type = "AUTO"
        self.has_audio = bool(container.streams.audio)
        self.fps = float(self._stream.average_rate or self._stream.guessed_rate or 0)

    def count(self) -> int:
        """Count the frames. The container's own number misses those of fragments, so packets are counted."""
        self._container.seek(0)
        packets = self._container.demux(self._stream)
        return sum(1 for packet in packets if packet.size and not packet.is_discard)

    def seconds(self) -> float:
        """Tell the length; 0 where the file does not."""
        stream = self._stream
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return (self._container.duration or 0) / 1e6  # the container counts microseconds

    def size(self) -> tuple[int, int]:
        """Tell width and height as displayed, in square pixels. Decodes the first frame."""
        return self._displayed(self._frame(0.0))

    def picture(self, seconds: float) -> Image:
        """Give the frame that is on screen at a time, upright; past the end: the last one."""
        frame = self._frame(min(max(0.0, seconds), self.seconds()))
        image: Image = frame.to_image()  # type: ignore[no-untyped-call]
        turned = image.rotate(rotation(frame), expand=True)
        size = self._displayed(frame)
        return turned if turned.size == size else turned.resize(size)

    def frames(self) -> Iterator[tuple[float, VideoFrame]]:
        """Decode all, from the first: the second at which each is on screen, and the frame as it is stored."""
        stream = self._stream
        base = float(stream.time_base or 1)
        first = stream.start_time or 0
        self._container.seek(first, stream=stream)
        for number, frame in enumerate(self._container.decode(stream)):
            yield (number / (self.fps or 24) if frame.pts is None else (frame.pts - first) * base), frame

    def _frame(self, seconds: float) -> VideoFrame:
        for start in (seconds, 0.0):  # a file whose index is wrong may have nothing after the place it names
            found = self._frame_from(start, seconds)
            if found is not None:
                return found
        raise DownloadFailed(f"{self._path} cannot be played: there is no frame in it.")

    def _frame_from(self, start: float, seconds: float) -> VideoFrame | None:
        """Decode from the key frame before ``start``; the last frame that begins by ``seconds``."""
        stream = self._stream
        base = float(stream.time_base or 1)
        first = stream.start_time or 0
        self._container.seek(first + int(start / base), stream=stream)
        found = None
        for frame in self._container.decode(stream):
            if found is not None and (frame.pts or 0) - first > seconds / base + 1e-3:
                break
            found = frame
        return found

    def _displayed(self, frame: VideoFrame) -> tuple[int, int]:
        width, height = frame.width, frame.height
        if ratio := self._stream.sample_aspect_ratio:
            width = max(1, round(width * ratio))
        return (height, width) if rotation(frame) % 180 == 90 else (width, height)


@contextlib.contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Film]:
    """Open a clip; whatever FFmpeg finds wrong inside the block is told in words.

    Parameters
    ----------
    path : path
        An MP4 or WebM.

    Yields
    ------
    Film
        Closed at the end of the block.

    Raises
    ------
    DownloadFailed
        The file is no clip, or cannot be played.
    LibraryError
        The file cannot be read.
    """
    import av

    path = Path(path)
    with disk(path):
        form = _FORMATS[mp4.kind(path)]
    try:
        # An absolute path has no scheme in front that FFmpeg could take for one of its protocols.
        name = os.path.abspath(path)
        with av.open(name, format=form, options=_FILES_ONLY, **_lenient(av.__version__)) as container:
            yield Film(path, container)
    except (av.FFmpegError, ArithmeticError, ValueError, MemoryError) as error:
        # A damaged index makes for any of these; FFmpeg even says "not permitted" of a wrong place to seek.
        raise DownloadFailed(f"{path} cannot be played: {_words(error)}. Fetch it again.") from error


def _lenient(version: str) -> dict[str, Any]:
    """Return what keeps PyAV before version 19 from refusing a clip whose tags are no UTF-8; later ones take it."""
    return {"metadata_errors": "replace"} if int(version.partition(".")[0]) < 19 else {}


@contextlib.contextmanager
def disk(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into a LibraryError in words.

    Parameters
    ----------
    path : Path
        The file in question.

    Raises
    ------
    LibraryError
        In place of every OSError in the block.
    """
    try:
        yield
    except OSError as error:
        raise LibraryError(f"The clip {path} cannot be read: {error.strerror or error}.") from error


def rotation(frame: VideoFrame) -> int:
    """Return by how many degrees counter-clockwise a frame is to be turned, to the nearest quarter turn."""
    return round(getattr(frame, "rotation", 0) / 90) * 90


def _words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).rstrip(".").lower()
