"""RequestForm: the fields of a model as a form, and the request that it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import traitlets

from .controls import UNSET, Control, control_for
from .controls.base import problem_html
from .controls.exact import Desk, ExactDict, keep, same
from .controls.kit import Kit, stylesheet
from .controls.nested import below, close_tree, inside
from .errors import Problem
from .light import LightBox
from .looks import join_when_filled
from .model import DEFAULT_MODEL, ROLES, Field, Model, load_model

if TYPE_CHECKING:
    from .sources import Sources


class RequestForm(LightBox):
    """The fields of a model as controls, and the request that they make; both ways, without loss.

    Only what is set is in the request: a fresh form's is ``{}``, and a default is never sent unless it is
    chosen. Assigning a request sets the controls; what does not fit is kept and told in ``problems``, never
    lost. Everything here may be used from any thread; observers are told after the form's lock is let go.

    Parameters
    ----------
    model : Model or str, optional
        The model, or what :func:`load_model` takes.
    sources : Sources, optional
        Offers takes of a library to the fields of images and video, beside an address and a local file.
    dressed : bool, optional
        False where the view around it brings the style sheet, `stylesheet`.

    Attributes
    ----------
    request : dict
        Field name → value as it would be sent, without what the model adds itself. Assign it as a whole:
        changing the dict that you got changes nothing here.
    problems : list of Problem
        What keeps the request from being sent; empty when it can be.
    valid : bool
        Whether ``problems`` is empty.
    model : Model
        Whose fields are shown; see :meth:`set_model`.
    controls : dict of str to Control
        Every field's control by name; ``.value`` of each is the value, or ``UNSET``.

    Examples
    --------
    >>> form = RequestForm("bytedance/seedance-1-0-lite-t2v")
    >>> form.request = {"prompt": "a lighthouse", "duration": 5}
    >>> form.controls["duration"].value
    5
    """

    children: Any
    request = ExactDict()
    problems: traitlets.List[Problem] = traitlets.List(read_only=True)
    valid = traitlets.Bool(False, read_only=True)
    model = traitlets.Any(read_only=True)

    def __init__(
        self, model: Model | str = DEFAULT_MODEL, *, sources: Sources | None = None, dressed: bool = True
    ) -> None:
        self.desk = Desk(self._settle)
        self.kit = Kit(self.desk, control_for, sources)
        self.controls: dict[str, Control] = {}
        self._places: tuple[list[Control], ...] = ([], [], [])  # before the switches, these, and after them
        self._extra: dict[Any, Any] = {}
        self._seen: Any = None
        make = self.kit.make
        self._reset = self.kit.button("reset", "back to the empty request: nothing set, every default applies")
        self._reset.on_click(lambda _button: self.reset())
        self._drop: Any = None
        self._text = make(widgets.HTML, "sw-note")
        self._general = make(widgets.HBox, "sw-general", children=(self._text,))
        self._switches = make(widgets.HBox, "sw-switches")
        self._style = (make(widgets.HTML, "sw-style", value=stylesheet()),) if dressed else ()
        super().__init__(_dom_classes=("sw-form", "sw-fields"))
        join_when_filled(self._general, self, self._text)
        self.set_model(model)

    # -- the request --------------------------------------------------------------------------

    def take(self, request: dict[str, Any]) -> None:
        """Take an assigned request: set the controls to it, and keep what has no control."""
        with self.desk:
            for name, control in self.controls.items():
                value = request.get(name, UNSET)
                if not same(value, control.value):
                    control.hold(value)
            self._extra = {name: keep(value) for name, value in request.items() if name not in self.controls}

    def reset(self) -> None:
        """Go back to the empty request, and to a form that nobody has touched."""
        with self.desk:
            self.kit.revealed = False
            self._extra = {}
            for control in self.controls.values():
                control.hold(UNSET)
                control.forget_touch()
            self._tell()

    def reveal(self) -> None:
        """Show also what is merely still empty, as after an attempt to send."""
        with self.desk:
            self.kit.revealed = True
            self._tell()

    def set_model(self, model: Model | str) -> None:
        """Show the fields of another model; what both share is kept.

        A value goes along to the field of the same name, or of the same role where it is spelled differently,
        if it is valid there.

        Parameters
        ----------
        model : Model or str
            The model, or what :func:`load_model` takes.
        """
        new = load_model(model) if not isinstance(model, Model) else model
        with self.desk:
            carried = {} if self.model is None else carry_over(self.request, self.model, new)
            old, self.controls = self.controls, self._build(new)
            self.kit.revealed = False
            self.desk.store(self, "model", new)
            self._arrange(new)
            for control in old.values():
                close_tree(control)
            self.take(carried)

    def close(self) -> None:
        """Close every widget of the form."""
        for control in self.controls.values():
            close_tree(control)
        for child in (*self.children, *([self._drop] if self._drop else [])):
            close_tree(child)
        super().close()

    # -- what follows from a change -------------------------------------------------------------

    def _settle(self) -> None:
        """Make the request of the controls' values, and see what is wrong with it."""
        if self.model is None:
            return
        request = {name: keep(each.value) for name, each in self.controls.items() if each.value is not UNSET}
        request.update(keep(self._extra))
        complaints = [
            Problem(below(name, problem.path), problem.message)
            for name, control in self.controls.items()
            for problem in control.complaints()
        ]
        if self._seen != (self.model, complaints) or not same(request, self.request):
            self._seen = (self.model, complaints)
            problems = [*self.model.problems(request), *complaints]
            self.desk.store(self, "problems", problems)
            self.desk.store(self, "valid", not problems)
            self.desk.store(self, "request", request)
        self._tell()

    def _tell(self) -> None:
        """Show each problem below its control, and the others below them all."""
        rest = list(self.problems)
        for name, control in self.controls.items():
            mine = [problem for problem in rest if inside(problem.path, name)]
            rest = [problem for problem in rest if problem not in mine]
            control.tell([Problem(path[len(name) :].lstrip("."), message) for path, message in mine])
        self._text.value = problem_html("; ".join(map(str, rest)))
        self._line_up()
        self._offer_drop()

    def _offer_drop(self) -> None:
        """Let a person take out what the model has no field for."""
        if self._extra and self._drop is None:
            self._drop = self.kit.button("drop", "take out what this model has no field for")
            self._drop.on_click(lambda _button: self._dropped())
        shown = (self._text, self._drop) if self._extra else (self._text,)
        if self._general.children != shown:
            self._general.children = shown

    def _dropped(self) -> None:
        with self.desk:
            self._extra = {}

    # -- what is on the screen --------------------------------------------------------------------

    def _build(self, model: Model) -> dict[str, Control]:
        roles = {field.name: role for role in ROLES if (field := model.role(role)) is not None}
        made = {field.name: control_for(field, self.kit, role=roles.get(field.name, "")) for field in model.fields}
        for control in made.values():  # one that a person's own choice may be wrong in has its box from the beginning
            fits = not any(control.field.problems(choice) for choice in control.field.choices)
            control.bare = control.bare and fits and not model.body.has_rules_across
        return made

    def _arrange(self, model: Model) -> None:
        """Order the controls as people fill them in: prompt, required ones, choices, seed, switches, rest."""
        shown = [self.controls[field.name] for field in model.fields if not settled(field, model)]
        shown.sort(key=lambda control: place(control))  # keeps the document's order within a rank
        before = [control for control in shown if place(control) < SWITCHES]
        switches = [control for control in shown if place(control) == SWITCHES]
        self._places = before, switches, [control for control in shown if place(control) > SWITCHES]
        self._line_up()

    def _line_up(self) -> None:
        """Show each control in its place, as little of it as says all now."""
        before, switches, after = ([control.face for control in each] for each in self._places)
        general = (self._general,) if self._general in self.children else ()
        lines = (*self._style, *before, self._switches, *after, *general)
        for box, shown in ((self._switches, (*switches, self._reset)), (self, lines)):
            if box.children != shown:
                box.children = shown


