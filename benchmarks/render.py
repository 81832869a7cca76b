"""How fast the simulator's clips are drawn and encoded, beside drawing each frame in full-size numpy.

Run with ``python -m benchmarks.render [seconds of clip]``. The baseline makes a frame as one would write it first: a
sky gradient, a glow, three hills and a moving disc, each over every pixel of the frame, then RGB to the encoder. It
shows less than the renderer does, and is measured in the same run, on the same machine, with the same encoder.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from seedance_widgets.simulator import render
from seedance_widgets.simulator.clips import Clips
from seedance_widgets.simulator.render import FPS, Scene, frame_size, render_clip

from .report import Row

NAIVE = 6  # frames: it needs a third of a second for each
PROMPT = "A menacing dragon above the tallest mountain at dusk"


def naive_frame(width: int, height: int, seconds: float) -> np.ndarray:
    """A simple landscape, computed for each pixel."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / height, y / height
    picture = np.stack([0.2 + 0.7 * y, 0.15 + 0.4 * y, 0.4 - 0.1 * y], axis=-1)
    glow = np.exp(-8 * np.hypot(x - 1.1, y - 0.55))
    picture += glow[..., None] * np.array([0.8, 0.5, 0.2], np.float32)
    for k in range(3):
        crest = 0.6 + 0.1 * k + 0.06 * np.sin(x * (4 + k) + 0.3 * k * seconds) + 0.03 * np.sin(x * 13 + k)
        share = np.clip((y - crest) * height, 0, 1)[..., None]
        picture = picture * (1 - share) + share * np.array([0.4, 0.25, 0.4], np.float32) / (k + 1)
    share = np.clip((0.05 - np.hypot(x - 0.4 - 0.1 * seconds, y - 0.35)) * height, 0, 1)[..., None]
    picture *= 1 - share
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)


def naive_clip(path: Path, size: tuple[int, int], frames: int) -> None:
    """So many frames of it, encoded as ours are."""
    with av.open(str(path), "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=FPS, options={**render._ENCODER, "crf": "24"})
        stream.width, stream.height, stream.pix_fmt = (*size, "yuv420p")
        stream.codec_context.thread_count = 2
        for index in range(frames):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(naive_frame(*size, index / FPS), format="rgb24")))
        file.mux(stream.encode())


@dataclass(frozen=True)
class Speed:
    """Frames a second on the clock, and seconds of clip for each second that processors were at work."""

    frames: float
    seconds: float


def speed(draw: Callable[[], object], frames: int) -> Speed:
    """How fast so many frames are drawn and encoded."""
    clock, used = time.perf_counter(), time.process_time()
    draw()
    clock, used = time.perf_counter() - clock, time.process_time() - used
    return Speed(frames / clock, frames / FPS / used)


def measure(resolution: str, seconds: float, folder: Path) -> tuple[Speed, Speed, float]:
    """The renderer's speed, the baseline's, and the clip's size in MB for five seconds."""
    path, size = folder / "clip.mp4", frame_size(resolution, "16:9")
    scene = Scene(PROMPT, 7, resolution, seconds=seconds)
    ours = speed(lambda: render_clip(scene, path), round(seconds * FPS))
    megabytes = path.stat().st_size / 1e6 * 5 / seconds
    return ours, speed(lambda: naive_clip(path, size, NAIVE), NAIVE), megabytes


def again(folder: Path) -> tuple[float, float]:
    """Milliseconds until a clip is drawn, and until the same one is there when it is asked for again."""
    taken, scene = [], Scene(PROMPT, 8, "480p", seconds=1.0)
    for _ in range(2):
        clips = Clips(folder / "cache")  # as another simulator, later
        start = time.perf_counter()
        clips.want(scene).result(60)
        taken.append(1e3 * (time.perf_counter() - start))
        clips.close()
    return taken[0], taken[1]


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as folder:
        render_clip(Scene(PROMPT, 7, "144p", seconds=0.1), Path(folder) / "warm.mp4")
        for resolution in ("480p", "720p", "1080p"):
            ours, naive, _ = measure(resolution, 3.0 if small else 5.0, Path(folder))
            against = "each frame in numpy"
            yield Row(f"renderer: {resolution}, of clip for a CPU second", ours.seconds, "s", naive.seconds, against)
        yield Row(f"renderer: {resolution}", ours.frames, "frames/s", naive.frames, against, 30, at_least=True)
        drawn, found = again(Path(folder))
        yield Row("renderer: the same clip once more", found, "ms", drawn, "drawing it")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    print(f"{'':7} {'size':>11} {'frames/s':>9} {'naive':>7} {'ratio':>6} {'s/CPU s':>8} {'naive':>7} {'MB / 5 s':>9}")
    with tempfile.TemporaryDirectory() as folder:
        render_clip(Scene(PROMPT, 7, "144p", seconds=0.1), Path(folder) / "warm.mp4")
        for resolution in ("480p", "720p", "1080p"):
            ours, naive, megabytes = measure(resolution, seconds, Path(folder))
            size = "{}×{}".format(*frame_size(resolution, "16:9"))
            print(
                f"{resolution:7} {size:>11} {ours.frames:9.0f} {naive.frames:7.1f} {ours.frames / naive.frames:6.1f} "
                f"{ours.seconds:8.2f} {naive.seconds:7.2f} {megabytes:9.2f}"
            )


if __name__ == "__main__":
    main()
