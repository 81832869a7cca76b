"""Daemon threads: one that starts in the cell's context, a small pool of workers, and a line of dispatch.

They are daemons, so that neither `close()` nor the interpreter's exit ever waits for an answer on the network
(`concurrent.futures` joins its threads at exit). What they were doing is in the library.
"""

from __future__ import annotations

import contextvars
import heapq
import itertools
import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)
Job = Callable[[], object]


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
    """

    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self.most = most
        self._jobs: list[tuple[int, int, Job]] = []  # a heap
        self._count = itertools.count()
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
            Those of a lower rank are taken first; those of one rank in the order in which they came.
        """
        with self._condition:
            heapq.heappush(self._jobs, (rank, next(self._count), job))
            # Counted under the lock: a thread that has taken a job a moment ago is no waiting one.
            if len(self._jobs) > self._waiting and self._threads < self.most:
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
            return heapq.heappop(self._jobs)[-1]
