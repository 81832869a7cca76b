"""What a person does to a form, for the tests: every helper acts as the page does, through the widgets' state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import comm
from comm.base_comm import BaseComm

from seedance_widgets.form import RequestForm


def press(control: Any, label: str) -> None:
    """Press a segmented button: the page sets the index if it differs, and sends a click in any case."""
    control.list.index = list(control.list.options).index(label)
    control.list._handle_custom_msg({"event": "click"}, [])


def upload(control: Any, name: str, content: bytes, kind: str = "image/png") -> None:
    """Choose a local file."""
    control.upload.value = (
        {
            "name": name,
            "type": kind,
            "size": len(content),
            "last_modified": datetime.now(UTC),
            "content": memoryview(content),
        },
    )


def note(control: Any) -> str:
    """Return the HTML of the line below a control; empty where nothing has been said there yet."""
    return next((str(child.value) for child in walk(control) if "sw-note" in child._dom_classes), "")


def shown(widget: Any) -> Any:
    """Show a widget as the output of a cell does, and return it."""
    assert "application/vnd.jupyter.widget-view+json" in widget._repr_mimebundle_()
    return widget


def walk(widget: Any) -> Iterator[Any]:
    """Yield a widget's descendants, the nearest first."""
    for child in getattr(widget, "children", ()):
        yield child
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def seen(form: RequestForm, name: str = "request") -> list[Any]:
    """Return a list that fills with every new value that observers of a trait are told."""
    values: list[Any] = []
    form.observe(lambda change: values.append(change["new"]), name)
    return values


@contextmanager
def counted(monkeypatch: Any) -> Iterator[dict[str, str]]:
    """Watch the models that are opened in the page: a dict of those still open, id → name."""
    opened: dict[str, str] = {}
    create, close = comm.create_comm, BaseComm.close

    def creating(*args: Any, **kwargs: Any) -> Any:
        made = create(*args, **kwargs)
        opened[made.comm_id] = kwargs["data"]["state"]["_model_name"]
        return made

    def closing(self: Any, *args: Any, **kwargs: Any) -> None:
        opened.pop(self.comm_id, None)
        close(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(comm, "create_comm", creating)
        patched.setattr(BaseComm, "close", closing)
        yield opened
