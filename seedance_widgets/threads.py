"""Daemon threads: one that starts in the cell's context, a small pool of workers, and a line of dispatch.

They are daemons, so that neither `close()` nor the interpreter's exit ever waits for an answer on the network
(`concurrent.futures` joins its threads at exit). What they were doing is in the library.
"""

from __future__ import annotations

import contextvars
import logging
import queue
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
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._lock = threading.Lock()

    def submit(self, job: Job) -> None:
        """Have the job done; an exception in it is logged and ends nothing."""
        self._jobs.put(job)
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if self._jobs.qsize() > self._idle and len(self._threads) < self.most:
                self._threads.append(start_thread(f"{self.name}-{len(self._threads)}", self._work))

    def close(self) -> None:
        """Let the threads end after the job each is at; returns at once."""
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            job = self._jobs.get()
            with self._lock:
                self._idle -= 1
            if job is None:
                return
            try:
                job()
            except BaseException:  # also SystemExit of somebody's callback: it must not end the thread
                logger.exception("A job of %s failed", self.name)
