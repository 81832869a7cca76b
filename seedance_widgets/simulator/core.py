"""The simulated service without its wires: accounts, generations and their clock.

No I/O, no threads of its own and no randomness but that of its seed: the same seed, clock and requests give
the same ids, durations, charges and log rows.
"""

from __future__ import annotations

import json
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any

from .records import CREDITS_PER_USD, Account, Job, Refusal, row

MOST_ACCOUNTS = 10_000
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_URL_SAFE = _LOWER + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"


class OutOfCredits(Exception):
    """The balance of an account does not cover a request; ``left`` and ``cost`` are credits."""

    def __init__(self, left: int, cost: int) -> None:
        super().__init__(f"{cost} credits needed, {left} left")
        self.left, self.cost = left, cost


class Meter:
    """How many calls a span of time may hold.

    Parameters
    ----------
    limit : int
        Calls allowed.
    window : float
        In how many seconds.
    """

    def __init__(self, limit: int, window: float) -> None:
        self.limit, self.window = limit, window
        self._seen: dict[str, deque[float]] = {}

    def wait(self, account: str, now: float) -> float:
        """Count a call: 0.0 when it is allowed, else the seconds until the next one is."""
        seen = self._seen.setdefault(account, deque())
        while seen and now - seen[0] >= self.window:
            seen.popleft()
        if len(seen) >= self.limit:
            return seen[0] + self.window - now
        seen.append(now)
        return 0.0


