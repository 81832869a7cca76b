"""Sixteen clips of 5 MB in a real JupyterLab: our grid and sixteen ``ipywidgets.Video``, from running the cell on.

``python -m benchmarks.opening [--repeat 2]``; ``python -m benchmarks.grid`` prints it too. Besides, how large the saved
notebook is, and whether a closed grid leaves blobs in the page.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from playwright.sync_api import Browser, sync_playwright

from seedance_widgets.keepsake import MOST
from seedance_widgets.simulator.render import FPS, Scene, render_clip

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "ui"))

from lab import Lab, Notebook, launch, opened  # noqa: E402

from .report import Row  # noqa: E402

TAKES, SECONDS, BYTES = 16, 5.0, 5 * 2**20
BAR, LARGEST = 0.5, 30_000  # of the time of ipywidgets.Video; bytes
SETUP = """
import shutil
import ipywidgets
import seedance_widgets as sw

CLIP = {clip!r}
studio = sw.Studio.simulated(library="takes", renderer=lambda scene, path: shutil.copyfile(CLIP, path), speed=1000)
takes = studio.sweep("a dragon", seed="1-{count}", confirm=False).wait(120).generations
"""
CELLS = {
    "ours": "grid = studio.compare(*takes)\ngrid",
    "ipywidgets": (
        "grid = ipywidgets.GridBox(\n"
        "    [ipywidgets.Video.from_file(take.path, width=200, autoplay=True, loop=True) for take in takes],\n"
        "    layout={'grid_template_columns': 'repeat(6, 210px)'},\n)\ngrid"
    ),
}
STILLS = "document.querySelectorAll('.jp-NotebookPanel .jp-Cell:nth-of-type(2) img[src^=\"data:\"]').length"
CLOSE = {"ours": "grid.close()", "ipywidgets": "[video.close() for video in grid.children]\ngrid.close_all()"}
# Seconds from running the cell until its first video, and until all of them, have frames and play.
TIMED = """
([cell, count]) => new Promise((done, failed) => {
  const notebook = window.jupyterapp.shell.currentWidget;
  notebook.content.activeCellIndex = cell;
  window.jupyterapp.commands.execute("notebook:run-cell");
  const began = performance.now();
  let first = null;
  (function look() {
    const now = (performance.now() - began) / 1000;
    const videos = [...notebook.content.widgets[cell].node.querySelectorAll("video")];
    const playing = videos.filter(video => video.readyState >= 2 && !video.paused && video.currentTime > 0).length;
    if (playing) first ??= now;
    if (playing >= count) return done([first, now]);
    if (now > 120) return failed(new Error(`only ${playing} of ${count} play`));
    requestAnimationFrame(look);
  })();
})
"""


def clip(path: Path) -> Path:
    """Write a clip of 720p and five seconds that has 5 MB: as many as its pictures take, and the rest left empty."""
    plain = path.with_name("plain.mp4")
    render_clip(Scene("a dragon over the sea at night", 1, "720p", "16:9", SECONDS), plain)
    with av.open(str(plain)) as source, av.open(str(path), "w", options={"movflags": "faststart"}) as output:
        shape = source.streams.video[0]
        stream = output.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "48"})
        stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, "yuv420p"
        stream.bit_rate = int(0.9 * BYTES * 8 / SECONDS)
        for frame in source.decode(video=0):
            output.mux(stream.encode(frame.reformat(format="yuv420p")))
        output.mux(stream.encode())
    rest = BYTES - path.stat().st_size
    with path.open("ab") as file:
        file.write(rest.to_bytes(4, "big") + b"free" + bytes(rest - 8))
    return path


@contextmanager
def notebook(lab: Lab, browser: Browser, kind: str, path: Path, takes: int) -> Iterator[Notebook]:
    """A notebook with a kernel of its own, where all takes are made."""
    cells = [SETUP.format(clip=str(path), count=takes), CELLS[kind], CLOSE[kind]]
    with opened(lab, browser, lab.put(cells), viewport={"width": 1400, "height": 1400}) as book:
        book.count_blobs()
        book.run("import seedance_widgets")
        yield book


def measure(book: Notebook, kind: str, takes: int) -> tuple[float, float, int, int]:
    """Return seconds until the first plays and until all do, bytes of the saved notebook, blobs left after closing."""
    first, all_ = book.page.evaluate(TIMED, [1, takes])
    if kind == "ours":  # the pictures for pages without a kernel are made a little later, and are saved too
        book.wait(f"{STILLS} >= {min(takes, MOST)}")
    size = book.save().stat().st_size
    book.run(CLOSE[kind])
    book.page.wait_for_function("!document.querySelector('.jp-NotebookPanel video')")
    left = book.page.evaluate("window.alive.size")
    return first, all_, size, left


def measured(takes: int, repeat: int) -> dict[str, list[float]]:
    """Return the best of `measure` of each kind, measured in turns."""
    found: dict[str, list[tuple[float, float, int, int]]] = {"ipywidgets": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = clip(Path(folder) / "clip.mp4")
        browser = launch(playwright)
        with Lab(Path(folder) / "lab") as lab:
            for _ in range(repeat):
                for kind, each in found.items():
                    with notebook(lab, browser, kind, path, takes) as book:
                        each.append(measure(book, kind, takes))
        browser.close()
    return {kind: [min(values) for values in zip(*each, strict=True)] for kind, each in found.items()}


def opening(repeat: int) -> Iterator[str]:
    """The report, line by line."""
    best = measured(TAKES, repeat)
    yield f"{TAKES} clips of {BYTES / 2**20:.0f} MB, from running the cell; the best of {repeat}"
    for kind, (first, all_, size, left) in best.items():
        yield (
            f"  {kind:<10} first playing {first:5.2f} s   all playing {all_:5.2f} s   "
            f"saved notebook {size / 1000:.1f} kB   blobs left after closing {left}"
        )
    parts = [ours / theirs for ours, theirs in zip(best["ours"][:2], best["ipywidgets"][:2], strict=True)]
    bars = f"the bar is {BAR} ×, and {LARGEST / 1000:.0f} kB"
    yield f"  ours takes {parts[0]:.2f} × and {parts[1]:.2f} × the time; {bars}"


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows; the bar of the time is about the full size, where loading counts."""
    takes = 4 if small else TAKES
    best, bar = measured(takes, 1 if small else 2), None if small else BAR
    of, against = f"{takes} clips of {BYTES / 2**20:.0f} MB", "an ipywidgets.Video each"
    names = ("until the first plays", "until all play", "the saved notebook", "blobs left after closing")
    for name, unit, each, ours, theirs in zip(
        names, ("s", "s", "kB", ""), (None, bar, LARGEST / 1e3, 0), best["ours"], best["ipywidgets"], strict=True
    ):
        scale = 1e3 if unit == "kB" else 1
        yield Row(f"{of}: {name}", ours / scale, unit, theirs / scale, against, each, of_ratio=unit == "s")


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=2, help="how often each is measured")
    for line in opening(parser.parse_args().repeat):
        print(line, flush=True)


if __name__ == "__main__":
    main()
