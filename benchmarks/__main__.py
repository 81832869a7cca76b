"""All benchmarks in one table: ``python -m benchmarks [--full] [name ...]``.

At a small size it takes under three minutes. Each figure stands beside its baseline, measured in the same run; the
ratios can be compared between machines, the seconds cannot.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator

from . import __path__ as folder
from .report import Row, machine, show

Rows = Callable[[bool], Iterable[Row]]


def benchmarks(names: Iterable[str] = ()) -> Iterator[tuple[str, Rows]]:
    """Find what has `rows`: all, or the named ones."""
    chosen = set(names)
    for found in sorted(each.name for each in pkgutil.iter_modules(folder) if not each.name.startswith("_")):
        if chosen and found not in chosen:
            continue
        module = importlib.import_module(f"{__package__}.{found}")
        if hasattr(module, "rows"):
            yield found, module.rows


def main() -> int:
    """Print the table; 1 where a bar was missed or a benchmark failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="which ones (all)")
    parser.add_argument("--full", action="store_true", help="at the size that the bars are about: many minutes")
    chosen = parser.parse_args()
    print(machine(), flush=True)
    fine, begun = True, time.monotonic()
    for name, rows in benchmarks(chosen.names):
        print(f"\n{name}", flush=True)
        started = time.monotonic()
        try:
            fine &= show(rows(not chosen.full))
        except Exception as error:  # one that fails keeps nobody from seeing the others
            fine = False
            print(f"failed: {type(error).__name__}: {error}", flush=True)
        print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"\n{time.monotonic() - begun:.0f} s in all", flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