class World:
    """Accounts and generations on a clock.

    Parameters
    ----------
    accounts : iterable of str
        The keys that exist; each has a balance of its own.
    balance_usd : float
        What each starts with.
    speed : float
        1.0 is the pace of the real service (36 to 50 s, one in ten up to twice that); 6.0 six times as fast.
    seed : int
        Decides ids, durations and open seeds.
    clock : callable
        Seconds that never go back, such as ``time.monotonic``.
    epoch : float
        The wall-clock time (s since 1970) of this moment.
    ids : str
        The pattern of ids: ``cgt`` (as the published sample), ``nanoid``, or ``uuid`` with the model behind.
    """

    def __init__(
        self,
        accounts: Iterable[str],
        *,
        balance_usd: float = 100.0,
        speed: float = 6.0,
        seed: int = 0,
        clock: Callable[[], float],
        epoch: float,
        ids: str = "cgt",
    ) -> None:
        self._lock = threading.RLock()
        self._clock, self._skipped = clock, 0.0
        self._epoch = epoch - clock()
        self._seed, self._speed, self._ids = seed, speed, ids
        self._names = random.Random(f"names {seed}")
        self._credits = round(balance_usd * CREDITS_PER_USD)
        self.accounts = {key: Account(self._credits) for key in accounts}
        self.jobs: dict[str, Job] = {}
        self._due: list[tuple[float, int, str]] = []

    def open_account(self, key: str) -> bool:
        """Give a key an account of its own, if it has none; False where there are too many already."""
        with self._lock:
            if key not in self.accounts and len(self.accounts) < MOST_ACCOUNTS:
                self.accounts[key] = Account(self._credits)
            return key in self.accounts

    def now(self) -> float:
        """The service's clock, s."""
        return self._clock() + self._skipped

    def wall(self) -> float:
        """The service's idea of the time of day, s since 1970; it moves with the clock."""
        return self._epoch + self.now()

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        with self._lock:
            self._skipped += seconds

    def submit(
        self,
        account: str,
        model: str,
        body: Mapping[str, Any],
        cost: int,
        client_request_id: str | None = None,
        whom: str = "",
    ) -> Job:
        """Accept a generation.

        Raises
        ------
        OutOfCredits
            When the balance, less what is in flight, does not cover the cost (credits).
        """
        with self._lock:
            self.settle()
            holder = self.accounts[account]
            if holder.credits - holder.held < cost:
                raise OutOfCredits(holder.credits - holder.held, cost)
            job = self._job(account, model, dict(body), cost, client_request_id)
            job.whom = whom or account
            holder.held += cost
            holder.entries.append(job)
            self.jobs[job.id] = job
            heappush(self._due, (job.ends, len(self.jobs), job.id))
            return job

    def refuse(self, account: str, model: str, client_request_id: str | None) -> Refusal:
        """Note a request that was not accepted."""
        with self._lock:
            refusal = Refusal(
                self._nanoid(),
                self.request_id(),
                account,
                model,
                client_request_id,
                self.wall(),
                self.now(),
            )
            self.accounts[account].entries.append(refusal)
            return refusal

    def find(self, account: str, generation_id: str) -> Job | None:
        """The generation of that id, if it belongs to the account."""
        with self._lock:
            self.settle()
            job = self.jobs.get(generation_id)
            return job if job is not None and job.account == account else None

    def spoil(self, job: Job, error: Any) -> None:
        """End a generation in error, whatever it was to become; what it cost is given back."""
        with self._lock:
            holder = self.accounts[job.account]
            if job.charged:
                holder.credits += job.credits
                job.charged = False
            job.fails, job.error = True, error

    def settle(self) -> None:
        """Charge what has completed by now."""
        with self._lock:
            now = self.now()
            while self._due and self._due[0][0] <= now:
                job = self.jobs[heappop(self._due)[2]]
                holder = self.accounts[job.account]
                holder.held -= job.credits
                if not job.fails:
                    holder.credits -= job.credits
                    job.charged = True

    def balance_usd(self, account: str) -> float:
        """What is left, in dollars; generations in flight are not paid yet."""
        with self._lock:
            self.settle()
            return self.accounts[account].credits / CREDITS_PER_USD

    def logs(self, account: str, start: float, end: float, *, delay: float = 0.0) -> list[dict[str, Any]]:
        """The rows of the requests between two wall-clock times (s), newest first.

        Parameters
        ----------
        account : str
            Whose requests.
        start, end : float
            Both are inside.
        delay : float
            How long a row takes to appear, s.
        """
        with self._lock:
            self.settle()
            now = self.now()
            seen = [
                each
                for each in reversed(self.accounts[account].entries)
                if start <= each.created <= end and each.accepted + delay <= now
            ]
            return [row(each, now) for each in seen]

    def in_flight(self) -> int:
        """How many generations are neither completed nor failed."""
        with self._lock:
            self.settle()
            return len(self._due)

    def request_id(self) -> str:
        """A fresh number for an HTTP call, as a UUID."""
        digits = f"{self._names.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _job(self, account: str, model: str, body: dict[str, Any], cost: int, client: str | None) -> Job:
        now = self.now()
        waiting, working = self._pace(model, body)
        return Job(
            id=self._new_id(model),
            request_id=self.request_id(),
            account=account,
            model=model,
            body=body,
            client_request_id=client,
            created=self.wall(),
            accepted=now,
            starts=now + waiting,
            ends=now + waiting + working,
            credits=cost,
            seed=self._names.randrange(2**31),
        )

    def _pace(self, model: str, body: Mapping[str, Any]) -> tuple[float, float]:
        """Seconds in the queue and at work: the same for the same request, whatever the order of requests."""
        dice = random.Random(f"pace {self._seed} {model} {json.dumps(body, sort_keys=True)}")
        whole = dice.uniform(36.0, 50.0)
        if dice.random() < 0.1:
            whole *= dice.uniform(1.0, 2.0)
        waiting = whole * dice.uniform(0.06, 0.14)
        return waiting / self._speed, (whole - waiting) / self._speed

    def _new_id(self, model: str) -> str:
        while True:
            if self._ids == "nanoid":
                # Ids that begin like an option or hide in file names are what clients get wrong.
                fresh = self._names.choice("-_") + self._nanoid()[1:]
            elif self._ids == "uuid":
                fresh = f"{self.request_id()}:{model}"
            else:
                stamp = datetime.fromtimestamp(self.wall(), UTC).strftime("%Y%m%d%H%M%S")
                fresh = f"cgt-{stamp}-{''.join(self._names.choices(_LOWER, k=5))}"
            if fresh not in self.jobs:
                return fresh

    def _nanoid(self) -> str:
        return "".join(self._names.choices(_URL_SAFE, k=21))
