"""What a person waits for at the beginning: importing, loading a document, building a form and a panel.

``python -m benchmarks.start [--repeat 7]``; the import is set against importing ipywidgets, anywidget and requests.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from unittest import mock

import seedance_widgets as sw

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


def messages(job: Callable[[], object]) -> int:
    """Count the messages to a page that a job causes."""
    import comm
    from comm.base_comm import BaseComm

    class Wire(BaseComm):
        def publish_msg(self, kind: str, *_: object, **__: object) -> None:
            sent.append(kind)

    sent: list[str] = []
    with mock.patch.object(comm, "create_comm", Wire):
        job()
    return len(sent)


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
        print(f"panel: {median_ms(studio.panel, repeat):.1f} ms, {messages(studio.panel)} messages to open")


if __name__ == "__main__":
    main()
