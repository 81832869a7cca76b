"""When to look next: lateness and requests of our schedule against fixed and exponential intervals, simulated.

``python -m benchmarks.polling [--generations 10000] [--seed 1]``
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable, Iterator
from itertools import count

from seedance_widgets.polling import next_wait

Draw = Callable[[random.Random], float]
Strategy = Callable[[list[float]], Iterator[float]]
KNOWN = 40
DRAWS = 20


def around(center: float, spread: float = 4.0, slowest: float = 2.5) -> Draw:
    """Durations around a centre, one in ten slow."""

    def draw(rng: random.Random) -> float:
        slow = center * rng.uniform(1.3, slowest)
        return slow if rng.random() < 0.1 else max(1.0, rng.gauss(center, spread * center / 42))

    return draw


def shifting(rng: random.Random, total: int, before: Draw, after: Draw) -> list[float]:
    """The service gets slower (or faster) halfway."""
    return [(before if index < total // 2 else after)(rng) for index in range(total)]


def fixed(interval: float) -> Strategy:
    """The times of looks at a fixed interval."""
    return lambda known: (interval * number for number in count(1))


def exponential(known: list[float]) -> Iterator[float]:
    """The times of looks at intervals that double from one second, up to sixteen."""
    moment, wait = 0.0, 1.0
    while True:
        moment += wait
        wait = min(2 * wait, 16.0)
        yield moment


def ours(known: list[float]) -> Iterator[float]:
    """The times of looks of `seedance_widgets.polling`."""
    moment = 0.0
    while True:
        moment += next_wait(moment, known)
        yield moment


STRATEGIES: dict[str, Strategy] = {
    **{f"fixed {interval:g} s": fixed(interval) for interval in (0.1, 0.5, 1, 5, 10, 15)},
    "exponential": exponential,
    "ours": ours,
}


def looked(strategy: Strategy, known: list[float], duration: float) -> tuple[float, int]:
    """Return how late a generation was found, in seconds, and with how many requests."""
    for number, moment in enumerate(strategy(known), 1):
        if moment >= duration:
            return moment - duration, number
    raise AssertionError("a strategy looks for ever")


def stationary(strategy: Strategy, draw: Draw, generations: int, seed: int) -> list[tuple[float, int]]:
    """Look at generations with a schedule learned from 40 others, over 20 independent draws of those."""
    found = []
    for repetition in range(DRAWS):
        rng = random.Random(f"{seed} {repetition}")
        known = [draw(rng) for _ in range(KNOWN)]
        found += [looked(strategy, known, draw(rng)) for _ in range(generations // DRAWS)]
    return found


def learning(strategy: Strategy, durations: list[float]) -> list[tuple[float, int]]:
    """Look at one generation after the other, each of which teaches the next."""
    known: list[float] = []
    found = []
    for duration in durations:
        found.append(looked(strategy, known[:50], duration))
        known.insert(0, duration)
    return found


def line(name: str, found: list[tuple[float, int]]) -> str:
    """One line of the table."""
    late = sorted(each for each, _ in found)
    requests = statistics.mean(number for _, number in found)
    p95 = late[int(0.95 * len(late))]
    return f"  {name:<14} late mean {statistics.mean(late):6.2f} s   p95 {p95:6.2f} s   requests {requests:6.2f}"


def report(generations: int, seed: int) -> Iterator[str]:
    """The whole table, line by line."""
    worlds = {"around 42 s": around(42), "around 42 s, wide": around(42, 6, 3), "around 150 s": around(150)}
    for world, draw in worlds.items():
        yield f"{world}, {KNOWN} known durations, mean over {DRAWS} draws of them"
        for name, strategy in STRATEGIES.items():
            yield line(name, stationary(strategy, draw, generations, seed))
    for center in (85, 25):
        durations = shifting(random.Random(seed), min(generations, 400), around(42), around(center))
        yield f"42 s, then {center} s from the middle on, learning from nothing"
        for name, strategy in STRATEGIES.items():
            yield line(name, learning(strategy, durations))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for each in report(options.generations, options.seed):
        print(each, flush=True)


if __name__ == "__main__":
    main()
