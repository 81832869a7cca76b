"""Many generations at once: what they cost the kernel, and how late they are looked at and stored.

``python -m benchmarks.scale [--many 10 100 1000] [--speed 1] [--interval 10] [--clients ours threads asyncio]``

Each client runs in a process of its own, against a simulator in another one. The main thread of that process plays the
user: it computes a little, sleeps 5 ms, and measures how much later than that it goes on. The baselines are what people
write first: one thread a generation (POST, then GET at a fixed interval, then download), and asyncio with tornado's
client. They keep nothing in a library and repeat nothing, so they do less. Ours knows the durations of 40 earlier
takes; the cap on its requests a second is off.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any

from .report import Row, share

PROMPT = "A menacing dragon above the tallest tower"
MODEL = "bytedance/seedance-1-0-lite-t2v"
BODY = {"model": MODEL, "prompt": PROMPT, "resolution": "480p", "duration": 5}
CLIENTS = ("ours", "threads", "asyncio")
FIXED = 5.0  # seconds between two looks of the baselines
PLAN, WORK = 0.005, 2_000  # the user's loop: seconds of sleep, and additions
PATIENCE = 600.0


# The server, in a process of its own --------------------------------------------------------------------------


def serve(pipe: Any, speed: float, clip: str) -> None:
    """Run the simulator until told to end; tell when its last generation ended."""
    from seedance_widgets.simulator import Simulator, handler

    handler.SERVER = "benchmark"  # a simulator is looked at in fixed intervals; this one stands for the service
    with Simulator(speed=speed, balance_usd=1e6, renderer=lambda scene, path: copyfile(clip, path)) as simulator:
        pipe.send((simulator.url, simulator.token))
        while pipe.recv() == "last":
            world = simulator._world
            pipe.send(world.wall() - world.now() + max(job.ends for job in world.jobs.values()))


@contextmanager
def server(speed: float, clip: Path) -> Iterator[Any]:
    """The pipe to a simulator in another process."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, speed, str(clip)), daemon=True)
    process.start()
    try:
        yield here
    finally:
        here.send("end")
        process.join(10)


# What a client's process measures of itself -------------------------------------------------------------------


@dataclass
class Measures:
    """What one run has shown, in seconds, MB and shares of a core."""

    stored: float = 0.0  # when the last clip was there, seconds since 1970
    sending: float = 0.0  # from the first request to the last id
    processor: float = 0.0
    seconds: float = 0.0
    threads: int = 0
    memory: float = 0.0
    delays: list[float] = field(default_factory=list)
    jitter: list[float] = field(default_factory=list)


def memory() -> float:
    """What this process holds now, MB."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def processor() -> float:
    """Seconds of processors that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def live(found: Measures, finished: Callable[[], bool]) -> None:
    """Be the user until all is stored: compute a little, sleep, and note how much later one goes on."""
    alone = statistics.median(_turn() for _ in range(50))
    begun, used, held, last = time.monotonic(), processor(), memory(), 0.0
    while not finished() and time.monotonic() - begun < PATIENCE:
        found.jitter.append(max(0.0, _turn() - alone))
        if time.monotonic() - last > 0.25:
            last = time.monotonic()
            found.threads = max(found.threads, threading.active_count())
            found.memory = max(found.memory, memory() - held)
    found.seconds, found.processor = time.monotonic() - begun, processor() - used


def _turn() -> float:
    begun = time.perf_counter()
    sum(range(WORK))
    time.sleep(PLAN)
    return time.perf_counter() - begun


# The clients --------------------------------------------------------------------------------------------------


def ours(url: str, token: str, many: int, interval: float | None, folder: Path, speed: float) -> Measures:
    """The Studio, with its cap off."""
    from seedance_widgets.pace import Pace
    from seedance_widgets.studio import Studio

    found = Measures()
    with Studio(token, url, library=folder, poll_interval=interval) as studio:
        studio.runner.steps.pace = Pace()
        studio.library.durations = lambda likeness: earlier(speed)
        _watch_delays(studio.runner, found.delays)
        ended: list[float] = []
        made: list[Any] = []

        def ask() -> None:
            begun = time.monotonic()
            for seed in range(many):
                request = studio.prepare(PROMPT, seed=seed, resolution="480p", duration=5)
                made.append(studio.start(request, group="a sweep"))
                made[-1].add_done_callback(lambda _: ended.append(time.time()))
            while any(each.id is None and not each.done for each in made):
                time.sleep(0.1)
            found.sending = time.monotonic() - begun

        threading.Thread(target=ask, daemon=True).start()
        live(found, lambda: len(ended) == many)
        assert {each.status for each in made} == {"completed"}, "not all were completed"
        found.stored = max(each.ended_at for each in made)
    return found


