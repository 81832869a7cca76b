"""What a person waits for at the beginning, and what a session costs: importing, building a panel, a hundred takes.

``python -m benchmarks.start [--repeat 7]``; the import is set against importing ipywidgets, anywidget and requests, the
memory and the notebook against a ``widgets.Video`` for each clip and ``Video(embed=True)``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import seedance_widgets as sw
from seedance_widgets.simulator.render import Scene, render_clip

from .report import Row

DEPENDENCIES = "import ipywidgets, anywidget, requests"
OURS = "import seedance_widgets"
LARGEST = "bytedance/seedance-2-5"


def process_seconds(code: str) -> float:
    """Run code in a fresh interpreter; return its wall time in seconds."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def imports(repeat: int) -> tuple[float, float, float]:
    """Return the medians of the import of the dependencies and of ours, without the interpreter's own start."""
    empty, dependencies, ours = [], [], []
    for _ in range(repeat):  # in turn, so that a noisy moment hits all of them
        empty.append(process_seconds("pass"))
        dependencies.append(process_seconds(DEPENDENCIES))
        ours.append(process_seconds(OURS))
    start = statistics.median(empty)
    theirs, own = statistics.median(dependencies) - start, statistics.median(ours) - start
    return theirs, own, own / theirs


def median_ms(job: Callable[[], object], repeat: int) -> float:
    """Return the median time of a job in milliseconds, after one that is not counted."""
    job()
    taken = []
    for _ in range(repeat):
        begun = time.perf_counter()
        job()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1e3


def wire(job: Callable[[], object]) -> tuple[int, int]:
    """Count the messages to a page that a job causes, and their bytes as JSON."""
    import comm
    from comm.base_comm import BaseComm

    class Wire(BaseComm):
        def publish_msg(self, kind: str, data: object = None, **_: object) -> None:
            sent.append(len(json.dumps(data, default=str)))

    sent: list[int] = []
    with mock.patch.object(comm, "create_comm", Wire):
        job()
    return len(sent), sum(sent)


def open_panel(studio: sw.Studio) -> None:
    """Build a panel and show it, as the cell does that has it as its output."""
    studio.panel()._repr_mimebundle_()


# Memory is measured in processes of their own: a panel that makes takes, and a list of players.
OURS_KEEPS = """
import shutil, sys, tempfile, seedance_widgets as sw
from benchmarks.scale import memory
clip, takes = sys.argv[1], int(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    draw = lambda scene, path: shutil.copyfile(clip, path)
    with sw.Studio.simulated(library=folder, speed=1000, poll_interval=0.05, renderer=draw, balance_usd=1e6) as studio:
        panel = studio.panel()
        panel.form.request = {"prompt": "a fox", "resolution": "480p"}
        for _ in range(10):  # what the first ones load is loaded once
            panel.submit()[0].wait(60)
        held = memory()
        for _ in range(takes):
            panel.submit()[0].wait(60)
        print(held, memory(), len(str(panel._repr_mimebundle_())))
"""
THEIRS_KEEPS = """
import sys, ipywidgets
from IPython.display import Video
from benchmarks.scale import memory
takes = int(sys.argv[2])
held = memory()
shown = [ipywidgets.Video(value=open(sys.argv[1], "rb").read()) for _ in range(takes)]
print(held, memory(), len(Video(sys.argv[1], embed=True)._repr_html_()))
"""


def kept(code: str, clip: Path, takes: int) -> tuple[float, float, float]:
    """Return the MB of a process before and after so many takes, and the kB that one adds to a saved notebook."""
    command = [sys.executable, "-c", code, str(clip), str(takes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    before, after, characters = map(float, done.stdout.split()[-3:])
    return before, after, characters / 1e3


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows."""
    repeat, takes = (3, 25) if small else (7, 100)
    theirs, own, _ = imports(repeat)
    yield Row("import", 1e3 * own, "ms", 1e3 * theirs, "ipywidgets, anywidget, requests", 1.15, of_ratio=True)
    with tempfile.TemporaryDirectory() as folder, sw.Studio("key", "http://127.0.0.1:9", library=folder) as studio:
        yield Row("panel: to build", median_ms(lambda: open_panel(studio), repeat), "ms", bar=50)
        count, size = wire(lambda: open_panel(studio))
        yield Row("panel: messages to open", count, "", bar=37)
        yield Row("panel: bytes to open", size / 1e3, "kB")
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        render_clip(Scene("a fox in the snow", 7, "480p", seconds=5.0), clip)
        ours, hand = (kept(code, clip, takes) for code in (OURS_KEEPS, THEIRS_KEEPS))
    yield Row(f"kernel: memory after {takes} more takes", ours[1], "MB", ours[0], "before them, the same")
    more = [after - before for before, after, _ in (ours, hand)]
    yield Row(f"kernel: what {takes} more takes add", more[0], "MB", more[1], "a widgets.Video each")
    yield Row("notebook: a panel with a clip, saved", ours[2], "kB", hand[2], "Video embed=True", 30)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    repeat = parser.parse_args().repeat
    theirs, own, ratio = imports(repeat)
    print(f"import: {own * 1e3:.0f} ms, the dependencies alone {theirs * 1e3:.0f} ms: {ratio:.2f} ×")
    print(f"load {LARGEST}: {median_ms(lambda: sw.load_model(LARGEST), repeat):.1f} ms")
    model = sw.load_model(LARGEST)
    model.problems({"prompt": "a kite", "seed": 3})
    keystroke = median_ms(lambda: model.problems({"prompt": "a kite", "seed": 3, "resolution": "720p"}), 200)
    print(f"check a request, as on each keystroke: {keystroke:.3f} ms")
    for name in (sw.models()[0], LARGEST):
        print(f"form of {name}: {median_ms(lambda name=name: sw.RequestForm(sw.load_model(name)), repeat):.1f} ms")
    with tempfile.TemporaryDirectory() as folder, sw.Studio("key", "http://127.0.0.1:9", library=folder) as studio:
        print(f"panel: {median_ms(lambda: open_panel(studio), repeat):.1f} ms to build and open")
        print(f"panel: {wire(lambda: open_panel(studio))[0]} messages to open")


if __name__ == "__main__":
    main()
