"""What can go wrong on the way, on request: which trouble, where, how often, and for whom.

A fault is written ``name[:where][:option=value…]``, for example ``drop:post:times=1``, ``rate_limit:p=0.1``,
``slow:get:seconds=3`` or ``fail:whom=dragon:message=too menacing``.
"""

from __future__ import annotations

import difflib
import random
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError

ROOMS = ("post", "get", "clip", "logs", "models", "billing")

# name: (where it can be, the first being meant when none is said; what it does)
FAULTS: dict[str, tuple[tuple[str, ...], str]] = {
    "refuse": (ROOMS, "the connection is closed before anything is processed"),
    "slow": (ROOMS, "processed at once, answered late; seconds=5"),
    "drop": (ROOMS, "processed, then the connection is closed without an answer"),
    "rate_limit": (ROOMS, "429, not processed; retry_after=1 (seconds), date or none"),
    "server_error": (ROOMS, "5xx, not processed; status=503"),
    "error_after_create": (("post",), "500, though the generation was created"),
    "half_json": (
        tuple(each for each in ROOMS if each != "clip"),
        "processed, but half of the answer's JSON is missing",
    ),
    "html": (ROOMS, "200 with an HTML page instead of an answer; not processed"),
    "no_id": (("post",), "processed, but the answer has no id"),
    "redirect": (ROOMS, "307 to another address; not processed; to=URL"),
    "fail": (("post",), "the generation ends in error; message=words"),
    "odd_status": (("get", "post"), "a status that the schema does not list; status=word"),
    "odd_error": (("post",), "it ends in error of another shape; shape=string, detail or beside (completed)"),
    "expired_url": (("clip",), "403 for the clip"),
    "cut": (("clip",), "the clip's connection is cut; bytes=1000"),
    "html_clip": (("clip",), "200 with an HTML page instead of the clip"),
    "empty_clip": (("clip",), "200 with nothing in it"),
    "video_list": (("get",), "video is a list of objects"),
    "video_strings": (("get",), "video is a list of addresses"),
    "no_video": (("get",), "completed, but video is null"),
    "no_meta": (("get",), "meta is null"),
    "forget": (("get",), "404 for a generation that exists"),
}

# The option that says how much or what differs by fault, and reads better under its own name.
_VALUES = frozenset({"value", "seconds", "retry_after", "status", "to", "message", "shape", "bytes"})
_COUNTS = frozenset({"times", "after", "p", "whom", "where"})


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    Parameters
    ----------
    name : str
        One of `FAULTS`.
    where : str
        One of `ROOMS` ("post" creates, "get" asks for a generation); empty: the name's usual place.
    times : int or None
        How often it strikes; None: always.
    after : int
        How many calls are spared first.
    p : float
        How likely it strikes, 0 to 1.
    whom : str
        Spares all others: a model, a generation's id, a client request id, a part of the prompt, or
        ``field=value`` of the request; empty: everybody.
    value : str, int, float or None
        How much or what; see `FAULTS`.
    """

    name: str
    where: str = ""
    times: int | None = None
    after: int = 0
    p: float = 1.0
    whom: str = ""
    value: str | float | None = None

    def __post_init__(self) -> None:
        if self.name not in FAULTS:
            close = difflib.get_close_matches(self.name, FAULTS, 1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(FAULTS)}."
            raise ConfigError(f"There is no simulated fault {self.name!r}{hint}")
        rooms = FAULTS[self.name][0]
        if not self.where:
            object.__setattr__(self, "where", rooms[0])
        if self.where not in rooms:
            raise ConfigError(f"The fault {self.name!r} can be at {', '.join(rooms)}, not at {self.where!r}.")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read a fault as it is written on a command line.

        Raises
        ------
        ConfigError
            When a name, a place or an option is not known, or a number is none.
        """
        name, *parts = text.strip().split(":")
        options: dict[str, str] = {}
        last = ""
        for part in parts:
            key, equals, value = part.partition("=")
            if equals and key in _VALUES | _COUNTS:
                last = "value" if key in _VALUES else key
                options[last] = value
            elif last:
                options[last] += f":{part}"  # an address or a sentence with a colon in it
            elif part in ROOMS:
                options["where"] = part
            else:
                raise ConfigError(f"The fault {text!r} has a part {part!r} that is neither a place nor an option.")
        return cls(name, **_numbers(options, text))


def _numbers(options: Mapping[str, str], text: str) -> dict[str, Any]:
    kinds: dict[str, type] = {"times": int, "after": int, "p": float}
    read: dict[str, Any] = {}
    for key, value in options.items():
        try:
            read[key] = kinds.get(key, str)(value)
        except ValueError:
            raise ConfigError(f"The fault {text!r} needs a number for {key}, not {value!r}.") from None
    return read


class Faults:
    """The faults in force, and how often each has struck.

    Parameters
    ----------
    seed : int
        Decides the ones that strike by chance.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._struck: dict[str, int] = {}

    def add(self, fault: Fault | str) -> Fault:
        """Put a fault in force."""
        fault = Fault.parse(fault) if isinstance(fault, str) else fault
        with self._lock:
            dice = random.Random(f"fault {self._seed} {len(self._armed)} {fault.name}")
            self._armed.append(_Armed(fault, dice))
        return fault

    def clear(self, name: str = "") -> None:
        """Take the faults of that name out of force, or all."""
        with self._lock:
            self._armed = [each for each in self._armed if name and each.fault.name != name]

    def struck(self, name: str) -> int:
        """How often faults of that name have struck."""
        return self._struck.get(name, 0)

    def strike(
        self,
        where: str,
        names: Collection[str],
        facts: Mapping[str, Any],
        fits: Callable[[Fault], bool] = lambda fault: True,
    ) -> dict[str, Fault]:
        """Which of the named faults strike this call; counted as done.

        Parameters
        ----------
        where : str
            The room of the call.
        names : collection of str
            The faults that could show at this point of it.
        facts : mapping
            ``id``, ``client_request_id``, ``model``, ``prompt`` and ``body`` of the request, as far as known.
        fits : callable
            Whether a fault can show in this answer at all; one that cannot is not counted.
        """
        with self._lock:
            fitting = [
                each
                for each in self._armed
                if each.fault.name in names
                and each.fault.where == where
                and _concerns(each.fault.whom, facts)
                and fits(each.fault)
            ]
            hit = {each.fault.name: each.fault for each in fitting if each.strikes()}
            for name in hit:
                self._struck[name] = self._struck.get(name, 0) + 1
            return hit


@dataclass
class _Armed:
    fault: Fault
    dice: random.Random
    met: int = 0
    done: int = 0

    def strikes(self) -> bool:
        self.met += 1
        if self.met <= self.fault.after or (self.fault.times is not None and self.done >= self.fault.times):
            return False
        if self.fault.p < 1.0 and self.dice.random() >= self.fault.p:
            return False
        self.done += 1
        return True


def _concerns(whom: str, facts: Mapping[str, Any]) -> bool:
    """Whether a call is one of those that a fault is meant for."""
    if not whom:
        return True
    body = facts.get("body") or {}
    name, equals, value = whom.partition("=")
    if equals and name in body:
        return str(body[name]) == value
    if whom in (facts.get("id"), facts.get("client_request_id"), facts.get("model")):
        return True
    return whom.lower() in str(facts.get("prompt") or "").lower()
