"""What of a grid is shared: a picture of one moment, so that a grid that goes on changing does not disturb a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .. import board
from ..errors import ConfigError, DownloadFailed, LibraryError
from ..generation import DONE

if TYPE_CHECKING:
    from ..combining import Cell
    from ..generation import Generation
    from ..media import Clip
    from ..sweep import Sweep

__all__ = ["Exhibit", "Shareable", "Spot", "exhibit"]

_RUNNING = "still generating"
_WORDS = {"error": "failed", "stopped": "stopped", "unconfirmed": "unconfirmed"}


class Shareable(Protocol):
    """What can be shared: a Grid, or a Batch, which has no page."""

    @property
    def sweep(self) -> Sweep:
        """The axes and the cells."""

    @property
    def places(self) -> Sequence[Generation | None]:
        """The take of each cell; None where nothing was made."""

    def tell(self, words: str, fraction: float | None = None) -> None:
        """Say what is being written, and how far it is (0…1); no words: nothing any more."""


@dataclass(frozen=True)
class Spot:
    """One cell.

    Attributes
    ----------
    place : (int, int, int)
        Block, row and column.
    label : str
        Its values on the axes, in words.
    values : dict
        The same as data.
    take : Generation or None
        None where nothing was made.
    path : Path or None
        The clip on this disk; None where there is none to show.
    clip : Clip or None
        What the file says of itself.
    words : str
        What stands in an empty cell.
    caption : str
        What tells the take from the others and stands in no header.
    """

    place: tuple[int, int, int]
    label: str
    values: dict[str, Any]
    take: Generation | None
    path: Path | None
    clip: Clip | None
    words: str
    caption: str = ""

    @property
    def facts(self) -> list[str]:
        """Seed, size and length, in words; what is known of them."""
        seed = self.take.seed if self.take else None
        facts = [] if seed is None else [f"seed {seed}"]
        if self.clip is not None:
            facts += [f"{self.clip.width}×{self.clip.height}", f"{self.clip.duration:.1f} s"]
        return facts

    @property
    def rating(self) -> int:
        """Stars, 0…5."""
        return self.take.rating if self.take is not None and self.path else 0

    @property
    def picked(self) -> bool:
        """Whether a person picked it."""
        return bool(self.take is not None and self.path and self.take.picked)


@dataclass(frozen=True)
class Exhibit:
    """A grid at one moment.

    Attributes
    ----------
    title : str
        The prompt, where all share it.
    shared : str
        What else all takes share: size, length, seed.
    origin : str
        Model and day; that it is simulated, where it is.
    blocks, rows, columns : tuple of str
        The headers; one empty text where there is nothing to say.
    spots : tuple of Spot
        In reading order.
    """

    title: str
    shared: str
    origin: str
    blocks: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    spots: tuple[Spot, ...]

    @property
    def shown(self) -> list[Spot]:
        """Those with a clip."""
        return [spot for spot in self.spots if spot.path is not None]

    @property
    def bytes(self) -> int:
        """Size of all clips together."""
        return sum(spot.path.stat().st_size for spot in self.shown if spot.path)


def exhibit(grid: Shareable, *, decoded: bool) -> Exhibit:
    """Look at a grid.

    Parameters
    ----------
    grid : Shareable
        Only its completed takes count.
    decoded : bool
        Whether the clips must be such as can be played here; a browser may know more formats.

    Raises
    ------
    ConfigError
        There is no completed take.
    """
    takes = list(grid.places)
    spots = [_spot(grid, index, take, decoded) for index, take in enumerate(takes)]
    if not any(spot.path for spot in spots):
        raise ConfigError(_nothing(spots))
    layout = board.headers(grid.sweep)
    blocks, rows, columns = (tuple(layout[name]) for name in ("blocks", "rows", "columns"))
    shared, spots = _captioned(spots, [*blocks, *rows, *columns])
    return Exhibit(grid.sweep.title, shared, _origin(spots), blocks, rows, columns, tuple(spots))


def _spot(grid: Shareable, index: int, take: Generation | None, decoded: bool) -> Spot:
    cell = grid.sweep.cells[index]
    path, clip, words = _content(take, cell, decoded)
    return Spot(board.place(grid.sweep, index), board.label(cell.values), dict(cell.values), take, path, clip, words)


def _content(take: Generation | None, cell: Cell, decoded: bool) -> tuple[Path | None, Clip | None, str]:
    """Return the clip, what it is, and the words where there is none."""
    if take is None:
        return None, None, "left out" if cell.request is None else "not started"
    if take.status != "completed" or take.path is None:
        return None, None, _WORDS[take.status] if take.status in DONE - {"completed"} else _RUNNING
    if not take.path.is_file():
        return None, None, "the clip is gone"
    clip: Any = take.clip
    with suppress(DownloadFailed, LibraryError):
        from ..media import probe

        clip = probe(take.path)
        return take.path, clip, ""
    return (None, None, "cannot be played here") if decoded else (take.path, clip, "")


def _nothing(spots: list[Spot]) -> str:
    counts = Counter(spot.words for spot in spots)
    listed = ", ".join(f"{count} {words}" for words, count in counts.items()) or "the grid is empty"
    way = "Wait for the first with grid.wait()." if _RUNNING in counts else "Each cell says what can be done."
    return f"There is no completed take to share: {listed}. {way}"


def _captioned(spots: list[Spot], headers: list[str]) -> tuple[str, list[Spot]]:
    """Say once what all takes share, and of each what is left and stands in no header."""
    facts = {id(spot): spot.facts for spot in spots if spot.path}
    common = [fact for fact in next(iter(facts.values())) if all(fact in each for each in facts.values())]
    told = {*headers, *common}
    captions = {key: " · ".join(fact for fact in each if fact not in told) for key, each in facts.items()}
    shared = " · ".join(fact for fact in common if fact not in headers)
    return shared, [replace(spot, caption=captions.get(id(spot), "")) for spot in spots]


def _origin(spots: list[Spot]) -> str:
    takes = [spot.take for spot in spots if spot.take is not None and spot.path]
    models = _few({take.model for take in takes}, str)
    days = _few({take.created_at.astimezone().date() for take in takes}, date.isoformat)
    simulated = "simulated" if any(take.ticket.simulated for take in takes) else ""
    return " · ".join(part for part in (models, days, simulated) if part)


def _few(values: Iterable[Any], words: Callable[[Any], str]) -> str:
    """Return one value, or the first and the last of several."""
    texts = sorted({words(value) for value in values})
    return texts[0] if len(texts) == 1 else f"{texts[0]} … {texts[-1]}"
