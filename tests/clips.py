"""Tiny real clips for tests, made once a session: ``clip(64, 48, frames=12)`` is a path.

The files are shared between tests: copy one before changing it.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="clips-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def clip(
    width: int = 64,
    height: int = 48,
    *,
    fps: int = 24,
    frames: int = 12,
    picture: str = "bars",
    faststart: bool = True,
    fragmented: bool = False,
    audio: bool = False,
    pixel_ratio: int = 1,
    suffix: str = "mp4",
) -> Path:
    """A whole clip. ``picture``: "bars" (moving), "noise", "black", "fade" (its first half is black)."""
    number = len(list(_folder().iterdir()))
    path = _folder() / f"clip{number}-{picture}-{width}x{height}.{suffix}"
    flags = "frag_every_frame+empty_moov" if fragmented else "faststart" if faststart else ""
    options = {"movflags": flags} if flags and suffix == "mp4" else {}
    with av.open(str(path), "w", options=options) as output:
        video: av.VideoStream = output.add_stream("libvpx-vp9" if suffix == "webm" else "libx264", rate=fps)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.sample_aspect_ratio = Fraction(pixel_ratio)
        video.options = {"deadline": "realtime"} if suffix == "webm" else {"preset": "ultrafast"}
        voice = output.add_stream("aac", rate=44100) if audio else None
        for index in range(frames):
            image = _picture(picture, width, height, index, frames)
            output.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        output.mux(video.encode())
        if voice is not None:
            _silence(output, voice, frames / fps)
    return path


def _picture(picture: str, width: int, height: int, index: int, frames: int) -> np.ndarray:
    if picture == "noise":
        return np.random.default_rng(index).integers(0, 256, (height, width, 3), dtype=np.uint8)
    image = np.zeros((height, width, 3), np.uint8)
    if picture == "bars" or (picture == "fade" and index >= frames // 2):
        # The bar moves from left to right, and its colour tells how far the clip is.
        left = index * max(1, width // (2 * frames))
        image[:, left : left + width // 2] = (60 + 180 * index // frames, 160, 90)
    return image


@functools.cache
def sound() -> Path:
    """An MP4 with a second of silence and no pictures."""
    path = _folder() / "sound.mp4"
    with av.open(str(path), "w") as output:
        _silence(output, output.add_stream("aac", rate=44100), 1.0)
    return path


def _silence(output: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, int(44100 * seconds)), np.float32), "fltp", "mono")
    frame.sample_rate = 44100
    output.mux(stream.encode(frame))
    output.mux(stream.encode())
