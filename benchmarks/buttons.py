"""How soon a button answers while a cell waits, in real kernels and without a browser.

``python -m benchmarks.buttons`` measures the installed ipykernel; ``--kernels 6.31.0 7.0.1 7.3.0`` fetches others into
a passing folder. A click is sent as a page sends it, and the time is measured until the answer of the widget is here:
by way of a subshell, as JupyterLab does from 4.4 on, and by way of the shell that waits, as other pages do. The
baseline is `time.sleep` in the place of `wait`, which hears nothing by that way.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.report import Row, machine, share, show
from tests.kernels import Kernel, installed, kernel, printed, widget_of

BAR = 100.0  # ms; of the median
ASLEEP = 2  # seconds
BEGIN = """
import time
import seedance_widgets as sw
studio = sw.Studio.simulated(speed=0.01)  # a take is in flight for more than an hour
take = studio.generate("a lighthouse", resolution="480p", duration=5)
take
"""


def clicks(page: Kernel, card: str, key: str, way: str | None, number: int) -> list[float]:
    """Click so many times; return the milliseconds until each answer."""
    times = []
    for count in range(number):
        name = f"{way}-{count}-{time.monotonic_ns()}"
        began = time.perf_counter()
        page.tell(card, {"kind": "rate", "id": name, "stars": count % 5 + 1, "key": key}, way)
        page.answer(card, name)
        times.append(1e3 * (time.perf_counter() - began))
        time.sleep(0.013 * (count % 7))  # not in step with the pieces in which it is waited
    return times


def measure(version: str, folder: Path, number: int) -> Iterator[Row]:
    """Measure one kernel, by every way that it has."""
    other = None if version == "installed" else installed(version, folder)
    with kernel(folder / f"of-{version}", other) as page:
        found = printed(page.run("import ipykernel; print(ipykernel.__version__)")).strip()
        card = widget_of(page.run(BEGIN))
        key = printed(page.run("print(take.key)")).strip()
        cell = page.start(f"time.sleep({ASLEEP})")
        asleep = clicks(page, card, key, None, 1)[0]
        page.finished(cell)
        ways = {} if found.startswith("6.") else {"a subshell": page.subshell()}
        cell = page.start("take.wait()")
        for name, way in {**ways, "the shell that waits": None}.items():
            times = clicks(page, card, key, way, number)
            what = f"ipykernel {found}: a click by {name}"
            yield Row(what, statistics.median(times), "ms", asleep, f"time.sleep({ASLEEP}), no subshell", BAR)
            yield Row("    the slowest of twenty, of all", share(times, 0.95), "ms", max(times), "the slowest")
        page.manager.interrupt_kernel()
        page.finished(cell)


def rows(small: bool = False, kernels: Sequence[str] = ("installed",)) -> Iterator[Row]:
    """Yield the rows of these kernels."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for version in kernels:
            yield from measure(version, Path(folder), 20 if small else 100)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", nargs="*", default=["installed"], metavar="VERSION")
    print(machine())
    show(rows(kernels=parser.parse_args().kernels))


if __name__ == "__main__":
    main()
