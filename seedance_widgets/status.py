"""What is going on, in words and as a bar, read from the generations that are watched. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .progress import Progress

if TYPE_CHECKING:
    from .generation import Generation

# Where the status alone would not tell a person what happens.
WORDS = {"planned": "not sent yet", "submitting": "sending"}
ORDER = ("planned", "submitting", "queued", "generating", "downloading")


def status_text(batch: Sequence[Generation]) -> str:
    """Return one line about generations that were started together.

    Parameters
    ----------
    batch : sequence of Generation
        What was started since nothing was in flight, oldest first; empty before anything was.
    """
    live = [generation for generation in batch if not generation.done]
    if not batch:
        return "ready"
    if len(batch) == 1:
        return _one(batch[0])
    return _several(batch, live) if live else _ended(batch)


def word(status: str) -> str:
    """Return the word for a status."""
    return WORDS.get(status, status)


def _one(generation: Generation) -> str:
    if not generation.done:
        parts = [word(generation.status), duration(generation.elapsed), left(generation.progress()), generation.detail]
        return " · ".join(part for part in parts if part)
    if generation.status == "completed":
        return f"completed in {duration(generation.elapsed)}"
    return f"{generation.status} after {duration(max(1.0, generation.elapsed))}"


def _several(batch: Sequence[Generation], live: Sequence[Generation]) -> str:
    counts = Counter(generation.status for generation in live)
    parts = [f"{counts[status]} {word(status)}" for status in ORDER if counts[status]]
    if len(batch) > len(live):
        parts.append(f"{len(batch) - len(live)} done")
    detail = next((generation.detail for generation in live if generation.detail), "")
    return " · ".join(part for part in (*parts, left(together(live)), detail) if part)


def _ended(batch: Sequence[Generation]) -> str:
    counts = Counter(generation.status for generation in batch)
    return " · ".join(f"{count} {status}" for status, count in counts.items())


def together(generations: Sequence[Generation]) -> Progress:
    """Return how far several are; nothing is known of them all where nothing is known of one."""
    all_of_them = [generation.progress() for generation in generations]
    elapsed = max((each.elapsed for each in all_of_them), default=0.0)
    remaining = [each.remaining for each in all_of_them if each.remaining is not None]
    fractions = [each.fraction for each in all_of_them if each.fraction is not None]
    if not all_of_them or len(remaining) < len(all_of_them) or len(fractions) < len(all_of_them):
        return Progress(elapsed)
    return Progress(elapsed, max(remaining), sum(fractions) / len(fractions))


def left(progress: Progress) -> str:
    """Return the words about the time that is left; empty where nobody knows."""
    return "" if progress.remaining is None else f"about {duration(max(1.0, progress.remaining))} left"


def duration(seconds: float) -> str:
    """Return a duration in words: ``42 s``, ``3 min 05 s``."""
    whole = round(seconds)
    return f"{whole} s" if whole < 100 else f"{whole // 60} min {whole % 60:02d} s"


def bar_html(batch: Sequence[Generation]) -> str:
    """Return the progress bar: as long as is known, moving without a length where nothing is, empty when idle."""
    live = [generation for generation in batch if not generation.done]
    if not live:
        return '<div class="sw-bar"></div>'
    fraction = together(live).fraction
    head = '<div class="sw-bar" role="progressbar" aria-label="progress"'
    if fraction is None:
        return f'{head}><span class="sw-unknown"></span></div>'
    done = sum(generation.done for generation in batch)
    percent = round(100 * (fraction * len(live) + done) / len(batch))
    return (
        f'{head} aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}">'
        f'<span style="width:{percent}%"></span></div>'
    )
