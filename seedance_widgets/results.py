"""Takes as they become done, and what people said of them as a table."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from html import escape
from typing import Any

from .generation import Generation
from .waiting import wait_until


class Completed:
    """Takes in the order in which they become done, for ``for`` and ``async for``.

    Parameters
    ----------
    generations : sequence of Generation
        The takes; each comes once, whatever became of it.
    """

    def __init__(self, generations: Sequence[Generation]) -> None:
        self._generations = list(generations)

    def __iter__(self) -> Iterator[Generation]:
        done: queue.SimpleQueue[Generation] = queue.SimpleQueue()
        for generation in self._generations:
            generation.add_done_callback(done.put)
        for _ in self._generations:
            yield _take(done)

    async def __aiter__(self) -> AsyncIterator[Generation]:
        loop = asyncio.get_running_loop()
        done: asyncio.Queue[Generation] = asyncio.Queue()

        def finished(generation: Generation) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(done.put_nowait, generation)

        for generation in self._generations:
            generation.add_done_callback(finished)
        for _ in self._generations:
            yield await done.get()


def _take(done: queue.SimpleQueue[Generation]) -> Generation:
    """Wait for the next one; an interrupt and the buttons of widgets are heard meanwhile."""
    found: list[Generation] = []

    def look(seconds: float) -> bool:
        with suppress(queue.Empty):
            found.append(done.get(timeout=seconds))
        return bool(found)

    wait_until(look)
    return found[0]


class Ratings(list[dict[str, Any]]):
    """What people said of takes: a list of dicts that shows itself as a table, and that pandas takes as it is."""

    def _repr_html_(self) -> str:
        names = list(dict.fromkeys(name for row in self for name in row))
        body = "".join(_row("td", [str(row.get(name, "")) for name in names]) for row in self)
        return f"<table><thead>{_row('th', names)}</thead><tbody>{body}</tbody></table>"


def _row(tag: str, texts: list[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts) + "</tr>"
