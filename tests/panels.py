"""What a person does to a panel and sees of it, for the tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from forms import walk

from seedance_widgets.panel import Panel

OpenPanel = Callable[..., Panel]  # what the fixture `open_panel` gives
REQUEST = {"prompt": "a lighthouse at dusk", "resolution": "480p", "duration": 5}


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait for a condition; what happens in the background has no other end."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It never became true."
        time.sleep(0.005)


def buttons(widget: Any) -> list[str]:
    """Return the words on the buttons that can be seen in a widget."""
    return [child.description for child in walk(widget) if child._view_name == "ButtonView"]


def press(widget: Any, words: str) -> None:
    """Press the first button whose words begin so, as the page does: a button that is off does nothing."""
    found = next(
        child for child in walk(widget) if child._view_name == "ButtonView" and child.description.startswith(words)
    )
    if not found.disabled:
        found._handle_custom_msg({"event": "click"}, [])


def made(panel: Panel, **request: Any) -> Any:
    """Fill in the form, press Generate, wait until it is done, and return the generation."""
    panel.form.request = {**REQUEST, **request}
    press(panel, "Generate")
    generation = panel.generations[-1]
    until(lambda: generation.done)
    until(lambda: panel.status.value.startswith(generation.status))
    return generation


def player_of(panel: Panel) -> str:
    """Return the HTML of the clip that is shown; empty where none is."""
    outputs = panel.stage.clip.outputs
    return str(outputs[0]["data"]["text/html"]) if outputs else ""
