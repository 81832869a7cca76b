"""What all benchmarks share: the rows of the one table, the machine's description, quantiles.

A benchmark that belongs in ``python -m benchmarks`` has one function::

    def rows(small: bool = False) -> Iterable[Row]: ...

`small` asks for a size that takes some seconds. Each row is one figure with what it is set against, both measured in
the same run. Rows are printed as they come.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("ipywidgets", "anywidget", "ipykernel", "jupyterlab", "requests", "av", "numpy")


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes
    ----------
    what : str
        What is measured.
    ours : float
        The figure, in `unit`.
    unit : str
        Such as ``s``, ``ms``, ``MB``.
    theirs : float or None
        The same of the baseline, in the same run.
    against : str
        What the baseline is.
    bar : float or None
        What is promised: `ours` is at most this, or the ratio is, with `of_ratio`.
    of_ratio, at_least : bool
        Whether the bar is one of the ratio; whether more is better.
    """

    what: str
    ours: float
    unit: str = ""
    theirs: float | None = None
    against: str = ""
    bar: float | None = None
    of_ratio: bool = False
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours by theirs."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def holds(self) -> bool | None:
        """Whether the bar holds; None without one, or without what it is held against."""
        value = self.ratio if self.of_ratio else self.ours
        if self.bar is None or value is None:
            return None
        return value >= self.bar if self.at_least else value <= self.bar


def line(row: Row) -> str:
    """One line of the table."""
    theirs = "" if row.theirs is None else f"{row.against}: {figure(row.theirs, row.unit)}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} ×"
    sign = "≥" if row.at_least else "≤"
    bar = "" if row.bar is None else f"{sign} {row.bar:g} ×" if row.of_ratio else f"{sign} {figure(row.bar, row.unit)}"
    verdict = {None: "", True: "holds", False: "MISSED"}[row.holds]
    return f"{row.what:<52} {figure(row.ours, row.unit):>10}  {theirs:<44} {ratio:>8}  {bar:>10} {verdict}".rstrip()


def figure(value: float, unit: str) -> str:
    """A number in three digits or so, with its unit."""
    if value == float("inf"):
        return "never"
    digits = 0 if abs(value) >= 100 or value == round(value) else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".rstrip()


def show(rows: Iterable[Row]) -> bool:
    """Print rows as they come; whether every bar holds."""
    fine = True
    for row in rows:
        print(line(row), flush=True)
        fine &= row.holds is not False
    return fine


def share(values: Sequence[float], part: float) -> float:
    """The value below which that part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


def machine() -> str:
    """What this runs on, and how busy it is already: figures of a busy machine say little."""
    versions = ", ".join(f"{name} {version}" for name in PACKAGES if (version := _version(name)))
    return (
        f"{_processor()}, {os.cpu_count()} cores, load {_load()}; {platform.system()} {platform.release()}\n"
        f"Python {sys.version.split()[0]}, {versions}"
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = [each.partition(":")[2].strip() for each in lines if each.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
