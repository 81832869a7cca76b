"""What a person waits for in a real JupyterLab: the panel, another model, the grid, click to POST, the clip.

``python -m benchmarks.latency [--repeat 9] [--takes 16]``

The baselines are what people write by hand: a form of ipywidgets that asks in a thread and puts the clip's bytes into a
``widgets.Video``, a button that does nothing but look at the clock, and ``IPython.display.Video`` with ``embed=True``.
All ask the same simulator, which runs in this process and serves one clip for all; the page, the kernels and this
process read one clock. A clip is there once the page's `requestVideoFrameCallback` says so. Medians, in turns.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from statistics import median

from seedance_widgets.model import DEFAULT_MODEL

from .report import Row, show
from .session import CLEAR, CONTROLS, PLAYING, Bench, bench

OTHER = "bytedance/seedance-1-5-pro"


def rows(small: bool = False, repeat: int | None = None, takes: int = 16) -> Iterator[Row]:
    """The table's rows."""
    repeat = repeat or (3 if small else 9)
    with bench(takes) as found:
        yield from painting(found, repeat)
        yield from gridding(found, 1 if small else 3)
        yield from clicking(found, repeat)


def painting(found: Bench, repeat: int) -> Iterator[Row]:
    """The panel's cell is run until all of its controls are there; another model is chosen."""
    seen = {words: f"{CONTROLS} >= {found.controls(words)}" for words in ("go, status", "studio.panel()")}
    times: dict[str, list[float]] = {words: [] for words in seen}
    for _ in range(repeat):
        for words, condition in seen.items():
            found.page.evaluate(CLEAR)
            found.page.wait_for_timeout(500)  # the other one has no news any more
            times[words].append(found.painted(words, condition))
    hand, ours = map(median, times.values())
    yield Row("panel: from running its cell to painted", ours, "ms", hand, "form by hand", 1.3, of_ratio=True)
    switched = found.switched("studio.panel()", [OTHER, DEFAULT_MODEL], repeat)
    yield Row("panel: from choosing another model to its form", median(switched), "ms")


def clicking(found: Bench, repeat: int) -> Iterator[Row]:
    """Generate is pressed, and the clip is waited for."""
    found.page.evaluate(CLEAR)
    for words in ("stamps = []", "go, status", "studio.panel()", "form.request"):
        found.notebook.run(words)
    bare = median([found.bare() for _ in range(2 * repeat)][1:])
    hand, ours = [], []
    for _ in range(repeat + 1):  # in turns; the first of each loads its modules
        hand.append(found.generated("go, status", "By hand"))
        ours.append(found.generated())
    (post, ended, seen), (_, ended_by_hand, seen_by_hand) = (
        map(median, zip(*each[1:], strict=True)) for each in (ours, hand)
    )
    yield Row("click to POST, beyond a bare button's message", post - bare, "ms", bar=50)
    against = "widgets.Video by hand"
    yield Row("from noticing the end to the clip's first frame", seen, "ms", seen_by_hand, against, 500)
    yield Row("from the clip's being whole there, looks each 0.1 s", ended, "ms", ended_by_hand, against)


def gridding(found: Bench, repeat: int) -> Iterator[Row]:
    """Takes that are here are laid side by side."""
    found.notebook.run("studio.generate")
    playing = PLAYING.replace("{takes}", str(found.takes))
    words = {"studio.compare": "ours", "GridBox": "widgets.Video each", "for take in takes:\n": "Video embed=True"}
    times: dict[str, list[float]] = {name: [] for name in words}
    for _ in range(repeat):
        for name in words:
            times[name].append(found.painted(name, playing))
    ours, *others = (median(each) for each in times.values())
    for against, theirs in zip(list(words.values())[1:], others, strict=True):
        yield Row(f"grid: {found.takes} takes, from running the cell to all playing", ours, "ms", theirs, against)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--takes", type=int, default=16)
    chosen = parser.parse_args()
    show(rows(repeat=chosen.repeat, takes=chosen.takes))


if __name__ == "__main__":
    main()
