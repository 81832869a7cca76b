"""Nothing lost, nothing paid twice, with a server that is not ours and has no manners."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from harness import Life, Request, clip_bytes, clips, finish, heard, start
from rude_server import Rude

LOOKUP_TIME = 1.2  # seconds; the server's rows are 0.2 s late
KEY = "sk-rude-0123456789abcdef"


def settle(rude: Rude, library: Path, sweep: list[Request]) -> dict[str, object]:
    """Let a last kernel bring everything home, and hold the library against what the server made."""
    told = finish(Life(rude.url, KEY, str(library), sweep, person=True, lookup_time=LOOKUP_TIME))
    assert rude.made, "something was made at all"
    assert rude.misdeeds, "and something went wrong"
    twice = {request: n for request, n in Counter(made.request for made in rude.made).items() if n > 1}
    held = clips(library)
    lost = [made.id for made in rude.made if held.get(made.id) != made.request]
    assert (twice, lost) == ({}, []), rude.misdeeds
    assert {made.request for made in rude.made} == set(sweep), "and each clip was made"
    unanswered = sum(rude.misdeeds[f"post {name}"] for name in ("500", "redirect", "html"))
    assert len(told["unconfirmed"]) <= unanswered + told["sent_again"], told
    return told


def no_key_elsewhere(rude: Rude) -> None:
    for method, headers in rude.elsewhere:
        assert method == "GET", "a POST is never sent on"
        assert KEY not in str(headers)
    assert all(KEY not in str(headers) and "Authorization" not in headers for headers in rude.fetched)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_rude_server_makes_each_request_once_and_every_clip_comes_home(seed: int, tmp_path: Path) -> None:
    sweep = [(f"rude {number}", number) for number in range(6)]
    with Rude(seed, clip_bytes, KEY) as rude:
        settle(rude, tmp_path, sweep)
        no_key_elsewhere(rude)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_kernels_killed_while_a_rude_server_misbehaves(seed: int, tmp_path: Path) -> None:
    dice = random.Random(f"rude kills {seed}")
    sweep: list[Request] = []
    with Rude(seed, clip_bytes, KEY) as rude:
        for life in range(6):
            sweep += [(f"rude {seed} {life}", dice.randrange(10_000)) for _ in range(2)]
            process, receiver = start(Life(rude.url, KEY, str(tmp_path), sweep, lookup_time=LOOKUP_TIME))
            process.join(dice.uniform(0.1, 1.0))
            process.kill()
            process.join()
            heard(receiver)
            time.sleep(0.02)
        settle(rude, tmp_path, sweep)
        no_key_elsewhere(rude)
