"""Takes in step: our player against plain ``play()`` and ``currentTime`` on the same clips, in headless Chromium.

``python -m benchmarks.grid [--repeat 3] [--part scrubbing]``
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from playwright.sync_api import Page

from seedance_widgets.simulator.render import FPS, Scene, render_clip

from .browser import plain_page
from .opening import opening
from .report import Row, share

SECONDS = 5.0
KINDS = ("plain", "ours")
AGAINST = "play() and currentTime"
SCRUBBED = ("plain", "videos only", "ours")  # ours without its small pictures, and with them
HTML = """<style>
  body {{ margin: 0 }}
  #grid {{ display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; width: 1200px }}
  video {{ width: 100% }}
</style><div id="grid" data-takes="{takes}" data-frames="{frames}"></div>"""


@dataclass(frozen=True)
class Size:
    """How many takes there are, and how large they are."""

    takes: int = 9
    resolution: str = "720p"

    def __str__(self) -> str:
        return f"{self.takes} × {self.resolution}"


FULL, SMALL = Size(), Size(4, "480p")


def clips(size: Size) -> dict[str, Path]:
    """Takes of one prompt and five seconds; drawn once and kept among the temporary files."""
    folder = Path(tempfile.gettempdir()) / f"seedance-benchmark-clips-{size.resolution}"
    folder.mkdir(exist_ok=True)
    made = {}
    for seed in range(1, size.takes + 1):
        path = made[f"{seed}.mp4"] = folder / f"numbered-{seed}.mp4"
        if not path.exists():
            plain = folder / f"plain-{seed}.mp4"
            render_clip(Scene("a dragon over the sea at night", seed, size.resolution, "16:9", SECONDS), plain)
            number(plain, path)
    return made


def number(source: Path, target: Path) -> None:
    """Write the number of each frame into its lower left corner, as seven black and white squares."""
    with av.open(str(source)) as clip, av.open(str(target), "w", options={"movflags": "faststart"}) as output:
        shape = clip.streams.video[0]
        stream = output.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "48", "crf": "24"})
        stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, "yuv420p"
        side = shape.height // 16
        for index, frame in enumerate(clip.decode(video=0)):
            picture = frame.to_ndarray(format="yuv420p")
            for bit in range(7):
                square = slice(shape.height - side, shape.height), slice(bit * side, (bit + 1) * side)
                picture[square] = 235 if index >> bit & 1 else 16
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        output.mux(stream.encode())


def _burn() -> None:
    while True:
        sum(range(10_000))


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep as many processors busy as given."""
    context = multiprocessing.get_context("spawn")
    burners = [context.Process(target=_burn, daemon=True) for _ in range(processes)]
    for burner in burners:
        burner.start()
    time.sleep(0.5 if burners else 0)
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.join()


def milliseconds(value: float | None) -> str:
    """A time in words; None is never."""
    return "never" if value is None else f"{value:.0f} ms"


