"""When to look at a generation next, and how long it may still take. Pure functions: no clock, no I/O.

Looking costs a request, and not looking costs lateness. Where a generation that still runs ends with hazard h(t), looks
at a distance w are on average w/2 late and cost 1/w a second; h·w/2 + c/w is least at w = √(2c/h). So the looks lie
closer as the square root of the hazard rises. The hazard is learned from the durations of earlier generations like this
one; c follows from how many looks a generation may cost in all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from .progress import Progress

# Seconds that a 5 s clip takes, as the API's documentation and its sample tell; what is assumed of the unknown.
DOCUMENTED = (36.0, 38.0, 40.0, 42.0, 44.0, 47.0, 50.0)
DOCUMENTED_FADES = 10  # durations of one's own, until nothing is left of the documented ones
DEFAULT_INTERVAL = 10.0  # what the pace of look-ups of a lost answer is measured by
SHORTEST = 0.5
LONGEST = 15.0
LOOKS = 9.0  # for each generation, as the mean
HALF_LIFE = 12  # durations, until one counts half: the service changes with the hour
UNKNOWN = 0.1  # the share of durations that are like none before
UNWATCHED = 1800.0  # seconds
GRID = 0.25  # seconds between two points of the hazard
ENOUGH_DURATIONS = 3
LAST = 1.25  # seconds between two looks at the last one of a sweep, at first
PATIENT = 0.05  # and later this share of the time for which it has been the last


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
    durations = _watched(durations)
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
        A fixed interval; None = learned from the durations, and from the documented ones while those are few.

    Returns
    -------
    float
        At least 0.5 s and at most 15 s where it is learned.
    """
    if interval is not None:
        return max(0.0, interval)
    rates = look_rates(tuple(_watched(durations)))
    wait, looks = 0.0, 0.0
    while looks < 1.0 and wait < LONGEST:
        looks += rates[min(int((elapsed + wait) / GRID), len(rates) - 1)] * GRID
        wait += GRID
    return max(wait, SHORTEST)


def last_wait(alone: float) -> float:
    """Return the longest wait until the next look at the last one of a sweep: all the others wait for it.

    One look more for this one is little for the whole sweep. The longer it takes, the less it is waited for.

    Parameters
    ----------
    alone : float
        Seconds since the others are done.
    """
    return max(LAST, PATIENT * alone)


def _watched(durations: Sequence[float]) -> list[float]:
    """Leave out what was resumed after a day: when such a one was seen to be over says nothing of how long it took."""
    return [duration for duration in durations if duration <= UNWATCHED]


@lru_cache(maxsize=64)
def look_rates(durations: tuple[float, ...]) -> tuple[float, ...]:
    """Return how many looks a second are worth their cost, at each quarter of a second since the sending.

    Parameters
    ----------
    durations : tuple of float
        Seconds that earlier generations like this one took, newest first.

    Returns
    -------
    tuple of float
        The last one holds from there on.
    """
    density = _density(durations)
    survival, left = [], 1.0
    for each in density:
        survival.append(max(left, 1e-4))
        left -= each * GRID
    hazards = [math.sqrt(each / alive) for each, alive in zip(density, survival, strict=True)]
    looks = sum(hazard * alive for hazard, alive in zip(hazards, survival, strict=True)) * GRID
    return tuple(hazard * LOOKS / looks for hazard in hazards)


def _density(durations: tuple[float, ...]) -> list[float]:
    """Estimate the density of the durations at each point of the grid; it sums up to 1.

    Bells around the known durations, newer ones higher and late ones wider, and under them all one wide bell for what
    was never seen.
    """
    weighted = _weighted(durations)
    known = sorted(weighted)
    median = known[len(known) // 2][0]
    spread = known[3 * len(known) // 4][0] - known[len(known) // 4][0] or median / 20
    width = max(0.67 * spread * len(known) ** -0.2, median / 50, 0.3)  # Silverman's rule, by quartiles
    points = int(max(3 * median, 1.6 * known[-1][0]) / GRID) + 2
    density = [UNKNOWN * _unseen(index * GRID, median) for index in range(points)]
    for duration, weight in weighted:
        wide = width * (1 + 2 * max(0.0, duration - median) / median)
        for index in range(max(0, int((duration - 4 * wide) / GRID)), min(points, int((duration + 4 * wide) / GRID))):
            density[index] += (1 - UNKNOWN) * weight * _bell((index * GRID - duration) / wide) / wide
    whole = sum(density) * GRID
    return [each / whole for each in density]


def _weighted(durations: tuple[float, ...]) -> list[tuple[float, float]]:
    """Give newer durations more weight, and the documented ones what the few known ones leave open."""
    usable = [max(each, GRID) for each in durations]
    weights = [0.5 ** (age / HALF_LIFE) for age in range(len(usable))]
    documented = max(0.0, 1 - len(usable) / DOCUMENTED_FADES) * 3 / len(DOCUMENTED)
    pairs = list(zip(usable, weights, strict=True))
    if documented:
        pairs += [(duration, documented) for duration in DOCUMENTED]
    whole = sum(weight for _, weight in pairs)
    return [(duration, weight / whole) for duration, weight in pairs]


def _unseen(seconds: float, median: float) -> float:
    """Spread over all times around the median, evenly on a logarithmic scale."""
    if seconds <= 0:
        return 0.0
    return _bell(math.log(seconds / median) / 0.5) / (0.5 * seconds)


def _bell(deviations: float) -> float:
    return math.exp(-0.5 * deviations**2) / math.sqrt(2 * math.pi)


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
