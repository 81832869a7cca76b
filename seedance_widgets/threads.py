"""Daemon threads: one that starts in the cell's context, a small pool of workers, and a line of dispatch.

They are daemons, so that neither `close()` nor the interpreter's exit ever waits for an answer on the network
(`concurrent.futures` joins its threads at exit). What they were doing is in the library.
"""

from __future__ import annotations

import contextvars
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable

logger = logging.getLogger(__name__)
Job = Callable[[], object]
MOST_IN_A_ROW = 3  # jobs of one rank, while those of higher ranks have lost their patience
PATIENCE = 1.0  # seconds; what is there in a burst goes strictly by rank


def start_thread(name: str, job: Job) -> threading.Thread:
    """Start a daemon thread in a copy of the present context.

    ipykernel 7.0 keeps in that context which cell a message belongs to; in a bare thread it raises LookupError.
    """
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(job,), name=name, daemon=True)
    thread.start()
    return thread


class Workers:
    """A pool of daemon threads that take jobs from one queue; started as they are needed.

    Parameters
    ----------
    name : str
        Of the threads, with a number behind it.
    most : int
        How many threads at the most; with one, the jobs run strictly one after the other.
    patience : float
        Seconds that a job waits for those of lower ranks, until it gets its turn among them.
    """

    def __init__(self, name: str, most: int, patience: float = PATIENCE) -> None:
        self.name = name
        self.most = most
        self.patience = patience
        self._jobs: dict[int, deque[tuple[float, Job]]] = {}  # by rank, with when they came; no empty ones
        self._in_a_row: dict[int, int] = {}  # how many of a rank were taken while higher ones waited
        self._threads = 0
        self._waiting = 0
        self._closed = False
        self._condition = threading.Condition()

    def submit(self, job: Job, rank: int = 0) -> None:
        """Have the job done; an exception in it is logged and ends nothing.

        Parameters
        ----------
        job : callable
            Called without arguments.
        rank : int
            Those of a lower rank are taken first. But however many there are, they keep nobody waiting for ever: once
            those behind have lost their patience, one of them comes after every few. Those of one rank keep the order
            in which they came.
        """
        with self._condition:
            self._jobs.setdefault(rank, deque()).append((time.monotonic(), job))
            # Counted under the lock: a thread that has taken a job a moment ago is no waiting one.
            if sum(map(len, self._jobs.values())) > self._waiting and self._threads < self.most:
                start_thread(f"{self.name}-{self._threads}", self._work)
                self._threads += 1
            else:
                self._condition.notify()

    def close(self) -> None:
        """Let the threads end after the jobs that are there; returns at once."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except BaseException:  # also SystemExit of somebody's callback: it must not end the thread
                logger.exception("A job of %s failed", self.name)

    def _next(self) -> Job | None:
        """Wait for a job and take it; None where the thread shall end."""
        with self._condition:
            while not self._jobs:
                if self._closed:
                    self._threads -= 1
                    return None
                self._waiting += 1
                self._condition.wait()
                self._waiting -= 1
            return self._take()

    def _take(self) -> Job:
        """Take the job whose turn it is; there is one."""
        ranks = sorted(self._jobs)
        rank = next((rank for place, rank in enumerate(ranks, 1) if self._goes_first(rank, ranks[place:])), ranks[-1])
        _, job = self._jobs[rank].popleft()
        if not self._jobs[rank]:
            del self._jobs[rank]
        return job

    def _goes_first(self, rank: int, behind: list[int]) -> bool:
        """Whether one of this rank is taken before those of higher ranks that wait; counts it."""
        taken = self._in_a_row.get(rank, 0)
        since = min((self._jobs[each][0][0] for each in behind), default=math.inf)
        let_by = taken >= MOST_IN_A_ROW and time.monotonic() - since >= self.patience
        self._in_a_row[rank] = 0 if let_by or not behind else taken + 1
        return not let_by