SWITCHES = 4


def place(control: Control) -> int:
    """Return where a control stands in the form: lower is higher."""
    if control.role == "prompt":
        return 0
    return 1 if control.field.required and control.rank != SWITCHES else control.rank


def settled(field: Field, model: Model) -> bool:
    """Whether a field is the model's own name with nothing to choose; it needs no place on the screen."""
    return field is model.role("model") and len(field.choices) < 2


def carry_over(request: dict[str, Any], old: Model, new: Model) -> dict[str, Any]:
    """Return the part of a request that is valid for another model too.

    Parameters
    ----------
    request : dict
        A request to ``old``.
    old, new : Model
        Names that ``new`` spells differently are found by their role.
    """
    names = {field.name for field in new.fields}
    carried: dict[str, Any] = {}
    for own in (True, False):  # a value of the very name goes before one of the role
        for name, value in request.items():
            target = name if name in names else _by_role(name, old, new)
            if target is None or (name in names) is not own or target in carried:
                continue
            field = new.field(target)
            mine = field is not new.role("model") or value in (new.id, *field.choices)
            if mine and not field.problems(value):
                carried[target] = value
    return carried


def _by_role(name: str, old: Model, new: Model) -> str | None:
    for role in ROLES:
        was, now = old.role(role), new.role(role)
        if was is not None and now is not None and was.name == name:
            return now.name
    return None
