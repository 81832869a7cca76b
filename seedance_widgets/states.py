"""The states of a take as a drawing: the present one lit, with the seconds that it has spent in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import svg
from .captions import name_of
from .moments import lasted, spent

if TYPE_CHECKING:
    from .generation import Generation

WIDTH, HEIGHT = 640, 100
_BOX, _TALL, _TOP, _STEP = 112, 30, 10, 156
_PLACES = {
    "sent": (4, _TOP),
    "queued": (4 + _STEP, _TOP),
    "generating": (4 + 2 * _STEP, _TOP),
    "completed": (4 + 3 * _STEP, _TOP),
    "error": (4 + 3 * _STEP, _TOP + 54),
}
# Which box is lit at a status, and where the seconds of a span are written.
_LIT = {
    "submitting": "sent",
    "unconfirmed": "sent",
    "queued": "queued",
    "generating": "generating",
    "downloading": "completed",
    "completed": "completed",
    "error": "error",
}
_SPENT = {"sent": "sent", "queued": "queued", "generating": "generating", "storing": "completed"}
_MEANS = {
    "sent": "the POST has left; the answer brings the id",
    "queued": "the API has taken it, and it waits for its turn",
    "generating": "the model is at work",
    "completed": "the API has the clip, and it is fetched to this disk",
    "error": "there will be no clip; the reason is in the answer",
}
_SAID = {
    "planned": "not sent yet",
    "submitting": "sent; the answer is awaited",
    "downloading": "completed; the clip is being fetched",
    "unconfirmed": "the answer was lost; it may be in the making",
    "stopped": "not watched any more; the API goes on with it",
}


class States:
    """The states of one take, drawn as they are when it is shown.

    Parameters
    ----------
    generation : Generation or None
        The take; None draws the states alone.
    """

    def __init__(self, generation: Generation | None) -> None:
        self.generation = generation

    @property
    def words(self) -> str:
        """The same in words, which is also the text alternative of the drawing."""
        if self.generation is None:
            return "The states of a take: sent, queued, generating, then completed or error."
        parts = [f"{name} {lasted(seconds)}" for name, seconds in self._spent().items()]
        return f"{_said(self.generation, ': ')}. " + (", ".join(parts) or "nothing was sent") + "."

    def _spent(self) -> dict[str, float]:
        if self.generation is None:
            return {}
        return {name: seconds for name, seconds in spent(self.generation).items() if name != "waiting"}

    def __repr__(self) -> str:
        return f"<States {self.words}>"

    def _repr_html_(self) -> str:
        return f"<div>{self._draw()}</div>"

    def _repr_svg_(self) -> str:
        return self._draw(alone=True)

    def _draw(self, *, alone: bool = False) -> str:
        seen = self._spent()
        status = self.generation.status if self.generation is not None else ""
        lit = _LIT.get(status, "")
        parts = _arrows()
        for name in _PLACES:
            parts.append(_state(name, lit == name, name in {_SPENT[each] for each in seen}, status))
        for span, seconds in seen.items():
            x, y = _PLACES[_SPENT[span]]
            words = f"stored in {lasted(seconds)}" if span == "storing" and status == "completed" else lasted(seconds)
            parts.append(svg.text(x + _BOX / 2, y + _TALL + 14, words, colour=svg.QUIET, anchor="middle"))
        if self.generation is not None:
            said = svg.shortened(_said(self.generation, " · "), 64)
            parts.append(svg.text(4, HEIGHT - 10, said, more='font-weight="600"'))
        return svg.drawing(WIDTH, HEIGHT, parts, self.words, alone=alone)


def _said(generation: Generation, between: str) -> str:
    return name_of(generation) + between + _SAID.get(generation.status, generation.status)


def _arrows() -> list[str]:
    middle = _TOP + _TALL / 2
    parts = [
        svg.arrow(x + _BOX + 4, middle, x + _STEP - 4, middle)
        for x, y in (_PLACES[name] for name in ("sent", "queued", "generating"))
    ]
    bend, down = _PLACES["generating"][0] + _BOX + 18, _PLACES["error"][1] + _TALL / 2
    return [*parts, svg.line(bend, middle, bend, down), svg.arrow(bend, down, _PLACES["error"][0] - 4, down)]


def _state(name: str, lit: bool, passed: bool, status: str) -> str:
    """Draw one state: lit, passed, or still to come; lit is more than a colour."""
    x, y = _PLACES[name]
    accent = svg.WRONG if name == "error" else svg.ACCENT
    under_way = lit and status in ("downloading", "unconfirmed")
    fill = accent if lit and not under_way else svg.SURFACE
    stroke = accent if lit or passed else svg.LINE
    frame = f'stroke-width="{2 if lit else 1}"' + (' stroke-dasharray="4 3"' if under_way else "")
    colour = svg.ON_ACCENT if fill == accent else svg.TEXT if lit or passed else svg.QUIET
    weight = f'font-weight="{600 if lit else 400}"'
    label = svg.text(x + _BOX / 2, y + _TALL / 2 + 4, name, colour=colour, anchor="middle", more=weight)
    return svg.told(svg.box(x, y, _BOX, _TALL, fill=fill, stroke=stroke, more=frame) + label, _MEANS[name])