def earlier(speed: float) -> list[float]:
    """How long 40 earlier takes took at the simulator, in seconds."""
    dice = random.Random(3)
    slow = [dice.uniform(1.0, 2.0) if dice.random() < 0.1 else 1.0 for _ in range(40)]
    return [each * dice.uniform(36.0, 50.0) / speed for each in slow]


def _watch_delays(runner: Any, delays: list[float]) -> None:
    """Note for each look how much later it begins than it was put in line for."""
    schedule, look, planned = runner._schedule, runner.steps._look, {}

    def noted(journey: Any, wait: float) -> None:
        planned[journey.generation.key] = time.monotonic() + wait
        schedule(journey, wait)

    def looked(journey: Any) -> Any:
        delays.append(time.monotonic() - planned.get(journey.generation.key, time.monotonic()))
        return look(journey)

    runner._schedule, runner.steps._look = noted, looked


def threads(url: str, token: str, many: int, interval: float | None, folder: Path, speed: float) -> Measures:
    """One thread a generation: POST, sleep, GET, and so on; then the download."""
    import requests

    found, ended, sent, begun = Measures(), [], [], time.monotonic()
    headers = {"Authorization": f"Bearer {token}"}

    def one(seed: int) -> None:
        answer = requests.post(f"{url}/v2/video/generations", json={**BODY, "seed": seed}, headers=headers, timeout=60)
        sent.append(time.monotonic() - begun)
        query = {"generation_id": answer.json()["id"]}
        while True:
            plan = time.monotonic() + (interval or FIXED)
            time.sleep(interval or FIXED)
            found.delays.append(time.monotonic() - plan)
            body = requests.get(f"{url}/v2/video/generations", params=query, headers=headers, timeout=60).json()
            if body["status"] == "completed":
                (folder / f"{seed}.mp4").write_bytes(requests.get(body["video"]["url"], timeout=60).content)
                ended.append(time.time())
                return

    for seed in range(many):
        threading.Thread(target=one, args=(seed,), daemon=True).start()
    live(found, lambda: len(ended) == many)
    found.sending, found.stored = max(sent), max(ended)
    return found


def with_asyncio(url: str, token: str, many: int, interval: float | None, folder: Path, speed: float) -> Measures:
    """One coroutine a generation, on a loop in a thread, eight connections at once."""
    from tornado.httpclient import AsyncHTTPClient

    found, ended, sent, begun = Measures(), [], [], time.monotonic()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def one(client: AsyncHTTPClient, seed: int) -> None:
        options: dict[str, Any] = {"headers": headers, "request_timeout": 600, "connect_timeout": 600}
        body = json.dumps({**BODY, "seed": seed})
        answer = await client.fetch(f"{url}/v2/video/generations", method="POST", body=body, **options)
        sent.append(time.monotonic() - begun)
        name = json.loads(answer.body)["id"]
        while True:
            plan = time.monotonic() + (interval or FIXED)
            await asyncio.sleep(interval or FIXED)
            found.delays.append(time.monotonic() - plan)
            answer = await client.fetch(f"{url}/v2/video/generations?generation_id={name}", **options)
            if (said := json.loads(answer.body))["status"] == "completed":
                clip = await client.fetch(said["video"]["url"], request_timeout=600, connect_timeout=600)
                (folder / f"{seed}.mp4").write_bytes(clip.body)
                ended.append(time.time())
                return

    async def everything() -> None:
        client = AsyncHTTPClient(force_instance=True, max_clients=8)
        await asyncio.gather(*(one(client, seed) for seed in range(many)))

    threading.Thread(target=asyncio.run, args=(everything(),), daemon=True).start()
    live(found, lambda: len(ended) == many)
    found.sending, found.stored = max(sent), max(ended)
    return found


RUN = {"ours": ours, "threads": threads, "asyncio": with_asyncio}


