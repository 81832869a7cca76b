"""When to look at a generation next, and how long it may still take. Pure functions: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

# The documentation's example finishes after 36 to 50 s; its own loop asks every 10 to 15 s.
DEFAULT_INTERVAL = 10.0
SHORTEST = 0.5
LONGEST = 15.0
ENOUGH_DURATIONS = 3


@dataclass(frozen=True)
class Progress:
    """How far a generation is, as far as anybody can know.

    Attributes
    ----------
    elapsed : float
        Seconds since it was sent.
    remaining : float or None
        Seconds that generations like it needed from here on, in the middle; None when nothing is known, or
        when it is later than all of them.
    fraction : float or None
        0…1 for a progress bar; None = unknown, to be shown as such.
    """

    elapsed: float
    remaining: float | None = None
    fraction: float | None = None


def progress(elapsed: float, durations: Sequence[float]) -> Progress:
    """Estimate from the durations of earlier generations like this one.

    Parameters
    ----------
    elapsed : float
        Seconds since the generation was sent.
    durations : sequence of float
        Seconds that finished generations of the same model, resolution and length took.

    Returns
    -------
    Progress
        With fewer than three durations nothing is known. Once the generation is later than all of them,
        neither: the bar would be a lie.
    """
    left = sorted(duration - elapsed for duration in durations if duration > elapsed)
    if len(durations) < ENOUGH_DURATIONS or not left:
        return Progress(elapsed)
    remaining = left[len(left) // 2]
    return Progress(elapsed, remaining, elapsed / (elapsed + remaining) if elapsed + remaining else 0.0)


def next_wait(elapsed: float, durations: Sequence[float], interval: float | None = None) -> float:
    """Return the seconds until the next look at a generation.

    Parameters
    ----------
    elapsed : float
        Seconds since it was sent.
    durations : sequence of float
        Seconds that earlier generations like it took; may be empty.
    interval : float, optional
        A fixed interval; None = learned from the durations, else ten seconds.
    """
    if interval is not None:
        return max(0.0, interval)
    if len(durations) < ENOUGH_DURATIONS:
        return DEFAULT_INTERVAL
    return _toward_finish(elapsed, durations)


def _toward_finish(elapsed: float, durations: Sequence[float]) -> float:
    """Wait until the earliest likely finish in one go, then ask densely until the latest likely one."""
    likely = quantiles(durations, n=10, method="inclusive")
    early, late = likely[0], likely[-1]
    if elapsed < early:
        return _bounded(early - elapsed)
    if elapsed <= late:
        return _bounded((late - early) / 8)
    return _bounded((elapsed - late) / 2 + (late - early) / 8)


def _bounded(seconds: float) -> float:
    return min(max(seconds, SHORTEST), LONGEST)


def retry_wait(attempt: int, retry_after: float | None, jitter: float) -> float:
    """Return the seconds to wait after a 429 or a trouble of the network.

    Parameters
    ----------
    attempt : int
        How many times in a row it has failed, from 1.
    retry_after : float, optional
        What the API asked for.
    jitter : float
        0…1, so that many waiting generations do not return in one instant.

    Returns
    -------
    float
        Seconds, at most 60 whatever the API asks for: it is asked again rather than slept through.
    """
    wait = retry_after if retry_after is not None else min(2.0 ** min(attempt, 6) / 2, 30.0)
    return min(max(wait, 0.0), 60.0) * (1.0 + 0.25 * jitter)
