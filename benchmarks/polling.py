"""When to look next: lateness and requests of our schedule against fixed and exponential intervals, simulated.

``python -m benchmarks.polling [--generations 10000] [--seed 1]``
"""

from __future__ import annotations

import argparse
import heapq
import random
import statistics
from collections.abc import Callable, Iterator
from itertools import count

from seedance_widgets.polling import last_wait, next_wait

from .report import Row, share

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


def together(known: list[float], takes: int, seed: int, *, learns: bool) -> list[tuple[float, int]]:
    """Look at takes that were sent at once; with `learns`, each that ends teaches the others that still run."""
    rng, known = random.Random(seed), list(known)
    durations = [around(42)(rng) for _ in range(takes)]
    due, requests, found = [(next_wait(0.0, known), take) for take in range(takes)], [0] * takes, []
    heapq.heapify(due)
    while due:
        moment, take = heapq.heappop(due)
        requests[take] += 1
        if moment < durations[take]:
            heapq.heappush(due, (moment + next_wait(moment, known), take))
            continue
        found.append((moment - durations[take], requests[take]))
        known = [moment, *known][:50] if learns else known
    return found


def last_of_sixteen(generations: int, seed: int) -> list[float]:
    """How long after the last of sixteen takes has ended all of them are found, s."""
    rng, found = random.Random(seed), []
    for _ in range(generations // 16):
        known = [around(42)(rng) for _ in range(KNOWN)]
        *others, last = sorted(around(42)(rng) for _ in range(16))
        others_found = max(each + looked(ours, known, each)[0] for each in others)
        moment = 0.0
        while moment < last:
            step = next_wait(moment, known)
            if moment + step > others_found:
                step = min(step, max(0.0, others_found - moment) + last_wait(max(0.0, moment - others_found)))
            moment += step
        found.append(max(moment, others_found) - last)
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
    yield f"100 takes at once, {KNOWN} known durations"
    rng = random.Random(seed)
    known = [around(42)(rng) for _ in range(KNOWN)]
    for name, learns in (("known before", False), ("learning too", True)):
        yield line(name, together(known, 100, seed, learns=learns))
    for center in (85, 25):
        durations = shifting(random.Random(seed), min(generations, 400), around(42), around(center))
        yield f"42 s, then {center} s from the middle on, learning from nothing"
        for name, strategy in STRATEGIES.items():
            yield line(name, learning(strategy, durations))


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows: how late, with how many requests, against looking every five seconds."""
    generations, against = 2000 if small else 10_000, "every 5 s"
    mine, fives = (stationary(each, around(42), generations, 1) for each in (ours, fixed(5)))
    late = [statistics.mean(each for each, _ in found) for found in (mine, fives)]
    yield Row("polling: a finished clip is found late by", late[0], "s", late[1], against, 1.2)
    asked = [statistics.mean(each for _, each in found) for found in (mine, fives)]
    yield Row("polling: requests for each take", asked[0], "", asked[1], against, 10.5)
    for center in (85, 25):
        durations = shifting(random.Random(1), 400, around(42), around(center))
        late = [statistics.mean(each for each, _ in learning(strategy, durations)) for strategy in (ours, fixed(5))]
        yield Row(
            f"polling: the same, 42 s becomes {center} s midway", late[0], "s", late[1], against, 1, of_ratio=True
        )
    yield Row(
        "polling: 16 takes, the last is found late by, p90", share(last_of_sixteen(generations, 1), 0.9), "s", bar=1.5
    )


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
