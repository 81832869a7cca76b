"""A kernel that can be killed at any instant, clips that tell what they are of, and the counting on the server's side.

Nothing here trusts the client: what was made and paid is read from the simulator's own record and log, and a clip in
the library counts only when its bytes are those of the request that it belongs to.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import random
import signal
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from urllib3.response import HTTPResponse

from seedance_widgets import download, mp4
from seedance_widgets.client import Client
from seedance_widgets.errors import SeedanceError
from seedance_widgets.generation import Generation
from seedance_widgets.library import Library
from seedance_widgets.simulator import Simulator
from seedance_widgets.studio import Studio

INTERVAL = 0.05  # seconds between two looks
LOOKUP_TIME = 1.5  # seconds of looking for a lost answer; the simulator's rows are LOG_DELAY late
LOG_DELAY = 0.4
PADDING = 30_000  # bytes; so that a clip takes several blocks

Request = tuple[str, int]  # prompt and seed


# Clips that tell what they are of ---------------------------------------------------------------------------


@functools.cache
def _template() -> bytes:
    """A real, tiny, playable clip."""
    import av
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.mp4"
        with av.open(str(path), "w", options={"movflags": "faststart"}) as output:
            stream: Any = output.add_stream("libx264", rate=24)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for index in range(6):
                image = np.full((48, 64, 3), 40 * index, np.uint8)
                output.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            output.mux(stream.encode())
        return path.read_bytes()


def clip_bytes(prompt: str, seed: int) -> bytes:
    """The clip of a request: playable, and different for each."""
    dice = random.Random(f"{prompt} {seed}")
    told = json.dumps([prompt, seed]).encode() + b"\n" + dice.randbytes(PADDING + dice.randrange(1000))
    return _template() + struct.pack(">I4s", len(told) + 8, b"free") + told


def draw(scene: Any, path: Path) -> None:
    """The simulator's renderer."""
    path.write_bytes(clip_bytes(scene.prompt, scene.seed))


def simulator(seed: int = 0, **options: Any) -> Simulator:
    """A simulator in this process, which the kernels' deaths leave alone."""
    _template()  # made here, once: two drawing threads would both make it
    given = {"speed": 100.0, "balance_usd": 1e6, "renderer": draw, "log_delay": LOG_DELAY, "seed": seed}
    return Simulator(**{**given, **options})


# A kernel ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Life:
    """What a kernel is to do, and where it dies.

    Attributes
    ----------
    requests : sequence of (prompt, seed)
        The sweep, run with ``again=False``.
    dies : str
        One of `DEATHS`; empty: nowhere of itself.
    at : int
        Which time it comes there.
    person : bool
        Whether a person sits there who decides about unconfirmed ones and runs the sweep until it is whole.
    """

    base_url: str
    token: str
    library: str
    requests: Sequence[Request]
    dies: str = ""
    at: int = 1
    person: bool = False
    lookup_time: float = LOOKUP_TIME
    patience: float = 1.0  # seconds to wait for an answer
    interval: float = INTERVAL


def open_studio(life: Life, **options: Any) -> Studio:
    """A Studio as a kernel opens it, impatient enough for a test."""
    studio = Studio(life.token, life.base_url, library=life.library, poll_interval=life.interval, **options)
    studio.client.timeout = (2.0, life.patience)
    studio.runner.steps.lookup_time = life.lookup_time
    return studio


def live(life: Life, report: Connection | None = None) -> None:
    """Run a sweep in this process, and say what became of it."""
    _arm(life)
    started = time.monotonic()
    studio = open_studio(life)
    inherited = studio.library.unfinished()
    told = {"inherited": len(inherited), "recovered": 0.0, "unconfirmed": [], "sent_again": 0}
    generations = run_sweep(studio, life.requests)
    for generation in inherited:
        generation.wait(60.0)
    told["recovered"] = time.monotonic() - started
    _wait(generations)
    if life.person:
        decide(studio, life.requests, told)
    told["statuses"] = dict(Counter(each.status for each in studio.library.recent(100_000)))
    studio.close()
    if report is not None:
        report.send(told)


def run_sweep(studio: Studio, requests: Iterable[Request]) -> list[Generation]:
    return [studio.generate(prompt, seed=seed) for prompt, seed in requests]


def _wait(generations: Iterable[Generation]) -> None:
    for generation in generations:
        generation.wait(60.0)


def decide(studio: Studio, requests: Sequence[Request], told: dict[str, Any]) -> None:
    """Do what a person would: look again, send again what the log does not show, run the sweep until it is whole."""
    for _ in range(12):
        generations = run_sweep(studio, requests)
        _wait(generations)
        if all(generation.status == "completed" for generation in generations):
            return
        studio.resume()
        open_ones = [each for each in generations if each.status == "unconfirmed"]
        told["unconfirmed"] += [each.key for each in open_ones if each.key not in told["unconfirmed"]]
        for generation in open_ones:
            generation.look_again()
        _wait(generations)
        for generation in open_ones:
            if generation.status == "unconfirmed":
                told["sent_again"] += 1
                generation.send_again()
        _wait(generations)


