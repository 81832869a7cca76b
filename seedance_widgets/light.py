"""Widgets that cost a page little: opened when something shows them, without the models of looks that nobody set.

Each widget of ipywidgets comes with a Layout and most with a Style: models of their own, a message each, and in the
page a view each that hears of some forty properties. Ours are dressed by CSS classes, so these models are made when
somebody asks for them. And a widget that nothing shows yet sends nothing: what it is told meanwhile costs no message.

It is the number of messages that counts, not their bytes: Jupyter's server sends each to the page by itself and waits
for acknowledgements as TCP does by default, so that in a burst of more than some forty the rest comes 25 ms later
(jupyter_server 2.21 on loopback; with `set_nodelay(True)` on its side it does not).
"""

from __future__ import annotations

from functools import cache
from threading import RLock
from typing import Any

import ipywidgets as widgets
from traitlets import default

from .subshell import hear_at_once

LOOKS = ("layout", "style")
_opening = RLock()


class Light(widgets.DOMWidget):
    """What is mixed into a kind of widget, before it.

    Whatever ipywidgets promises of the kind holds: ``layout`` and ``style`` are there as soon as they are asked for or
    assigned, and a widget is opened by being displayed, or shown by another one that is. Any thread may do so.
    """

    _closed_in_page = False

    @default("keys")
    def _keys_without_looks(self) -> list[str]:
        return [name for name in self.traits(sync=True) if name not in LOOKS]

    @default("layout")
    def _default_layout(self) -> Any:
        return self._make_looks("layout")

    @default("style")
    def _default_style(self) -> Any:
        return self._make_looks("style")

    def _make_looks(self, name: str) -> Any:
        """Make what somebody asks for, and let the page know."""
        made = self._trait_values[name] = self.traits()[name].make_dynamic_default()
        self.keys.append(name)
        self.send_state(name)
        return made

    def open(self) -> None:
        """Open it once it is shown: see `model_id`. ipywidgets calls this when it is made."""

    @property
    def model_id(self) -> str:
        """The model's id in the page; asking for it opens it, and first what it shows."""
        self._bring_to_page()
        return str(self.comm.comm_id)

    def _bring_to_page(self) -> None:
        """Open it where that was not done yet; what is closed stays so."""
        if self.comm is not None:
            return
        with _opening:
            if self.comm is None and not self._closed_in_page:
                self._changed_meanwhile: set[str] = set()
                super().open()
                hear_at_once(self)
                self.send_state(self._changed_meanwhile)  # what another thread has changed in between

    def notify_change(self, change: Any) -> None:
        """Keep in mind what has changed, also for a page that is just about to be told of the widget."""
        name = change["name"]
        if name in LOOKS and name not in self.keys:
            self.keys.append(name)
        if self.comm is None and name in self.keys:
            getattr(self, "_changed_meanwhile", set()).add(name)
        super().notify_change(change)

    def close(self) -> None:
        """Close it for good."""
        self._closed_in_page = True
        super().close()

    def get_view_spec(self) -> Any:
        """Return what a page makes a view of, such as an exported one."""
        self._bring_to_page()
        return super().get_view_spec()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the display data; that shows it."""
        self._bring_to_page()
        return super()._repr_mimebundle_(**kwargs)


@cache
def light(kind: Any) -> type[Any]:
    """Return a kind of widget as a light one."""
    return type(kind.__name__, (Light, kind), {"__module__": kind.__module__, "__doc__": kind.__doc__})


class LightBox(Light, widgets.VBox):
    """A column of widgets."""


class LightRow(Light, widgets.HBox):
    """A row of widgets."""
