"""The simulator's clips: a scene in, an MP4 out, the same bytes every time.

The clips look like what the prompt says as far as tables of words go (`scene`), and are drawn faster than they
play: layers are painted once and slide over each other (`drawing.raster`), and the encoder takes their planes as they
are. Nothing here is a model; each clip says "simulated" in a corner.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .scene import Scene

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import OutputContainer
    from numpy.typing import NDArray

    from .drawing.stage import Stage

__all__ = ["FPS", "Scene", "frame_size", "render_clip"]

FPS = 24

_RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21")
_SIZES = {
    "480p": ((864, 480), (736, 544), (640, 640), (544, 736), (480, 864), (960, 416), (416, 960)),
    "720p": ((1248, 704), (1120, 832), (960, 960), (832, 1120), (704, 1248), (1504, 640), (640, 1504)),
    "1080p": ((1920, 1088), (1664, 1248), (1440, 1440), (1248, 1664), (1088, 1920), (2176, 928), (928, 2176)),
}
_LINES = {"2k": 1440, "4k": 2176, "uhd": 2176}


def frame_size(resolution: str | None = None, aspect_ratio: str | None = None) -> tuple[int, int]:
    """The width and height of a clip in pixels.

    Parameters
    ----------
    resolution : str, optional
        ``480p``, ``720p`` or ``1080p`` as the vendor publishes them. ``4k`` is twice 1080p; any other number
        of lines is the nearest size in multiples of 16; unknown is 1080p, the API's default.
    aspect_ratio : str, optional
        ``16:9`` and its like; unknown, ``adaptive`` or missing is 16:9.
    """
    column = _RATIOS.index(aspect_ratio) if aspect_ratio in _RATIOS else 0
    name = (resolution or "1080p").strip().lower()
    if name in _SIZES:
        return _SIZES[name][column]
    digits = name.removesuffix("p")
    lines = _LINES.get(name) or (int(digits) if digits.isdecimal() else 1088)
    width, height = _SIZES["1080p"][column]
    share = min(max(lines, 144), 2176) / 1088
    return max(16, round(width * share / 16) * 16), max(16, round(height * share / 16) * 16)


def render_clip(scene: Scene, path: Path | str) -> None:
    """Draws a scene into an MP4 file: H.264, 24 frames a second, playable while it loads.

    The file appears under its name only when it is whole.

    Parameters
    ----------
    scene : Scene
        What is to be seen.
    path : Path or str
        The file; its folder exists.

    Raises
    ------
    OSError
        When the folder cannot be written to.
    """
    from .drawing.stage import build

    target = Path(path)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    width, height = frame_size(scene.resolution, scene.aspect_ratio)
    try:
        _encode(scene, build(scene, width, height), part, width, height)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def frames_of(scene: Scene) -> int:
    """How many frames a clip has."""
    return max(1, round(scene.seconds * FPS))


def _encode(scene: Scene, stage: Stage, part: Path, width: int, height: int) -> None:
    import av

    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    drawn = _ahead(_frames(stage, width, height))
    with av.open(str(part), "w", format="mp4", options=options) as file, closing(drawn) as frames:
        stream = file.add_stream("libx264", rate=FPS, options={**_ENCODER, "crf": _quality(stage)})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        # A fixed number: the bytes must not depend on the machine's processors.
        stream.codec_context.thread_count = 2
        sound = _Sound(scene, file) if scene.audio else None
        for index, frame in enumerate(frames):
            file.mux(stream.encode(frame))
            if sound:
                sound.play(until=(index + 1) / FPS)
        file.mux(stream.encode())
        if sound:
            sound.play(until=scene.seconds, last=True)


def _ahead(frames: Iterator[VideoFrame]) -> Generator[VideoFrame]:
    """The same frames, some of them drawn by a thread of its own while the ones before are encoded."""
    with ThreadPoolExecutor(1, "seedance-simulator-painter") as painter:
        coming = deque(painter.submit(next, frames, None) for _ in range(_AHEAD))
        while (frame := coming.popleft().result()) is not None:
            coming.append(painter.submit(next, frames, None))
            yield frame


def _frames(stage: Stage, width: int, height: int) -> Iterator[VideoFrame]:
    """The pictures of a clip, copied: the next one is drawn over this one."""
    import av

    for index, picture in enumerate(pictures(stage, width, height)):
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = index
        yield frame


def pictures(stage: Stage, width: int, height: int) -> Iterator[NDArray[Any]]:
    """The frames of a clip as the encoder takes them, each in the memory of the one before."""
    from .drawing.raster import Canvas, Moment

    canvas, count = Canvas(width, height), frames_of(stage.scene)
    for index in range(count):
        share = index / max(1, count - 1)
        # The camera starts and stops gently; a fixed one stays in the middle of its way.
        eased = 0.6 * share + 0.4 * (0.5 - 0.5 * math.cos(math.pi * share))
        moment = Moment(index / FPS, share, 0.5 if stage.scene.camera_fixed else eased)
        for item in stage.items:
            item.draw(canvas, moment)
        yield canvas.frame()


_AHEAD = 3  # frames
_COLOURS = "colorprim=bt709:transfer=bt709:colormatrix=bt709"
_ENCODER = {"preset": "ultrafast", "g": "48", "x264-params": _COLOURS}


def _quality(stage: Stage) -> str:
    """The encoder's constant rate factor: rain costs many bytes and hides what it takes away."""
    return "32" if stage.idea.weather == "rain" else "24"


class _Sound:
    """The sound track of a file that is being written."""

    def __init__(self, scene: Scene, file: OutputContainer) -> None:
        from .drawing.sound import RATE, pad

        self.file, self.rate, self.samples, self.done = file, RATE, pad(scene), 0
        self.stream = file.add_stream("aac", rate=RATE, options={"b": "96k"}, layout="stereo")

    def play(self, until: float, last: bool = False) -> None:
        """Writes what is to be heard before a second of the clip."""
        import av
        import numpy as np

        end = min(self.samples.shape[1], round(until * self.rate))
        if end > self.done:
            piece = np.ascontiguousarray(self.samples[:, self.done : end])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = self.rate, self.done, Fraction(1, self.rate)
            self.file.mux(self.stream.encode(frame))
            self.done = end
        if last:
            self.file.mux(self.stream.encode())