def start(life: Life) -> tuple[BaseProcess, Connection]:
    """Start a kernel in a process of its own; it is forked from one that has imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["seedance_widgets.studio", "seedance_widgets.media", "av", __name__])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=live, args=(life, sender), daemon=True)
    process.start()
    sender.close()
    return process, receiver


def heard(receiver: Connection) -> dict[str, Any] | None:
    """What a kernel has reported; None when it died before."""
    try:
        told: dict[str, Any] | None = receiver.recv() if receiver.poll() else None
    except EOFError:
        return None
    return told


def finish(life: Life, timeout: float = 240.0) -> dict[str, Any]:
    """Let a last kernel live until it has brought everything home."""
    process, receiver = start(life)
    try:
        if not receiver.poll(timeout):
            raise AssertionError("The last kernel did not come to an end.")
        told = receiver.recv()
    finally:
        process.kill()
        process.join()
    return told


# Where a kernel can die -------------------------------------------------------------------------------------


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60.0)


def _before(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> Callable[[_Count], None]:
    return lambda count: _wrap(owner, name, when, count, before=True)


def _after(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> Callable[[_Count], None]:
    return lambda count: _wrap(owner, name, when, count, before=False)


class _Count:
    """Dies at the n-th time."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.lock = threading.Lock()

    def __call__(self) -> None:
        with self.lock:
            self.left -= 1
            if self.left == 0:
                _die()


def _wrap(owner: Any, name: str, when: Callable[..., bool], count: _Count, *, before: bool) -> None:
    whole = getattr(owner, name)

    @functools.wraps(whole)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before and when(*args, **kwargs):
            count()
        result = whole(*args, **kwargs)
        if not before and when(*args, **kwargs):
            count()
        return result

    setattr(owner, name, wrapped)


def _during_post(count: _Count) -> None:
    """Some milliseconds after the POST has begun: the server has it, or is about to."""
    whole = Client.send

    @functools.wraps(whole)
    def send(*args: Any, **kwargs: Any) -> Any:
        threading.Timer(0.005 + 0.02 * random.random(), count).start()
        return whole(*args, **kwargs)

    Client.send = send  # type: ignore[method-assign]


def _during_download(count: _Count) -> None:
    """When some blocks have come, and the earlier ones of them are on the disk."""
    whole = HTTPResponse.read1

    @functools.wraps(whole)
    def read1(self: HTTPResponse, amount: int, **options: Any) -> bytes:
        if amount == download.BLOCK:
            count()
        return whole(self, min(amount, 4096), **options)

    HTTPResponse.read1 = read1  # type: ignore[method-assign,assignment]


def _to(suffix: str) -> Callable[..., bool]:
    return lambda _, target, **__: str(target).endswith(suffix)


def _updates(name: str, value: object = None) -> Callable[..., bool]:
    return lambda *_, **facts: name in facts and value in (None, facts[name])


DEATHS: dict[str, Callable[[_Count], None]] = {
    "after the row, before the mark": _before(Library, "mark_sending"),
    "after the mark, before the POST": _after(Library, "mark_sending"),
    "during the POST": _during_post,
    "after the answer, before its id is written": _after(Client, "send"),
    "after the id is written": _after(Library, "update", _updates("id")),
    "before the sidecar is there": _before(os, "replace", _to(".json")),
    "during the download": _during_download,
    "before the clip is renamed": _before(os, "replace", _to(".mp4")),
    "after the clip is renamed": _after(os, "replace", _to(".mp4")),
    "after the clip, before its row": _before(Library, "update", _updates("status", "completed")),
    "after the row is completed": _after(Library, "update", _updates("status", "completed")),
    "at the heartbeat": _before(sys.modules["seedance_widgets.lease"].Leases, "beat"),
}


def _arm(life: Life) -> None:
    if life.dies:
        DEATHS[life.dies](_Count(life.at))


# The counting, on the server's side -------------------------------------------------------------------------


@dataclass
class Count:
    """What happened, as the server saw it.

    Attributes
    ----------
    intended : int
        Different requests that were asked for.
    submitted : int
        Generations that the server made.
    paid : int
        Those of them that it did not end in error.
    twice : list
        Requests of which more than one was paid.
    lost : list
        Paid ones whose clip is not whole in the library.
    """

    intended: int = 0
    submitted: int = 0
    paid: int = 0
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return self.submitted > 0 and not self.twice and not self.lost

    def __add__(self, other: Count) -> Count:
        return Count(
            self.intended + other.intended,
            self.submitted + other.submitted,
            self.paid + other.paid,
            self.twice + other.twice,
            self.lost + other.lost,
        )


def count(server: Simulator, library: Path, requests: Iterable[Request]) -> Count:
    """Hold a library against the server's record of what it made, once nothing is in flight there."""
    server.advance(LOG_DELAY)
    server.heal()
    paid = _paid(server)
    made = [(record, (record.body["prompt"], record.body["seed"])) for record in server.created]
    per_request = Counter(request for record, request in made if record.id in paid)
    held = clips(library)
    return Count(
        intended=len(set(requests)),
        submitted=len(made),
        paid=sum(per_request.values()),
        twice=[str(request) for request, number in per_request.items() if number > 1],
        lost=[record.id for record, request in made if record.id in paid and held.get(record.id) != request],
    )


def _paid(server: Simulator) -> set[str]:
    """Ids of the generations that the server's own log shows as not failed."""
    client, paid, offset = Client(server.url, server.token), set(), 0
    while True:
        rows, more = client.log_page(offset=offset)
        paid |= {row["inference_id"] for row in rows if row["status"] == "succeeded"}
        offset += len(rows)
        if not more:
            client.close()
            return paid


def clips(folder: Path) -> dict[str, Request]:
    """The API's id → request, of completed generations whose clip is on the disk, whole and the right one."""
    library, found = Library(folder), {}
    for generation in library.recent(1_000_000):
        assert generation.id is None or generation.id not in found
        if generation.status == "completed" and generation.id and right(generation):
            found[generation.id] = (generation.prompt, int(generation.seed or 0))
    library.close()
    return found


def right(generation: Generation) -> bool:
    """Whether a generation's clip is there, whole, and of just its request."""
    try:
        assert generation.path is not None
        mp4.whole(generation.path)
        return generation.path.read_bytes() == clip_bytes(generation.prompt, int(generation.seed or 0))
    except (OSError, SeedanceError):
        return False
