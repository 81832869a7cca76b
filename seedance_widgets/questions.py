"""The questions of a widget's page: every one gets an answer, errors in the same envelope.

A question is ``{"kind", "id", …}``; its answer ``{"kind": "answer", "id", "ok": true, …}`` with bytes as buffers, or
``{"kind": "answer", "id", "ok": false, "error": words}``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from .threads import Workers

logger = logging.getLogger(__name__)

Question = dict[str, Any]
Answer = tuple[dict[str, Any], list[bytes]]


class Asked(Protocol):
    """A widget with a page that asks."""

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the page."""


class Questions:
    """Answers the questions of a widget's page.

    Parameters
    ----------
    widget : Widget
        Whose page it is.
    kinds : mapping
        Kind of question → what answers it.
    slow : mapping
        Kind of question → the workers that answer it: files are read and written on threads of their own, so that
        neither the kernel nor a press of Stop waits for a disk.
    """

    def __init__(
        self, widget: Asked, kinds: Mapping[str, Callable[[Question], Answer]], slow: Mapping[str, Workers]
    ) -> None:
        self._widget = widget
        self._kinds = kinds
        self._slow = slow

    def handle(self, widget: object, question: Any, buffers: object) -> None:
        """Answer one message of the page; what is none of ours is left alone."""
        if not isinstance(question, dict) or question.get("kind") not in self._kinds:
            return
        workers = self._slow.get(question["kind"])
        if workers is None:
            self._reply(question)
        else:
            workers.submit(lambda: self._reply(question))

    def close(self) -> None:
        """Let the threads end."""
        for workers in {id(each): each for each in self._slow.values()}.values():
            workers.close()

    def _reply(self, question: Question) -> None:
        envelope = {"kind": "answer", "id": question.get("id")}
        try:
            answer, buffers = self._kinds[question["kind"]](question)
        except Exception as error:  # whatever it is, the person at the page reads it
            logger.info("A question of the page was refused", exc_info=True)
            self._widget.send({**envelope, "ok": False, "error": words(error)})
        else:
            self._widget.send({**envelope, "ok": True, **answer}, buffers)


def words(error: Exception) -> str:
    """Return what a person reads of an error."""
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return said or type(error).__name__