def work(facts: dict[str, Any]) -> None:
    """Be the client's process: run it, and print what was measured as JSON."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = RUN[facts["client"]](
            facts["url"], facts["token"], facts["many"], facts["interval"], Path(folder), facts["speed"]
        )
        print(json.dumps(asdict(found)))


# One run ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What one client has done with so many."""

    client: str
    many: int
    late: float  # seconds from the last finish at the server to all stored here
    found: Measures

    def text(self) -> str:
        """One line of the report."""
        found = self.found
        return (
            f"  {self.client:<8} last stored after {self.late:5.2f} s   "
            f"looks late p50 {1e3 * share(found.delays, 0.5):5.0f} p99 {1e3 * share(found.delays, 0.99):5.0f} ms   "
            f"user's loop p50 {1e3 * share(found.jitter, 0.5):4.1f} p99 {1e3 * share(found.jitter, 0.99):5.1f} ms   "
            f"{found.processor / found.seconds:4.2f} cores   {found.threads:4} threads   {found.memory:4.0f} MB   "
            f"{len(found.delays) / self.many:4.1f} looks each   all sent after {found.sending:4.1f} s"
        )


def run(client: str, many: int, speed: float, interval: float | None, clip: Path) -> Run:
    """Start a server and a client, and hear what it has measured."""
    with server(speed, clip) as pipe:
        url, token = pipe.recv()
        facts = {"client": client, "url": url, "token": token, "many": many, "interval": interval, "speed": speed}
        command = [sys.executable, "-m", "benchmarks.scale", "--work", json.dumps(facts)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        pipe.send("last")
        found = Measures(**json.loads(done.stdout.splitlines()[-1]))
        return Run(client, many, found.stored - pipe.recv(), found)


def drawn(folder: str) -> Path:
    """A real clip, which stands for all of them: drawing is not what is measured here."""
    from seedance_widgets.simulator.render import Scene, render_clip

    path = Path(folder) / "clip.mp4"
    render_clip(Scene(PROMPT, 7, "144p", seconds=5.0), path)
    return path


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows: sixteen seeds as a person waits for them, and many at once."""
    speed = 24.0 if small else 1.0
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        clip = drawn(folder)
        seeds, theirs = (run(each, 16, speed, None, clip) for each in ("ours", "threads"))
        against = f"{BY_HAND['threads']}, every {FIXED:g} s"
        yield Row("16 seeds: from the last finish to all stored", seeds.late, "s", theirs.late, against, 1.5)
        clients = ("ours", "asyncio") if small else CLIENTS  # threads do worse than asyncio from a hundred on
        for many in (100,) if small else (10, 100, 1000):
            yield from in_flight(many, {each: run(each, many, speed, None, clip) for each in clients})


def in_flight(many: int, done: dict[str, Run]) -> Iterator[Row]:
    """What so many cost, beside whichever way by hand does better in it."""
    for what, unit, bar, of in FIGURES:
        mine, *others = ((of(each), BY_HAND.get(name, "")) for name, each in done.items())
        yield Row(f"{many} in flight: {what}", mine[0], unit, *min(others), bar)


BY_HAND = {"threads": "one thread each", "asyncio": "asyncio"}
FIGURES: tuple[tuple[str, str, float, Callable[[Run], float]], ...] = (
    ("looks late, p99", "ms", 500, lambda each: 1e3 * share(each.found.delays, 0.99)),
    ("the user's own loop late, p99", "ms", 20, lambda each: 1e3 * share(each.found.jitter, 0.99)),
    ("processor", "cores", 0.5, lambda each: each.found.processor / each.found.seconds),
    ("memory", "MB", 100, lambda each: each.found.memory),
)


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--many", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--clients", nargs="+", choices=CLIENTS, default=list(CLIENTS))
    parser.add_argument("--speed", type=float, default=1.0, help="of the simulator; 1 is the real service's")
    parser.add_argument("--interval", type=float, help="seconds between looks; ours is adaptive without it, theirs 5")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        work(json.loads(chosen.work))
        return
    with tempfile.TemporaryDirectory() as folder:
        clip = drawn(folder)
        for many in chosen.many:
            print(f"{many} in flight", flush=True)
            for client in chosen.clients:
                print(run(client, many, chosen.speed, chosen.interval, clip).text(), flush=True)


if __name__ == "__main__":
    main()
