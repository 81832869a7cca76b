"""A class at one simulator: how long until everybody's take is there, and how quick the answers are meanwhile.

``python -m benchmarks.classroom [--students 60] [--speed 6] [--resolution 480p]``

The simulator is a process of its own, started as a teacher would, with nothing drawn before. Each student asks for one
take with a seed of their own, looks once a second as a Studio does, and fetches the clip. The baseline is one student
alone.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import psutil
import requests

import seedance_widgets as sw

from .report import Row

CALL = "/v2/video/generations"
TOKEN = "class"
INTERVAL = 1.0  # seconds between two looks
PATIENCE = 600.0


class Lesson(NamedTuple):
    """What came of a lesson: seconds until each student's clip was there, of each look, and of the simulator's CPU."""

    waits: list[float]
    looks: list[float]
    cpu: float
    seconds: float


@contextlib.contextmanager
def simulator(speed: float) -> Iterator[tuple[str, psutil.Process]]:
    """Start the command; yield its address and its process."""
    code = "import sys; from seedance_widgets.cli import main; sys.exit(main())"
    line = [sys.executable, "-u", "-c", code, "simulator", "--port", "0", "--token", TOKEN, "--speed", str(speed)]
    with tempfile.TemporaryDirectory() as cache:
        process = subprocess.Popen(line, env={**os.environ, "XDG_CACHE_HOME": cache}, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            printed = ""
            while "Ctrl-C" not in printed:
                printed += process.stdout.readline()
            yield re.findall(r"AIMLAPI_BASE_URL=(\S+)", printed)[0], psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(10)


def student(url: str, number: int, resolution: str, begin: threading.Barrier) -> tuple[float, list[float]]:
    """Make one take; return the seconds until its clip was there, and those of each look."""
    session = requests.Session()
    session.trust_env = False
    key = {"Authorization": f"Bearer {TOKEN}:student-{number}"}
    body = {"model": sw.models()[0], "prompt": "a lighthouse in a storm", "resolution": resolution, "duration": 5}
    looks: list[float] = []
    begin.wait()
    begun = time.monotonic()
    answer = session.post(url + CALL, json={**body, "seed": number}, headers=key, timeout=30)
    answer.raise_for_status()
    while time.monotonic() - begun < PATIENCE:
        time.sleep(INTERVAL)
        asked = time.monotonic()
        reply = session.get(url + CALL, params={"generation_id": answer.json()["id"]}, headers=key, timeout=30).json()
        looks.append(time.monotonic() - asked)
        if reply["status"] == "completed":
            clip = session.get(reply["video"]["url"], timeout=30)
            assert len(clip.content) > 10_000, "no clip"
            return time.monotonic() - begun, looks
    raise TimeoutError(f"student {number} has no clip after {PATIENCE:.0f} s: {reply}")


def lesson(students: int, speed: float, resolution: str) -> Lesson:
    """Let so many students begin at once."""
    with simulator(speed) as (url, process), ThreadPoolExecutor(students) as pool:
        begin = threading.Barrier(students)
        before, begun = process.cpu_times(), time.monotonic()
        done = list(pool.map(lambda number: student(url, number, resolution, begin), range(students)))
        after, seconds = process.cpu_times(), time.monotonic() - begun
    cpu = after.user + after.system - before.user - before.system
    return Lesson([wait for wait, _ in done], [look for _, looks in done for look in looks], cpu, seconds)


def percentile(values: list[float], share: float) -> float:
    """Return the value that so large a share is not above."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows."""
    students = 10 if small else 60
    alone, seen = (lesson(each, 12.0 if small else 6.0, "480p") for each in (1, students))
    of, against = f"class of {students}", "one alone"
    yield Row(f"{of}: until the last has a clip", max(seen.waits), "s", max(alone.waits), against)
    looks = [1e3 * percentile(each.looks, 0.99) for each in (seen, alone)]
    yield Row(f"{of}: a look, p99", looks[0], "ms", looks[1], against)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--speed", type=float, default=6.0)
    parser.add_argument("--resolution", default="480p")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, speed {given.speed:g}, {given.resolution}, 5 s")
    print("students  first clip  median   all done  look p50   look p99   slowest    CPU")
    for students in dict.fromkeys((1, given.students)):
        seen = lesson(students, given.speed, given.resolution)
        looks = [1e3 * each for each in seen.looks]
        print(
            f"{students:8d} {min(seen.waits):9.1f} s {statistics.median(seen.waits):6.1f} s {max(seen.waits):8.1f} s "
            f"{statistics.median(looks):7.1f} ms {percentile(looks, 0.99):7.1f} ms {max(looks):7.1f} ms "
            f"{seen.cpu:6.1f} s ({100 * seen.cpu / seen.seconds:.0f} %)"
        )


if __name__ == "__main__":
    main()
