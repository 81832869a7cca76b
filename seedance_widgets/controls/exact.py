"""Values that are told apart as JSON tells them apart, and one desk where changes to them are settled.

A form has many widgets, callbacks may run on any thread, and whoever watches the request must never see one
that is half changed. So every change happens at the form's ``Desk``: inside ``with desk:`` values are stored,
nobody is told; when the outermost block ends, the form settles what follows from them, the lock is let go,
and only then each trait that really differs is announced, once.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

import traitlets
from traitlets.utils.bunch import Bunch


class Unset:
    """The type of ``UNSET``: nothing was chosen, so nothing is sent. It is false, and there is one of it."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __copy__(self) -> Unset:
        return self

    def __deepcopy__(self, memo: object) -> Unset:
        return self

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same one: ``1``, ``1.0`` and ``True`` are three."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    try:
        return one is other or bool(one == other)
    except Exception:  # arrays and the like: told apart, so nothing is missed
        return False


def keep(value: Any) -> Any:
    """Copy a value, so that changing the original later changes nothing here; what resists stays itself."""
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


class Desk:
    """The lock of one form and the outbox of what its observers are to be told.

    Parameters
    ----------
    settle : callable
        Called, with the lock held, before the outermost block ends: stores what follows from the changes.
    """

    def __init__(self, settle: Callable[[], None] = lambda: None) -> None:
        self.settle = settle
        self._lock = threading.RLock()
        self._depth = 0
        self._outbox: dict[tuple[int, str], tuple[traitlets.HasTraits, Any]] = {}

    def __enter__(self) -> Desk:
        self._lock.acquire()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        outbox = {}
        try:
            if self._depth == 1:
                self.settle()
        finally:
            if self._depth == 1:
                outbox, self._outbox = self._outbox, {}
            self._depth -= 1
            self._lock.release()
        _announce(outbox)

    def store(self, owner: traitlets.HasTraits, name: str, value: Any) -> bool:
        """Store a trait's value without telling anyone yet; whether it differs from what was there."""
        old = getattr(owner, name)
        owner._trait_values[name] = value
        self._outbox.setdefault((id(owner), name), (owner, old))
        return not same(old, value)


def _announce(outbox: dict[tuple[int, str], tuple[traitlets.HasTraits, Any]]) -> None:
    """Tell the observers; one that raises keeps none of the others from hearing."""
    failure: Exception | None = None
    for (_, name), (owner, old) in outbox.items():
        new = getattr(owner, name)
        if same(old, new):
            continue
        try:
            owner.notify_change(Bunch(name=name, old=old, new=new, owner=owner, type="change"))
        except Exception as error:
            failure = failure or error
    if failure is not None:
        raise failure


class Exact(traitlets.Any):
    """A trait of any JSON value whose assignments go over its owner's desk (``owner.take``)."""

    def set(self, obj: Any, value: Any) -> None:
        """Hand an assignment to the owner."""
        obj.take(self._validate(obj, value))


class ExactDict(traitlets.Dict):
    """A dict trait whose assignments go over its owner's desk (``owner.take``)."""

    def set(self, obj: Any, value: Any) -> None:
        """Hand an assignment to the owner; raises ``TraitError`` for what is no dict."""
        obj.take(self._validate(obj, value))
