"""Clips that tell what they are: their colour the seed, their light the frame. For simulators: ``renderer=plain``."""

from __future__ import annotations

from pathlib import Path

import av

from seedance_widgets.simulator.scene import Scene

SIZES = {"16:9": (96, 54), "9:16": (54, 96)}


def tint(seed: int) -> tuple[int, int]:
    """The two colours of a seed's clip; from 5 on plain grey."""
    return {1: (96, 160), 2: (160, 96), 3: (96, 96), 4: (160, 160)}.get(seed, (128, 128))


def light(frame: int) -> int:
    """How light a frame is: it tells its number."""
    return 40 + 4 * frame


def plain(scene: Scene, path: Path) -> None:
    """Stand in for the drawing of a scene: its colour tells the seed, its light the frame. A fifth of the length."""
    width, height = SIZES[scene.aspect_ratio]
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=24, options={"preset": "ultrafast", "crf": "4"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(round(scene.seconds / 5 * 24)):
            frame = av.VideoFrame(width, height, "yuv420p")
            for plane, value in zip(frame.planes, (light(number), *tint(scene.seed)), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
