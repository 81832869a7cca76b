"""One HTTP exchange, a request and its answer, as people can look at it; the key is never in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from . import terminal


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as people may see it.

    Attributes
    ----------
    number : int
        Counts up; the same while the answer is awaited and when it is there.
    started : float
        Seconds since 1970.
    method, host, path : str
        ``POST``, where to, and the address there with its query; the query of a signed address is left out.
    headers : dict
        What was sent; Authorization is shown as ``Bearer •••``.
    body : str
        What was sent; empty for a GET.
    status : int or None
        None while the answer is awaited, and where none came.
    seconds : float or None
        From the beginning to the whole answer; None while it is awaited.
    answer_headers : dict
        Names in lower case.
    answer : str
        What came back.
    failure : str
        Why there was no usable answer, in words.
    tries : int
        How often a GET was really asked: one whose connection broke is repeated at once.
    attempt : int
        Which POST of the same request this is; only one that made nothing is followed by another.
    """

    number: int
    started: float
    method: str
    host: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    status: int | None = None
    seconds: float | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    failure: str = ""
    tries: int = 1
    attempt: int = 1

    @property
    def done(self) -> bool:
        """Whether the answer is there, or will not come."""
        return self.seconds is not None

    @property
    def milliseconds(self) -> int | None:
        """How long it took; None while the answer is awaited."""
        return None if self.seconds is None else round(1000 * self.seconds)

    @property
    def remark(self) -> str:
        """What it means, in words; empty where there is nothing to say."""
        from .remarks import remark

        return remark(self)

    def __str__(self) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(self.started))
        outcome = "…" if not self.done else f"→ {self.status or 'no answer'} · {self.milliseconds} ms"
        line = f"{clock} {self.method} {self.path} {outcome}"
        return terminal.line(f"{line} · {self.remark}" if self.remark else line)
