"""Nothing lost, nothing paid twice: kernels are killed at random while everything that can go wrong does.

``python -m benchmarks.faults --kills 200 --faults 2000`` runs the simulator in this process and kernels in processes
of their own, which it kills at random instants, several of them inside a step (between the POST's answer and its row,
between the clip's rename and its row, …). Each new kernel opens the same library, resumes, and runs the same sweep
again. The counting is done on the server's side. It fails when a request was paid twice, when a paid clip is not in the
library, and when nothing was made at all.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from seedance_widgets import check
from seedance_widgets.simulator import FAULTS, Simulator
from tests.faults.harness import DEATHS, Count, Life, Request, count, finish, heard, simulator, start

from .report import Row

LIVES = 10  # kills in one round, on one library
NEW_REQUESTS = 5  # in each life
AT_ONCE = 14  # kinds of faults that are in force together
STEPPED_ON = 0.4  # how many kernels die inside a step, not at a random time
SECOND_KERNEL = 0.25  # how often two kernels share the library

#: Everything that can strike without ending a generation for good; how likely, at the most.
MIXTURE = {
    "drop:post": 0.25,
    "drop:get": 0.2,
    "drop:clip": 0.2,
    "drop:logs": 0.2,
    "refuse:post": 0.1,
    "refuse:get": 0.2,
    "slow:post:seconds=1.3": 0.08,
    "slow:get:seconds=0.3": 0.1,
    "rate_limit:post:retry_after=0": 0.2,
    "rate_limit:get:retry_after=0": 0.2,
    "rate_limit:logs:retry_after=0": 0.2,
    "server_error:post": 0.08,
    "server_error:get": 0.25,
    "server_error:clip": 0.3,
    "server_error:logs": 0.2,
    "error_after_create:post": 0.25,
    "half_json:post": 0.2,
    "half_json:get": 0.2,
    "html:get": 0.2,
    "html:logs": 0.2,
    "no_id:post": 0.2,
    "redirect:get": 0.1,
    "odd_status:get:status=pondering": 0.3,
    "odd_error:post:shape=beside": 0.2,
    "expired_url:clip": 0.3,
    "cut:clip:bytes=9000": 0.4,
    "html_clip:clip": 0.3,
    "empty_clip:clip": 0.3,
    "video_list:get": 0.3,
    "video_strings:get": 0.3,
    "no_video:get": 0.3,
    "no_meta:get": 0.3,
    "forget:get": 0.1,
}


@dataclass
class Tally:
    """What a run has come to."""

    count: Count = field(default_factory=Count)
    kills: int = 0
    crashed: int = 0
    faults: int = 0
    unconfirmed: int = 0
    sent_again: int = 0
    damaged: int = 0
    recovery: list[float] = field(default_factory=list)


def play(number: int, dice: random.Random, tally: Tally, lives: int) -> None:
    """One round: a library, a server, several killed kernels, and a last one that brings everything home."""
    with (
        tempfile.TemporaryDirectory() as folder,
        simulator(number, ids=dice.choice(["cgt", "nanoid", "uuid"])) as server,
    ):
        requests: list[Request] = []
        for life in range(lives):
            requests += [(f"round {number}, life {life}", dice.randrange(2**31)) for _ in range(NEW_REQUESTS)]
            stir(server, dice)
            killed, crashed = end_badly(server, folder, requests, dice)
            tally.kills += killed
            tally.crashed += crashed
        tally.faults += struck(server)
        server.heal()
        last = Life(server.url, server.token, folder, requests, person=True)
        told = finish(last)
        tally.recovery.append(told["recovered"])
        tally.unconfirmed += len(told["unconfirmed"])
        tally.sent_again += told["sent_again"]
        tally.count += count(server, Path(folder), requests)
        tally.damaged += len(check.check(Path(folder)).problems)


def stir(server: Simulator, dice: random.Random) -> None:
    """Put another mixture of faults in force, without forgetting how often the old ones have struck."""
    server.heal()
    for name in dice.sample(sorted(MIXTURE), AT_ONCE):
        server.inject(f"{name}:p={dice.uniform(0.3, 1.0) * MIXTURE[name]:.3f}")


def struck(server: Simulator) -> int:
    """How many faults have struck so far."""
    return sum(server.struck(name) for name in FAULTS)


def end_badly(server: Simulator, folder: str, requests: list[Request], dice: random.Random) -> tuple[int, int]:
    """Start one kernel or two on a library, and kill them; return how many were killed, and how many crashed."""
    kernels = []
    for _ in range(2 if dice.random() < SECOND_KERNEL else 1):
        dies = dice.choice(sorted(DEATHS)) if dice.random() < STEPPED_ON else ""
        life = Life(server.url, server.token, folder, requests, dies=dies, at=dice.randrange(1, 6))
        kernels.append((start(life), dice.uniform(0.02, 1.2)))
    begun, killed, crashed = time.monotonic(), 0, 0
    for (process, receiver), lasts in sorted(kernels, key=lambda each: each[1]):
        process.join(max(0.0, begun + lasts - time.monotonic()))
        told = heard(receiver)
        process.kill()
        process.join()
        receiver.close()
        crashed += process.exitcode not in (0, -signal.SIGKILL)
        killed += told is None and process.exitcode == -signal.SIGKILL
    return killed, crashed


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows: what must be nothing."""
    dice, tally, number = random.Random("faults 0"), Tally(), 0
    while tally.kills < (8 if small else 200):
        play(number, dice, tally, LIVES)
        number += 1
    of = f"{tally.kills} kernels killed, {tally.faults} faults"
    yield Row(f"{of}: paid twice", len(tally.count.twice), "", bar=0)
    yield Row(f"{of}: paid and lost", len(tally.count.lost), "", bar=0)
    yield Row(f"{of}: to bring all home", statistics.median(tally.recovery), "s")


