"""The large clip of a panel: the player, its caption, and what a person can do with the take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import traitlets

from . import media
from .captions import caption
from .light import LightBox

if TYPE_CHECKING:
    from .controls.kit import Kit
    from .differences import Differences
    from .generation import Generation
    from .guard import Guard

STARS = 5
EMPTY = "The clip appears here."
USUAL_RATIOS = ((16, 9), (4, 3), (1, 1), (3, 4), (9, 16), (21, 9), (9, 21))
Output = dict[str, Any]
Act = Callable[[Any], object]  # called with a Generation
Action = tuple[str, Act]


class Stage(LightBox):
    """One take, large.

    The room of the clip and of what stands below is kept before there is one, so that nothing jumps; player and buttons
    come with the first take.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    guard : Guard
        Runs the callbacks.
    actions : mapping of str to (str, callable)
        Further buttons: the words on each, its tooltip, and what is called with the generation.
    going_on : (str, str, callable)
        The button beside the caption, in the same way; see :meth:`withhold`.

    Attributes
    ----------
    number : int
        Which clip of the take is shown, from 0.
    turn : callable
        Takes the number of the clip that a person wants to see instead.
    """

    children: Any

    def __init__(self, kit: Kit, guard: Guard, actions: Mapping[str, Action], going_on: tuple[str, str, Act]) -> None:
        self._kit = kit
        self._guard = guard
        self._actions = actions
        self._going_on = going_on
        self._go_on: Any = None
        self._withheld = False
        self.generation: Generation | None = None
        self.number = 0
        self.turn: Callable[[int], object] = lambda number: None
        self._words = ""
        self._stars: list[widgets.Button] = []
        self._settling = False
        self.clips: Any = None  # the buttons of a take's clips, once there is one with several
        self._room = kit.make(widgets.HTML, "sw-room", value=room_html(EMPTY, (16, 9)))
        self._clip = kit.make(widgets.Output, "sw-clip")
        self._below = kit.make(widgets.VBox, "sw-below", "sw-idle")
        super().__init__(children=(self._room,), _dom_classes=("sw-right", "sw-stage"))

    @traitlets.validate("children")
    def _player_first(self, proposal: Any) -> Any:
        """Let nothing join before the player has: a page makes anew what stands behind a new widget."""
        room, *rest = proposal["value"]
        if not rest or self._clip in rest:
            return proposal["value"]
        return room, self._clip, self._below, *rest

    @property
    def clip(self) -> widgets.Output:
        """The Output that holds the player."""
        return self._clip

    @property
    def caption(self) -> str:
        """The words below the clip, as plain text; empty while there is none."""
        return self._words

    def wait(self, words: str, ratio: tuple[float, float] = (16, 9)) -> None:
        """Show words in the room of a clip of that shape, and no clip."""
        self.generation, self._words = None, ""
        self._room.value = room_html(words, ratio)
        self._clip.outputs = ()
        self._below.add_class("sw-idle")

    def shape(self, ratio: tuple[float, float], words: str) -> None:
        """Keep room for a clip of another shape, unless one is shown."""
        if self.generation is None:
            self._room.value = room_html(words, ratio)

    def show(self, generation: Generation, output: Output, note: str = "", number: int = 0) -> None:
        """Show a take's clip.

        Parameters
        ----------
        generation : Generation
            A completed one.
        output : dict
            Its player, of `player`.
        note : str
            What the caption says besides.
        number : int
            Which of its clips this is, from 0.
        """
        self.generation, self.number = generation, number
        clip: Any = generation.clip
        self._room.value = room_html("", usual_ratio(clip.width, clip.height) if clip else (16, 9))
        self._tools()
        self._offer_clips(len(generation.paths), number)
        self._below.remove_class("sw-idle")
        self.update(note)
        self._clip.outputs = (output,)
        self.children = self.children if self._clip in self.children else (*self.children, self._clip, self._below)

    def update(self, note: str = "") -> None:
        """Show what is true of the take now."""
        generation = self.generation
        if generation is None or not self._stars:
            return
        rated = f'<span class="sw-unseen">rated {generation.rating} of {STARS}</span>'
        self._words = caption(generation) + (f" · {note}" if note else "")
        words = escape(self._words, quote=True)
        first, *rest = words.split(" · ")  # what does not fit is left out as a whole; the tooltip has it
        parts = "".join(f"<span>{part}</span>" for part in (first, *(f" · {part}" for part in rest)))
        self._caption.value = f'<span class="sw-caption" title="{words}">{parts}</span>{rated}'
        for number, star in enumerate(self._stars, 1):
            star._dom_classes = ("sw-star", "sw-on") if number <= generation.rating else ("sw-star",)
        self._pick.value = generation.picked

    def compare(self, found: Differences) -> None:
        """Say what has changed in the form since this take."""
        if self._stars:
            text = f"changed since this take: {found}"
            html = f'<span title="{escape(text, quote=True)}">changed since this take: {found.html()}</span>'
            self._changes.value = html if found else ""

    def _tools(self) -> None:
        """Make the caption and the buttons, with the first clip."""
        if self._stars:
            return
        make, guard = self._kit.make, self._guard
        self._caption = make(widgets.HTML, "sw-line")
        self._stars = [self._star(number) for number in range(1, STARS + 1)]
        self._pick = make(
            widgets.ToggleButton, "sw-act", "sw-pick", description="pick", tooltip="mark this take as one to keep"
        )
        self._pick.observe(guard(self._picked), "value")
        buttons = [self._button(text, tooltip, act) for text, (tooltip, act) in self._actions.items()]
        stars = make(widgets.HBox, "sw-stars", children=tuple(self._stars))
        self._tool_row = make(widgets.HBox, "sw-row", children=(*buttons, stars, self._pick))
        self._changes = make(widgets.HTML, "sw-changes")
        self._go_on = self._button(*self._going_on)
        self.withhold(self._withheld)
        line = make(widgets.HBox, "sw-caption-row", children=(self._caption, self._go_on))
        self._below.children = (line, self._changes, self._tool_row)

    def withhold(self, wanted: bool) -> None:
        """Keep the button that goes on from the take, or offer it: not every model takes an image."""
        self._withheld = wanted
        if self._go_on is not None:
            self._go_on._dom_classes = ("sw-act", "sw-withheld") if wanted else ("sw-act",)

    def _offer_clips(self, count: int, number: int) -> None:
        """Show a button for each clip of a take that has several; the row of buttons is made with the first such."""
        if count > 1 and self.clips is None:
            self.clips = self._kit.make(widgets.ToggleButtons, "sw-numbers", description="Clip")
            self.clips.observe(self._guard(self._turned), "index")
            self._tool_row.children = (self.clips, *self._tool_row.children)
        if self.clips is not None:
            self._settling = True
            with self.clips.hold_sync():
                self.clips.options = tuple(str(each) for each in range(1, count + 1))
                self.clips.tooltips = tuple(f"clip {each} of {count}" for each in range(1, count + 1))
                self.clips.index = number
                self.clips._dom_classes = ("sw-numbers",) if count > 1 else ("sw-numbers", "sw-gone")
            self._settling = False

    def _turned(self, change: Any) -> None:
        if not self._settling and change["new"] not in (None, self.number):
            self.turn(change["new"])

    def _star(self, number: int) -> widgets.Button:
        words = f"{number} star{'s' * (number > 1)}"
        star = self._kit.make(
            widgets.Button, "sw-star", description=words, tooltip=f"{words}; press again to take them back"
        )
        star.on_click(self._guard.pressed(lambda: self._rate(number)))
        return star

    def _button(self, text: str, tooltip: str, act: Act) -> widgets.Button:
        button = self._kit.make(widgets.Button, "sw-act", description=text, tooltip=tooltip)
        button.on_click(self._guard.pressed(lambda: self.generation and act(self.generation)))
        return button

    def _rate(self, stars: int) -> None:
        if self.generation is not None:
            self.generation.rate(0 if self.generation.rating == stars else stars)
            self.update()

    def _picked(self, change: Any) -> None:
        if self.generation is not None and self.generation.picked != change["new"]:
            self.generation.pick(change["new"])


def player(generation: Generation, number: int = 0) -> Output:
    """Return a take's clip as an output: the display data of an `IPython.display.Video`.

    Reads and encodes the file, so it belongs on a thread of its own; raises as `seedance_widgets.media.video`.
    """
    video: Any = media.video(generation.paths[number])
    data = {"text/plain": repr(video), "text/html": video._repr_html_()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def usual_ratio(width: int, height: int) -> tuple[float, float]:
    """Return the usual shape that a clip nearly has, else its own.

    Frames are cut to what encoders like (864×480 for 16:9), and the page would jump by three pixels.
    """
    for ratio in USUAL_RATIOS:
        if abs(width * ratio[1] / (height * ratio[0]) - 1) < 0.04:
            return ratio
    return width, height


def room_html(words: str, ratio: tuple[float, float]) -> str:
    """Return the room that is kept for a clip of that shape, with words in its middle."""
    width, height = ratio
    return f'<div style="aspect-ratio:{width:g}/{height:g}"><span>{escape(words)}</span></div>'
