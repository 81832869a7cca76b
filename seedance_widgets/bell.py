"""The browser's notification when takes are done: a switch in the ⚙ box, off until a person wants it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from . import assets
from .light import Light
from .status import status_text

if TYPE_CHECKING:
    from .generation import Generation

LONGEST = 120  # characters of a prompt


class Bell(Light, anywidget.AnyWidget):
    """The switch, and what the page has to hear of while it is not shown.

    Attributes
    ----------
    on : bool
        Whether the page notifies. It does so only while it is hidden, and where the browser was allowed to.
    """

    _esm = assets.module("bell.js")
    on = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._awaited = False

    def tell(self, batch: Sequence[Generation]) -> None:
        """Take in how the takes stand that were started together; ring once when the last of them is done."""
        live = any(not generation.done for generation in batch)
        over, self._awaited = self._awaited and not live, live
        if over and self.on and any(generation.status != "stopped" for generation in batch):
            title, body = news(batch)
            self.send({"title": title, "body": body, "tag": batch[-1].key})


def news(batch: Sequence[Generation]) -> tuple[str, str]:
    """Return title and body of the notification about takes that have ended; both are plain text."""
    failed = sum(generation.status != "completed" for generation in batch)
    if len(batch) == 1:
        title = "The take did not succeed" if failed else "The take is done"
    else:
        title = f"{len(batch)} takes are done" + (f", {failed} of them without a clip" if failed else "")
    prompts = list(dict.fromkeys(" ".join(generation.prompt.split()) for generation in batch))
    first = prompts[0] if len(prompts[0]) <= LONGEST else prompts[0][: LONGEST - 1] + "…"
    more = f" and {len(prompts) - 1} more" if len(prompts) > 1 else ""
    return title, f"{status_text(batch)} · {first}{more}"
