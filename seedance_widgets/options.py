"""How clips are shown: one object, ``seedance_widgets.options``, that every display asks.

>>> options.width
480
>>> with options.set(width=300):
...     options.width
300
"""

from __future__ import annotations

import difflib
import operator
from dataclasses import dataclass, fields
from types import TracebackType
from typing import Any, NoReturn

__all__ = ["Options", "options"]


@dataclass(repr=False)
class Options:
    """What holds for every display unless a call says otherwise.

    Parameters
    ----------
    embed_cap : int
        Bytes. A clip up to this size is embedded in the notebook, a larger one copied beside it and linked.
    width : int
        CSS pixels of the longer side of a clip on the page.
    autoplay, loop, muted : bool
        How players start. Browsers start only muted clips by themselves before the page was clicked.
    posters : bool
        Show a still picture where the clip itself is not there (yet).

    Raises
    ------
    AttributeError
        There is no such option; the message names the nearest.
    TypeError, ValueError
        The option cannot have this value.
    """

    embed_cap: int = 5 * 2**20
    width: int = 480
    autoplay: bool = True
    loop: bool = True
    muted: bool = True
    posters: bool = True

    def set(self, **changes: Any) -> _Changed:
        """Change several options at once, for good or for one ``with`` block.

        Parameters
        ----------
        **changes
            Options and their new values. If one of them is wrong, none is changed.

        Returns
        -------
        context manager
            Leaving its block puts the former values back.
        """
        checked = {name: _checked(name, value) for name, value in changes.items()}
        former = {name: getattr(self, name) for name in checked}
        for name, value in checked.items():
            setattr(self, name, value)
        return _Changed(self, former)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, _checked(name, value))

    def __getattr__(self, name: str) -> NoReturn:
        # Python asks here only for what is not there.
        raise AttributeError(_unknown(name))

    def __repr__(self) -> str:
        listed = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return f"options({listed})"


class _Changed:
    """Puts former values back at the end of a ``with`` block."""

    def __init__(self, target: Options, former: dict[str, Any]) -> None:
        self._target = target
        self._former = former

    def __enter__(self) -> Options:
        return self._target

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._target.set(**self._former)


def _checked(name: str, value: Any) -> int | bool:
    default = {field.name: field.default for field in fields(Options)}.get(name)
    if default is None:
        raise AttributeError(_unknown(name))
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise TypeError(f"options.{name} is True or False, not {value!r}.")
        return value
    return _whole_number(name, value)


def _whole_number(name: str, value: Any) -> int:
    unit, least = ("bytes", 0) if name == "embed_cap" else ("pixels", 1)
    try:
        number = operator.index(value)  # takes numpy's integers too
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"options.{name} is a whole number of {unit}, not {value!r}.")
    if number < least:
        raise ValueError(f"options.{name} is a number of {unit} from {least} up, not {number}.")
    return number


def _unknown(name: str) -> str:
    names = [field.name for field in fields(Options)]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names)}."
    return f"There is no option {name!r}. {hint}"


#: The options of this process.
options = Options()
