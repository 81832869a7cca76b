"""How long a labelled clip of all takes takes, next to FFmpeg's own xstack with the same settings; and the other kinds.

``python -m benchmarks.export [--takes 9] [--resolution 720p] [--repeat 3]``

Both decode, scale and encode the same clips to the same size with the same encoder, in turns, and the best run counts.
"""

from __future__ import annotations

import argparse
import math
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from seedance_widgets import sharing
from seedance_widgets.grid import Grid
from seedance_widgets.sharing import tile
from seedance_widgets.sharing.exhibit import exhibit
from seedance_widgets.sharing.mosaic import Mosaic
from seedance_widgets.studio import Studio

from .report import Row

PROMPT = "A menacing dragon perched above the tallest tower of a city, in the rain"
BAR = 1.3


def made(folder: str, takes: int, resolution: str) -> Grid:
    """Return a grid of so many clips of the simulator."""
    with Studio.simulated(library=folder, speed=1000, poll_interval=0.05) as studio:
        return studio.sweep(PROMPT, seed=f"1-{takes}", resolution=resolution, duration=5, confirm=False).wait(600)


def command(paths: Sequence[Path], whole: Mosaic, target: Path) -> list[str]:
    """Return what FFmpeg is told, to lay clips side by side as large as ours are, in a frame as large as ours."""
    width, height = (getattr(whole.cells[0].pictures[0], side) for side in ("width", "height"))
    across = math.ceil(math.sqrt(len(paths)))
    scaled = "".join(f"[{n}:v]scale={width}:{height}:flags=bicubic[s{n}];" for n in range(len(paths)))
    places = "|".join(f"{n % across * width}_{n // across * height}" for n in range(len(paths)))
    stack = "".join(f"[s{n}]" for n in range(len(paths))) + f"xstack=inputs={len(paths)}:layout={places}:fill=black"
    stack += f",pad={whole.width}:{whole.height}:(ow-iw)/2:oh-ih"
    inputs = [part for path in paths for part in ("-i", str(path))]
    settings = [part for name, value in tile.ENCODER.items() for part in (f"-{name}", value)]
    coded = ["-an", "-c:v", "libx264", *settings, "-g", "48", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    return ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", scaled + stack, *coded, str(target)]


def timed(act: Callable[[], object], who: int) -> tuple[float, float]:
    """Return the seconds on the clock, and those of processors."""

    def used() -> float:
        usage = resource.getrusage(who)
        return usage.ru_utime + usage.ru_stime

    clock, before = time.perf_counter(), used()
    act()
    return time.perf_counter() - clock, used() - before


def in_turns(grid: Grid, folder: Path, repeat: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Measure both, ours and FFmpeg's, in turns; the latter is empty where there is no FFmpeg."""
    seen = exhibit(grid, decoded=True)
    whole = tile.plan(seen, tile.WIDEST)
    paths = [spot.path for spot in seen.shown if spot.path]
    theirs, ours = [], []
    for _ in range(repeat):
        if shutil.which("ffmpeg"):
            asked = command(paths, whole, folder / "ffmpeg.mp4")
            theirs.append(timed(lambda asked=asked: subprocess.run(asked, check=True), resource.RUSAGE_CHILDREN))
        ours.append(timed(lambda: sharing.save(grid, folder / "x.mp4"), resource.RUSAGE_SELF))
    return ours, theirs


def versus_ffmpeg(grid: Grid, folder: Path, repeat: int) -> None:
    """Print both, and how they compare."""
    ours, theirs = in_turns(grid, folder, repeat)
    print(line("ours", min(ours), folder / "x.mp4", resource.RUSAGE_SELF))
    if not theirs:
        print("  ffmpeg is not on the PATH: there is nothing to compare with")
        return
    print(line("ffmpeg xstack", min(theirs), folder / "ffmpeg.mp4", resource.RUSAGE_CHILDREN))
    clock, processors = (a / b for a, b in zip(min(ours), min(theirs), strict=True))
    print(f"  ours takes {clock:.2f} × the time and {processors:.2f} × the processors; the bar is {BAR} ×")


def line(name: str, seconds: tuple[float, float], path: Path, who: int) -> str:
    """One line of the table."""
    size, memory = path.stat().st_size / 1e6, resource.getrusage(who).ru_maxrss / 1e3
    return (
        f"  {name:<14} {seconds[0]:6.1f} s   processors {seconds[1]:6.1f} s   {size:5.1f} MB   memory {memory:5.0f} MB"
    )


def others(grid: Grid, folder: Path) -> None:
    """Print the other kinds, and how well their sizes were told before."""
    for kind in ("html", "mp4", "png", "gif", "folder"):
        told = sharing.estimate(grid, kind)
        begun = time.perf_counter()
        path = sharing.save(grid, f"{folder}/out/" if kind == "folder" else folder / f"y.{kind}")
        files = list(path.iterdir()) if path.is_dir() else [path]
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"  {kind:<7} {time.perf_counter() - begun:6.1f} s   {size:5.1f} MB, told before: {told}")


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows."""
    takes, resolution, repeat = (4, "480p", 1) if small else (9, "720p", 3)
    of = f"{takes} × {resolution} × 5 s"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grid = made(f"{name}/library", takes, resolution)
        sharing.save(grid, folder / "warm.png")
        ours, theirs = in_turns(grid, folder, repeat)
        fastest = min(theirs)[0] if theirs else None
        yield Row(f"export: {of} as one clip", min(ours)[0], "s", fastest, "ffmpeg xstack", BAR, of_ratio=True)
        for kind, what in (("png", "contact sheet"), ("html", "page")):
            seconds, _ = timed(lambda kind=kind: sharing.save(grid, folder / f"y.{kind}"), resource.RUSAGE_SELF)
            yield Row(f"export: {of} as a {what}", seconds, "s")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=9)
    parser.add_argument("--resolution", default="720p")
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        grid = made(f"{folder}/library", chosen.takes, chosen.resolution)
        print(f"{chosen.takes} × {chosen.resolution} × 5 s in one clip, the best of {chosen.repeat}")
        versus_ffmpeg(grid, Path(folder), chosen.repeat)
        print("every kind, once")
        others(grid, Path(folder))


if __name__ == "__main__":
    main()