def main() -> int:
    """Run rounds until there were as many kills and faults as asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=200, help="kernels to kill (200)")
    parser.add_argument("--faults", type=int, default=2000, help="faults that strike (2000)")
    parser.add_argument("--seed", type=int, default=0, help="decides requests, faults and instants (0)")
    options = parser.parse_args()
    dice, tally, number, begun = random.Random(f"faults {options.seed}"), Tally(), 0, time.monotonic()
    while tally.kills < options.kills or tally.faults < options.faults:
        play(number, dice, tally, LIVES)
        number += 1
        print(progress(number, tally, time.monotonic() - begun), flush=True)
    print(table(tally, time.monotonic() - begun))
    return 0 if tally.count.clean and not tally.damaged and not tally.crashed else 1


def progress(number: int, tally: Tally, seconds: float) -> str:
    """Return one line about how far it is."""
    found = tally.count
    return (
        f"{seconds:5.0f} s · round {number} · {tally.kills} kills · {tally.faults} faults · {found.submitted} made · "
        f"{len(found.twice)} paid twice · {len(found.lost)} paid and lost"
    )


def table(tally: Tally, seconds: float) -> str:
    """Return what the run has come to."""
    found = tally.count
    rows = (
        ("kernels killed", tally.kills),
        ("kernels that crashed by themselves", tally.crashed),
        ("faults that struck", tally.faults),
        ("intended requests", found.intended),
        ("submitted (made by the server)", found.submitted),
        ("paid", found.paid),
        ("paid twice", len(found.twice)),
        ("paid and lost", len(found.lost)),
        ("unconfirmed, for a person to decide", tally.unconfirmed),
        ("  of these sent again by the person", tally.sent_again),
        ("faults of the libraries in the end", tally.damaged),
        ("time to recover, median", f"{statistics.median(tally.recovery):.1f} s"),
        ("time to recover, longest", f"{max(tally.recovery):.1f} s"),
        ("the run took", f"{seconds:.0f} s"),
    )
    lines = [f"{name:<40}{value:>12}" for name, value in rows]
    return "\n".join(
        ["", *lines, *(f"paid twice: {each}" for each in found.twice), *(f"lost: {each}" for each in found.lost)]
    )


if __name__ == "__main__":
    sys.exit(main())
