"""Control: one field of a request as a widget. What all kinds of control share.

A control holds its value beside the widgets that show it. What was assigned comes back exactly as it was,
however badly the widgets can show it; only an edit by a person reads the widgets. That is what makes a form
lossless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from traitlets import TraitType

from ..errors import Problem
from ..light import LightBox
from .exact import UNSET, Exact, keep
from .kit import Kit, label_of, tooltip_of

if TYPE_CHECKING:
    from ..model import Field


class Control(LightBox):
    """The control of one field: its widgets, and a line below them for what is wrong.

    A kind of control is a subclass with three methods: ``build`` makes the widgets, ``show`` sets them to a
    value, ``read`` takes the value from them.

    Parameters
    ----------
    field : Field
        What the API says of the field.
    kit : Kit
        What the controls of the form share.
    role : str, optional
        The field's role in the model (``prompt``, ``seed``, …).
    label : str, optional
        The label, where it is not the field's name in words; empty inside lists.

    Attributes
    ----------
    value : object
        The value as JSON knows it, or ``UNSET``: nothing was chosen and nothing is sent. Assigning ``None``
        means ``UNSET``, unless the field may be null.
    touched : bool
        Whether a person has edited it since the form was empty.
    """

    value: TraitType[Any, Any] = Exact(UNSET)
    wide: bool = False
    children: Any
    looks: tuple[str, ...] = ()  # CSS classes of the kind
    bare: bool = False  # whether its one widget, of the class ``sw-bare``, can stand in a form without a box
    note_below: bool = True  # False where ``build`` puts the line of problems elsewhere
    rank: int = 2  # the place in the form: prompt, required, choices and numbers, seed, switches, media

    def __init__(self, field: Field, kit: Kit, *, role: str = "", label: str | None = None) -> None:
        self.field, self.kit, self.desk, self.role = field, kit, kit.desk, role
        self.label = label_of(field, role) if label is None else label
        self.tooltip_text = tooltip_of(field)
        self.touched = False
        self.owner: Callable[[], None] = lambda: None
        self._showing = 0
        self._hinted = ""
        self._problems: list[Problem] = []
        self._note = kit.make(widgets.HTML, "sw-note")
        with self._quietly():
            body = self.build()
        noted = ("sw-noted",) if self.note_below else ()
        classes = ("sw-cell", *(("sw-wide",) if self.wide else ()), *noted, *self.looks)
        super().__init__(children=body, _dom_classes=classes)
        with self._quietly():
            self.show(UNSET)
        self._draw_note()

    @property
    def face(self) -> widgets.Widget:
        """What stands for the control in a form: where one widget says all (`bare`), that one, until its first note.

        A page then makes it anew, and what stands behind it: so nothing that a person does may bring that note. What is
        said of the control by its own layout and classes counts from then on.
        """
        alone = self.bare and self._note not in self.children
        return self.children[0] if alone else self

    # -- what a kind of control says ------------------------------------------------------------

    def build(self) -> Sequence[widgets.Widget]:
        """Make the widgets of the control."""
        raise NotImplementedError

    def show(self, value: Any) -> None:
        """Set the widgets to a value, as well as they can show it."""
        raise NotImplementedError

    def read(self) -> Any:
        """Return what a person has set the widgets to."""
        raise NotImplementedError

    def aside(self) -> str:
        """Return a few words for the right end of the line below."""
        return ""

    def ending(self) -> str:
        """Return the HTML of the right end of the line below."""
        aside = escape(self.aside())
        return f'<span class="sw-aside">{aside}</span>' if aside else ""

    def complaints(self) -> list[Problem]:
        """Return what the control itself finds wrong, beside the schema; paths begin at this field."""
        return []

    def remark(self) -> str:
        """Return what is no problem, but what a person should know: a few words for the line below."""
        return ""

    # -- values -----------------------------------------------------------------------------------

    def take(self, value: Any) -> None:
        """Take an assigned value: show it, and tell who watches."""
        self.hold(UNSET if value is None and not self.field.nullable else value)

    def hold(self, value: Any) -> None:
        """Hold exactly this value, even a null where none belongs."""
        with self.desk:
            value = keep(value)
            with self._quietly():
                self.show(value)
            self.desk.store(self, "value", value)
            self._draw_note()
            self.owner()

    def edited(self, _change: object = None) -> None:
        """Take over what a person did to the widgets; nothing while the control shows a value itself."""
        with self.desk:
            if self._showing:
                return
            self.touched = True
            self.desk.store(self, "value", self.read())
            self._draw_note()
            self.owner()

    def watch(self, *sources: widgets.Widget, name: str = "value") -> None:
        """Let edits of these widgets reach ``edited``."""
        for source in sources:
            source.observe(self.edited, name)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        with self.desk:
            self._showing += 1
            try:
                yield
            finally:
                self._showing -= 1

    def forget_touch(self) -> None:
        """Count the control as untouched again."""
        self.touched = False

    # -- problems ---------------------------------------------------------------------------------

    def tell(self, problems: Sequence[Problem]) -> None:
        """Show these problems; their paths begin at this field.

        What is merely still empty is not shouted at.
        """
        empty = self.value is UNSET and not (self.touched or self.kit.revealed)
        self._problems = [] if empty else list(problems)
        self._draw_note()

    def hint(self, text: str) -> None:
        """Say in the line below what the control cannot know itself, such as what another one makes of it."""
        if text != self._hinted:
            self._hinted = text
            self._draw_note()

    def _draw_note(self) -> None:
        texts = [f"{problem.path} {problem.message}".strip() for problem in self._problems]
        said = problem_html("; ".join(texts)) or problem_html(self._hinted or self.remark(), "sw-remark")
        self._note.value = said + self.ending()
        if self.note_below and self._note.value and self._note not in self.children:
            self.children = (*self.children, self._note)


def problem_html(text: str, *classes: str) -> str:
    """Return a problem as the line below a control; the whole of it is in the tooltip too."""
    text = escape(text, quote=True)
    names = " ".join(("sw-problem", *classes))
    return f'<span class="{names}" role="status" title="{text}">{text}</span>' if text else ""
