"""What the commands share: text that is safe to print, and an end that a person or a system asks for."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

# Closing the terminal's window (SIGHUP, where there is one) is a way of asking, too.
ENDS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

_BACK = "\r\x1b[K"  # takes back a line that was written in place


def say(text: str, file: TextIO | None = None) -> None:
    """Print a line, in the place of one that was shown in place."""
    if sys.stdout.isatty():
        print(_BACK, end="", flush=True)
    print(text, file=file or sys.stdout, flush=True)


def in_place(text: str) -> None:
    """Show a line that the next one takes the place of; in a file, where that cannot be, nothing."""
    if sys.stdout.isatty():
        print(_BACK + line(text, shutil.get_terminal_size().columns - 1), end="", flush=True)


def bar(fraction: float, width: int = 20) -> str:
    """Return a bar of so many characters that is filled so far (0…1)."""
    full = round(width * min(1.0, max(0.0, fraction)))
    return "█" * full + "░" * (width - full)


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C, SIGTERM or SIGHUP sets instead of killing; in the main thread only.

    A shell starts a background job with Ctrl-C ignored; here it is heard all the same.
    """
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    former = {number: signal.signal(number, tell) for number in ENDS}
    try:
        yield told
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def line(text: str, width: int | None = None) -> str:
    """Return text on one line without control characters, which could steer the terminal; cut to `width`."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return flat if width is None or len(flat) <= width else flat[: max(0, width - 1)] + "…"


def plain(text: str) -> str:
    """Return text of several lines without control characters."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def table(rows: list[tuple[str, ...]]) -> str:
    """Return rows as columns that are as wide as they need to be; the first row is the heading."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(row.rstrip() for row in padded)