def median(values: Sequence[float | None]) -> float | None:
    """The middle one, where never is more than any time."""
    ordered = sorted(values, key=lambda each: float("inf") if each is None else each)
    return ordered[len(ordered) // 2]


def rounds(page: Page, expression: str, repeat: int, kinds: Sequence[str] = KINDS) -> dict[str, list[Any]]:
    """Ask the kinds of players in turn, so that all see the same machine."""
    found: dict[str, list[Any]] = {kind: [] for kind in kinds}
    for _ in range(repeat):
        for kind in kinds:
            answer = page.evaluate(expression, kind)
            found[kind] += answer if isinstance(answer, list) else [answer]
    return found


def paused(page: Page, repeat: int) -> Iterator[str]:
    """All on the same frame: after random jumps, and after pausing."""
    jumped = rounds(page, f"(kind) => jumps(kind, {20 // repeat + 1})", repeat)
    halted = rounds(page, "(kind) => pauses(kind, 3)", repeat)
    yield "Paused: all on the same frame"
    for kind in KINDS:
        same = sum(each["same"] for each in jumped[kind])
        yield (
            f"  {kind:<6} {same} of {len(jumped[kind])} random jumps, "
            f"{sum(halted[kind])} of {len(halted[kind])} pauses while playing"
        )


def scrubbing(page: Page, repeat: int) -> Iterator[str]:
    """How long until all are at the new frame, by the pixels on the screen."""
    made = page.evaluate("() => pictures()")
    yield (
        f"Small pictures of {made['count']} frames: {made['time'] / 1000:.1f} s after the clips are there, "
        f"{made['bytes'] / 1e6:.1f} MB"
    )
    for title, expression in (
        ("Jumping to a random frame: until all show it", "(kind) => jumps(kind, 10)"),
        ("Dragging the timeline for 0.3 s: from the last move until all show its frame", "(kind) => drags(kind, 10)"),
    ):
        found = rounds(page, expression, repeat, SCRUBBED)
        yield title
        for kind in SCRUBBED:
            times = [each["time"] for each in found[kind]]
            arrived = [each for each in times if each is not None]
            yield (
                f"  {kind:<12} median {milliseconds(median(times)):<8} fastest {milliseconds(min(arrived)):<8} "
                f"slowest {milliseconds(max(arrived)):<8} not within 4 s: {len(times) - len(arrived)} of {len(times)}, "
                f"then all on it: {sum(each['same'] for each in found[kind])}"
            )


def playing(page: Page, repeat: int, burners: int) -> Iterator[str]:
    """How far apart they are while they play."""
    with busy(burners):
        found = rounds(page, "(kind) => spreads(kind, 3.5)", repeat)
    yield f"Playing {FULL}, {f'{burners} processor kept busy' if burners else 'undisturbed'}: spread"
    for kind in KINDS:
        apart = [1000 * each["spread"] for each in found[kind]]
        near = sum(each["frames"] <= 1 for each in found[kind]) / max(1, len(apart))
        yield (
            f"  {kind:<6} p50 {share(apart, 0.5):5.1f}  p95 {share(apart, 0.95):5.1f}  max {max(apart):5.1f} ms   "
            f"shown within one frame {near:.0%}"
        )


def stalled(page: Page, repeat: int) -> Iterator[str]:
    """One player is held for 200 ms."""
    found = rounds(page, "(kind) => stall(kind)", repeat)
    yield "One of them held for 200 ms: until all are within 25 ms again"
    for kind in KINDS:
        yield f"  {kind:<6} {', '.join(map(milliseconds, found[kind]))}"


def in_step(repeat: int) -> Iterator[str]:
    """Paused and playing, line by line."""
    with players() as page:
        yield from paused(page, repeat)
        yield from playing(page, repeat, burners=0)
        yield from playing(page, repeat, burners=1)
        yield from stalled(page, repeat)


def scrubs(repeat: int) -> Iterator[str]:
    """A hand on the timeline, line by line."""
    with players() as page:
        yield from scrubbing(page, repeat)


@contextmanager
def players(size: Size = FULL) -> Iterator[Page]:
    """A page with all clips, that can put players to work."""
    script = Path(__file__).with_name("players.js").read_text("utf-8")
    html = HTML.format(takes=size.takes, frames=round(SECONDS * FPS))
    with plain_page(html, script, clips(size), viewport={"width": 1280, "height": 900}) as page:
        yield page


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows: in step while paused and while playing, and a hand on the timeline."""
    size, repeat = (SMALL, 1) if small else (FULL, 3)
    with players(size) as page:
        yield from rows_in_step(page, size, repeat, 2.0 if small else 3.5)
        yield from rows_scrubbing(page, size, repeat)


def rows_in_step(page: Page, size: Size, repeat: int, seconds: float) -> Iterator[Row]:
    """How far apart they are."""
    spread = rounds(page, f"(kind) => spreads(kind, {seconds})", repeat)
    theirs, mine = (1e3 * share([each["spread"] for each in spread[kind]], 0.95) for kind in KINDS)
    yield Row(f"{size} playing: first to last, p95", mine, "ms", theirs, AGAINST, 1e3 / FPS)
    theirs, mine = (never(median(found)) for found in rounds(page, "(kind) => stall(kind)", repeat).values())
    yield Row(f"{size}: one was held, until all are in step", mine, "ms", theirs, AGAINST)


def rows_scrubbing(page: Page, size: Size, repeat: int) -> Iterator[Row]:
    """How long until all show the frame that was asked for, and whether they stay at it."""
    jumps, drags = (rounds(page, f"(kind) => {act}(kind, 6)", repeat) for act in ("jumps", "drags"))
    theirs, mine = (100 * sum(each["same"] for each in jumps[kind]) / len(jumps[kind]) for kind in KINDS)
    yield Row(f"{size} paused: on the same frame after a jump", mine, "%", theirs, AGAINST, 100, at_least=True)
    for name, found in (("a jump", jumps), ("a drag", drags)):
        theirs, mine = (never(median([each["time"] for each in found[kind]])) for kind in KINDS)
        yield Row(f"{size}: from {name} until all show the frame", mine, "ms", theirs, AGAINST)


def never(value: float | None) -> float:
    """A time; never is more than any."""
    return float("inf") if value is None else value


PARTS: dict[str, Callable[[int], Iterator[str]]] = {"in-step": in_step, "scrubbing": scrubs, "opening": opening}


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured")
    parser.add_argument("--part", choices=[*PARTS], help="only this; else all")
    options = parser.parse_args()
    for part in [options.part] if options.part else PARTS:
        for line in PARTS[part](options.repeat):
            print(line, flush=True)


if __name__ == "__main__":
    main()
